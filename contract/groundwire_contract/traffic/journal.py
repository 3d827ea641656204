"""The JSONL file of a recording; each line is written completely or not at all."""

from __future__ import annotations

import hmac
import json
import os
import stat
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from attrs import evolve, field, frozen

from ..exchange import JsonObject, JsonValue, Pairs, public_headers, public_query
from ..rules.refusals import PAYLOAD_LIMIT
from ..validate.bodies import read_body
from .recording import UnreadableError

_PIECE: Final = 1024 * 1024


@frozen(kw_only=True)
class Content:
    """A recorded body: its digest and length, and its bytes unless it was too large."""

    kept: bytes | None = field(default=b"", repr=False)
    length: int = 0
    digest: str = ""


@frozen(kw_only=True)
class ForwardedExchange:
    """One recorded exchange; `status` is None if no answer came."""

    verb: str
    path: str
    query: Pairs = field(repr=False)
    headers: Pairs = field(repr=False)
    body: Content
    status: int | None = None
    answer_headers: Pairs = ()
    answer: Content = Content()


class Journal:
    """A JSONL file to which exchanges are appended, readable only by its owner. Thread-safe.

    Callers are identified by a digest under a key that is never stored. Raises UnreadableError for a file
    that ends within a line, a link, or a file that is not regular; OSError.
    """

    def __init__(self, path: Path) -> None:
        self._key = os.urandom(32)
        self._lock = threading.Lock()
        self._file = _opened(path)
        try:
            self._lines = _lines(self._file)
        except BaseException:
            os.close(self._file)
            raise

    def append(
        self,
        forwarded: ForwardedExchange,
        keep: Callable[[ForwardedExchange], ForwardedExchange] | None = None,
    ) -> JsonObject:
        """Append what `keep` returns for an exchange, and return the row. Raises OSError.

        By default, all bodies are kept, and headers and parameters without credentials.
        """
        caller = self._caller(forwarded.headers)
        kept = keep(forwarded) if keep is not None else _public(forwarded)
        with self._lock:
            row = {"seq": self._lines, **_row(kept, caller)}
            line = json.dumps(row).encode("ascii") + b"\n"
            before = os.fstat(self._file).st_size
            if os.write(self._file, line) < len(line):
                os.ftruncate(self._file, before)
                raise OSError("The disk is full.")
            self._lines += 1
            return row

    def close(self) -> None:
        """Close the file after the current line. Later appends are refused."""
        with self._lock:
            os.close(self._file)

    def _caller(self, headers: Pairs) -> str:
        sent = _header(headers, "authorization") or ""
        return hmac.digest(self._key, sent.encode("utf-8", "replace"), "sha256").hex()[:16]


def _opened(path: Path) -> int:
    """Open a file with permissions for its owner only. Links are not followed: another user may have created
    them."""
    if path.is_symlink():
        raise UnreadableError("It is a link: name a file.")
    # Without O_NONBLOCK, opening a pipe or a device could block.
    flags = ("O_RDWR", "O_APPEND", "O_CREAT", "O_NOFOLLOW", "O_NONBLOCK", "O_BINARY")
    file = os.open(path, sum(getattr(os, flag, 0) for flag in flags), 0o600)
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
            raise UnreadableError("It is no regular file, or one of several names: name another.")
        if hasattr(os, "fchmod"):
            os.fchmod(file, 0o600)
    except BaseException:
        os.close(file)
        raise
    return file


def _public(forwarded: ForwardedExchange) -> ForwardedExchange:
    return evolve(forwarded, query=public_query(forwarded.query), headers=public_headers(forwarded.headers))


def _row(forwarded: ForwardedExchange, caller: str) -> JsonObject:
    body, raw = _readable(forwarded.body.kept)
    return {
        "case": "recorded",
        "method": forwarded.verb,
        "path": forwarded.path,
        "query": _listed(forwarded.query),
        "headers": _listed(forwarded.headers),
        "body": body,
        "body_is_strict_json": raw is None and forwarded.body.kept is not None,
        "raw_body": raw,
        "body_bytes": forwarded.body.length,
        "body_sha256": forwarded.body.digest or None,
        "caller": caller,
        "response": None if forwarded.status is None else _response(forwarded, forwarded.status),
    }


def _response(forwarded: ForwardedExchange, status: int) -> JsonObject:
    """Return the row of an answer; one that is too large, or not text, has only its length."""
    kept = decoded(forwarded.answer.kept, _header(forwarded.answer_headers, "content-encoding"))
    body, raw = (None, None) if kept is None else _readable(kept)
    if kept is None or (raw is not None and not _is_text(kept)):
        body, raw = f"<{forwarded.answer.length} bytes>", None
    return {
        "status": status,
        "content_type": _header(forwarded.answer_headers, "content-type"),
        "body": body,
        "raw_body": raw,
    }


def _readable(data: bytes | None) -> tuple[JsonValue, str | None]:
    """Return a body as a JSON object, or as text if JSON would not reproduce it."""
    if not data:
        return None, None
    value = read_body(data)
    if isinstance(value, dict):
        try:
            json.dumps(value, allow_nan=False)
        except (ValueError, RecursionError):
            pass  # A number out of range, or too many levels.
        else:
            return value, None
    return None, data.decode("utf-8", "surrogateescape")


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def decoded(data: bytes | None, coding: str | None) -> bytes | None:
    """Decompress an answer; None if it is too large or uses another encoding."""
    if data is None or coding in (None, "identity"):
        return data
    if coding not in ("gzip", "deflate"):
        return None
    reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        plain = reader.decompress(data, PAYLOAD_LIMIT)
    except zlib.error:
        return None
    return plain if reader.eof else None


def _header(headers: Pairs, name: str) -> str | None:
    return next((value for key, value in headers if key.lower() == name), None)


def _listed(pairs: Pairs) -> JsonValue:
    return [[name, value] for name, value in pairs]


def _lines(file: int) -> int:
    """Count the lines of a file, leaving it at its end."""
    lines, piece = 0, b"\n"
    while more := os.read(file, _PIECE):
        lines, piece = lines + more.count(b"\n"), more
    if not piece.endswith(b"\n"):
        raise UnreadableError("The file ends within a line: it is no whole recording.", lines + 1)
    return lines
