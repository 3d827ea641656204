"""Operations that a link, or a name of several parts, tells from others: those of Compute, App Engine, Cloud Storage and more."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar
from urllib.parse import unquote

from attrs import evolve, frozen

from .errors import ArgumentError, OperationError, shortened
from .http import without_query
from .operations import OperationView, Waiter
from .parameters import CAP, matcher
from .polling import Polled, Polling

if TYPE_CHECKING:
    from .client import BaseClient
    from .method import Method
    from .options import CallOptions

OperationT = TypeVar("OperationT")

HOLD: Final = 150.0
"""Seconds that a call may take that waits by itself. The services hold one for two minutes at the most."""
DONE: Final = "DONE"
_WAIT: Final = "/wait"
_VARIABLE: Final = re.compile(r"\{(\+?)([^{}]+)\}")
_ORIGIN: Final = re.compile(r"[a-z]+://[^/]*")
_VERSION: Final = re.compile(r"(?:[^{}]*/)?v\d\w*/")
_SLASHES: Final = 32
"""Slashes of a place that is looked at: a path of several free parts could be divided in very many ways."""
_WORDS: Final = 1000
"""Characters of what a failed operation says."""


@frozen(kw_only=True)
class StatusView(Generic[OperationT]):
    """The attributes of an operation that has a status: it has ended when that is `DONE`, and failed when it has an error then."""

    status: str
    error: str

    def is_done(self, operation: OperationT, name: str) -> bool:
        """Return True if it has ended well. Raises OperationError if it has failed."""
        if str(getattr(operation, self.status)).upper() != DONE:
            return False
        error = getattr(operation, self.error)
        if error is not None:
            raise OperationError(f"{name} failed: {_words(error)}", operation=operation)
        return True


def _words(error: object) -> str:
    """Return what an error says: a status, or a list of codes and messages."""
    found = [
        ": ".join(str(part) for part in (getattr(each, "code", None), getattr(each, "message", None)) if part)
        for each in getattr(error, "errors", None) or (error,)
    ]
    return "; ".join(filter(None, found))[:_WORDS] or "no message"


@cache
def _template(path: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """Return the expression of a method's path, without the version before it and the verb behind it, and its variables."""
    path = _VERSION.sub("", path.removesuffix(_WAIT), count=1)
    found = list(_VARIABLE.finditer(path))
    names = tuple(each[2] for each in found)
    literals = map(re.escape, _VARIABLE.sub("\n", path).split("\n"))
    groups = ("(.+)" if each[1] else "([^/]+)" for each in found)
    pattern = "".join(f"{literal}{group}" for literal, group in zip(literals, (*groups, ""), strict=True))
    return re.compile(pattern), names


def _values(method: Method[Any], place: str) -> dict[str, object] | None:
    """Return the parameters of a method for an operation at a place; None if the method reads none that is there."""
    expression, names = _template(method.path)
    found = expression.fullmatch(place)
    if found is None:
        return None
    values = dict(zip(names, map(unquote, found.groups()), strict=True))
    patterns = ((values.get(each.name), each.pattern) for each in method.parameters)
    if any(
        value is not None and pattern and not matcher(pattern).search(value) for value, pattern in patterns
    ):
        return None
    return {**values}


@frozen(kw_only=True)
class PlacedOperations(Generic[OperationT]):
    """The methods of a client that read its operations. `link` and `name` are attributes that tell where one is."""

    view: OperationView[OperationT] | StatusView[OperationT]
    methods: tuple[Method[OperationT], ...]
    link: str | None
    name: str

    def wait(
        self,
        client: BaseClient,
        operation: OperationT,
        *,
        timeout: float | None,
        on_progress: Callable[[Any], object] | None,
    ) -> OperationT:
        """Wait for an operation to end well, and return its last state.

        Raises OperationError, OperationTimeout, ProtocolError, ArgumentError for one that no method reads, and the errors of a call.
        """
        expected = self.methods[0].response_type
        if expected is not None and not isinstance(operation, expected):
            raise ArgumentError(
                f"operation: expected an {expected.__name__}, got {shortened(operation)}",
                hint="Pass what the call that started it returned.",
            )

        def read(_: str, seconds: float | None) -> OperationT:
            return self._read(client, operation, seconds)

        if isinstance(self.view, OperationView):
            waiter = Waiter(view=self.view, poll=read, clock=client.clock, redact=client.redacted)
            return waiter.wait(operation, timeout=timeout, on_progress=on_progress)
        view, name = self.view, next(self._places(operation), None) or shortened(operation)
        polling: Polling[OperationT] = Polling(
            poll=lambda name, seconds: Polled(read(name, seconds)),
            is_done=lambda each: view.is_done(each, name),
            progress_of=lambda each: each,
            clock=client.clock,
            redact=client.redacted,
        )
        polling.check(timeout, on_progress)
        return polling.wait(name, operation, timeout=timeout, on_progress=on_progress)

    def _read(self, client: BaseClient, operation: OperationT, seconds: float | None) -> OperationT:
        method, values = self._found(operation)
        limit = math.inf if client.timeout is None else client.timeout
        if method.path.endswith(_WAIT):
            # It changes nothing, so that it may be sent again.
            method, limit = evolve(method, idempotent=True), max(limit, HOLD)
        limit = limit if seconds is None else min(seconds, limit)
        options: CallOptions = {} if limit == math.inf else {"timeout": limit}
        return client.call(method, values, None, options)

    def _found(self, operation: OperationT) -> tuple[Method[OperationT], dict[str, object]]:
        """Return the first method that reads an operation, with its parameters. Raises ArgumentError."""
        places = list(self._places(operation))
        for place in places:
            parts = place.split("/")
            for start in range(len(parts)):
                for method in self.methods:
                    values = _values(method, "/".join(parts[start:]))
                    if values is not None:
                        return method, values
        said = " or ".join(filter(None, (self.link, self.name)))
        paths = " or ".join(dict.fromkeys(each.path for each in self.methods))
        raise ArgumentError(
            f"operation: no method of this client reads {shortened(places[0]) if places else 'it: it has no ' + said}",
            hint=f"They read {paths}.",
        )

    def _places(self, operation: OperationT) -> Iterator[str]:
        link = None if self.link is None else getattr(operation, self.link)
        for place in (link and _ORIGIN.sub("", without_query(link)), getattr(operation, self.name)):
            if place and len(place) <= CAP and place.count("/") <= _SLASHES:
                yield place.lstrip("/")


__all__ = ["PlacedOperations", "StatusView"]
