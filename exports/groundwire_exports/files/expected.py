"""Decisions on the files of an export: which belong to it, and which are missing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from attrs import evolve, frozen
from groundwire import GeoTiffImageExportOptions, PixelGrid, TfRecordImageExportOptions
from groundwire_runtime.errors import ArgumentError

from .names import MIXER, FileName, shard_name, whole_name

_MOST: Final = 1_000_000
"""Files of one export at most, so that a listing of anything ends."""


@frozen(kw_only=True)
class Found:
    """A file whose name has the form of the export's."""

    name: str
    parts: FileName
    empty: bool = False
    """Whether its size is 0."""


@frozen(kw_only=True)
class Decision:
    """Which files are the export's, and the names of those that are not as they should be."""

    there: tuple[Found, ...]
    missing: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    conflicting: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    complete: bool = False


def geo_tiff_files(
    grid: PixelGrid | None,
    options: GeoTiffImageExportOptions,
    found: Sequence[Found],
    prefix: str,
    bands: tuple[str, ...],
) -> Decision:
    """Decide on GeoTIFFs. `bands`: those that must have a file each; empty if that is not known.

    Raises ArgumentError if there would be more than a million.
    """
    found, strange = _of_bands(found, bands)
    per_band = bands or _bands(found) or (None,)
    known = _known_offsets(grid, options)
    if known if known is not None else any(each.parts.offset for each in found):
        shards = [each for each in found if each.parts.offset]
        dash = 2 * sum(each.parts.dash for each in shards) > len(shards)
        rows, columns = known or _offsets(grid, shards)
        _check_count(len(rows) * len(columns) * len(per_band))
        wanted = [
            shard_name(prefix, y, x, dash=dash, band=band) for y in rows for x in columns for band in per_band
        ]
        # A split export has two files at least, so one alone says that others are to come.
        partial = len(rows) * len(columns) == 1
    else:
        wanted, partial = [whole_name(prefix, band) for band in per_band], False
    skips = bool(options.skip_empty_files)
    decision = _decision(wanted, found, skips=skips)
    # A band that is missing would not show.
    unsure = (partial and not skips) or (per_band != (None,) and not bands)
    return evolve(decision, strange=strange, complete=decision.complete and not unsure)


def _of_bands(found: Sequence[Found], bands: tuple[str, ...]) -> tuple[Sequence[Found], tuple[str, ...]]:
    """Return the export's files, and the names that only look like its bands: `berlin.v2.tif` beside `berlin.tif`."""
    if not bands and all(each.parts.band is not None for each in found):
        return found, ()
    mine = [each for each in found if each.parts.band is None or each.parts.band in bands]
    return mine, tuple(each.name for each in found if each not in mine)


def _decision(wanted: Sequence[str], found: Sequence[Found], *, skips: bool = False) -> Decision:
    """Compare the names that must be there with those that are."""
    names = dict.fromkeys(wanted)
    there = {each.name: each for each in found if not each.empty}
    absent = tuple(name for name in names if name not in there)
    conflicting = tuple(each.name for each in found if each.name not in names)
    mine = tuple(there[name] for name in names if name in there)
    return Decision(
        there=mine,
        missing=() if skips else absent,
        skipped=absent if skips else (),
        conflicting=conflicting,
        complete=bool(mine) and not conflicting and (skips or not absent),
    )


def _check_count(count: int) -> None:
    if count > _MOST:
        hint = "Pass only objects of this export; a name of another one may give a false offset."
        raise ArgumentError(f"outputs: {count} files would be expected, more than {_MOST}", hint=hint)


def _bands(files: Iterable[Found]) -> tuple[str, ...]:
    return tuple(sorted({each.parts.band for each in files if each.parts.band is not None}))


def _known_offsets(
    grid: PixelGrid | None, options: GeoTiffImageExportOptions
) -> tuple[range, range] | tuple[()] | None:
    """Return the offsets that a request states, nothing for an export that is not split, None if it is not stated."""
    size, side = None if grid is None else grid.dimensions, options.tile_dimensions
    if size is None or side is None or not (size.width and size.height and side.width and side.height):
        return None
    if size.width <= side.width and size.height <= side.height:
        return ()
    return range(0, size.height, side.height), range(0, size.width, side.width)


def _offsets(grid: PixelGrid | None, shards: Sequence[Found]) -> tuple[range, range]:
    """Return the offsets of a split export by those that are there, up to the size of a grid if there is one."""
    size = None if grid is None else grid.dimensions
    places = [each.parts.offset for each in shards if each.parts.offset is not None]
    return (
        _regular([y for y, _ in places], None if size is None else size.height),
        _regular([x for _, x in places], None if size is None else size.width),
    )


def _regular(offsets: Sequence[int], length: int | None) -> range:
    """Return regular offsets from 0 that include all of these. Files of one export have the same size."""
    step = math.gcd(*offsets)
    if not step:
        return range(1)
    return range(0, max(max(offsets) + 1, length or 0), step)


def tf_record_files(options: TfRecordImageExportOptions, found: Sequence[Found], prefix: str) -> Decision:
    """Decide on TFRecord files. How many there must be is not known: a gap shows, a missing last file does not.

    The file that describes the patches must be there, but for an export with `max_masked_ratio`, which has none.
    """
    spelled = [each.parts.dash for each in found if each.parts.mixer or each.parts.number is not None]
    dash = 2 * sum(spelled) > len(spelled) or not spelled
    start, end = f"{prefix}{'-' if dash else ''}", ".tfrecord.gz" if options.compress else ".tfrecord"
    there = {each.name: each for each in found if not each.empty}
    numbers = [each.parts.number for each in found if each.parts.number is not None]
    single = f"{prefix}{end}"
    if numbers or single not in there:
        wanted = [f"{start}{number:05d}{end}" for number in range(max(numbers, default=0) + 1)]
    else:
        wanted = [single]
    if options.max_masked_ratio in (None, 1):
        wanted.append(start + MIXER)
    return _decision(wanted, found)
