"""The file that a recording is kept in, a line an exchange, each written whole or not at all."""

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
    """A body that went by: its digest and its length, and its bytes unless they were too many to keep."""

    kept: bytes | None = field(default=b"", repr=False)
    length: int = 0
    digest: str = ""


@frozen(kw_only=True)
class Heard:
    """One exchange that went by; `status` is None when no answer came."""

    verb: str
    path: str
    query: Pairs = field(repr=False)
    headers: Pairs = field(repr=False)
    body: Content
    status: int | None = None
    answer_headers: Pairs = ()
    answer: Content = Content()


class Journal:
    """A JSONL file that exchanges are appended to, readable by its owner alone. Safe to use from several threads.

    Callers are told apart by a digest under a key that is never written down. Raises UnreadableError for a file that
    ends within a line, or is a link or no regular file; OSError.
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

    def append(self, heard: Heard, keep: Callable[[Heard], Heard] | None = None) -> JsonObject:
        """Write down what `keep` leaves of an exchange, and what was written. Raises OSError.

        Without it all bodies are kept, and headers and parameters that are known to hold no credentials.
        """
        caller = self._caller(heard.headers)
        kept = keep(heard) if keep is not None else _public(heard)
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
        """Close the file, once the line at hand is written; what is appended later is refused."""
        with self._lock:
            os.close(self._file)

    def _caller(self, headers: Pairs) -> str:
        sent = _header(headers, "authorization") or ""
        return hmac.digest(self._key, sent.encode("utf-8", "replace"), "sha256").hex()[:16]


def _opened(path: Path) -> int:
    """A file for its owner alone, whatever it was before. No link is followed: somebody else may have put it there."""
    if path.is_symlink():
        raise UnreadableError("It is a link: name a file.")
    # Without O_NONBLOCK, a pipe or a device could hold the open up.
    flags = ("O_RDWR", "O_APPEND", "O_CREAT", "O_NOFOLLOW", "O_NONBLOCK", "O_BINARY")
    file = os.open(path, sum(getattr(os, flag, 0) for flag in flags), 0o600)
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            raise UnreadableError("It is no regular file, or one of several names: name another.")
        if hasattr(os, "fchmod"):
            os.fchmod(file, 0o600)
    except BaseException:
        os.close(file)
        raise
    return file


def _public(heard: Heard) -> Heard:
    return evolve(heard, query=public_query(heard.query), headers=public_headers(heard.headers))


def _row(heard: Heard, caller: str) -> JsonObject:
    body, raw = _readable(heard.body.kept)
    return {
        "case": "recorded",
        "method": heard.verb,
        "path": heard.path,
        "query": _listed(heard.query),
        "headers": _listed(heard.headers),
        "body": body,
        "body_is_strict_json": raw is None and heard.body.kept is not None,
        "raw_body": raw,
        "body_bytes": heard.body.length,
        "body_sha256": heard.body.digest or None,
        "caller": caller,
        "response": None if heard.status is None else _response(heard, heard.status),
    }


def _response(heard: Heard, status: int) -> JsonObject:
    """An answer; one that is too large, or no text, is named by its length alone."""
    kept = decoded(heard.answer.kept, _header(heard.answer_headers, "content-encoding"))
    body, raw = (None, None) if kept is None else _readable(kept)
    if kept is None or (raw is not None and not _is_text(kept)):
        body, raw = f"<{heard.answer.length} bytes>", None
    return {
        "status": status,
        "content_type": _header(heard.answer_headers, "content-type"),
        "body": body,
        "raw_body": raw,
    }


def _readable(data: bytes | None) -> tuple[JsonValue, str | None]:
    """A body as its JSON object, or as text where it is none that can be written again as it was."""
    if not data:
        return None, None
    value = read_body(data)
    if isinstance(value, dict):
        try:
            json.dumps(value, allow_nan=False)
        except (ValueError, RecursionError):
            pass  # A number beyond a double's range, or more levels than can be written.
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
    """An answer as it was before it was compressed; None when that is too large or of another kind."""
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
    """How many lines a file has; leaves it at its end."""
    lines, piece = 0, b"\n"
    while more := os.read(file, _PIECE):
        lines, piece = lines + more.count(b"\n"), more
    if not piece.endswith(b"\n"):
        raise UnreadableError("The file ends within a line: it is no whole recording.", lines + 1)
    return lines
