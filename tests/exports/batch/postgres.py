"""A PostgreSQL server of a test's own, from the system's binaries, run by an unprivileged user."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from attrs import define, field

USERS = ("postgres", "nobody")
PATIENCE = 30
_NUMBERS = itertools.count()


def binary(name: str) -> str:
    """The path of a PostgreSQL program; empty if there is none."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(debian[-1]) if debian else "")


def reason() -> str:
    """Why no server can be started here; empty if one can."""
    if not binary("initdb") or not binary("pg_ctl"):
        return "PostgreSQL is not installed: initdb and pg_ctl are missing (apt-get install postgresql)"
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "psycopg is not installed: pip install 'groundwire[postgres]'"
    return "" if os.getuid() or _user() else "PostgreSQL refuses root, and there is no other user"


def _user() -> str:
    for name in USERS:
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    return ""


@define
class Server:
    """A server on loopback. `kill` stops all of it at once, as a crash does; `start` starts it again."""

    folder: Path = field(factory=lambda: Path(tempfile.mkdtemp(prefix="gw-pg-")))
    port: int = 0

    def __attrs_post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder.chmod(0o755)
        if not os.getuid():
            shutil.chown(self.folder, _user())
        self._run(binary("initdb"), "-D", self.data, "-U", "gw", "-A", "trust", "--no-sync", "-E", "UTF8")

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    @property
    def url(self) -> str:
        return f"postgresql://gw@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-F -p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        self._run(
            binary("pg_ctl"),
            "-D",
            self.data,
            "-w",
            "-t",
            str(PATIENCE),
            "-l",
            f"{self.folder}/log",
            "-o",
            options,
            "start",
        )

    def kill(self) -> None:
        """SIGKILL to the server and all of its processes."""
        first = int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text()
        for pid in (first, *map(int, children.split())):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        # Where nobody reaps orphans, the id of the dead server still counts as one that runs.
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def stop(self) -> None:
        with suppress(subprocess.CalledProcessError):
            self._run(binary("pg_ctl"), "-D", self.data, "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)

    def _run(self, *command: str) -> None:
        who: dict[str, Any] = {} if os.getuid() else {"user": _user(), "group": "nogroup", "extra_groups": []}
        subprocess.run(  # noqa: S603 - our own command
            command,
            check=True,
            capture_output=True,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE * 2,
            env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
            **who,
        )


def database(server: Server) -> str:
    """The URL of a new database."""
    name = f"ledger{next(_NUMBERS)}"
    server.execute(f"CREATE DATABASE {name}")
    return server.url.replace("/postgres", f"/{name}")
