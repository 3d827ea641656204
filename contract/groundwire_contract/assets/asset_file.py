"""Files of declared assets.

A file has a JSON list of assets, or an object with the list as `assets`, as `listAssets` answers. Each asset is
the service's JSON; a table may have its `features`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

from .asset_json import AssetError, declared_asset
from .record import Asset


def read_assets(data: bytes) -> tuple[Asset, ...]:
    """Return the assets of a file's bytes. Raises AssetError."""
    try:
        root: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise AssetError(f"not JSON: {error}") from error
    if isinstance(root, dict):
        root = cast("dict[str, object]", root).get("assets")
    if not isinstance(root, list):
        raise AssetError('expected a list of assets, or {"assets": [...]}')
    assets = tuple(map(declared_asset, cast("list[object]", root)))
    names = [asset.name for asset in assets]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise AssetError(f"declared twice: {', '.join(twice)}")
    return assets


def read_asset_file(path: Path) -> tuple[Asset, ...]:
    """Return the assets of a file. Raises AssetError and OSError."""
    try:
        return read_assets(path.read_bytes())
    except AssetError as error:
        raise AssetError(f"{path}: {error}") from error
