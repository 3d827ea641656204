"""Names of the files that an export writes.

A GeoTIFF is `prefix.tif`. A split one is `prefix` + ten digits of y + `-` + ten digits of x + `.tif`, on Drive with a dash
after the prefix. TFRecord files are `prefix-00000.tfrecord`, with `.gz` if compressed, beside `prefix-mixer.json`.
"""

from __future__ import annotations

import re
from typing import Final

from attrs import frozen
from groundwire_runtime.errors import ArgumentError, shortened

_LARGEST: Final = 10**10
_GEO_TIFF: Final = re.compile(
    r"(?P<dash>-?)(?P<y>\d{10})-(?P<x>\d{10})(?:\.(?P<band>[^./]+))?\.tif|(?:\.(?P<one>[^./]+))?\.tif",
    re.ASCII,
)
_TF_RECORD: Final = re.compile(
    r"(?P<dash>-?)(?:(?P<number>\d{5})?\.tfrecord(?P<gz>\.gz)?|mixer\.json)", re.ASCII
)
MIXER: Final = "mixer.json"
"""The end of the name of the file that describes the patches of a TFRecord export."""


@frozen(kw_only=True)
class FileName:
    """The parts of a file's name after the prefix."""

    dash: bool = False
    offset: tuple[int, int] | None = None
    """Pixels (y, x) of a shard's upper left corner; None for a file that is not split."""
    band: str | None = None
    number: int | None = None
    """The number of a TFRecord file."""
    mixer: bool = False


def shard_name(prefix: str, y: int, x: int, *, dash: bool = False, band: str | None = None) -> str:
    """Return the name of a split GeoTIFF's file at an offset in pixels; `dash` as on Drive. Raises ArgumentError."""
    for name, offset in (("y", y), ("x", x)):
        if type(offset) is not int or not 0 <= offset < _LARGEST:
            raise ArgumentError(
                f"{name}: expected whole pixels from 0 to ten digits, got {shortened(offset)}"
            )
    return f"{prefix}{'-' if dash else ''}{y:010d}-{x:010d}{'' if band is None else '.' + band}.tif"


def whole_name(prefix: str, band: str | None = None) -> str:
    """Return the name of a GeoTIFF that is not split."""
    return f"{prefix}{'' if band is None else '.' + band}.tif"


def geo_tiff(name: str, prefix: str) -> FileName | None:
    """Return the parts of the name of a GeoTIFF, None for any other name."""
    match = _GEO_TIFF.fullmatch(name, len(prefix)) if name.startswith(prefix) else None
    if match is None:
        return None
    if match["y"] is None:
        return FileName(band=match["one"])
    return FileName(dash=bool(match["dash"]), offset=(int(match["y"]), int(match["x"])), band=match["band"])


def tf_record(name: str, prefix: str, *, compressed: bool) -> FileName | None:
    """Return the parts of the name of a TFRecord export's file, None for any other name."""
    match = _TF_RECORD.fullmatch(name, len(prefix)) if name.startswith(prefix) else None
    if match is None:
        return None
    is_mixer = name.endswith(MIXER)
    if not is_mixer and bool(match["gz"]) != compressed:
        return None
    number = None if match["number"] is None else int(match["number"])
    return FileName(dash=bool(match["dash"]), number=number, mixer=is_mixer)
