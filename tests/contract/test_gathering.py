"""Requests that share a transaction of a state file."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from groundwire_contract.operations.state import End, Operation, State
from groundwire_contract.server.commits import Commits
from groundwire_contract.state.problem import StateError
from groundwire_contract.state.sqlite import Sqlite

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def operation(name: str) -> Operation:
    return Operation(name=f"projects/p/operations/{name}", kind="EXPORT_IMAGE", created=NOW)


def stored(path: Path) -> list[str]:
    """Return the operations that a crash would leave."""
    for suffix in ("", "-wal"):
        found = Path(f"{path}{suffix}")
        if found.exists():
            (path.parent / f"copy{suffix}").write_bytes(found.read_bytes())
    with sqlite3.connect(path.parent / "copy") as after:
        names = [name.rpartition("/")[2] for (name,) in after.execute("SELECT name FROM operations")]
    after.close()
    return names


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Sqlite]:
    state = Sqlite(tmp_path / "state")
    yield state
    state.close()


def test_gathered_changes_become_durable_together(state: Sqlite) -> None:
    for name in ("A", "B"):
        with state.gathering(), state.lock:
            state.add(operation(name))
    assert state.waits
    assert stored(state.path) == []
    state.commit()
    assert not state.waits
    assert stored(state.path) == ["A", "B"]


def test_an_exception_undoes_the_changes_of_its_holder_alone(state: Sqlite) -> None:
    with state.gathering():
        with state.lock:
            state.add(operation("A"))
        with pytest.raises(LookupError), state.lock:
            state.add(operation("B"))
            raise LookupError
        with state.lock:
            state.add(operation("C"))
    state.commit()
    assert stored(state.path) == ["A", "C"]


def test_a_change_that_is_not_gathered_takes_what_was_gathered_along(state: Sqlite) -> None:
    with state.gathering(), state.lock:
        state.add(operation("A"))
    with state.lock:
        state.add(operation("B"))
    assert not state.waits
    assert stored(state.path) == ["A", "B"]


def test_reading_alone_keeps_nothing_open(state: Sqlite) -> None:
    with state.gathering(), state.lock:
        assert state.get("projects/p/operations/A") is None
    assert not state.waits


FULL = """
import resource, sys
from pathlib import Path
from tests.contract.test_gathering import operation
from groundwire_contract.state.problem import StateError
from groundwire_contract.state.sqlite import Sqlite

state = Sqlite(Path(sys.argv[1]))
with state.gathering():
    with state.lock:
        state.add(operation("A"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
    for number in range(400):
        try:
            with state.lock:
                state.add(operation(f"{number:0>5000}"))
        except StateError:
            break
try:
    state.commit()
except StateError as error:
    print(type(error).__name__, state.waits)
print([each.name for each in state.newest(None, None, lambda _: True, 500)])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are those of POSIX")
def test_on_a_full_disk_all_that_was_gathered_is_refused_or_kept(tmp_path: Path) -> None:
    command = [sys.executable, "-B", "-c", FULL, str(tmp_path / "state")]
    paths = {"PYTHONPATH": os.pathsep.join([".", *sys.path])}
    ran = subprocess.run(  # noqa: S603 - our own code
        command, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, **paths}
    )
    assert ran.stdout.splitlines() == ["StateUnwritableError False", "[]"], ran.stderr
    again = Sqlite(tmp_path / "state")
    with again.lock:
        again.add(operation("B"))
    assert [each.name for each in again.newest(None, None, lambda _: True, 9)] == ["projects/p/operations/B"]
    again.close()


def test_a_second_commit_does_nothing(state: Sqlite) -> None:
    with state.gathering(), state.lock:
        state.add(operation("A"))
    state.commit()
    state.commit()
    assert stored(state.path) == ["A"]


@pytest.mark.parametrize("others", [1, 2])
def test_what_was_gathered_is_not_called_durable_after_another_thread_failed_to_commit_it(
    state: Sqlite, others: int
) -> None:
    with state.gathering(), state.lock:
        state.add(operation("A"))
    with sqlite_full(state):
        for _ in range(others):
            with ThreadPoolExecutor(1) as pool, pytest.raises(StateError):
                pool.submit(add_many, state).result()
    assert state.waits
    with pytest.raises(StateError):
        state.commit()
    assert stored(state.path) == []
    with state.gathering(), state.lock:
        state.add(operation("B"))
    state.commit()
    assert stored(state.path) == ["B"]


def test_a_failure_of_its_own_changes_leaves_nothing_for_a_later_commit_to_report(state: Sqlite) -> None:
    with sqlite_full(state), pytest.raises(StateError):
        add_many(state)
    assert not state.waits
    state.commit()


def test_undone_changes_are_not_counted_as_ends_of_operations(state: Sqlite) -> None:
    ends = End(state=State.CANCELLED, at=NOW)
    state.add(operation("A"))
    assert state.is_full("projects/p", 1, NOW)
    with state.gathering(), pytest.raises(LookupError), state.lock:
        state.put(evolve(operation("A"), end=ends))
        assert not state.is_full("projects/p", 1, NOW)
        raise LookupError
    assert state.is_full("projects/p", 1, NOW)


def add_many(state: Sqlite) -> None:
    with state.lock:
        for number in range(400):
            state.add(operation(f"{number:0>5000}"))


@contextmanager
def sqlite_full(state: Sqlite) -> Iterator[None]:
    """Let the file grow no more, as on a full disk."""
    connection = state.lock._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (limit,) = connection.execute("PRAGMA max_page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA max_page_count = {limit}")


class Counted:
    """A store that counts its commits."""

    def __init__(self) -> None:
        self.commits = 0

    def commit(self) -> None:
        """Count a commit."""
        self.commits += 1


async def committed(commits: Commits, clients: int, times: int) -> None:
    """Let clients send a request each time that they were answered."""

    async def client() -> None:
        for _ in range(times):
            assert await commits.done() is None

    await asyncio.gather(*(client() for _ in range(clients)))


@pytest.mark.parametrize("clients", [1, 8])
def test_the_requests_of_all_clients_are_one_commit(clients: int) -> None:
    store: Any = Counted()
    asyncio.run(committed(Commits(store, moment=0.05), clients, times=100))
    assert 100 <= store.commits <= 110


def test_clients_that_take_turns_come_to_share_their_commits() -> None:
    store: Any = Counted()

    async def turns() -> None:
        commits = Commits(store, moment=0.05)
        first = asyncio.create_task(committed(commits, 4, times=50))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await committed(commits, 4, times=50)
        await first

    asyncio.run(turns())
    assert store.commits <= 60
