"""Answers that a test gives, in the form in which they are checked and sent."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final, cast

from attrs import field, frozen, has

MARK: Final = (("x-groundwire-answer", "test"),)
"""Marks an answer that a test gave."""


class AnswerError(ValueError):
    """An answer that the description of a method does not allow."""


class _NoValue:
    """The absence of a value, since None is null."""

    def __repr__(self) -> str:
        return "NO_VALUE"


NO_VALUE: Final = _NoValue()


@frozen(kw_only=True)
class Answer:
    """An answer with its status, content type and headers. Without a value, an error has the API's own form."""

    value: object = NO_VALUE
    status: int | None = None
    """None: the first success that the method states."""
    content_type: str | None = None
    headers: Mapping[str, str] = field(factory=dict[str, str])


@frozen(kw_only=True)
class Given:
    """An answer as bytes. `body` is None for none; `is_json` tells JSON from what is sent as it is."""

    body: bytes | None = None
    is_json: bool = False
    status: int | None = None
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def value(self) -> Any:
        """The JSON value."""
        return json.loads(self.body or b"null")


def given_of(answer: object) -> Given:
    """Return the form of a message, a JSON value, bytes, or an Answer with one of them. Raises AnswerError."""
    if not isinstance(answer, Answer):
        answer = Answer(value=answer)
    value = answer.value
    if answer.status is not None and not 200 <= answer.status <= 599:
        raise AnswerError(f"{answer.status} is no status of an answer: 200 to 599")
    is_raw = isinstance(value, bytes | _NoValue)
    return Given(
        body=None if isinstance(value, _NoValue) else value if isinstance(value, bytes) else _json(value),
        is_json=not is_raw,
        status=answer.status,
        content_type=answer.content_type,
        headers=tuple((name.lower(), text) for name, text in answer.headers.items()),
    )


def _json(value: object) -> bytes:
    try:
        return json.dumps(_plain(value), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise AnswerError(f"an answer is a message, a JSON value or bytes: {error}") from error


def _plain(value: object) -> object:
    """Return a value with its generated messages as JSON values."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in cast("list[object]", value)]
    if not has(type(value)):
        return value
    module = sys.modules[type(value).__module__]
    encode = getattr(import_module(module.__package__ or module.__name__), "encode", None)
    if encode is None:
        raise TypeError(f"{type(value).__name__} is no message of a generated client")
    return json.loads(encode(value))
