"""Exports that are added: sources that fail, pairs that are none, batches that are read alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from groundwire import ExportImageRequest
from groundwire_exports.batch import Batch, LedgerError
from groundwire_exports.batch.location import open_ledger
from groundwire_runtime.clock import SYSTEM
from groundwire_runtime.errors import ArgumentError

from .test_ledgers import UID, entry, record
from .world import World, request_of

Pair = tuple[str, ExportImageRequest]


@pytest.fixture
def batch(tmp_path: Path) -> Iterator[Batch]:
    with Batch(World().client(), tmp_path / "l.sqlite", name="n") as opened:
        yield opened


def pairs(count: int, last: Any = None) -> Iterator[Any]:
    for number in range(count):
        yield f"k{number}", request_of(f"k{number}")
    if isinstance(last, BaseException):
        raise last
    if last is not None:
        yield last


@pytest.mark.parametrize("count", [3, 250])
def test_what_came_before_an_error_of_the_source_is_added(batch: Batch, count: int) -> None:
    with pytest.raises(KeyError, match="of the source"):
        batch.add_all(pairs(count, KeyError("of the source")))
    assert batch.progress().total == count
    batch.add_all(pairs(count + 1))
    assert batch.progress().total == count + 1


@pytest.mark.parametrize(
    "last", [3, "ab", ("k9",), ("k9", request_of("x"), 3), {"k9": 1}, ("k9", 3), ("", 3)], ids=repr
)
def test_what_came_before_a_wrong_pair_is_added(batch: Batch, last: Any) -> None:
    with pytest.raises(ArgumentError):
        batch.add_all(pairs(3, last))
    assert batch.progress().total == 3


@pytest.mark.parametrize("wrong", [None, 3, "ab", {"a": 1}, b"ab"], ids=repr)
def test_what_is_no_iterable_of_pairs_is_refused_by_name(batch: Batch, wrong: Any) -> None:
    with pytest.raises(ArgumentError, match="requests: expected pairs of a key and a request"):
        batch.add_all(wrong)


def test_a_source_may_use_the_batch(batch: Batch) -> None:
    def source() -> Iterator[Pair]:
        for number in range(3):
            batch.add(f"inner{number}", request_of(f"inner{number}"))
            batch.pause()
            yield f"k{number}", request_of(f"k{number}")

    batch.add_all(source())
    assert batch.progress().total == 6


def test_a_batch_that_is_read_alone_leaves_nothing_in_the_ledger(location: str) -> None:
    client = World().client()
    with Batch(client, location, name="typo", identity="me@example.com") as batch:
        assert (batch.progress().total, batch.report().rows, batch.events()) == (0, (), [])
        assert batch.cancel(key="*") == batch.retry(key="*") == 0
        ledger = open_ledger(location, SYSTEM)
        with pytest.raises(LedgerError, match="has lost the batch"):
            ledger.batch(batch._uid)
        batch.pause("lunch")
        assert (ledger.batch(batch._uid).paused, ledger.batch(batch._uid).account) == (
            "lunch",
            "me@example.com",
        )
        ledger.close()


def test_rows_that_a_ledger_has_lost_are_named(location: str) -> None:
    ledger = open_ledger(location, SYSTEM)
    ledger.open_batch(record())
    ledger.add(UID, [entry("a")])
    assert ledger.batch(UID).name == "n"
    change(location, "UPDATE gw_request SET request = '{}'")
    with pytest.raises(LedgerError, match="has lost the request of 'a'"):
        ledger.claim(UID, 1, 3000)
    change(location, "UPDATE gw_export SET state = 'ODD'")
    with pytest.raises(LedgerError, match="has lost the state of 'a'"):
        ledger.entries(UID)
    change(location, "UPDATE gw_export SET state = 'WAITING'")
    change(location, "DELETE FROM gw_request")
    with pytest.raises(LedgerError, match="has lost the request of 'a'"):
        ledger.claim(UID, 1, 3000)
    change(location, "DELETE FROM gw_batch")
    with pytest.raises(LedgerError, match="has lost the batch") as caught:
        ledger.claim(UID, 1, 3000)
    assert "a batch of the same name finds its exports" in str(caught.value)
    ledger.close()


def change(location: str, statement: str) -> None:
    if location.startswith("postgresql"):
        psycopg = pytest.importorskip("psycopg")
        with psycopg.connect(location, autocommit=True) as connection:
            connection.execute(statement)
        return
    import sqlite3

    connection = sqlite3.connect(location)
    connection.execute(statement)
    connection.commit()
    connection.close()
