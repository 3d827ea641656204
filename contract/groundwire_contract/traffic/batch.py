"""Recorded batches: the calls of one, each as if it had been sent and answered alone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Final

from attrs import evolve, frozen

from ..exchange import Exchange, Pairs
from ..rest.media import MediaType, media_type
from ..rest.multipart import MalformedError, headers_of, parts
from ..server.batch import BatchCall, read_calls
from .journal import Content, ForwardedExchange, decoded
from .recording import Answer, Record, caller

_STATUS: Final = re.compile(rb"HTTP/\S+ (\d{3})")


@frozen
class _PartAnswer:
    """The answer to one call."""

    status: int
    headers: Pairs
    body: bytes


def calls_of(record: Record) -> tuple[Record, ...]:
    """Return the calls of a recorded batch; none where its body was not recorded. Raises MalformedError."""
    if not isinstance(record.body, bytes) or (not record.body and record.length):
        return ()
    calls = _calls(record.verb, record.path, record.headers, record.body)
    answer = record.answer
    told: tuple[_PartAnswer, ...] = ()
    if answer is not None and answer.status == 200 and isinstance(answer.body, bytes):
        told = _answers(answer.content_type or "", answer.body, len(calls))
    return tuple(_record(record, call, told[index] if told else None) for index, call in enumerate(calls))


def forwarded_calls(forwarded: ForwardedExchange) -> tuple[ForwardedExchange, ...]:
    """Return the calls of a forwarded batch; none for one that cannot be read, or that was not answered as a batch."""
    kind = _header(forwarded.answer_headers, "content-type")
    data = decoded(forwarded.answer.kept, _header(forwarded.answer_headers, "content-encoding") or None)
    if forwarded.status != 200 or not forwarded.body.kept or data is None:
        return ()
    try:
        calls = _calls(forwarded.verb, forwarded.path, forwarded.headers, forwarded.body.kept)
        told = _answers(kind, data, len(calls))
    except MalformedError:
        return ()
    return tuple(_forwarded(call, answer) for call, answer in zip(calls, told, strict=True))


def _calls(verb: str, path: str, headers: Pairs, body: bytes) -> tuple[BatchCall, ...]:
    lower = {name.lower(): text for name, text in headers}
    return read_calls(Exchange(verb=verb, path=path, headers=lower, body=body, length=len(body)))


def _answers(content_type: str, data: bytes, count: int) -> tuple[_PartAnswer, ...]:
    """Return the answers of a batch in order. Raises MalformedError."""
    found = tuple(_read_answers(media_type(content_type), data))
    if len(found) != count:
        raise MalformedError(f"a batch of {count} calls has {len(found)} answers")
    return found


def _read_answers(kind: MediaType, data: bytes) -> Iterator[_PartAnswer]:
    if kind.name != "multipart/mixed":
        raise MalformedError("the answer to a batch is not multipart/mixed")
    for part in parts(data, kind):
        head, body = part.message()
        status = _STATUS.match(head)
        if status is None:
            raise MalformedError("an answer of a batch does not begin with its status")
        headers = headers_of(head.partition(b"\n")[2])
        yield _PartAnswer(int(status[1]), tuple(headers.items()), body)


def _record(batch: Record, call: BatchCall, told: _PartAnswer | None) -> Record:
    sent = call.exchange
    headers = tuple(sent.headers.items())
    answer = (
        None
        if told is None
        else Answer(
            status=told.status, body=told.body, content_type=_header(told.headers, "content-type") or None
        )
    )
    return evolve(
        batch,
        verb=sent.verb,
        path=sent.path,
        query=sent.query,
        headers=headers,
        body=sent.body,
        length=sent.length,
        answer=answer,
        answered=batch.answered and told is not None,
        caller=caller(headers) if _header(headers, "authorization") else batch.caller,
    )


def _forwarded(call: BatchCall, told: _PartAnswer) -> ForwardedExchange:
    sent = call.exchange
    return ForwardedExchange(
        verb=sent.verb,
        path=sent.path,
        query=sent.query,
        headers=tuple(sent.headers.items()),
        body=_content(sent.body),
        status=told.status,
        answer_headers=told.headers,
        answer=_content(told.body),
    )


def _content(data: bytes) -> Content:
    return Content(kept=data, length=len(data), digest=hashlib.sha256(data).hexdigest() if data else "")


def _header(headers: Pairs, name: str) -> str:
    return next((text for key, text in headers if key.lower() == name), "")
