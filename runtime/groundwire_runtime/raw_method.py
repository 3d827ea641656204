"""Methods whose body, or answer, is a `google.api.HttpBody`: the body itself travels, with its own media type, and no JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from attrs import evolve, frozen

from .codec import Codecs
from .errors import ArgumentError, shortened
from .http import Request, Response
from .method import Method

T = TypeVar("T")
_OCTETS: Final = "application/octet-stream"
_TYPE: Final = re.compile(r"[!-~][ -~]{0,1023}", re.ASCII)


@frozen(kw_only=True)
class RawMethod(Method[T]):
    """A method whose body or answer has `content_type` and `data`, which travel as header and body.

    `takes_raw` and `gives_raw` say which of the two is so.
    """

    takes_raw: bool = False
    gives_raw: bool = False

    def request(
        self, parameters: Mapping[str, object], body: object = None, *, codecs: Codecs, **facts: Any
    ) -> Request:
        """Return the request of a call. Raises ArgumentError."""
        request = super().request(parameters, body, codecs=codecs, **facts)
        stated = {"accept": "*/*"} if self.gives_raw else {}
        if self.takes_raw:
            stated["content-type"] = _checked(getattr(body, "content_type", None) or _OCTETS)
        return evolve(request, headers={**request.headers, **stated})

    def _encoded(self, body: object, codecs: Codecs) -> bytes | None:
        if not self.takes_raw or self.request_type is None or not isinstance(body, self.request_type):
            return super()._encoded(body, codecs)
        data = getattr(body, "data", None) or b""
        if not isinstance(data, bytes):
            raise ArgumentError(f"data: expected bytes, got {shortened(data)}")
        return data

    def answer(self, response: Response, codecs: Codecs) -> T:
        """Return the body of a response with its media type, or decode it where the method answers with JSON."""
        if not self.gives_raw or self.response_type is None:
            return super().answer(response, codecs)
        kind = response.headers.get("content-type") or None
        facts: dict[str, Any] = {"content_type": kind, "data": response.body}
        return self.response_type(**facts)


def _checked(content_type: object) -> str:
    if not isinstance(content_type, str) or not _TYPE.fullmatch(content_type):
        raise ArgumentError(f"content_type: expected a media type, got {shortened(content_type)}")
    return content_type
