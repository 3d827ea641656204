"""Files of credentials and of subject tokens: regular, and within a size; and commands that print such tokens."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

from attrs import field, frozen

from .errors import AuthError

LIMIT: Final = 1024 * 1024
"""Bytes that a file of credentials, or of a subject token, may have."""
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class NotRegularError(OSError):
    """A pipe, a device or a socket in the place of a file."""


def read_start(path: Path, size: int) -> bytes:
    """Return at most `size` bytes from the start of a file; links are followed. Raises OSError, NotRegularError among them."""
    _check_kind(path.stat(), path)
    # Opened without blocking: a pipe may have taken the file's place since.
    with os.fdopen(os.open(path, _FLAGS), "rb") as file:
        _check_kind(os.fstat(file.fileno()), path)
        return file.read(size)


def read_regular(path: Path, limit: int = LIMIT) -> bytes:
    """Return the bytes of a file. Raises OSError, also for a file that is not regular, or too large."""
    data = read_start(path, limit + 1)
    _check_size(len(data), limit)
    return data


def check_regular(path: Path, limit: int = LIMIT) -> None:
    """Raise OSError for a file that is missing, not regular, or too large, without opening it."""
    status = path.stat()
    _check_kind(status, path)
    _check_size(status.st_size, limit)


def _check_kind(status: os.stat_result, path: Path) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        raise NotRegularError(None, "not a regular file")


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise OSError(None, f"larger than {limit} bytes")


_ALLOWED: Final = "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"
_COMMAND: Final = "_credential_source_executable_command"


def bounded(credentials: Any) -> Any:
    """Return the same credentials, whose subject token, or that of their source, is read from regular files alone."""
    inner: Any = credentials
    while inner is not None:
        supplier = getattr(inner, "_subject_token_supplier", None)
        path = getattr(supplier, "_path", None)
        if isinstance(path, str) and not isinstance(supplier, _FileSupplier):
            inner._subject_token_supplier = _FileSupplier(supplier, path)
        if hasattr(inner, _COMMAND) and not isinstance(inner.retrieve_subject_token, _Command):
            output = getattr(inner, "_credential_source_executable_output_file", None)
            inner.retrieve_subject_token = _Command(inner.retrieve_subject_token, output)
        inner = getattr(inner, "_source_credentials", None)
    return credentials


@frozen
class _FileSupplier:
    """google-auth's supplier of a subject token in a file, behind a check of the file."""

    inner: Any
    _path: str

    def get_subject_token(self, context: Any, request: Any) -> Any:
        """Return the token. Raises AuthError for a file that is not regular, or too large."""
        check_source_file(self._path)
        return self.inner.get_subject_token(context, request)


@frozen
class _Command:
    """google-auth's run of a command that prints a subject token, with errors that say so."""

    run: Callable[[Any], Any] = field(repr=False)
    output: str | None

    def __call__(self, request: Any) -> Any:
        """Return the token. Raises AuthError."""
        check_source_file(self.output, key="executable.output_file")
        try:
            return self.run(request)
        except AuthError:
            raise
        except Exception as error:  # noqa: BLE001 - it may end in any way, and its output may hold secrets
            kind = type(error).__name__
        raise AuthError(
            f"the command of credential_source.executable gave no subject token: {kind}",
            hint="Run it by hand: it must exit with 0 and print JSON as https://google.aip.dev/auth/4117 says.",
        )


def check_executable(executable: object, name: str) -> None:
    """Raise AuthError for a source that runs a command, unless the environment allows it and there is one."""
    if executable is None:
        return
    if os.environ.get(_ALLOWED) != "1":
        raise AuthError(
            f"{name!r}: credential_source.executable is not allowed: it runs a command of the file's choice",
            hint=f"Set {_ALLOWED}=1, if you trust the file.",
        )
    facts = cast("dict[str, Any]", executable) if isinstance(executable, dict) else {}
    if not isinstance(facts.get("command"), str) or not facts["command"].strip():
        raise AuthError(
            f"{name!r}: credential_source.executable.command: expected a command line as text",
            hint="Write it as https://google.aip.dev/auth/4117 says.",
        )
    check_source_file(facts.get("output_file"), name, "executable.output_file")


def check_source_file(path: object, name: str = "credentials", key: str = "file") -> None:
    """Raise AuthError for a pipe, a device, a folder or a large file. A missing one may come later."""
    if not isinstance(path, str):
        return
    try:
        check_regular(Path(path))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not a path"
        raise AuthError(
            f"{name!r}: credential_source.{key} is not allowed: {why}",
            hint="Name a regular file that holds the subject token alone.",
        ) from None
