"""Ledgers of both kinds, for one suite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .postgres import Server, database, reason


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """One server for all tests of a run."""
    problem = reason()
    if problem:
        pytest.skip(problem)
    server = Server()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(params=("sqlite", "postgres"))
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty ledger may be made: a path, or the URL of a database of its own."""
    if request.param == "sqlite":
        return str(tmp_path / "exports.sqlite")
    return database(request.getfixturevalue("postgres_server"))
