"""The assets methods that read: get and list, with listings of features."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from ..assets.asset_json import asset_json
from ..assets.filters import FilterError, feature_filter, read_filter
from ..assets.names import asset_name, is_root, project_of
from ..assets.record import Asset, AssetType
from ..exchange import JsonObject, JsonValue
from ..rules.asset_refusals import asset_not_found
from ..rules.error_bodies import Refusal, invalid_argument
from .call import Answer, Call, Context

PAGE: Final = 1000
"""Assets, or features, of a page by default, and at most."""
T = TypeVar("T")


def get(call: Call, context: Context) -> Answer:
    """Return the asset; a root folder, of a project or a home, with how much it holds."""
    name = asset_name(call.variables["name"])
    asset = context.catalog.get(name)
    if asset is None and not _is_project_root(name):
        return asset_not_found(name)
    asset = asset or Asset(name=name, type=AssetType.FOLDER)
    return _root(asset, context) if is_root(name) else asset_json(asset)


def list_(call: Call, context: Context) -> Answer:
    """Return a page of the assets directly in a folder, a collection or a project, ordered by name."""
    parent = asset_name(call.variables["parent"]) if "/assets" in call.variables["parent"] else ""
    name = parent or f"{call.variables['parent']}/assets"
    if not _holds_assets(name, context):
        return {} if "asset-not-found" in context.relaxed else asset_not_found(name)
    text = call.query.get("filter")
    try:
        keep = read_filter(text if isinstance(text, str) else "")
    except FilterError as error:
        if "filter-unsupported" not in context.relaxed:
            return invalid_argument("filter-unsupported", f"Invalid filter: {error}")
        keep = read_filter("")
    full = call.query.get("view") != "BASIC"
    assets = tuple(asset for asset in context.catalog.children(name) if keep(asset))
    return page(call.query, context, assets, "assets", lambda asset: asset_json(asset, full=full))


def list_features(call: Call, context: Context) -> Answer:
    """Return a page of a table's declared features."""
    name = asset_name(call.variables["asset"])
    asset = context.catalog.get(name)
    if asset is None or asset.type is not AssetType.TABLE:
        return asset_not_found(name)
    if asset.features is None and "features-undeclared" not in context.relaxed:
        return invalid_argument(
            "features-undeclared",
            f"The features of {name} were not declared: give the asset `features`, a list of GeoJSON features.",
        )
    text, region = call.query.get("filter"), call.query.get("region")
    try:
        keep = feature_filter(
            text if isinstance(text, str) else "", region if isinstance(region, str) else ""
        )
    except FilterError as error:
        if "filter-unsupported" not in context.relaxed:
            return invalid_argument("filter-unsupported", f"Invalid filter: {error}")
        keep = feature_filter("", "")
    kept = tuple(feature for feature in asset.features or () if keep(feature))
    answer = page(call.query, context, kept, "features", dict)
    return answer if isinstance(answer, Refusal) else {"type": "FeatureCollection", **answer}


def _root(root: Asset, context: Context) -> JsonObject:
    """Return a root folder, with the number of the assets that it holds and their bytes."""
    held = [asset for asset in context.catalog.everything() if asset.name.startswith(f"{root.name}/")]
    quota: JsonObject = {
        "assetCount": str(len(held)),
        "sizeBytes": str(sum(asset.size_bytes or 0 for asset in held)),
    }
    return {**asset_json(root), "quota": quota}


def _is_project_root(name: str) -> bool:
    return name == f"{project_of(name)}/assets"


def _holds_assets(name: str, context: Context) -> bool:
    if _is_project_root(name):
        return True
    asset = context.catalog.get(name)
    # A home folder exists as soon as something is looked for in it.
    return is_root(name) if asset is None else asset.type.holds_assets


def page(
    given: Mapping[str, object],
    context: Context,
    items: Sequence[T],
    member: str,
    write: Callable[[T], JsonObject],
) -> JsonObject | Refusal:
    """Return a page of items with the token of the next one."""
    size, token = given.get("pageSize"), given.get("pageToken")
    first = _first(token) if isinstance(token, str) and token else 0
    if first is None:
        if "page-token-invalid" not in context.relaxed:
            return invalid_argument("page-token-invalid", "The page token is invalid.")
        first = 0
    most = min(size, PAGE) if isinstance(size, int) and size > 0 else PAGE
    shown: list[JsonValue] = [write(item) for item in items[first : first + most]]
    answer: JsonObject = {member: shown} if shown else {}
    if first + most < len(items):
        answer["nextPageToken"] = base64.urlsafe_b64encode(f"from:{first + most}".encode()).decode()
    return answer


def _first(token: str) -> int | None:
    """Return the position of a page token; None for one that no page contained."""
    try:
        text = base64.urlsafe_b64decode(token.encode("ascii")).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    number = text.removeprefix("from:")
    return int(number) if number.isdecimal() and len(number) < 20 and text != number else None
