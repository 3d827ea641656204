"""A valid request, and the context in which a handler answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias

from attrs import frozen
from groundwire_codegen.ir import Method

from ..assets.catalog import Catalog
from ..clock import Clock
from ..environment import NOTHING, Environment
from ..exchange import Hold, JsonObject, JsonValue
from ..rules.error_bodies import Refusal
from .products import settle
from .script import Script
from .store import Store

_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 8
"""The letter of each byte."""


@frozen(kw_only=True)
class Call:
    """A request that was routed and validated.

    `variables` are those of the path; `query` and `body` are parsed, by wire name. `caller` identifies the
    user; `arrived` is when the request first arrived.
    """

    method: Method
    version: str
    package: str
    variables: Mapping[str, str]
    query: Mapping[str, JsonValue]
    body: JsonObject
    caller: str
    arrived: datetime

    @property
    def metadata_type(self) -> str:
        """Type URL of the operation's metadata, in the version of the path."""
        return f"type.googleapis.com/{self.package}.OperationMetadata"


def _as_it_is(refusal: Refusal) -> Refusal:
    return refusal


@frozen(kw_only=True)
class Context:
    """The state that a handler may read and change. `draw(n)` returns n random bytes."""

    state: Store
    clock: Clock
    draw: Callable[[int], bytes]
    script: Script
    """The script of new operations."""
    environment: Environment = NOTHING
    """Declared server-side state."""
    held: bool = False
    """True if new operations are held."""
    relaxed: frozenset[str] = frozenset()
    """Ids of rules that are not enforced."""
    otherwise: Callable[[Refusal], Refusal] = _as_it_is
    """Returns a refusal with the status and message that a test gave its rule."""

    @property
    def catalog(self) -> Catalog:
        """The assets that exist now."""
        declared = self.environment.declared
        return Catalog(self.state, declared, partial(settle, self.state, declared, self.clock.now()))

    def operation_id(self) -> str:
        """Return an operation id: 24 characters of A-Z2-7."""
        return self.draw(24).translate(_LETTERS).decode("ascii")


Answer: TypeAlias = "JsonObject | Refusal | Hold"
Handler: TypeAlias = Callable[[Call, Context], Answer]
