"""The assets methods that write: create, delete, copy, move and update."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from attrs import evolve

from ..assets.asset_json import asset_json, read_asset
from ..assets.catalog import Catalog
from ..assets.names import asset_name, is_root, parent_of
from ..assets.record import Asset, AssetType
from ..exchange import JsonObject, JsonValue
from ..rules import asset_refusals as refusals
from ..rules.error_bodies import Refusal
from .call import Answer, Call, Context

_LOCATIONS: Final = ("cloudStorageLocation", "featureViewAssetLocation")
ROOT_SLASHES: Final = 2
"""Slashes in the name of a project's root folder, which nothing replaces."""
_COPIED: Final = frozenset({AssetType.IMAGE, AssetType.TABLE})
_FIELDS: Final[Mapping[str, Callable[[Asset, Asset], Asset]]] = {
    "start_time": lambda asset, sent: evolve(asset, start_time=sent.start_time),
    "startTime": lambda asset, sent: evolve(asset, start_time=sent.start_time),
    "end_time": lambda asset, sent: evolve(asset, end_time=sent.end_time),
    "endTime": lambda asset, sent: evolve(asset, end_time=sent.end_time),
    "properties": lambda asset, sent: evolve(asset, properties=_without_nulls(sent.properties)),
    "bands": lambda asset, sent: evolve(asset, bands=sent.bands),
}
"""Every field that an update may change, in both spellings, with its update."""


def create(call: Call, context: Context) -> Answer:
    """Create a folder or an image collection, or an asset that is backed by a location."""
    id_, type_ = call.query.get("assetId"), call.body.get("type")
    if not isinstance(id_, str) or not id_.strip("/"):
        if "asset-id-missing" not in context.relaxed:
            return refusals.asset_id_missing()
        id_ = context.operation_id().lower()
    wanted = AssetType.__members__.get(str(type_))
    held = wanted is not None and wanted.holds_assets
    if wanted is None or not (held or any(name in call.body for name in _LOCATIONS)):
        shown = type_ if isinstance(type_, str) else "TYPE_UNSPECIFIED"
        if "asset-type-unsupported" not in context.relaxed:
            return refusals.asset_type_unsupported(shown)
    name = asset_name(f"{'/'.join(call.variables['parent'].split('/')[:2])}/assets/{id_}")
    asset = evolve(read_asset({**call.body, "name": name}), update_time=context.clock.now())
    return _stored(asset, context, overwrite=call.query.get("overwrite") is True)


def delete(call: Call, context: Context) -> Answer:
    """Delete an asset; a folder or collection only when it is empty."""
    name, catalog = asset_name(call.variables["name"]), context.catalog
    if catalog.get(name) is None:
        return {} if "asset-not-found" in context.relaxed else refusals.asset_not_found(name)
    below = tuple(_below(catalog, name))
    if below and "asset-not-empty" not in context.relaxed:
        return refusals.asset_not_empty(name)
    for each in (*below, name):
        catalog.remove(each)
    return {}


def copy(call: Call, context: Context) -> Answer:
    """Copy an image or a table."""
    source = asset_name(call.variables["sourceName"])
    asset = context.catalog.get(source)
    if asset is None:
        return refusals.asset_not_found(source)
    if asset.type not in _COPIED and "asset-copy-type" not in context.relaxed:
        return refusals.asset_copy_type(source)
    target = _destination(call, context)
    if isinstance(target, Refusal):
        return target
    made = evolve(asset, name=target, update_time=context.clock.now(), policy=None)
    return _stored(made, context, overwrite=call.body.get("overwrite") is True)


def move(call: Call, context: Context) -> Answer:
    """Move an asset, with all that it holds."""
    source, catalog = asset_name(call.variables["sourceName"]), context.catalog
    asset, target = catalog.get(source), _destination(call, context)
    if asset is None:
        return refusals.asset_not_found(source)
    if isinstance(target, Refusal):
        return target
    if f"{target}/".startswith(f"{source}/"):
        # Within itself it would be lost with its old name, whatever is relaxed.
        return refusals.asset_overwrite(target)
    answer = _stored(evolve(asset, name=target), context, overwrite=False)
    if isinstance(answer, Refusal):
        return answer
    for name in (*_below(catalog, source), source):
        below = catalog.get(name)
        if below is not None and name != source:
            catalog.put(evolve(below, name=target + name.removeprefix(source)))
        catalog.remove(name)
    return answer


def patch(call: Call, context: Context) -> Answer:
    """Update the times, properties and bands that the mask names; all of them without a mask."""
    name = asset_name(call.variables["name"])
    asset = context.catalog.get(name)
    if asset is None:
        return refusals.asset_not_found(name)
    body = call.body.get("asset")
    sent = read_asset({**(body if isinstance(body, dict) else {}), "name": name})
    paths = mask_paths(call.body.get("updateMask")) or ("start_time", "end_time", "properties")
    updated = evolve(asset, update_time=context.clock.now())
    for path in paths:
        changed = _changed(updated, sent, path)
        if changed is None and "asset-field-fixed" not in context.relaxed:
            return refusals.asset_field_fixed(path)
        updated = changed or updated
    context.catalog.put(updated)
    return asset_json(updated)


def mask_paths(mask: JsonValue) -> tuple[str, ...]:
    """Return the paths of an update mask: text with commas, or an object with `paths`, as the official clients send."""
    if isinstance(mask, dict):
        paths = mask.get("paths")
        return tuple(str(path) for path in paths) if isinstance(paths, list) else ()
    return tuple(path.strip() for path in mask.split(",") if path.strip()) if isinstance(mask, str) else ()


def _changed(asset: Asset, sent: Asset, path: str) -> Asset | None:
    """Return an asset with one path as it was sent; None for a path that cannot be updated."""
    field, dot, key = path.partition(".")
    if not dot:
        update = _FIELDS.get(field)
        return None if update is None else update(asset, sent)
    if field != "properties":
        return None
    key = key.removeprefix('"').removesuffix('"')
    properties = {**asset.properties, key: sent.properties.get(key)}
    return evolve(asset, properties=_without_nulls(properties))


def _without_nulls(properties: Mapping[str, JsonValue]) -> JsonObject:
    return {name: value for name, value in properties.items() if value is not None}


def _stored(asset: Asset, context: Context, *, overwrite: bool) -> JsonObject | Refusal:
    """Store a new asset and return it, unless there is one that it may not replace."""
    catalog = context.catalog
    there = catalog.get(asset.name)
    taken = there is not None and not (overwrite and not there.type.holds_assets)
    if (taken and "asset-overwrite" not in context.relaxed) or asset.name.count("/") == ROOT_SLASHES:
        return refusals.asset_overwrite(asset.name)
    if "asset-parent-missing" not in context.relaxed and not has_parent(catalog, asset.name):
        return refusals.asset_parent_missing(asset.parent)
    catalog.put(asset)
    return asset_json(asset)


def has_parent(catalog: Catalog, name: str) -> bool:
    """Return True if the folder or collection of an asset exists; roots always do."""
    parent = Asset(name=name).parent
    if is_root(parent):
        return True
    asset = catalog.get(parent)
    return asset is not None and asset.type.holds_assets


def _destination(call: Call, context: Context) -> str | Refusal:
    name = call.body.get("destinationName")
    if isinstance(name, str) and name:
        return asset_name(name)
    if "asset-id-missing" not in context.relaxed:
        return refusals.asset_id_missing()
    return f"{parent_of(asset_name(call.variables['sourceName']))}/{context.operation_id().lower()}"


def _below(catalog: Catalog, name: str) -> Iterator[str]:
    """Iterate over the names of everything in a folder, what is deepest first."""
    levels, found = [name], list[str]()
    while levels:
        children = [child.name for child in catalog.children(levels.pop())]
        found += children
        levels += children
    yield from reversed(found)
