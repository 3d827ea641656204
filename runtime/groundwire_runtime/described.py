"""The interface of a method: what a client needs of it, however its API is described."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from .codec import Codecs
    from .http import CallState, Request, Response

T_co = TypeVar("T_co", covariant=True)


class HeldParameter(Protocol):
    """A parameter that the client may fill."""

    @property
    def name(self) -> str:
        """The name that its value has in a call."""
        ...

    @property
    def held(self) -> str | None:
        """The client's attribute that fills it."""
        ...


class Method(Protocol[T_co]):
    """A method of an API, as any kind of description states it."""

    @property
    def id(self) -> str:
        """Its id in the description."""
        ...

    @property
    def parameters(self) -> Sequence[HeldParameter]:
        """Its parameters."""
        ...

    def with_request_id(
        self, parameters: Mapping[str, object], body: Any, new_id: Callable[[], str]
    ) -> tuple[Mapping[str, object], Any]:
        """Return the same call with what makes a resend recognisable."""
        ...

    def request(
        self,
        parameters: Mapping[str, object],
        body: object = None,
        *,
        base_url: str,
        codecs: Codecs,
        headers: Mapping[str, str] | None = None,
        scopes: tuple[str, ...] | None = None,
        deadline: float | None = None,
        call: CallState | None = None,
    ) -> Request:
        """Return the request of a call. Raises ArgumentError or EncodeError."""
        ...

    def answer(self, response: Response, codecs: Codecs) -> T_co:
        """Decode a successful response. Raises DecodeError or ProtocolError."""
        ...
