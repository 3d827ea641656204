"""The tables of assets and settings in a state file. An asset that was removed keeps its row, without a value."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from ..assets.asset_json import declaration, read_asset
from ..assets.record import Asset

Access = AbstractContextManager[Callable[..., sqlite3.Cursor]]


class Readable(Protocol):
    """A function that converts the errors of text that cannot be read."""

    def __call__(self, what: str, /) -> AbstractContextManager[None]:
        """Return the context in which text is read."""
        ...


class AssetTable:
    """The assets and settings of a state file, by the functions that read and write it."""

    def __init__(self, reading: Access, writing: Access, readable: Readable) -> None:
        self._reading, self._writing, self._readable = reading, writing, readable

    def get(self, name: str) -> Asset | None:
        """Return a stored asset."""
        with self._reading as read:
            row = read("SELECT value FROM assets WHERE name = ? AND value <> ''", name).fetchone()
        return None if row is None else self._asset(name, row[0])

    def is_removed(self, name: str) -> bool:
        """Return True if an asset of this name was removed and not stored again."""
        with self._reading as read:
            return read("SELECT 1 FROM assets WHERE name = ? AND value = ''", name).fetchone() is not None

    def below(self, parent: str) -> tuple[Asset, ...]:
        """Return the stored assets directly in a folder or collection."""
        with self._reading as read:
            rows = read("SELECT name, value FROM assets WHERE parent = ? AND value <> ''", parent).fetchall()
        return tuple(self._asset(name, text) for name, text in rows)

    def everything(self) -> tuple[Asset, ...]:
        """Return all stored assets."""
        with self._reading as read:
            rows = read("SELECT name, value FROM assets WHERE value <> ''").fetchall()
        return tuple(self._asset(name, text) for name, text in rows)

    def put(self, asset: Asset) -> None:
        """Store an asset, in place of an earlier one."""
        self._put(asset.name, asset.parent, json.dumps(declaration(asset)))

    def remove(self, name: str) -> None:
        """Remove an asset, which need not be stored."""
        self._put(name, "", "")

    def setting(self, name: str) -> str | None:
        """Return the text that was kept under a name; None if there is none."""
        with self._reading as read:
            row = read("SELECT value FROM settings WHERE name = ?", name).fetchone()
        return None if row is None else str(row[0])

    def put_setting(self, name: str, text: str) -> None:
        """Keep a text under a name."""
        with self._writing as write:
            write("INSERT OR REPLACE INTO settings VALUES (?, ?)", name, text)

    def _put(self, name: str, parent: str, text: str) -> None:
        with self._writing as write:
            write("INSERT OR REPLACE INTO assets VALUES (?, ?, ?)", name, parent, text)

    def _asset(self, name: str, text: str) -> Asset:
        with self._readable(f"asset {name}"):
            asset = read_asset(json.loads(text))
            if asset.name != name:
                raise ValueError("the asset has another name")
            return asset
