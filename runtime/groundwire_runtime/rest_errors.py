"""Errors of APIs that OpenAPI describes: a class by HTTP status, with the body as `responses` states it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, cast

from .clock import Clock
from .contents import RestAnswer, matching
from .error_facts import Hint, equivalent_status
from .error_messages import BY_CODE, BY_STATUS, excerpt, message_of, parsed_body
from .errors import ApiError, DecodeError
from .http import Request, Response
from .retry import retry_after

if TYPE_CHECKING:
    from .codec import Codecs

KEPT: Final = 1024 * 1024
"""Bytes of a body that an error keeps."""
_LONGEST: Final = 4_000
"""Characters of a message in which the words of hints are looked for."""


def read_error(
    response: Response,
    request: Request,
    clock: Clock,
    *,
    answers: tuple[RestAnswer, ...],
    codecs: Codecs,
    hints: tuple[Hint, ...] = (),
) -> ApiError:
    """Return the error of a response to a request; `answers` are those that its method states, `hints` the API's own."""
    parsed = parsed_body(response.body)
    message = message_of(parsed) if isinstance(parsed, (dict, list)) else ""
    message = message or excerpt(response)
    error_class = BY_STATUS.get(BY_CODE.get(equivalent_status(response.status), ""), ApiError)
    error = error_class(
        message,
        http_status=response.status,
        retry_after=retry_after(response.headers.get("retry-after"), clock.unix()),
        server_request_id=response.server_request_id,
        method_id=request.method_id,
        attempts=max(1, request.call.attempts),
        hint=_hint(response.status, message, hints),
    )
    error.state_body(response.body[:KEPT], _typed(response, answers, codecs), _Decoder(codecs))
    return error


def _hint(status: int, message: str, hints: tuple[Hint, ...]) -> str:
    if 300 <= status < 400:
        return "Check the endpoint: Client(endpoint=...). Redirects are not followed."
    words = message[:_LONGEST].lower()
    return next((hint.text for hint in hints if any(each in words for each in hint.words)), "")


class _Decoder:
    """Decodes the body of an error as a class of the client; None for what is none, or another body."""

    __slots__ = ("_codecs",)

    def __init__(self, codecs: Codecs) -> None:
        self._codecs = codecs

    def __call__(self, type_: type[Any], body: bytes) -> object:
        with suppress(DecodeError):
            return cast("object", self._codecs.decode(type_, body))
        return None


def _typed(response: Response, answers: tuple[RestAnswer, ...], codecs: Codecs) -> Any:
    """Return the body as the most specific range that holds its status states it; None where that fails."""
    stated = [each for each in answers if not each.success and each.low <= response.status <= each.high]
    if not stated or not response.body:
        return None
    answer = min(stated, key=lambda each: each.high - each.low)
    content = matching(answer.contents, response.headers.get("content-type", ""))
    try:
        return None if content is None or content.is_stream else content.read(response, codecs)
    except DecodeError:
        return None
