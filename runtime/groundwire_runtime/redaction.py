"""Redact credentials in text that a service chose, whatever form it repeats them in."""

from __future__ import annotations

import base64
import binascii
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias, TypeVar, cast
from urllib.parse import quote

from .clock import renew_after_fork

ErrorT = TypeVar("ErrorT", bound=BaseException)
Redact: TypeAlias = Callable[[str], str]
SHORTEST: Final = 8
"""Characters of a secret below which it is not redacted, since it would match by chance; of a cut one, those that match."""
NEWEST: Final = 64
"""Credentials that a client remembers, to redact them from the errors of its waits."""
_CREDENTIAL_HEADERS: Final = ("authorization", "proxy-authorization", "x-goog-api-key")
_UNSEEN: Final = frozenset({"authentication-info", "proxy-authentication-info", "set-cookie", "set-cookie2"})
"""Headers that hold credentials of the answer's own."""
_REST: Final = r"(?:[a-z0-9_.~+/=-]|%[0-9a-f]{2}|\\{1,4}(?:u00[0-9a-f]{2}|/))*"
"""What may follow the start of a secret that a limit cut off, or that goes on."""


def redacted_text(text: str, secrets: Iterable[str]) -> str:
    """Return text with "..." for secrets, and for those that were cut after 8 characters or more.

    Matches in any case, percent-encoded (RFC 3986 2.1) and with JSON escapes (RFC 8259 7), also when encoded repeatedly.
    """
    secrets = tuple(each for each in secrets if len(each) >= SHORTEST)
    lower = text.lower() if secrets else ""
    if not secrets or not (
        "%" in lower or "\\" in lower or any(each[:SHORTEST].lower() in lower for each in secrets)
    ):
        return text
    return _pattern(secrets).sub("...", text)


def repeats(text: str, secrets: Sequence[str]) -> bool:
    """Return True for text that contains a secret of any length, or that `redacted_text` would change."""
    return any(each in text for each in secrets if each) or redacted_text(text, secrets) != text


@lru_cache(16)
def _pattern(secrets: tuple[str, ...]) -> re.Pattern[str]:
    complete = ["".join(map(_form, each)) for each in sorted(secrets, key=len, reverse=True)]
    starts = sorted({"".join(map(_form, each[:SHORTEST])) for each in secrets})
    return re.compile(rf"(?:{'|'.join(complete)}|{'|'.join(starts)}){_REST}", re.IGNORECASE)


@lru_cache(256)
def _form(character: str) -> str:
    """Return a pattern of a character: itself or its escapes. A service may escape what is escaped already."""
    percent = quote(character, safe="").strip("%") if not character.isascii() else f"{ord(character):02x}"
    # Possessive, but where the character is one of these itself: else runs of them would be read many times.
    again = "" if character in "%25" else "+"
    encoded = "".join(f"%(?:25){{0,3}}{again}{byte}" for byte in percent.split("%"))
    unicode = json.dumps(character)[1:-1] if not character.isascii() else f"u{ord(character):04x}"
    slashes = r"\\{0,4}" if character == "\\" else r"\\{0,4}+"
    return rf"(?:{slashes}(?:{re.escape(character)}|{re.escape(unicode.lstrip(chr(92)))})|{encoded})"


def credentials_in(headers: Mapping[str, str]) -> Iterator[str]:
    """Yield the credentials in the headers of a request: keys, tokens, and the login and password of Basic (RFC 7617)."""
    for name in _CREDENTIAL_HEADERS:
        value = headers.get(name, "")
        if value:
            scheme, _, credential = value.rpartition(" ")
            yield credential
            if scheme.lower() == "basic":
                yield from _login(credential)


def _login(credential: str) -> Iterator[str]:
    try:
        login = base64.b64decode(credential, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return
    yield login
    yield login.partition(":")[2]


class Secrets:
    """The credentials that a client sent, the newest last. Thread-safe."""

    def __init__(self) -> None:
        self._values: tuple[str, ...] = ()
        self.after_fork()
        renew_after_fork(self)

    def after_fork(self) -> None:
        """Make a new lock, in the child."""
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._values)

    def add(self, *values: str) -> None:
        """Remember credentials."""
        if all(each in self._values for each in values):
            return
        with self._lock:
            new = dict.fromkeys(each for each in values if each and each not in self._values)
            self._values = (*self._values, *new)[-NEWEST:]

    def redacted(self, text: str) -> str:
        """Return text without them."""
        return redacted_text(text, self._values)

    def redact(self, error: ErrorT) -> ErrorT:
        """Redact every text of an error, in place: message, hint, arguments, notes, a JSON value. Return the error.

        Messages that were decoded stay as they are.
        """
        return redact_error(error, self.redacted) if self else error


def redact_error(error: ErrorT, redact: Redact) -> ErrorT:
    """Redact every text of an error, in place, and return the error."""
    error.args = tuple(_redacted_value(each, redact) for each in error.args)
    facts = vars(error)
    facts.update({name: _redacted_value(value, redact) for name, value in facts.items()})
    return error


def _redacted_value(value: Any, redact: Redact) -> Any:
    try:
        return _redacted_json(value, redact)
    except RecursionError:
        return "..."


def _redacted_json(value: Any, redact: Redact) -> Any:
    """Return a JSON value, or bytes, with redacted texts; anything else as it is."""
    kind = value.__class__
    if kind is str:
        return redact(value)
    if kind is bytes:
        return redacted_bytes(value, redact)
    if kind is list or kind is tuple:
        items = cast("Iterable[Any]", value)
        redacted = [_redacted_json(each, redact) for each in items]
        return redacted if kind is list else tuple(redacted)
    if kind is dict:
        members = cast("dict[Any, Any]", value)
        return {_redacted_json(key, redact): _redacted_json(each, redact) for key, each in members.items()}
    if kind is int or kind is float:
        # A secret of digits alone may come back as a number.
        text = repr(value)
        return value if redact(text) == text else "..."
    return value


def redacted_bytes(data: bytes, redact: Redact) -> bytes:
    """Return bytes without secrets; those that are not UTF-8 stay as they are."""
    return redact(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def public_headers(headers: Mapping[str, str], redact: Redact = str) -> dict[str, str]:
    """Return headers without what they hold of credentials."""
    return {name: "..." if name in _UNSEEN else redact(value) for name, value in headers.items()}
