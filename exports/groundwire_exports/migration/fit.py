"""The official client's `region`, `scale`, `crs`, `crsTransform` and `dimensions`, as an expression."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from groundwire import (
    AffineTransform,
    Expression,
    FunctionInvocation,
    GridDimensions,
    PixelGrid,
    ValueNode,
)
from groundwire_runtime.errors import ArgumentError, shortened

from ..arguments import ExpressionLike, Serializable, expression, sequence
from .graph import Graph, call, literal
from .number import is_number, plain
from .region import Region, geometry

Dimensions: TypeAlias = "int | str | tuple[int, ...] | list[int] | GridDimensions"

_TRANSFORM: Final = ("scale_x", "shear_x", "translate_x", "shear_y", "scale_y", "translate_y")
_DEFAULT_TRANSFORM: Final = (1, 0, 0, 0, -1, 0)
_MAX_SIDE: Final = 2**31 - 1
_SIDE_TEXT: Final = re.compile(r"\s*[0-9]{1,10}\s*", re.ASCII)
"""A side as text. A longer number is too large, and Python refuses to read one of thousands of digits."""
_PROJECTIONS: Final = frozenset(
    {
        "Geometry.projection",
        "Image.projection",
        "Proj",
        "Projection",
        "Projection.atScale",
        "Projection.scale",
        "Projection.translate",
    }
)
"""Functions of the service that return a projection."""


def fit(
    image: ExpressionLike,
    *,
    region: Region | None = None,
    scale: float | ExpressionLike | None = None,
    crs: str | PixelGrid.CrsCode | PixelGrid.CrsWkt | ExpressionLike | None = None,
    crs_transform: Sequence[float] | str | AffineTransform | ExpressionLike | None = None,
    dimensions: Dimensions | None = None,
) -> Expression:
    """Return `image` clipped and scaled as `ee.batch.Export.image` does it, without the `ee` package.

    `region`: (west, south, east, north) in degrees, GeoJSON, a list of rings, or an expression. `scale`: metres a pixel.
    `crs`: a code or WKT. `crs_transform`: six numbers, x scale, x shear, x translation, y shear, y scale, y translation,
    or a text of them; it needs `crs`. `dimensions`: the longer side in pixels, (width, height), or "WIDTHxHEIGHT". With
    `crs`, `crs_transform` and both sides alone, the pixels are exactly those from the origin of the transform.

    Each of them may be an expression, such as `ee.Geometry` or `image.projection()`, except `dimensions`. Parts of a
    `PixelGrid` are accepted too. The request needs no `grid` then. Raises ArgumentError for an argument that cannot be used.
    """
    if crs_transform is not None and crs is None:
        raise ArgumentError("fit: `crs_transform` needs `crs`", hint="Pass the projection of the transform.")
    graph = Graph()
    original = expression(image)
    node = graph.take(original)
    if region is scale is crs is dimensions is None:
        return original
    sides = _sides(dimensions)
    area = None if region is None else geometry(region, graph)
    exact = crs_transform is not None and len(sides) == 2 and region is None and scale is None
    if crs is not None:
        node = _projected(node, crs, crs_transform, graph)
    if exact:
        node = graph.share(node)
        area = _rectangle(node, sides)
    if exact or sides or scale is not None:
        sizes = _sizes(() if exact else sides, scale, graph)
        node = call("Image.clipToBoundsAndScale", input=node, geometry=area, **sizes)
    elif area is not None:
        node = call("Image.clip", input=node, geometry=area)
    return graph.expression(node)


def _projected(image: ValueNode, crs: object, transform: object, graph: Graph) -> ValueNode:
    """Return an image in a projection, resampled if there is a transform."""
    function = "Image.setDefaultProjection" if transform is None else "Image.reproject"
    six = literal(list(_DEFAULT_TRANSFORM)) if transform is None else _transform(transform, graph)
    return call(function, image=image, crs=_projection(crs, graph), crsTransform=six)


def _projection(crs: object, graph: Graph) -> ValueNode:
    if isinstance(crs, (PixelGrid.CrsCode, PixelGrid.CrsWkt)):
        crs = crs.value
    if isinstance(crs, str) and crs.strip() and not crs.strip().isdecimal():
        return call("Projection", crs=literal(crs))
    if not _is_computed(crs):
        raise ArgumentError(
            f"fit: `crs` must be a code or WKT, got {shortened(crs)}",
            hint=f"Write EPSG:{str(crs).strip() if str(crs).strip().isdecimal() else 4326}.",
        )
    node = graph.take(expression(crs))  # type: ignore[arg-type]
    match node:
        case ValueNode.FunctionInvocationValue(value=FunctionInvocation(function=function)):
            is_projection = (
                isinstance(function, FunctionInvocation.FunctionName) and function.value in _PROJECTIONS
            )
        case _:
            is_projection = False
    return node if is_projection else call("Projection", crs=node)


def _transform(transform: object, graph: Graph) -> ValueNode:
    if _is_computed(transform):
        return graph.take(expression(transform))  # type: ignore[arg-type]
    if isinstance(transform, AffineTransform):
        numbers: tuple[Any, ...] = tuple(getattr(transform, name) or 0.0 for name in _TRANSFORM)
    elif isinstance(transform, str):
        try:
            numbers = tuple(map(float, transform.lstrip("[").rstrip("]").split(",")))
        except ValueError:
            numbers = ()
    else:
        numbers = sequence(transform)
    six = [number for number in map(plain, numbers) if number is not None]
    if len(numbers) != 6 or len(six) != 6:
        raise ArgumentError(
            f"fit: `crs_transform` must be six finite numbers, got {shortened(transform, 80)}",
            hint="The order is x scale, x shear, x translation, y shear, y scale, y translation.",
        )
    return literal(six)


def _rectangle(image: ValueNode, sides: tuple[int, ...]) -> ValueNode:
    """Return the rectangle of pixels from the origin of an image's projection."""
    return call(
        "GeometryConstructors.Rectangle",
        coordinates=literal([0, 0, *sides]),
        crs=call("Image.projection", image=image),
        geodesic=literal(value=False),
        evenOdd=literal(value=True),
    )


def _sizes(sides: tuple[int, ...], scale: object, graph: Graph) -> dict[str, ValueNode | None]:
    names = ("width", "height") if len(sides) == 2 else ("maxDimension",)
    sizes: dict[str, ValueNode | None] = {
        name: literal(side) for name, side in zip(names, sides, strict=False)
    }
    return sizes if scale is None else sizes | {"scale": _scale(scale, graph)}


def _scale(scale: object, graph: Graph) -> ValueNode:
    if _is_computed(scale):
        return graph.take(expression(scale))  # type: ignore[arg-type]
    metres = plain(scale)
    if metres is None or metres <= 0:
        hint = "Pass a number, such as 30." if isinstance(scale, str) else ""
        raise ArgumentError(f"fit: `scale` must be metres above 0, got {shortened(scale)}", hint=hint)
    return literal(metres)


def _sides(dimensions: object) -> tuple[int, ...]:
    """Return one side or two, or none."""
    if dimensions is None:
        return ()
    if isinstance(dimensions, GridDimensions):
        dimensions = (dimensions.width, dimensions.height)
    if isinstance(dimensions, str):
        parts: tuple[Any, ...] = tuple(
            int(part) if _SIDE_TEXT.fullmatch(part) else part for part in dimensions.split("x")
        )
    else:
        parts = (dimensions,) if is_number(dimensions) else sequence(dimensions)
    sides = [side for side in map(plain, parts) if isinstance(side, int)]
    if len(sides) != len(parts) or not 1 <= len(sides) <= 2 or not all(1 <= s <= _MAX_SIDE for s in sides):
        raise ArgumentError(
            f"fit: `dimensions` must be one or two whole numbers of pixels, got {shortened(dimensions)}",
            hint='Pass 1024 for the longer side, (1024, 512), or "1024x512".',
        )
    return tuple(sides)


def _is_computed(value: object) -> bool:
    return isinstance(value, (Expression, Serializable)) and not isinstance(value, type)
