"""The sessions of resumable uploads, with the bytes that each keeps. Thread-safe."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from typing import Final

from attrs import define, field

from ..exchange import Exchange, Reply
from ..front import ParsedRequest
from .routes import UploadRoute

ID: Final = "upload_id"
"""The parameter with the id of a session."""
MAX_SESSIONS: Final = 1000
MAX_BYTES: Final = 128 * 1024 * 1024
"""Bytes of all sessions: beyond these, the oldest sessions are forgotten."""
_PARSED: Final = 8
"""Bytes that a byte of JSON takes, about, with its parsed form."""


@define(eq=False, kw_only=True)
class Session:
    """A resumable upload: what its first request said, and the bytes that came."""

    path: str
    route: UploadRoute
    begun: ParsedRequest
    media_type: str
    total: int | None
    kept: bytearray = field(factory=bytearray)
    reply: Reply | None = None
    """The answer of the method, once it was given: a client that lost it gets it again."""

    @property
    def size(self) -> int:
        """The bytes of memory that it takes, about: its medium, its metadata and its answer."""
        answer = 0 if self.reply is None else len(self.reply.body)
        return len(self.kept) + _PARSED * len(self.begun.sent) + answer


@define(eq=False)
class Sessions:
    """The resumable uploads of a server. `draw` returns random bytes."""

    draw: Callable[[int], bytes]
    lock: threading.RLock = field(factory=threading.RLock)
    _by_id: dict[str, Session] = field(factory=dict[str, Session])

    def begin(self, session: Session) -> str:
        """Keep a new session, and return its id."""
        with self.lock:
            id_ = base64.urlsafe_b64encode(self.draw(24)).decode()
            self._by_id[id_] = session
            self._forget()
            return id_

    def of(self, exchange: Exchange) -> Session | None:
        """Return the session of a request; None for one that is unknown, or of another path."""
        with self.lock:
            session = self._by_id.get(dict(exchange.query).get(ID, ""))
        return None if session is None or session.path != exchange.path else session

    def keep(self, session: Session, data: bytes) -> None:
        """Append bytes."""
        with self.lock:
            session.kept += data
            self._forget()

    def settle(self, exchange: Exchange, reply: Reply) -> None:
        """Keep the answer that ends a session, in place of the bytes; an error ends none."""
        session = self.of(exchange)
        if session is not None and reply.status < 400:
            with self.lock:
                session.reply = reply
                session.kept = bytearray()
                self._forget()

    def clear(self) -> None:
        """Forget all sessions."""
        with self.lock:
            self._by_id.clear()

    def _forget(self) -> None:
        """Forget the oldest sessions beyond the bounds, but for the last one."""
        while len(self._by_id) > 1 and (
            len(self._by_id) > MAX_SESSIONS or sum(each.size for each in self._by_id.values()) > MAX_BYTES
        ):
            del self._by_id[next(iter(self._by_id))]
