"""A state file that cannot be used is named with what to do, and left as it was; what was answered is never lost."""

from __future__ import annotations

import http.client
import json
import os
import random
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from groundwire_contract.contract import load
from groundwire_contract.server.http import ServerThread
from groundwire_contract.service import Service
from groundwire_contract.state.problem import (
    StateDamagedError,
    StateError,
    StateForeignError,
    StateInUseError,
    StateUnwritableError,
    StateVersionError,
)
from groundwire_contract.state.sqlite import Sqlite
from groundwire_contract.state.sqlite_file import open_state_file

from .process import SERVE, serving
from .test_state import answered
from .wire import EXPORT, OPERATIONS, ask, export


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A state file with fifty operations, closed."""
    state = Sqlite(tmp_path / "state")
    service = Service(load(), state=state)
    with state.lock:
        for _ in range(50):
            answered(service, "POST", EXPORT)
    state.close()
    return tmp_path / "state"


@pytest.mark.skipif(os.name == "nt", reason="this system has other permissions")
@pytest.mark.parametrize("linked", [False, True])
def test_a_new_state_file_and_its_logs_are_the_owners_alone(tmp_path: Path, linked: bool) -> None:
    path = tmp_path / "state"
    if linked:
        path.symlink_to("elsewhere")
    before = os.umask(0)
    try:
        with closing(Sqlite(path)) as state:
            service = Service(load(), state=state)
            answered(service, "POST", EXPORT)
            modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert len(modes) > 1
    assert set(modes.values()) == {0o600}


@pytest.mark.skipif(os.name == "nt", reason="this system has other permissions")
def test_the_permissions_of_a_state_file_that_is_there_stay(file: Path) -> None:
    file.chmod(0o640)
    Sqlite(file).close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def foreign(path: Path) -> None:
    path.unlink()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE songs (name)")
    other.commit()
    other.close()


def newer(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version = 99")
    other.close()


def spoilt(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * 4096 + data[8192:])


VIEW = "CREATE VIEW {0} AS SELECT * FROM kept_{0}"
SCHEMAS = {
    "a view for a table": ("ALTER TABLE requests RENAME TO kept_requests", VIEW.format("requests")),
    "a view of functions": ("DROP TABLE times", "CREATE VIEW times AS SELECT hex(randomblob(9)) AS instant"),
    "a trigger": ("CREATE TRIGGER t AFTER INSERT ON requests BEGIN DELETE FROM operations; END",),
    "a generated column": (
        "DROP TABLE times",
        "CREATE TABLE times (instant TEXT NOT NULL, x AS (upper(instant)))",
    ),
    "a virtual table": ("DROP TABLE times", "CREATE VIRTUAL TABLE times USING fts4(instant)"),
    "a column more": ("ALTER TABLE operations ADD COLUMN x TEXT DEFAULT 'x'",),
    "a default": ("DROP TABLE times", "CREATE TABLE times (instant TEXT NOT NULL DEFAULT (hex(1)))"),
    "an index of an expression": ("CREATE INDEX i ON operations (upper(name))",),
    "an index less": ("DROP INDEX by_asset",),
    "a table more": ("CREATE TABLE songs (name)",),
    "a table less": ("DROP TABLE used",),
}


@pytest.mark.parametrize("statements", SCHEMAS.values(), ids=SCHEMAS)
def test_a_schema_that_is_not_ours_is_refused(file: Path, statements: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(file)) as other, other:
        for statement in statements:
            other.execute(statement)
    before = file.read_bytes()
    with pytest.raises(StateForeignError, match="its tables are not those of this server"):
        Sqlite(file)
    assert file.read_bytes() == before


def test_a_schema_of_ours_is_not_trusted(file: Path) -> None:
    connection = open_state_file(file)
    assert connection.execute("PRAGMA trusted_schema").fetchone() == (0,)
    connection.close()


DEEP = "[" * 100_000
OPERATIONS_OF_OTHERS = (
    DEEP, '{"a":' * 100_000, "null", "[]", "1", '"a"', "{", "\x00",
)  # fmt: skip
CHANGES: tuple[dict[str, object], ...] = (
    {"created": "2026-01-01T00:00:00"}, {"created": "9999-12-31T23:59:59+00:00"}, {"created": 1}, {"created": None},
    {"delay": "1"}, {"delay": 1e300}, {"delay": float("nan")}, {"priority": 2**80}, {"description": ["a"]},
    {"destinations": [1]}, {"destinations": "a b"}, {"end": {"state": "SUCCEEDED", "at": None}}, {"end": {"at": "x"}},
    {"end": {"state": "ASLEEP", "at": "2026-01-01T00:00:00+00:00"}}, {"script": []}, {"script": {"stages": [{"name": 1}]}},
    {"held": True}, {"asset": None}, {"more": 1},
)  # fmt: skip


@pytest.mark.parametrize("text", [*OPERATIONS_OF_OTHERS, *CHANGES], ids=str)
def test_an_operation_of_somebody_else_is_named(file: Path, text: str | dict[str, object]) -> None:
    with closing(sqlite3.connect(file)) as other, other:
        (value,) = other.execute("SELECT value FROM operations WHERE sequence = 50").fetchone()
        written = text if isinstance(text, str) else json.dumps({**json.loads(value), **text})
        other.execute("UPDATE operations SET value = ? WHERE sequence = 50", (written,))
    refused_by(file, "operation projects/")


REQUESTS = (
    DEEP, "null", "[]", '{"query": [["a"]]}', *(
        json.dumps({
            "method": None, "verb": "GET", "path": "/", "query": [], "headers": {}, "status": 200, "verdict": "accepted",
            "at": None, "sent": "", **change,
        })
        for change in (
            {"status": "200"}, {"verb": 1}, {"headers": {"a": 1}}, {"headers": []}, {"query": [["a", 1]]}, {"at": "2026"},
            {"sent": 1}, {"verdict": None}, {"path": {}},
        )
    ),
)  # fmt: skip


@pytest.mark.parametrize("text", REQUESTS)
def test_a_request_of_somebody_else_is_named(file: Path, text: str) -> None:
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("UPDATE requests SET value = ? WHERE id = 50", (text,))
    refused_by(file, "a request")


@pytest.mark.parametrize(
    "instant", ["2026-01-01", "2026-01-01T00:00:00", "9999-01-01T00:00:00+00:00", "soon", b"\xff"]
)
def test_a_time_of_somebody_else_is_named(file: Path, instant: object) -> None:
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("INSERT INTO times VALUES (?)", (instant,))
    state = Sqlite(file)
    with pytest.raises(StateDamagedError, match="its time"):
        state.time()
    state.close()


def refused_by(file: Path, what: str) -> None:
    """The state, the API, the status page and what tests ask say what cannot be read, and go on."""
    state = Sqlite(file)
    try:
        with pytest.raises(StateDamagedError, match=f"{what}.* cannot be read"):
            _ = state.newest(None, None, lambda _: True, 100), state.requests
        with ServerThread(Service(load(), state=state)) as server:
            for path in ("/", "/$contract/requests" if what == "a request" else "/$contract/operations"):
                assert ask(server.endpoint, "GET", path).status == 503
            assert ask(server.endpoint, "POST", EXPORT, export()).status == 200
    finally:
        state.close()


@pytest.mark.parametrize("sent", [DEEP, '{"a":' * 5000 + "1" + "}" * 5000, "{", "NaN,"])
def test_a_body_of_somebody_else_is_shown_as_it_is(file: Path, sent: str) -> None:
    with closing(sqlite3.connect(file)) as other, other:
        (value,) = other.execute("SELECT value FROM requests WHERE id = 50").fetchone()
        other.execute(
            "UPDATE requests SET value = ? WHERE id = 50", (json.dumps({**json.loads(value), "sent": sent}),)
        )
    state = Sqlite(file)
    try:
        with ServerThread(Service(load(), state=state)) as server:
            assert ask(server.endpoint, "GET", "/").status == 200
            answer = ask(server.endpoint, "GET", "/$contract/requests")
        assert (answer.status, "cannot be read" in answer.message) == (503, True)
    finally:
        state.close()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "state")
    with pytest.raises(StateForeignError, match="no regular file"):
        Sqlite(tmp_path / "state")


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda path: path.write_text("a letter to somebody, " * 100), StateForeignError),
        (foreign, StateForeignError),
        (newer, StateVersionError),
        (spoilt, StateDamagedError),
        (lambda path: os.truncate(path, 9000), StateDamagedError),
    ],
)
def test_a_file_that_is_refused_is_left_as_it_was(
    file: Path, spoil: object, problem: type[StateError]
) -> None:
    spoil(file)  # type: ignore[operator]
    before = file.read_bytes()
    with pytest.raises(problem) as caught:
        Sqlite(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert problem.advice in str(caught.value)
    assert file.read_bytes() == before


def test_an_empty_file_is_a_new_one(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    state = Sqlite(tmp_path / "state")
    assert state.requests == ()
    state.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser writes everywhere")
@pytest.mark.parametrize("place", ["state", "new"])
def test_a_folder_that_is_read_only_is_refused(file: Path, place: str) -> None:
    file.parent.chmod(0o500)
    try:
        with pytest.raises(StateUnwritableError):
            Sqlite(file.parent / place)
    finally:
        file.parent.chmod(0o700)


def test_a_value_that_cannot_be_read_is_named(file: Path) -> None:
    other = sqlite3.connect(file)
    other.execute("UPDATE operations SET value = '{}' WHERE sequence = 50")
    other.commit()
    other.close()
    state = Sqlite(file)
    with pytest.raises(StateDamagedError, match="operation projects/"):
        state.newest(None, None, lambda _: True, 1)
    listed = answered(Service(load(), state=state), "GET", OPERATIONS)
    assert listed["error"]["status"] == "UNAVAILABLE"
    assert str(file) in listed["error"]["message"]
    state.close()


def test_a_second_server_of_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "state"
    with serving("--state", str(file)) as (_, address):
        ask(address, "POST", EXPORT, export())
        with pytest.raises(StateInUseError, match="another server has it open"):
            Sqlite(file)
        assert len(ask(address, "GET", OPERATIONS).json["operations"]) == 1
    # It was killed: the lock went with it.
    Sqlite(file).close()


def test_a_disk_that_is_full_loses_nothing(tmp_path: Path) -> None:
    file = tmp_path / "state"
    with serving("--state", str(file)) as (process, address):
        kept = ask(address, "POST", EXPORT, export(requestId="1")).json["name"]
        written = sum(path.stat().st_size for path in tmp_path.iterdir())
        # What a full disk does: no file may grow beyond what there is.
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (written, written))
        answers = [ask(address, "POST", EXPORT, export(requestId=str(number))) for number in range(2, 40)]
        refused = answers[-1]
        assert (refused.status, refused.rule) == (503, "state-unwritable")
        assert "Make room" in refused.message
        assert str(file) in refused.message
        names = [kept, *(answer.json["name"] for answer in answers if answer.status == 200)]
    state = Sqlite(file)
    found = state.newest(None, None, lambda _: True, 100)
    assert [each.name for each in reversed(found)] == names
    state.close()


# Bytecode that is written to a full disk would be cut off, and other processes would read it.
FULL = "import os, resource, sys; os.environ['PYTHONDONTWRITEBYTECODE'] = '1'; resource.setrlimit(resource.RLIMIT_FSIZE, (8192,) * 2); os.execv(sys.argv[1], sys.argv[1:])"


def test_a_disk_that_is_full_from_the_start_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "state"
    command = [sys.executable, "-c", FULL, *SERVE, "--state", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603 # our own
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{file}: ")
    assert "Make room" in done.stderr
    # What was begun is no obstacle once there is room.
    Sqlite(file).close()


class Starts:
    """A caller that starts exports, one after the other, until its server is gone."""

    def __init__(self, address: str, prefix: str, told: threading.Semaphore) -> None:
        self.sent: list[str] = []
        self.named: dict[str, str] = {}
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
        self._prefix = prefix
        self._told = told

    def run(self) -> None:
        try:
            while True:
                request_id = f"{self._prefix}-{len(self.sent)}"
                self.sent.append(request_id)
                body = json.dumps(export(requestId=request_id, description=request_id))
                self._connection.request("POST", EXPORT, body, {"content-type": "application/json"})
                self.named[request_id] = json.loads(self._connection.getresponse().read())["name"]
                self._told.release()
        except (OSError, http.client.HTTPException):
            self._connection.close()


def test_a_server_that_is_killed_has_everything_that_it_answered(tmp_path: Path) -> None:
    file, chance = tmp_path / "state", random.Random(20260101)  # noqa: S311 # when to kill
    answers: dict[str, str] = {}
    unanswered: set[str] = set()
    for turn in range(3):
        with serving("--state", str(file)) as (process, address):
            told = threading.Semaphore(0)
            callers = [Starts(address, f"{turn}-{number}", told) for number in range(3)]
            threads = [threading.Thread(target=caller.run) for caller in callers]
            for thread in threads:
                thread.start()
            for _ in range(chance.randrange(20, 80)):
                assert told.acquire(timeout=30)
            process.kill()
            for thread in threads:
                thread.join(30)
        for caller in callers:
            answers |= caller.named
            unanswered |= set(caller.sent) - set(caller.named)
    with serving("--state", str(file)) as (_, address):
        listed, token = dict[str, str](), ""
        while True:
            page = ask(address, "GET", f"{OPERATIONS}?pageToken={token}").json
            listed |= {each["metadata"]["description"]: each["name"] for each in page["operations"]}
            if not (token := page.get("nextPageToken", "")):
                break
        assert answers.items() <= listed.items()
        for request_id in chance.sample(sorted(answers), 20):
            assert ask(address, "POST", EXPORT, export(requestId=request_id)).status == 409
        # What was under way is there with its id, or neither is.
        for request_id in sorted(unanswered):
            again = ask(address, "POST", EXPORT, export(requestId=request_id))
            assert again.status == (409 if request_id in listed else 200)


def test_the_file_may_be_copied_once_it_is_closed(file: Path, tmp_path: Path) -> None:
    shutil.copy(file, tmp_path / "copy")
    copy = Sqlite(tmp_path / "copy")
    assert len(copy.newest(None, None, lambda _: True, 100)) == 50
    copy.close()
