"""The methods that start an operation: their types of operation, and the assets and places that they write."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from attrs import frozen

from ..assets.names import asset_name
from ..assets.record import AssetType
from ..exchange import JsonObject, JsonValue

_PLACES: Final = (
    "fileExportOptions",
    "tileExportOptions",
    "assetExportOptions",
    "featureViewExportOptions",
    "bigqueryExportOptions",
)
"""Members of a start that say where its result goes."""


@frozen(kw_only=True)
class Start:
    """A method that starts an operation: the type in the operation's metadata, and of the asset that it makes."""

    kind: str
    asset: AssetType | None = None


P: Final = "earthengine.projects."
STARTS: Final[Mapping[str, Start]] = {
    f"{P}image.export": Start(kind="EXPORT_IMAGE", asset=AssetType.IMAGE),
    f"{P}table.export": Start(kind="EXPORT_FEATURES", asset=AssetType.TABLE),
    f"{P}video.export": Start(kind="EXPORT_VIDEO"),
    f"{P}map.export": Start(kind="EXPORT_TILES"),
    f"{P}classifier.export": Start(kind="EXPORT_CLASSIFIER", asset=AssetType.CLASSIFIER),
    f"{P}image.import": Start(kind="INGEST_IMAGE", asset=AssetType.IMAGE),
    f"{P}table.import": Start(kind="INGEST_TABLE", asset=AssetType.TABLE),
}
"""Starts by method id."""


@frozen
class Target:
    """The asset that a start makes: its name, and whether it may replace another."""

    name: str
    overwrite: bool


def target(request: JsonObject) -> Target | None:
    """Return the asset that a request makes; None for files."""
    manifest = _manifest(request)
    holder = member(member(request, "assetExportOptions"), "earthEngineDestination")
    holder = holder or member(member(request, "featureViewExportOptions"), "featureViewDestination")
    if manifest:
        holder = request
    name = (manifest or holder).get("name")
    return Target(asset_name(name), bool(holder.get("overwrite"))) if isinstance(name, str) and name else None


def product(start: Start, request: JsonObject, known: JsonObject) -> str:
    """Return the asset that a request makes, without a name, as a declaration. `known` is what its expression says of it."""
    kind = AssetType.FEATURE_VIEW if "featureViewExportOptions" in request else start.asset or AssetType.IMAGE
    manifest = _manifest(request)
    kept = ("properties", "startTime", "endTime", "tilesets")
    bands = manifest.get("bands")
    out: JsonObject = {
        "type": kind.value,
        **known,
        **{name: manifest[name] for name in kept if name in manifest},
    }
    if isinstance(bands, list):
        out["bands"] = [{"id": band["id"]} for band in bands if isinstance(band, dict) and "id" in band]
    return json.dumps(out)


def places(request: JsonObject) -> tuple[str, ...]:
    """Return the members that say where the result goes, in the order of the body."""
    return tuple(name for name, value in request.items() if name in _PLACES and value is not None)


def bucket(request: JsonObject) -> str:
    """Return the bucket to which a request writes; empty for none."""
    return next((text(each, "bucket") for each in _destinations(request, "cloudStorageDestination")), "")


def destinations(request: JsonObject) -> tuple[str, ...]:
    """Return the URIs of a finished start. The forms for Cloud Storage and assets are inferred."""
    for drive in _destinations(request, "driveDestination"):
        return (f"https://drive.google.com/#folders/1{_folder_id(text(drive, 'folder'))}",)
    for storage in _destinations(request, "cloudStorageDestination"):
        folder = text(storage, "filenamePrefix").rpartition("/")[0]
        place = f"{text(storage, 'bucket')}/{folder}".rstrip("/")
        return (f"https://console.developers.google.com/storage/browser/{place}/",)
    made = target(request)
    return () if made is None else (f"https://code.earthengine.google.com/?asset={made.name}",)


@lru_cache(256)
def _folder_id(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:32]


def _manifest(request: JsonObject) -> JsonObject:
    """Return the manifest of an import; an empty one for an export."""
    return member(request, "imageManifest") or member(request, "tableManifest")


def _destinations(request: JsonObject, name: str) -> Iterator[JsonObject]:
    for options in ("fileExportOptions", "tileExportOptions"):
        destination = member(request, options).get(name)
        if isinstance(destination, dict):
            yield destination


def member(holder: JsonObject, name: str) -> JsonObject:
    """Return a member that is an object; an empty one otherwise."""
    value: JsonValue = holder.get(name)
    return value if isinstance(value, dict) else {}


def text(holder: JsonObject, name: str) -> str:
    """Return a member that is text; an empty one otherwise."""
    value = holder.get(name)
    return value if isinstance(value, str) else ""
