"""Arguments of an export: clients, expressions, pixel grids, and checks that raise ArgumentError before anything is sent."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence, Set, Sized
from datetime import timedelta
from numbers import Real
from typing import Any, Final, Protocol, TypeAlias, TypeVar, cast, runtime_checkable

from groundwire import (
    AffineTransform,
    Empty,
    ExportImageRequest,
    Expression,
    GridDimensions,
    Operation,
    PixelGrid,
    decode,
)
from groundwire.codecs import CODECS
from groundwire_runtime.clock import Clock
from groundwire_runtime.errors import ArgumentError, shortened
from groundwire_runtime.retry import RetryPolicy, StartedOperations

ErrorT = TypeVar("ErrorT", bound=BaseException)


class Images(Protocol):
    """The resource `projects.image`."""

    def export(
        self,
        request: ExportImageRequest,
        *,
        project: str | None = None,
        timeout: float = ...,
        retry: RetryPolicy | None = ...,
    ) -> Operation:
        """Start an export."""
        ...


class Operations(Protocol):
    """The resource `projects.operations`."""

    def get(self, name: str, *, timeout: float = ...) -> Operation:
        """Return an operation."""
        ...

    def list(
        self, *, project: str | None = None, timeout: float = ..., page_size: int | None = ...
    ) -> Iterable[Operation]:
        """Iterate over all operations of a project, page by page."""
        ...

    def cancel(self, name: str) -> Empty:
        """Cancel an operation."""
        ...


class Projects(Protocol):
    """The resource `projects`."""

    @property
    def image(self) -> Images:
        """Images."""
        ...

    @property
    def operations(self) -> Operations:
        """Operations."""
        ...


class ExportClient(Protocol):
    """The parts of a client that exports use; the generated client and test doubles have them."""

    @property
    def projects(self) -> Projects:
        """Projects."""
        ...

    @property
    def started(self) -> StartedOperations:
        """Operations that this client's starts have returned."""
        ...

    @property
    def clock(self) -> Clock:
        """Time, sleep, random numbers and new ids."""
        ...

    def redacted(self, error: ErrorT) -> ErrorT:
        """Redact the client's credentials in an error that quotes an answer. Return the error."""
        ...


def checked_seconds(value: object, name: str, *, zero: bool = False, endless: bool = False) -> float:
    """Return seconds above 0, or from 0 with `zero`; infinity only with `endless`.

    Accepts any real number, including NumPy's, but no bool.
    """
    seconds = _float(value)
    if (seconds > 0 or (zero and seconds == 0)) and (endless or seconds < math.inf):
        return seconds
    bound = "from 0" if zero else "above 0"
    raise ArgumentError(
        f"{name}: expected {'' if endless else 'finite '}seconds {bound}, got {shortened(value)}",
        hint="Pass its total_seconds()." if isinstance(value, timedelta) else "",
    )


def _float(value: object) -> float:
    """Return a real number as a float; NaN for anything else, or if it is too large."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan


def check_callback(value: object, name: str) -> None:
    """Raise ArgumentError unless a value is None or callable."""
    if value is not None and not callable(value):
        raise ArgumentError(f"{name}: expected a function of one argument, got {shortened(value)}")


@runtime_checkable
class Serializable(Protocol):
    """A computed object of the official client, such as `ee.Image`."""

    def serialize(self) -> str:
        """Return the object as the JSON text of an expression graph."""
        ...


_FORMS: Final = "Pass an ee object, the text of its serialize(), or a mapping with `result` and `values`."
ExpressionLike: TypeAlias = Serializable | str | Mapping[str, object] | Expression


def expression(image: ExpressionLike) -> Expression:
    """Return the expression that computes `image`.

    Accepts a computed object of the `ee` package (which is not needed otherwise), the text of its `serialize()`, or
    that text parsed. Raises ArgumentError for anything else, including the legacy serialization, and DecodeError, with
    a JSON pointer, for a malformed graph.
    """
    if isinstance(image, Expression):
        return image
    found = _read(image)
    if found.result is None or found.result not in found.values:
        raise ArgumentError(
            "expression: `result` does not name one of `values`",
            hint=_FORMS,
        )
    return found


def _read(image: ExpressionLike) -> Expression:
    if isinstance(image, str):
        return _read_text(image)
    if isinstance(image, Mapping):
        return CODECS.structure(dict(image), Expression)
    # A class has `serialize` too, but nothing to serialize.
    if isinstance(image, Serializable) and not isinstance(image, type):
        return _read_text(image.serialize())
    raise ArgumentError(
        f"expression: cannot make one of {type(image).__name__}",
        hint=_FORMS,
    )


def _read_text(text: object) -> Expression:
    if not isinstance(text, str):
        raise ArgumentError(f"expression: serialize() gave {type(text).__name__}, not text")
    return decode(Expression, text.encode("utf-8", "surrogatepass"))


_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*:[A-Za-z0-9_.-]+", re.ASCII)
_WKT: Final = re.compile(r"[A-Z][A-Z0-9_]*\s*[\[(]", re.ASCII)
_MAX_SIDE: Final = 2**31 - 1


def grid(
    bounds: Sequence[float],
    *,
    crs: str,
    scale: float | None = None,
    dimensions: tuple[int, int] | None = None,
) -> PixelGrid:
    """Return a north-up grid over `bounds`: (west, south, east, north) in units of `crs`.

    Give either `scale`, the side of a square pixel in units of `crs` (metres for most projections, degrees for
    EPSG:4326), or `dimensions`, (width, height) in pixels. The upper left corner is (west, north); with a scale,
    the last column and row cover at least the other corner. `crs` is a code such as `EPSG:32633`, or WKT.
    Raises ArgumentError for bounds that are not finite and in order, and for a scale larger than a side.
    """
    west, south, east, north = _corners(bounds)
    if (scale is None) == (dimensions is None):
        raise _refused("give exactly one of `scale` and `dimensions`")
    if dimensions is not None:
        width, height = _sides(dimensions)
        scale_x, scale_y = (east - west) / width, (north - south) / height
        if not (0 < scale_x < math.inf and 0 < scale_y < math.inf):
            raise _refused("`bounds` are too far apart or too close for a scale")
    else:
        scale_x = scale_y = _positive(scale)
        width = _side("width", _pixels(east - west, scale_x, crs))
        height = _side("height", _pixels(north - south, scale_y, crs))
    return PixelGrid(
        dimensions=GridDimensions(width=width, height=height),
        affine_transform=AffineTransform(
            scale_x=scale_x,
            shear_x=0.0,
            translate_x=west,
            shear_y=0.0,
            scale_y=-scale_y,
            translate_y=north,
        ),
        crs=_crs(crs),
    )


def _refused(message: str, hint: str = "") -> ArgumentError:
    return ArgumentError(f"grid: {message}", hint=hint)


def _corners(bounds: Sequence[float]) -> tuple[float, float, float, float]:
    corners = sequence(bounds)
    if len(corners) != 4 or not all(_is_number(value) for value in corners):
        raise _refused("`bounds` must be four finite numbers: west, south, east, north")
    west, south, east, north = (float(value) for value in corners)
    if west >= east:
        raise _refused(
            f"west ({west}) must be less than east ({east})",
            "Across the antimeridian, add 360 to east, or choose a projection without that seam.",
        )
    if south >= north:
        raise _refused(f"south ({south}) must be less than north ({north})")
    return west, south, east, north


def sequence(values: object) -> tuple[Any, ...]:
    """Return the values of an ordered collection, NumPy's too; none for a text, set or mapping."""
    if isinstance(values, (str, bytes, bytearray, Set, Mapping)) or not isinstance(values, Sized):
        return ()
    try:
        return tuple(cast("Iterable[Any]", values))
    except TypeError:
        return ()


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(_float(value))


def _positive(scale: float | None) -> float:
    if not _is_number(scale) or scale is None or scale <= 0:
        raise _refused(f"`scale` must be a positive number, got {shortened(scale)}")
    return float(scale)


def _pixels(extent: float, scale: float, crs: object) -> int:
    """Return the pixels that cover an extent; rounding errors do not add a pixel."""
    if not math.isfinite(count := extent / scale):
        raise _refused(f"`scale` {scale} is too small for an extent of {extent}")
    nearest = round(count)
    if nearest and math.isclose(count, nearest, rel_tol=1e-12):
        return nearest
    if count < 1:
        raise _refused(
            f"`scale` {scale} exceeds an extent of {extent}",
            f"Units of {shortened(crs, 30)} (degrees in EPSG:4326); for metres, fit(image, region=..., scale=...)",
        )
    return math.ceil(count)


def _sides(dimensions: tuple[int, int]) -> tuple[int, int]:
    sides = sequence(dimensions)
    if len(sides) != 2:
        raise _refused(f"`dimensions` must be (width, height), got {shortened(dimensions)}")
    return _side("width", sides[0]), _side("height", sides[1])


def _side(name: str, side: object) -> int:
    if isinstance(side, bool) or not isinstance(side, int) or not 1 <= side <= _MAX_SIDE:
        raise _refused(f"{name} must be a whole number of 1 to {_MAX_SIDE} pixels, got {shortened(side)}")
    return side


def _crs(crs: object) -> PixelGrid.CrsCode | PixelGrid.CrsWkt:
    if isinstance(crs, str):
        if _CODE.fullmatch(crs):
            return PixelGrid.CrsCode(crs)
        if _WKT.match(crs):
            return PixelGrid.CrsWkt(crs)
    raise _refused(f"`crs` {shortened(crs, 80)} is neither a code nor WKT", "Write a code such as EPSG:4326.")
