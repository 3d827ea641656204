"""The base of methods that change the calls of another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Self, TypeVar

from attrs import define, evolve, fields

from .http import Described, Request, Response

T_co = TypeVar("T_co", covariant=True)
RequestT = TypeVar("RequestT", bound=Request)


def extended(request: Request, kind: type[RequestT], **facts: Any) -> RequestT:
    """Return a request as one of another kind, which has these facts besides or in place of its own."""
    return kind(**{each.name: getattr(request, each.name) for each in fields(Request)} | facts)


@define(eq=False)
class WrappedMethod(Generic[T_co]):
    """A method in place of another one, to which all goes that a subclass does not change."""

    method: Described[Any]

    def mapped(self, change: Callable[[Described[Any]], Described[Any]]) -> Self:
        """Return the same with a changed method inside."""
        return evolve(self, method=change(self.method))

    @property
    def id(self) -> str:
        """The id of the method."""
        return self.method.id

    @property
    def parameters(self) -> Sequence[Any]:
        """The parameters of the method."""
        return self.method.parameters

    def with_request_id(
        self, parameters: Mapping[str, object], body: Any, new_id: Callable[[], str]
    ) -> tuple[Mapping[str, object], Any]:
        """Return the same call with what makes a resend recognisable."""
        return self.method.with_request_id(parameters, body, new_id)

    def request(
        self, parameters: Mapping[str, object], body: object = None, *, codecs: Any, **facts: Any
    ) -> Request:
        """Return the request of a call; `facts` as in `Described.request`. Raises ArgumentError or EncodeError."""
        return self.method.request(parameters, body, codecs=codecs, **facts)

    def answer(self, response: Response, codecs: Any) -> T_co:
        """Decode a successful response. Raises DecodeError or ProtocolError."""
        answer: T_co = self.method.answer(response, codecs)
        return answer
