"""Batches: several calls of an API in one multipart/mixed request, each answered as if it had come alone.

Source: Google's guides "Send batch requests" (Calendar, Gmail, Drive, Cloud Storage).
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

from attrs import frozen

from ..exchange import Delivery, Exchange, Hold, Reply
from ..rest.media import media_type
from ..rest.multipart import MalformedError, Part, headers_of, parts
from ..rules.error_bodies import Refusal, invalid_argument
from ..rules.refusals import PAYLOAD_LIMIT, payload_too_large
from ..service import Service
from ..uploads.downloads import is_medium_asked
from ..uploads.routes import RESUMABLE, SIMPLE

MAX_CALLS: Final = 1000
"""Calls of a batch, as most of Google's APIs allow; Gmail, Drive and Cloud Storage allow 100."""
MAX_ANSWERS: Final = 64 * 1024 * 1024
"""Bytes of answers after which further calls of a batch are refused."""
MAX_HEAD: Final = 65536
"""Bytes of the request line and headers of a call, as of a request that comes alone."""
TURN_SECONDS: Final = 0.01
"""Seconds after which a batch lets other requests be answered before its next call."""
_LINE: Final = re.compile(r"([A-Z]{1,20}) (/[!-\"$-~]*)(?: HTTP/1\.[01])?")
"""The line of a request: a path alone, without host and fragment."""
_PHRASES: Final[Mapping[int, str]] = {each.value: each.phrase for each in HTTPStatus}


@frozen
class BatchCall:
    """A call of a batch, and how its part is named; empty for no name."""

    exchange: Exchange
    id: str


@frozen
class _Progress:
    """A batch of which some calls are answered; `held` is the next one if it waits."""

    calls: Sequence[BatchCall]
    replies: tuple[Reply, ...] = ()
    held: Hold | None = None


class Batches:
    """Answers the batches of a service at `path`. `elapsed` returns seconds."""

    def __init__(self, service: Service, path: str, *, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._service = service
        self._path = path
        self._elapsed = elapsed

    def takes(self, exchange: Exchange) -> bool:
        """Return True for a batch."""
        return exchange.path == self._path and exchange.verb == "POST"

    def handle(self, exchange: Exchange, held: Hold | None = None) -> Reply | Hold:
        """Answer a batch, or return a Hold, as `Service.handle` does. One that cannot be read has no effect."""
        again = None if held is None else held.again
        begun = again if isinstance(again, _Progress) else self._begun(exchange)
        if isinstance(begun, Refusal):
            return self._service.refuse(exchange, begun)
        replies, waiting = list(begun.replies), begun.held
        size = sum(len(each.body) for each in replies)
        start = self._elapsed()
        for call in begun.calls[len(replies) :]:
            answer = self._answer(call.exchange, waiting, size)
            if isinstance(answer, Hold):
                return Hold(answer.seconds, _Progress(begun.calls, tuple(replies), answer))
            waiting = None
            replies.append(answer)
            size += len(answer.body)
            if len(replies) < len(begun.calls) and self._elapsed() - start >= TURN_SECONDS:
                return Hold(0.0, _Progress(begun.calls, tuple(replies)))
        return joined(begun.calls, replies)

    def _begun(self, exchange: Exchange) -> _Progress | Refusal:
        relaxed = self._service.overrides.relaxed
        if exchange.length > PAYLOAD_LIMIT:
            return payload_too_large()
        try:
            calls = read_calls(exchange)
        except MalformedError as error:
            return invalid_argument("batch-malformed", f"Failed to parse batch request, error: {error}.")
        if len(calls) > MAX_CALLS and "batch-too-large" not in relaxed:
            message = f"A batch has at most {MAX_CALLS} calls, and this one has {len(calls)}."
            return invalid_argument("batch-too-large", message)
        return _Progress(calls)

    def _answer(self, exchange: Exchange, held: Hold | None, size: int) -> Reply | Hold:
        """Answer one call. `size` counts the bytes of earlier answers."""
        if size > MAX_ANSWERS:
            message = f"The answers of this batch have more than {MAX_ANSWERS} bytes: the call had no effect."
            return self._service.refuse(exchange, invalid_argument("batch-too-large", message))
        if exchange.path == self._path:
            return self._service.refuse(
                exchange, invalid_argument("batch-call", "A batch has no batch in it.")
            )
        if exchange.path.startswith((SIMPLE, RESUMABLE)) or is_medium_asked(exchange):
            message = "A batch uploads and downloads no media: send the call alone."
            return self._service.refuse(exchange, invalid_argument("batch-call", message))
        return self._service.handle(exchange, held)


def read_calls(exchange: Exchange) -> tuple[BatchCall, ...]:
    """Return the calls of a batch in order. Raises MalformedError.

    Headers of the batch are those of each call too, but for `Content-` headers and for those that the call has itself.
    """
    kind = media_type(exchange.headers.get("content-type", ""))
    if kind.name != "multipart/mixed":
        raise MalformedError("the content type is not multipart/mixed")
    shared = {name: text for name, text in exchange.headers.items() if not name.startswith("content-")}
    return tuple(
        _call(number, part, exchange, shared) for number, part in enumerate(parts(exchange.body, kind), 1)
    )


def _call(number: int, part: Part, batch: Exchange, shared: Mapping[str, str]) -> BatchCall:
    id_ = part.headers.get("content-id", "")
    if not id_.isprintable():
        raise MalformedError(f"part {number} has a Content-ID that is no text")
    where = f"part {number}" + (f" ({id_[:80]})" if id_ else "")
    if media_type(part.headers.get("content-type", "")).name != "application/http":
        raise MalformedError(f"{where} is not of the content type application/http")
    head, body = part.message()
    if len(head) > MAX_HEAD:
        raise MalformedError(f"{where} has a head of more than {MAX_HEAD} bytes")
    line, _, rest = head.partition(b"\n")
    found = _LINE.fullmatch(line.decode("latin-1").strip())
    if found is None:
        raise MalformedError(f"{where} does not begin with a verb and a path, such as GET /v1/name HTTP/1.1")
    path, _, query = found[2].partition("?")
    own = {name: text for name, text in headers_of(rest).items() if name != "host"}
    exchange = Exchange(
        verb=found[1],
        path=path,
        query=tuple(parse_qsl(query, keep_blank_values=True)),
        headers={**shared, **own},
        body=body,
        length=len(body),
        peer=batch.peer,
        raw_query=query,
    )
    return BatchCall(exchange, id_)


def joined(calls: Sequence[BatchCall], replies: Sequence[Reply]) -> Reply:
    """Return the answer to a batch: a part for each call, in order. A fault of delivery of one is that of all."""
    # Derived from the answers, so that none of them holds it.
    digest = hashlib.blake2b(b"".join(each.body for each in replies), digest_size=16).hexdigest()
    line = f"--batch_{digest}".encode()
    written = [
        line + b"\r\n" + _part(call, reply) + b"\r\n" for call, reply in zip(calls, replies, strict=True)
    ]
    faulty = (each.delivery for each in replies if each.delivery is not Delivery.WHOLE)
    return Reply(
        status=200,
        body=b"".join((*written, line, b"--\r\n")),
        # Without quotes, which the JavaScript client does not read.
        content_type=f"multipart/mixed; boundary=batch_{digest}",
        delivery=next(faulty, Delivery.WHOLE),
    )


def _part(call: BatchCall, reply: Reply) -> bytes:
    """Return the part of an answer. Its names are spelled as clients look for them."""
    bracket = "<" if call.id.startswith("<") else ""
    named = f"Content-ID: {bracket}response-{call.id.removeprefix(bracket)}"
    outer = ["Content-Type: application/http", *([named] if call.id else [])]
    body = b"" if call.exchange.verb == "HEAD" else reply.body
    inner = [f"HTTP/1.1 {reply.status} {_PHRASES.get(reply.status, '')}"]
    inner += [f"{name.title()}: {text}" for name, text in reply.head.items()]
    head = "\r\n".join((*outer, "", *inner, "", ""))
    return head.encode("utf-8", "replace") + body
