"""A recording proxy: an ASGI application that forwards requests and records the traffic.

Each request waits for the service in its own thread, which is abandoned when the proxy stops.
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

from ..discovery_document import batch_path
from ..exchange import Pairs
from ..rules.refusals import PAYLOAD_LIMIT
from ..server.host import is_admitted
from ..server.http import READ_LIMIT, Application, Receive, Scope, Send
from .batch import forwarded_calls
from .journal import Content, ForwardedExchange, Journal
from .recording import read_record
from .redaction import Redaction
from .rest import RestRedaction, RestVerifier
from .upstream import ForwardedAnswer, NoAnswerError, Upstream
from .verify import Verifier

_PIECE: Final = 65536


@frozen(kw_only=True)
class ForwardedRequest:
    """A request to forward; its body is a file, open at its start."""

    verb: str
    path: str
    query: str = field(repr=False)
    headers: Pairs = field(repr=False)
    body: IO[bytes]
    length: int


class Recorder:
    """Forwards requests to a service, records each exchange, and prints a line about it.

    Thread-safe.
    """

    def __init__(
        self,
        upstream: Upstream,
        journal: Journal,
        verifier: Verifier | RestVerifier,
        say: Callable[[str], None],
    ) -> None:
        self._upstream = upstream
        self._journal = journal
        self._verifier = verifier
        self._redaction = (
            RestRedaction(verifier.contract)
            if isinstance(verifier, RestVerifier)
            else Redaction(verifier.contract)
        )
        self._batch = "" if isinstance(verifier, RestVerifier) else batch_path(verifier.contract.document)
        self._say = say
        self._lock = threading.Lock()
        self._closed = False

    def pass_on(self, asked: ForwardedRequest) -> ForwardedAnswer:
        """Return the service's answer, or a 502 if there is none, after recording the exchange."""
        forwarded = ForwardedExchange(
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
            forwarded = evolve(
                forwarded,
                status=passed.status,
                answer_headers=passed.headers,
                answer=content(passed.body, passed.length),
            )
        for each in self._calls(forwarded):
            self._write(each)
        return passed

    def _calls(self, forwarded: ForwardedExchange) -> tuple[ForwardedExchange, ...]:
        """Return an exchange, or the calls of a batch: what they hold is documented, and the batch is not."""
        is_batch = (forwarded.verb, forwarded.path) == ("POST", self._batch)
        return (forwarded_calls(forwarded) if is_batch else ()) or (forwarded,)

    def close(self) -> None:
        """Stop recording after the current line."""
        with self._lock:
            self._closed = True
            self._journal.close()

    def _write(self, forwarded: ForwardedExchange) -> None:
        with self._lock:
            if self._closed:
                return
            try:
                row = self._journal.append(forwarded, self._redaction.kept)
            except OSError as error:
                self._say(f"{_named(forwarded)} not recorded: {error.strerror or error}")
                return
            record = read_record(row, int(str(row["seq"])) + 1)
            if record.is_preflight:
                self._say(f"{_named(forwarded)} passed over")
                return
            violations = self._verifier.violations(record)
            verdict = "; ".join(
                f"{one.rule} at {one.place.value} {one.pointer}".rstrip() for one in violations
            )
            self._say(f"{_named(forwarded)} {verdict or 'accepted'}")


def application(
    recorder: Recorder, limit: int = READ_LIMIT, allow_hosts: Collection[str] = ()
) -> Application:
    """Return the ASGI application of a recorder; `limit` is the maximum size of a request in bytes.

    It answers under the names of this machine and `allow_hosts`.
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
    """Return the content of a body, which is rewound."""
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


def _asked(scope: Scope, body: IO[bytes], length: int) -> ForwardedRequest:
    raw: bytes = scope.get("raw_path") or scope["path"].encode("utf-8")
    return ForwardedRequest(
        verb=scope["method"],
        path=raw.partition(b"?")[0].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]),
        body=body,
        length=length,
    )


async def _spool(receive: Receive, body: IO[bytes], limit: int) -> int | None:
    """Read a request body into a file and return its length; None if the client disconnected.

    Reading stops when the limit is exceeded.
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


async def _on_a_thread(work: Callable[[], ForwardedAnswer]) -> ForwardedAnswer:
    """Run a blocking function in a thread that, unlike a pool's, does not keep the process alive."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[ForwardedAnswer] = loop.create_future()

    def settle(result: ForwardedAnswer | BaseException) -> None:
        if done.cancelled():
            return
        if isinstance(result, BaseException):
            done.set_exception(result)
        else:
            done.set_result(result)

    def run() -> None:
        try:
            result: ForwardedAnswer | BaseException = work()
        except BaseException as error:  # noqa: BLE001 - handed over to who waits
            result = error
        with suppress(RuntimeError):  # The loop may be closed, with nobody waiting.
            loop.call_soon_threadsafe(settle, result)

    threading.Thread(target=run, daemon=True).start()
    return await done


async def _pass_back(passed: ForwardedAnswer, scope: Scope, send: Send) -> None:
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


def _refusal(status: int, name: str, message: str) -> ForwardedAnswer:
    """Return an answer of the proxy itself, in the form of google.rpc.Status."""
    text = json.dumps({"error": {"code": status, "message": message, "status": name}}).encode()
    body = tempfile.SpooledTemporaryFile[bytes](max_size=PAYLOAD_LIMIT)
    body.write(text)
    body.seek(0)
    headers = (("content-type", "application/json; charset=UTF-8"),)
    return ForwardedAnswer(status=status, headers=headers, body=body, length=len(text))


def _named(forwarded: ForwardedExchange) -> str:
    return f"{forwarded.verb} {forwarded.path} {forwarded.status if forwarded.status is not None else 'no answer'}"
