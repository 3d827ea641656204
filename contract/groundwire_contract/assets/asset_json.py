"""The service's JSON of an asset, the message EarthEngineAsset, and its inverse.

A declaration may have members more: `features`, the GeoJSON features of a table, and `policy`, its IAM policy. What an export
has made may have `computed`, the function whose properties are not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, cast

from ..clock import timestamp
from ..exchange import JsonObject, JsonValue
from ..suggestion import suggestion
from .names import check_declared
from .record import Asset, AssetType, Band, Grid

_TRANSFORM: Final = ("scaleX", "shearX", "translateX", "shearY", "scaleY", "translateY")
_TYPED: Final = frozenset(
    {
        "name", "id", "type", "properties", "bands", "geometry", "startTime", "endTime", "updateTime", "sizeBytes",
        "featureCount", "features", "policy", "computed",
    }
)  # fmt: skip


class AssetError(ValueError):
    """A declaration that is no asset."""


def asset_json(asset: Asset, *, full: bool = True) -> JsonObject:
    """Return the service's JSON of an asset; without `full`, only its type, names and time (view BASIC)."""
    out: JsonObject = {"type": asset.type.value, "name": asset.name, "id": asset.id}
    if asset.update_time is not None:
        out["updateTime"] = timestamp(asset.update_time)
    if not full:
        return out
    if asset.properties:
        out["properties"] = dict(asset.properties)
    if asset.bands:
        out["bands"] = [band_json(band) for band in asset.bands]
    if asset.geometry is not None:
        out["geometry"] = dict(asset.geometry)
    for name, instant in (("startTime", asset.start_time), ("endTime", asset.end_time)):
        if instant is not None:
            out[name] = timestamp(instant)
    for name, number in (("sizeBytes", asset.size_bytes), ("featureCount", asset.feature_count)):
        if number is not None:
            out[name] = str(number)
    return {**out, **asset.others}


def declaration(asset: Asset) -> JsonObject:
    """Return an asset as `read_asset` reads it, without loss."""
    out = asset_json(asset)
    if asset.computed:
        out["computed"] = asset.computed
    if asset.features is not None:
        out["features"] = [dict(feature) for feature in asset.features]
    return out if asset.policy is None else {**out, "policy": dict(asset.policy)}


def band_json(band: Band) -> JsonObject:
    """Return the service's JSON of a band. It has a grid, which clients rely on: an empty one where none is known."""
    out: JsonObject = {"id": band.id}
    kind: JsonObject = {"precision": band.precision} if band.precision else {}
    ends = {"min": band.minimum, "max": band.maximum}
    limits: JsonObject = {name: number for name, number in ends.items() if number is not None}
    if limits:
        kind["range"] = limits
    if band.dimensions:
        kind["dimensionsCount"] = band.dimensions
    if kind:
        out["dataType"] = kind
    out["grid"] = {} if band.grid is None else _grid_json(band.grid)
    if band.pyramiding:
        out["pyramidingPolicy"] = band.pyramiding
    if band.missing is not None:
        out["missingData"] = {"values": list(band.missing)}
    return out


def _grid_json(grid: Grid) -> JsonObject:
    out: JsonObject = {"crsCode": grid.crs} if grid.crs else {}
    if grid.wkt:
        out["crsWkt"] = grid.wkt
    size = {"width": grid.width, "height": grid.height}
    dimensions: JsonObject = {name: number for name, number in size.items() if number is not None}
    if dimensions:
        out["dimensions"] = dimensions
    if grid.transform:
        # The service omits shears of zero.
        pairs = zip(_TRANSFORM, grid.transform, strict=True)
        out["affineTransform"] = {name: number for name, number in pairs if number or "scale" in name}
    return out


def read_asset(value: object) -> Asset:
    """Return the asset of the service's JSON; `name` or `id` names it. Raises AssetError."""
    try:
        return _asset(_object(value))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise AssetError(f"asset {_name(value)!r}: {error}") from error


def declared_asset(value: object) -> Asset:
    """Return the asset that a test or a file declares. Raises AssetError, also for a name that no asset has, and for a
    misspelt member, which would change nothing.
    """
    asset = read_asset(value)
    try:
        check_declared(asset.name)
    except ValueError as error:
        raise AssetError(str(error)) from error
    for key in asset.others:
        if meant := suggestion(key, _TYPED):
            raise AssetError(f"asset {asset.name!r}: no member {key!r}{meant}")
    return asset


def _name(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    members = cast("Mapping[str, object]", value)
    return members.get("name", members.get("id"))


def _asset(body: Mapping[str, Any]) -> Asset:
    name = body.get("name") or body.get("id")
    if not isinstance(name, str) or not name:
        raise AssetError("expected a name, such as projects/my-project/assets/x")
    type_, features = body.get("type", AssetType.IMAGE.value), body.get("features")
    if type_ not in AssetType.__members__:
        raise AssetError(f"type {type_!r} is none of {', '.join(AssetType.__members__)}")
    geometry, policy = body.get("geometry"), body.get("policy")
    return Asset(
        name=name,
        type=AssetType(type_),
        properties=dict(_object(body.get("properties") or {})),
        bands=tuple(_band(_object(band)) for band in body.get("bands") or ()),
        geometry=None if geometry is None else dict(_object(geometry)),
        start_time=_instant(body, "startTime"),
        end_time=_instant(body, "endTime"),
        update_time=_instant(body, "updateTime"),
        size_bytes=_integer(body.get("sizeBytes")),
        feature_count=_integer(body.get("featureCount")),
        features=None if features is None else tuple(dict(_object(feature)) for feature in features),
        policy=None if policy is None else dict(_object(policy)),
        computed=str(body.get("computed") or ""),
        others={key: value for key, value in body.items() if key not in _TYPED},
    )


def _band(body: Mapping[str, Any]) -> Band:
    kind = _object(body.get("dataType") or {})
    limits, grid = _object(kind.get("range") or {}), body.get("grid")
    missing = body.get("missingData")
    return Band(
        id=str(body["id"]),
        precision=str(kind.get("precision") or ""),
        minimum=_number(limits.get("min")),
        maximum=_number(limits.get("max")),
        dimensions=_integer(kind.get("dimensionsCount")) or 0,
        grid=_grid(_object(grid)) if grid else None,
        pyramiding=str(body.get("pyramidingPolicy") or ""),
        missing=None if missing is None else tuple(map(float, _object(missing).get("values") or ())),
    )


def _grid(body: Mapping[str, Any]) -> Grid:
    size, transform = _object(body.get("dimensions") or {}), body.get("affineTransform")
    numbers = None if transform is None else _object(transform)
    return Grid(
        crs=str(body.get("crsCode") or ""),
        wkt=str(body.get("crsWkt") or ""),
        width=_integer(size.get("width")),
        height=_integer(size.get("height")),
        transform=() if numbers is None else tuple(float(numbers.get(name, 0)) for name in _TRANSFORM),
    )


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise AssetError(f"expected an object, got {value!r}")
    return value  # pyright: ignore[reportUnknownVariableType] # JSON


def _instant(body: Mapping[str, Any], name: str) -> datetime | None:
    text = body.get(name)
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise AssetError(f"{name}: {text!r} is no time, such as 2026-01-01T00:00:00Z") from error
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _integer(value: JsonValue) -> int | None:
    """Return a whole number; int64 is text in JSON."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, str | float) and float(value).is_integer():
        return int(float(value)) if isinstance(value, float) else int(value)
    raise AssetError(f"expected a whole number, got {value!r}")


def _number(value: JsonValue) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type] # a TypeError names it
