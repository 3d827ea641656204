"""The catalog at an instant: assets that are stored, declared, or made by exports that have succeeded.

A stored record, or the note that an asset was deleted, takes the place of the declaration of its name. Every
asset has its folders: those that nobody made or declared are folders too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol

from attrs import Factory, field, frozen

from .names import ancestors
from .record import Asset, AssetType


class Assets(Protocol):
    """The assets that exist at an instant. Names are full names: `projects/{project}/assets/{path}`."""

    def get(self, name: str) -> Asset | None:
        """Return an asset; None if it does not exist."""
        ...

    def children(self, name: str) -> tuple[Asset, ...]:
        """Return the assets directly in a folder or collection, ordered by name."""
        ...


class AssetStore(Protocol):
    """The storage of assets. A removed asset leaves a note, which hides a declaration of its name."""

    def asset(self, name: str) -> Asset | None:
        """Return a stored asset."""
        ...

    def is_removed(self, name: str) -> bool:
        """Return True if an asset of this name was removed and not stored again."""
        ...

    def assets_in(self, parent: str) -> tuple[Asset, ...]:
        """Return the stored assets directly in a folder or collection."""
        ...

    def all_assets(self) -> tuple[Asset, ...]:
        """Return all stored assets."""
        ...

    def put_asset(self, asset: Asset) -> None:
        """Store an asset, in place of an earlier one."""
        ...

    def remove_asset(self, name: str) -> None:
        """Remove an asset, which need not be stored."""
        ...


def _with_folders(assets: Iterable[Asset]) -> dict[str, Asset]:
    by_name = {asset.name: asset for asset in assets}
    for name in tuple(by_name):
        for folder in ancestors(name):
            by_name.setdefault(folder, Asset(name=folder, type=AssetType.FOLDER))
    return by_name


def _by_parent(assets: Iterable[Asset]) -> dict[str, tuple[Asset, ...]]:
    by_parent: defaultdict[str, list[Asset]] = defaultdict(list)
    for asset in assets:
        by_parent[asset.parent].append(asset)
    return {parent: tuple(assets) for parent, assets in by_parent.items()}


@frozen(eq=False)
class DeclaredAssets:
    """Assets that a test or a file declares, with the folders above them."""

    assets: tuple[Asset, ...] = ()
    by_name: Mapping[str, Asset] = field(
        init=False, default=Factory(lambda self: _with_folders(self.assets), takes_self=True)
    )
    by_parent: Mapping[str, tuple[Asset, ...]] = field(
        init=False, default=Factory(lambda self: _by_parent(self.by_name.values()), takes_self=True)
    )


NONE_DECLARED: Final = DeclaredAssets()
"""No declared assets."""


def _settled(name: str | None) -> None:
    del name


@frozen(eq=False)
class Catalog:
    """The assets of a store and those declared beside it.

    `settle` stores what operations have made by now: of one name, or everything.
    """

    store: AssetStore
    declared: DeclaredAssets = NONE_DECLARED
    settle: Callable[[str | None], None] = _settled

    def get(self, name: str) -> Asset | None:
        """Return an asset; None if it does not exist."""
        self.settle(name)
        asset = self._known(name)
        if asset is None:
            # It may be a folder of something that was made.
            self.settle(None)
            asset = self._known(name)
        return asset

    def has(self, name: str) -> bool:
        """Return True if an asset exists, other than a folder that only finished operations imply."""
        self.settle(name)
        return self._known(name) is not None

    def _known(self, name: str) -> Asset | None:
        stored = self.store.asset(name)
        if stored is not None:
            return stored
        declared = self.declared.by_name.get(name)
        return None if declared is None or self.store.is_removed(name) else declared

    def children(self, name: str) -> tuple[Asset, ...]:
        """Return the assets directly in a folder or collection, ordered by name."""
        self.settle(None)
        by_name = {asset.name: asset for asset in self.store.assets_in(name)}
        for asset in self.declared.by_parent.get(name, ()):
            if asset.name not in by_name and not self.store.is_removed(asset.name):
                by_name[asset.name] = asset
        return tuple(by_name[key] for key in sorted(by_name))

    def everything(self) -> tuple[Asset, ...]:
        """Return all assets, ordered by name."""
        self.settle(None)
        stored = {asset.name: asset for asset in self.store.all_assets()}
        declared = {
            name: asset for name, asset in self.declared.by_name.items() if not self.store.is_removed(name)
        }
        by_name = {**declared, **stored}
        return tuple(by_name[name] for name in sorted(by_name))

    def put(self, asset: Asset) -> None:
        """Store an asset and the folders above it that do not exist."""
        for name in ancestors(asset.name):
            if self._known(name) is not None:
                break
            self.store.put_asset(Asset(name=name, type=AssetType.FOLDER, update_time=asset.update_time))
        self.store.put_asset(asset)

    def remove(self, name: str) -> None:
        """Remove an asset."""
        self.store.remove_asset(name)
