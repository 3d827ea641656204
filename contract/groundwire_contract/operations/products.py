"""Assets that operations make: stored when an operation has succeeded and its asset is looked for."""

from __future__ import annotations

import json
from datetime import datetime

from attrs import evolve

from ..assets.asset_json import read_asset
from ..assets.catalog import Catalog, DeclaredAssets
from ..assets.record import Asset
from .state import Operation, State, ended
from .store import Store


def settle(store: Store, declared: DeclaredAssets, now: datetime, name: str | None) -> None:
    """Store the assets that ended operations have made: of one name, or all."""
    ends = [(ended(operation, now), operation) for operation in store.makers(name)]
    done = [(end, operation) for end, operation in ends if end is not None]
    for end, operation in sorted(done, key=lambda pair: (pair[0].at, pair[1].sequence)):
        if end.state is State.SUCCEEDED:
            Catalog(store, declared).put(evolve(product(operation), update_time=end.at))
        store.settle(operation)


def product(operation: Operation) -> Asset:
    """Return the asset that an operation makes."""
    if not operation.product:
        return Asset(name=operation.asset)
    return read_asset({**json.loads(operation.product), "name": operation.asset})
