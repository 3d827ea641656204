"""The API: everything that a client is generated from."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from .messages import Enum, Message
from .methods import Method, Resource


@frozen(kw_only=True)
class Held:
    """A parameter that the client may hold for all calls."""

    name: str
    prefix: str | None = None
    doc: str = ""


@frozen(kw_only=True)
class Api:
    """Everything that a client is generated from."""

    id: str
    title: str
    name: str
    version: str
    revision: str
    base_url: str
    doc: str = ""
    messages: Mapping[str, Message] = field(factory=dict[str, Message])
    enums: Mapping[str, Enum] = field(factory=dict[str, Enum])
    methods: Mapping[str, Method] = field(factory=dict[str, Method])
    resources: tuple[Resource, ...] = ()
    """Every resource on the way to a method, sorted by path."""
    held: tuple[Held, ...] = ()
