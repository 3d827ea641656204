"""Ledgers: what several processes may do at once, and what is no ledger."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from groundwire_exports.batch import Batch, LedgerError, State
from groundwire_exports.batch.location import open_ledger
from groundwire_exports.batch.postgres import PostgresLedger, connection_options
from groundwire_exports.batch.records import BatchRecord, Change, Entry, Event
from groundwire_exports.batch.requests import entry_of
from groundwire_exports.batch.sqlite import SqliteLedger
from groundwire_exports.batch.transitions import LEASE, claimed
from groundwire_runtime.clock import SYSTEM
from groundwire_runtime.errors import ArgumentError

from .postgres import Server, database
from .world import Runner, World, request_of

UID = "u"


def record(**changes: Any) -> BatchRecord:
    return BatchRecord(uid=UID, name="n", created=1.0, looks=1, **changes)


def entry(key: str, **changes: Any) -> Entry:
    return evolve(entry_of(key, request_of("x")), **changes)


def test_each_entry_is_claimed_by_one_process(location: str) -> None:
    ledgers = [open_ledger(location, SYSTEM) for _ in range(4)]
    ledgers[0].open_batch(record())
    ledgers[0].add(UID, [entry(f"k{number}") for number in range(120)])

    def claim(ledger: Any) -> list[str]:
        keys: list[str] = []
        while pairs := ledger.claim(UID, 7, 3000):
            keys += [after.key for _, after in pairs]
        return keys

    with ThreadPoolExecutor(4) as pool:
        claims = list(pool.map(claim, ledgers))
    assert sorted(key for keys in claims for key in keys) == sorted(f"k{number}" for number in range(120))
    assert ledgers[1].counts(UID) == {State.STARTING: 120}
    for ledger in ledgers:
        ledger.close()


def test_several_processes_never_claim_more_than_there_is_room_for(location: str) -> None:
    ledgers = [open_ledger(location, SYSTEM) for _ in range(4)]
    ledgers[0].open_batch(evolve(record(probe_at=SYSTEM.unix() + 900), queue_limit=9, others=2))
    ledgers[0].add(UID, [entry(f"k{number}") for number in range(40)])
    with ThreadPoolExecutor(4) as pool:
        claims = list(pool.map(lambda ledger: len(ledger.claim(UID, 5, 3000)), ledgers))
    assert sum(claims) == 7
    for ledger in ledgers:
        ledger.close()


def test_a_change_of_an_old_version_is_not_applied(location: str) -> None:
    ledger = open_ledger(location, SYSTEM)
    ledger.open_batch(record())
    ledger.add(UID, [entry("a"), entry("b")])
    a, b = ledger.entries(UID)
    event = Event(key="a", at=1.0, event="first")
    assert [
        each.entry.key for each in ledger.save(UID, [Change(entry=evolve(a, sends=1), events=(event,))])
    ] == ["a"]
    late = Change(entry=evolve(a, sends=5), events=(evolve(event, event="late"),), parts=(entry("c"),))
    assert [each.entry.key for each in ledger.save(UID, [late, Change(entry=evolve(b, sends=2))])] == ["b"]
    assert [(each.key, each.sends) for each in ledger.entries(UID)] == [("a", 1), ("b", 2)]
    assert ledger.events(UID) == [event]
    ledger.close()


def test_a_lease_that_has_ended_is_taken_over(location: str) -> None:
    ledger = open_ledger(location, SYSTEM)
    ledger.open_batch(evolve(record(), queue_limit=1))
    ledger.add(UID, [entry("a"), entry("b")])
    [(_, first)] = ledger.claim(UID, 5, 3000)
    assert ledger.claim(UID, 5, 3000) == []
    ledger.save(UID, [Change(entry=evolve(first, lease_until=SYSTEM.unix() - 1))])
    [(before, after)] = ledger.claim(UID, 5, 3000)
    assert (before.key, before.sends, after.sends, after.doubtful) == ("a", 1, 2, 1)
    assert claimed(before, 7.0).lease_until == 7.0 + LEASE
    ledger.close()


def test_an_answer_that_comes_after_the_lease_is_kept(tmp_path: Path) -> None:
    """Another process has sent the same id meanwhile; that an operation exists is a fact."""
    world = World(burns=False)
    opened = [Runner(world, lambda: SqliteLedger(tmp_path / "l", world.clock()), "n") for _ in range(2)]
    one, two = opened
    one.alive().add("a", request_of("a"))
    one.step()
    batch = one.alive()
    assert {row.state for row in batch.report().rows} == {State.ACTIVE}
    batch.add("b", request_of("b"))

    def answer_late() -> None:
        world.on_start = lambda: None
        world.operations[-1].listed_from = world.now + 5000
        world.sleep(LEASE + 1)
        two.step()
        assert next(row for row in two.alive().report().rows if row.key == "b").state is State.SETTLING

    world.on_start = answer_late
    one.step()
    row = next(row for row in batch.report().rows if row.key == "b")
    assert (row.state, row.operation) == (State.ACTIVE, world.operations[-1].name)
    assert [event.event for event in batch.events("b")][-2:] == ["refused as a repeat", "started"]
    for runner in opened:
        runner.close()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that other users may look into."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    yield place
    place.chmod(0o755)
    shutil.rmtree(place)


def refused(location: object, words: str, hint: str) -> None:
    with pytest.raises(LedgerError, match=words) as caught:
        open_ledger(location, SYSTEM)  # type: ignore[arg-type] # as callers may
    assert hint in str(caught.value)


def test_what_is_no_ledger_is_refused_and_left_alone(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("my notes, longer than the header of a database, which has one hundred bytes " * 3)
    before = text.read_bytes()
    refused(text, "not a database", "another path")
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE gw_batch (x)")
    connection.close()
    kept = other.read_bytes()
    refused(other, "a database of another program", "another path")
    assert (text.read_bytes(), other.read_bytes()) == (before, kept)
    refused(tmp_path / "missing" / "l.sqlite", "unable to open", "folder must exist")
    refused(tmp_path, "unable to open", "folder must exist")


def test_a_ledger_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "l.sqlite"
    open_ledger(place, SYSTEM).close()
    open_ledger(place, SYSTEM).close()
    connection = sqlite3.connect(place)
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    refused(place, "a ledger of version 2; this Groundwire knows versions up to 1", "Update Groundwire")


def test_a_ledger_that_may_not_be_written_is_refused(folder: Path) -> None:
    place = folder / "l.sqlite"
    open_ledger(place, SYSTEM).close()
    place.chmod(0o444)
    folder.chmod(0o555)
    root = not os.getuid()
    try:
        if root:
            os.seteuid(65534)
        refused(place, "readonly|unable to open", "permissions")
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.parametrize("wrong", ["", ":memory:", "mysql://u:secret@h/d", "a\x00b", None, 3], ids=repr)
def test_a_location_is_a_path_or_a_url(wrong: Any) -> None:
    with pytest.raises(ArgumentError, match="ledger: expected a path or a postgresql:// URL") as caught:
        open_ledger(wrong, SYSTEM)
    assert "secret" not in str(caught.value)


FULL_DISK = """
import resource, sys
from groundwire_exports.batch import LedgerError
from tests.exports.batch.world import World, Runner, request_of
from groundwire_exports.batch.sqlite import SqliteLedger
from pathlib import Path

world = World(limit=500)
runner = Runner(world, lambda: SqliteLedger(Path(sys.argv[1]), world.clock()), "n")
batch = runner.alive()
batch.add_all((f"k{number}", request_of(f"k{number}")) for number in range(300))
size = sum(each.stat().st_size for each in Path(sys.argv[1]).parent.iterdir())
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 200_000, resource.RLIM_INFINITY))
for _ in range(50):
    runner.step()
failed = [error for error in runner.errors if isinstance(error, LedgerError)]
assert failed, "the disk was never full"
print(failed[0])
started, recorded = len(world.operations), sum(bool(row.sent) for row in batch.report().rows)
assert started <= recorded, (started, recorded)
assert 0 < started < 300, started
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
for _ in range(60):
    runner.step()
    world.sleep(20)
assert set(batch.progress().counts) == {"SUCCEEDED"}, batch.progress()
assert len(world.operations) == 300
assert world.doubled(batch._uid, [f"k{number}" for number in range(300)]) == []
print("all are there")
"""


def test_a_full_disk_stops_the_batch_and_loses_nothing(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    (tmp_path / "ledger").mkdir()
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-B", "-c", FULL_DISK, str(tmp_path / "ledger" / "l.sqlite")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.endswith("all are there\n"), done.stdout + done.stderr
    assert "disk" in done.stdout.splitlines()[0]


def test_tables_of_another_program_or_version_are_refused(postgres_server: Server) -> None:
    psycopg = pytest.importorskip("psycopg")
    url = database(postgres_server)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE gw_batch (x int)")
        refused(url, "the table gw_batch belongs to another program", "database")
        connection.execute("DROP TABLE gw_batch")
        open_ledger(url, SYSTEM).close()
        connection.execute("UPDATE gw_schema SET version = 2")
    refused(url, "a ledger of version 2; this Groundwire knows versions up to 1", "Update Groundwire")


def test_a_database_that_cannot_be_used_is_named(postgres_server: Server) -> None:
    url = database(postgres_server)
    refused(f"{url}?options=-cdefault_transaction_read_only%3Don", "read-only", "primary")
    refused(url.rpartition("/")[0] + "/missing", 'database "missing" does not exist', "createdb")
    open_ledger(url, SYSTEM).close()
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE guest LOGIN")
    refused(url.replace("gw@", "guest@"), "permission denied", "allowed")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://u:canary@db.example.com/d?sslmode=disable", "in the clear"),
        ("postgresql://u:canary@db.example.com/d?sslmode=prefer", "in the clear"),
        ("postgresql://u:canary@/d?host=127.0.0.1,db.example.com&sslmode=allow", "in the clear"),
        ("postgresql://u:canary@127.0.0.1:x:y/d?nonsense=1", "cannot be read"),
    ],
)
def test_a_password_travels_over_tls_only(url: str, words: str) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(ArgumentError, match=words) as caught:
        open_ledger(url, SYSTEM)
    assert "canary" not in f"{caught.value}{caught.value.__context__ if caught.value.__cause__ else ''}"


@pytest.mark.parametrize(
    ("variables", "sslmode"),
    [
        ({"PGHOST": "db.example.com"}, "require"),
        ({"PGHOSTADDR": "192.0.2.1", "PGSSLMODE": "verify-full"}, "verify-full"),
        ({"PGSERVICE": "exports", "PGSSLMODE": "verify-ca"}, "verify-ca"),
        ({"PGHOST": "/run/postgresql"}, None),
        ({}, None),
    ],
)
def test_what_a_url_leaves_out_is_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], sslmode: str | None
) -> None:
    psycopg = pytest.importorskip("psycopg")
    for name in ("PGHOST", "PGHOSTADDR", "PGSERVICE", "PGSSLMODE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert connection_options(psycopg, "postgresql://u:secret@/exports").get("sslmode") == sslmode
    if "PGSERVICE" in variables:
        monkeypatch.delenv("PGSSLMODE")
        with pytest.raises(ArgumentError, match="nothing says sslmode"):
            connection_options(psycopg, "postgresql://u:secret@/exports")
    monkeypatch.setenv("PGSSLMODE", "prefer")
    if sslmode is not None:
        with pytest.raises(ArgumentError, match="sslmode=prefer would send the password in the clear"):
            connection_options(psycopg, "postgresql://u:secret@/exports")


def test_times_are_those_of_the_database(postgres_server: Server) -> None:
    url = database(postgres_server)
    wrong = evolve(SYSTEM, unix=lambda: SYSTEM.unix() - 5000)
    ledger, other = PostgresLedger(url, wrong), PostgresLedger(url, SYSTEM)
    assert abs(ledger.now() - other.now()) < 2
    ledger.close()
    other.close()


def test_a_restart_of_the_database_is_waited_for(tmp_path: Path) -> None:
    from . import postgres

    if postgres.reason():
        pytest.skip(postgres.reason())
    server = Server()
    try:
        server.start()
        world = World(limit=50)
        runner = Runner(world, lambda: PostgresLedger(server.url, SYSTEM, database_time=False), "n")
        batch = runner.alive()
        assert isinstance(batch, Batch)
        batch.add("a", request_of("a"))
        server.kill()
        with ThreadPoolExecutor(1) as pool:
            started = pool.submit(server.start)
            batch.add("b", request_of("b"))
            started.result()
        assert {row.key for row in batch.report().rows} == {"a", "b"}
        runner.close()
    finally:
        server.stop()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p@canary@127.0.0.1:1/d",
        "postgresql://u:can/canary@127.0.0.1:1/d",
        "postgresql://u:12/canary@127.0.0.1:1/d",
        "postgresql:/u:canary@db.example.com/d",
        "POSTGRES:u:canary@db.example.com/d",
        "host=db.example.com password=canary",
        "host=db.example.com password = canary",
    ],
)
def test_a_url_that_is_misspelt_is_refused_and_not_quoted(url: str) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(ArgumentError, match="ledger: ") as caught:
        open_ledger(url, SYSTEM)
    assert "canary" not in f"{caught.value}{caught.value.__cause__}"


def test_passwords_of_every_place_are_masked(
    monkeypatch: pytest.MonkeyPatch, postgres_server: Server
) -> None:
    pytest.importorskip("psycopg")
    monkeypatch.setenv("PGPASSWORD", "canary3")
    url = f"{database(postgres_server)}?sslpassword=canary%2F2&application_name=canary1"
    ledger = open_ledger(url.replace("gw@", "gw:canary1@"), SYSTEM)
    assert isinstance(ledger, PostgresLedger)
    said = str(ledger._error(ValueError("canary1 canary/2 canary%2F2 canary3")))
    assert said.endswith("*** *** *** ***")
    ledger.close()


@pytest.mark.parametrize(
    ("path", "words", "hint"),
    [("pg_temp", "would be temporary, and lost", "search_path"), ("none", "no schema", "search_path")],
)
def test_a_search_path_that_keeps_nothing_is_refused(
    postgres_server: Server, path: str, words: str, hint: str
) -> None:
    refused(f"{database(postgres_server)}?options=-csearch_path%3D{path}", words, hint)


def test_the_time_of_the_database_does_not_follow_a_clock_that_is_set(postgres_server: Server) -> None:
    skew = [0.0]
    clock = evolve(SYSTEM, unix=lambda: SYSTEM.unix() + skew[0])
    ledger = PostgresLedger(database(postgres_server), clock)
    before = ledger.now()
    skew[0] = 5000.0
    assert abs(ledger.now() - before) < 60
    ledger.close()


def test_a_ledger_is_refused_in_a_child_of_the_process_that_opened_it(location: str) -> None:
    ledger = open_ledger(location, SYSTEM)
    ledger.open_batch(record())
    code = "no fork"
    if not hasattr(os, "fork"):
        pytest.skip(code)
    read, write = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        try:
            ledger.batch(UID)
        except LedgerError as error:
            os.write(write, str(error).encode())
        ledger.close()
        os._exit(0)
    os.waitpid(child, 0)
    said = os.read(read, 1000).decode()
    os.close(read)
    os.close(write)
    assert "opened before this process was forked (Open the batch in each process that uses it.)" in said
    assert ledger.batch(UID).name == "n"
    ledger.close()


@pytest.mark.parametrize("how", ["deleted", "replaced"])
def test_a_file_that_is_taken_away_is_not_written_to(tmp_path: Path, how: str) -> None:
    place = tmp_path / "l.sqlite"
    ledger = open_ledger(place, SYSTEM)
    ledger.open_batch(record())
    ledger.add(UID, [entry("a")])
    if how == "deleted":
        place.unlink()
    else:
        shutil.copy(place, tmp_path / "older")
        (tmp_path / "older").replace(place)
    with pytest.raises(LedgerError, match="was deleted, or replaced by another file, while a batch used it"):
        ledger.add(UID, [entry("b")])
    ledger.close()


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_file_is_a_ledger_error(tmp_path: Path, seed: int) -> None:
    place = tmp_path / "l.sqlite"
    ledger = open_ledger(place, SYSTEM)
    ledger.open_batch(record())
    ledger.add(UID, [entry(f"k{number}") for number in range(200)])
    ledger.close()
    data = bytearray(place.read_bytes())
    chance = random.Random(seed)  # noqa: S311 - a seeded source
    if seed % 3 == 0:
        data = data[: chance.randrange(1, len(data))]
    else:
        for _ in range(seed * 40):
            data[chance.randrange(100, len(data))] = chance.randrange(256)
    place.write_bytes(bytes(data))
    try:
        ledger = open_ledger(place, SYSTEM)
    except LedgerError:
        return
    for work in (lambda: ledger.claim(UID, 9, 50), lambda: ledger.entries(UID), lambda: ledger.events(UID)):
        try:
            work()
        except LedgerError as error:
            assert error.hint, error
    ledger.close()
