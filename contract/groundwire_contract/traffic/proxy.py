"""A proxy that records: an ASGI application that passes requests on, and writes down what went by.

Each request waits for the service on a thread of its own, which is left behind when the proxy stops.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import tempfile
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import IO, Final
from urllib.parse import parse_qsl

from attrs import evolve, field, frozen

from ..exchange import Pairs
from ..rules.refusals import PAYLOAD_LIMIT
from ..server.host import is_admitted
from ..server.http import READ_LIMIT, Application, Receive, Scope, Send
from .journal import Content, Heard, Journal
from .recording import read_record
from .redaction import Redaction
from .upstream import NoAnswerError, Passed, Upstream
from .verify import Verifier

_PIECE: Final = 65536


@frozen(kw_only=True)
class Asked:
    """A request to pass on; its body is a file, open at its start."""

    verb: str
    path: str
    query: str = field(repr=False)
    headers: Pairs = field(repr=False)
    body: IO[bytes]
    length: int


class Recorder:
    """Passes requests on to a service, writes each exchange down, and says a line about it.

    Safe to call from several threads.
    """

    def __init__(
        self, upstream: Upstream, journal: Journal, verifier: Verifier, say: Callable[[str], None]
    ) -> None:
        self._upstream = upstream
        self._journal = journal
        self._verifier = verifier
        self._redaction = Redaction(verifier.contract)
        self._say = say
        self._lock = threading.Lock()
        self._closed = False

    def pass_on(self, asked: Asked) -> Passed:
        """The service's answer, or the 502 that stands for none; the exchange has been written down."""
        heard = Heard(
            verb=asked.verb,
            path=asked.path,
            query=tuple(parse_qsl(asked.query, keep_blank_values=True)),
            headers=asked.headers,
            body=content(asked.body, asked.length),
        )
        target = f"{asked.path}?{asked.query}" if asked.query else asked.path
        try:
            passed = self._upstream.send(asked.verb, target, asked.headers, asked.body, asked.length)
        except NoAnswerError as error:
            passed = _refusal(502, "UNAVAILABLE", str(error))
        else:
            heard = evolve(
                heard,
                status=passed.status,
                answer_headers=passed.headers,
                answer=content(passed.body, passed.length),
            )
        self._write(heard)
        return passed

    def close(self) -> None:
        """Write nothing more; the line at hand is finished."""
        with self._lock:
            self._closed = True
            self._journal.close()

    def _write(self, heard: Heard) -> None:
        with self._lock:
            if self._closed:
                return
            try:
                row = self._journal.append(heard, self._redaction.kept)
            except OSError as error:
                self._say(f"{_named(heard)} not recorded: {error.strerror or error}")
                return
            found = self._verifier.violations(read_record(row, int(str(row["seq"])) + 1))
            verdict = "; ".join(f"{one.rule} at {one.place.value} {one.pointer}".rstrip() for one in found)
            self._say(f"{_named(heard)} {verdict or 'accepted'}")


def application(
    recorder: Recorder, limit: int = READ_LIMIT, allow_hosts: Collection[str] = ()
) -> Application:
    """The ASGI application of a recorder, which passes on requests of so many bytes.

    It answers under this machine's names and `allow_hosts`.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        with tempfile.SpooledTemporaryFile[bytes](max_size=PAYLOAD_LIMIT) as body:
            length = await _spool(receive, body, limit)
            if length is None:
                return
            host = next(
                (value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), None
            )
            if not is_admitted(host, scope["server"][0], allow_hosts):
                message = "The proxy does not answer under this Host. Allow the name with --allow-host."
                passed = _refusal(403, "PERMISSION_DENIED", message)
            elif length > limit:
                message = f"A request of more than {limit} bytes is not passed on."
                passed = _refusal(413, "INVALID_ARGUMENT", message)
            else:
                asked = _asked(scope, body, length)
                passed = await _on_a_thread(lambda: recorder.pass_on(asked))
        with passed.body:
            await _pass_back(passed, scope, send)

    return answer


def content(body: IO[bytes], length: int) -> Content:
    """What a body holds; it is left at its start."""
    digest = hashlib.sha256()
    kept = bytearray() if length <= PAYLOAD_LIMIT else None
    while piece := body.read(_PIECE):
        digest.update(piece)
        if kept is not None:
            kept += piece
    body.seek(0)
    return Content(
        kept=None if kept is None else bytes(kept), length=length, digest=digest.hexdigest() if length else ""
    )


def _asked(scope: Scope, body: IO[bytes], length: int) -> Asked:
    raw: bytes = scope.get("raw_path") or scope["path"].encode("utf-8")
    return Asked(
        verb=scope["method"],
        path=raw.partition(b"?")[0].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]),
        body=body,
        length=length,
    )


async def _spool(receive: Receive, body: IO[bytes], limit: int) -> int | None:
    """Read a request's body into a file, and its length; None when the caller left.

    What is above the limit is read on only until that is known.
    """
    while True:
        event = await receive()
        if event["type"] != "http.request":
            return None
        body.write(event.get("body", b""))
        length = body.tell()
        if not event.get("more_body", False) or length > limit:
            body.seek(0)
            return length


async def _on_a_thread(work: Callable[[], Passed]) -> Passed:
    """Run something that blocks. The thread does not keep the process from ending, as those of a pool would."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Passed] = loop.create_future()

    def settle(result: Passed | BaseException) -> None:
        if done.cancelled():
            return
        if isinstance(result, BaseException):
            done.set_exception(result)
        else:
            done.set_result(result)

    def run() -> None:
        try:
            result: Passed | BaseException = work()
        except BaseException as error:  # noqa: BLE001 - handed over to who waits
            result = error
        with suppress(RuntimeError):  # The loop may be gone, and nobody waiting.
            loop.call_soon_threadsafe(settle, result)

    threading.Thread(target=run, daemon=True).start()
    return await done


async def _pass_back(passed: Passed, scope: Scope, send: Send) -> None:
    bodiless = scope["method"] == "HEAD" or passed.status in (204, 304)
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in passed.headers
        if bodiless or name.lower() != "content-length"
    ]
    if not bodiless:
        headers.append((b"content-length", str(passed.length).encode("ascii")))
    await send({"type": "http.response.start", "status": passed.status, "headers": headers})
    while piece := passed.body.read(_PIECE):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _refusal(status: int, name: str, message: str) -> Passed:
    """An answer of the proxy's own, in the shape of google.rpc."""
    text = json.dumps({"error": {"code": status, "message": message, "status": name}}).encode()
    body = tempfile.SpooledTemporaryFile[bytes](max_size=PAYLOAD_LIMIT)
    body.write(text)
    body.seek(0)
    headers = (("content-type", "application/json; charset=UTF-8"),)
    return Passed(status=status, headers=headers, body=body, length=len(text))


def _named(heard: Heard) -> str:
    return f"{heard.verb} {heard.path} {heard.status if heard.status is not None else 'no answer'}"
