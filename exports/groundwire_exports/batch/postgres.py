"""A ledger in PostgreSQL, for several processes and machines. Needs psycopg 3: the extra `postgres`."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TypeVar
from urllib.parse import quote

from groundwire_runtime.clock import Clock
from groundwire_runtime.errors import ArgumentError
from groundwire_runtime.http import is_loopback

from .errors import LedgerError
from .schema import VERSION, tables
from .sql import SqlLedger
from .statements import Cursor

T = TypeVar("T")
_PATIENCE: Final = 120.0
"""Seconds to wait for a database that restarts."""
_FIRST_PATIENCE: Final = 10.0
"""Seconds to wait for the first connection."""
_LOCK: Final = 0x67774C47
"""Advisory lock under which tables are created."""
_KEEPALIVE: Final = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""libpq's options by which a connection to a machine that is gone ends in a minute, unless the URL has others."""
_TLS: Final = ("require", "verify-ca", "verify-full")


class PostgresLedger(SqlLedger):
    """A ledger in a PostgreSQL database. A lost connection is made again; time is the database's."""

    for_update = " FOR UPDATE"
    skip_locked = " FOR UPDATE SKIP LOCKED"

    def __init__(self, location: str, clock: Clock, *, database_time: bool = True) -> None:
        super().__init__(clock)
        try:
            import psycopg
        except ImportError:
            raise LedgerError(
                "a PostgreSQL ledger needs psycopg 3", hint='pip install "groundwire[postgres]"'
            ) from None
        self._psycopg: Any = psycopg
        self._options = {**_KEEPALIVE, **connection_options(psycopg, location)}
        self._place = f"PostgreSQL at {self._options.get('host', 'localhost')}"
        self._database_time = database_time
        self._ahead = 0.0
        self._lock = threading.Lock()
        self._connection: Any = None
        self._patience = _FIRST_PATIENCE
        try:
            self._run(self._create)
        except BaseException:
            self.close()
            raise
        self._patience = _PATIENCE

    def __repr__(self) -> str:
        return f"PostgresLedger({self._place!r})"

    def now(self) -> float:
        """Return Unix time by the database's clock, as of the last connection."""
        # The clock of this machine may be set at any time.
        return self._clock.monotonic() + self._ahead if self._database_time else self._clock.unix()

    def close(self) -> None:
        """Close the connection; in a child process, leave it to the parent."""
        if self._process.is_current:
            with self._lock:
                self._disconnect()

    def _sql(self, text: str) -> str:
        return text.replace("?", "%s")

    def _run(self, work: Callable[[Cursor], T]) -> T:
        """Run work in one transaction, again after a deadlock or a lost connection. Raises LedgerError.

        A commit whose acknowledgement is lost runs twice. That changes nothing: a second claim takes other entries,
        and a second save finds that the versions have moved.
        """
        self._process.check()
        deadline = self._clock.monotonic() + self._patience
        for attempt in range(10_000):
            try:
                with self._lock, self._connected().transaction(), self._connection.cursor() as cursor:
                    return work(cursor)
            except self._psycopg.Error as error:
                passing = self._is_passing(error)
                pause = min(5.0, 0.05 * 2.0 ** min(attempt, 10))
                if not passing or self._clock.monotonic() + pause > deadline:
                    raise self._error(error) from None
                self._clock.sleep(pause)
        raise AssertionError("the deadline comes first")

    def _is_passing(self, error: Exception) -> bool:
        """Return True, and drop a broken connection, if the same transaction may succeed later."""
        errors = self._psycopg.errors
        with self._lock:
            broken = self._connection is None or self._connection.broken or self._connection.closed
            if broken:
                self._disconnect()
        if isinstance(error, (errors.SerializationFailure, errors.DeadlockDetected, errors.AdminShutdown)):
            return True
        # A refused password, or a missing database, has its SQLSTATE in the words of the server alone.
        said = str(error)
        is_final = any(words in said for words in _FINAL) and not any(words in said for words in _LOST)
        return broken and isinstance(error, self._psycopg.OperationalError) and not is_final

    def _connected(self) -> Any:
        if self._connection is None:
            connection = self._psycopg.connect(**self._options, autocommit=False, connect_timeout=10)
            try:
                connection.execute("SET synchronous_commit = on")
                row = connection.execute("SELECT extract(epoch FROM clock_timestamp())").fetchone()
                connection.commit()
            except BaseException:
                connection.close()
                raise
            if self._database_time:
                self._ahead = float(row[0]) - self._clock.monotonic()
            self._connection = connection
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            with suppress(self._psycopg.Error):
                self._connection.close()
            self._connection = None

    def _create(self, cursor: Cursor) -> None:
        """Create missing tables. Raises LedgerError for those of a newer version, or of another program."""
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        cursor.execute("SELECT to_regclass('gw_schema') IS NULL, to_regclass('gw_batch') IS NULL")
        is_new, has_no_batch = cursor.fetchall()[0]
        if is_new and not has_no_batch:
            raise LedgerError(
                f"{self._place}: the table gw_batch belongs to another program",
                hint="Give the ledger a database, or a search_path, without it.",
            )
        if is_new:
            cursor.execute("CREATE TABLE gw_schema (version BIGINT NOT NULL)")
            cursor.execute("INSERT INTO gw_schema VALUES (%s)", (VERSION,))
            for statement in tables("BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", '"C"'):
                cursor.execute(statement)
        cursor.execute("SELECT relpersistence FROM pg_class WHERE oid = to_regclass('gw_batch')")
        if cursor.fetchall() == [("t",)]:
            hint = "Give the ledger a search_path with a schema of its own."
            raise LedgerError(f"{self._place}: the tables would be temporary, and lost", hint=hint)
        cursor.execute("SELECT max(version) FROM gw_schema")
        version = cursor.fetchall()[0][0]
        if version is None or version > VERSION:
            raise LedgerError(
                f"{self._place}: a ledger of version {version}; this Groundwire knows versions up to {VERSION}",
                hint="Update Groundwire where this runs.",
            )

    def _error(self, error: Exception) -> LedgerError:
        said = " ".join(str(error).split())
        for secret in self._secrets():
            said = said.replace(secret, "***")
        hint = next((hint for words, hint in _HINTS if words in said), "")
        return LedgerError(f"{self._place}: {said or type(error).__name__}", hint=hint)

    def _secrets(self) -> list[str]:
        """Return the passwords of the URL and of libpq's variables, also as a URL has them; the longest first."""
        values = {str(self._options.get(name) or "") for name in _SECRET}
        values |= {os.environ.get(f"PG{name.upper()}", "") for name in _SECRET}
        values |= {quote(value, safe="") for value in values} - {""}
        return sorted(values - {""}, key=len, reverse=True)


def connection_options(psycopg: Any, location: str) -> dict[str, Any]:
    """Return libpq's options of a URL. Passwords travel over TLS, a socket or loopback only."""
    try:
        options: dict[str, Any] = psycopg.conninfo.conninfo_to_dict(location)
    except psycopg.ProgrammingError:
        raise ArgumentError(
            "ledger: the postgresql:// URL cannot be read",
            hint="postgresql://USER:PASSWORD@HOST:PORT/DATABASE; other characters are percent-encoded.",
        ) from None
    _check_parts(options)
    if _is_local(options):
        return options
    # libpq takes what a URL leaves out from the environment, which may be stricter.
    sslmode = options.get("sslmode") or os.environ.get("PGSSLMODE") or ""
    if not sslmode and _service(options):
        raise ArgumentError(
            "ledger: a service file names the server, and nothing says sslmode",
            hint="Add ?sslmode=verify-full to the URL, or sslmode=require.",
        )
    sslmode = sslmode or "require"
    if sslmode not in _TLS:
        raise ArgumentError(
            f"ledger: sslmode={sslmode} would send the password in the clear",
            hint="Use sslmode=verify-full, or sslmode=require.",
        )
    return {**options, "sslmode": sslmode}


def _check_parts(options: dict[str, Any]) -> None:
    """Raise ArgumentError for parts that come from a password that is not percent-encoded. It is not quoted."""
    host, port = str(options.get("host") or ""), str(options.get("port") or "")
    parts = {
        "host": "@" in host.lstrip("@"),
        "port": not all(each.isdecimal() or not each for each in port.split(",")),
        "database": "@" in str(options.get("dbname") or ""),
    }
    wrong = [name for name, is_wrong in parts.items() if is_wrong]
    if wrong:
        raise ArgumentError(
            f"ledger: the {wrong[0]} in the postgresql:// URL is none",
            hint="Percent-encode '@', '/', ':' and '#' in a password: urllib.parse.quote(password, safe='').",
        )


def _service(options: dict[str, Any]) -> str:
    """Return the entry of libpq's service file that is used; empty for none."""
    return str(options.get("service") or os.environ.get("PGSERVICE") or "")


def _is_local(options: dict[str, Any]) -> bool:
    """Return True if libpq connects to a socket or to loopback, by these options or by its variables."""
    if _service(options):
        return False
    named = [
        options.get("hostaddr"),
        options.get("host"),
        os.environ.get("PGHOSTADDR"),
        os.environ.get("PGHOST"),
    ]
    hosts = [host for name in named if name for host in str(name).split(",")]
    return all(not host or host.startswith(("/", "@")) or is_loopback(host) for host in hosts)


_FINAL: Final = (
    "password",
    "does not exist",
    "no pg_hba.conf entry",
    "SSL",
    "certificate",
    "could not translate",
)
_LOST: Final = (
    "SSL connection has been closed unexpectedly",
    "SSL SYSCALL error",
    "SSL error: unexpected eof",
    "Temporary failure in name resolution",
)
"""Words of connections that were lost, or could not be made, and may be made later."""
_SECRET: Final = ("password", "sslpassword")
_HINTS: Final = (
    (
        "read-only",
        "The database, or its user's session, is read-only. Connect to the primary, as a user that may write.",
    ),
    ("permission denied", "The user must be allowed to create tables, or to use those of the ledger."),
    ("password", "Check the user and the password in the URL, or ~/.pgpass."),
    ("does not exist", "Create the database first: createdb NAME."),
    ("no schema has been selected", "Create a schema of the session's search_path, or name another one."),
    ("too many clients", "Run fewer processes, or raise the server's max_connections."),
    ("No space left", "The database's disk is full. Free some space and run the batch again."),
    ("refused", "Is the server running, and reachable at that host and port?"),
)
