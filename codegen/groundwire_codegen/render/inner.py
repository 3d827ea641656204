"""Short names of inline classes: under the message that they stand in, `Order.LinesItem` for `OrderLinesItem`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from ..ir import Api, Enum, Message
from ..lower.naming import place_name
from ..lower.reserved import KEYWORDS, RESERVED
from .source import Source, name


@frozen(kw_only=True)
class InnerView:
    """A short name, and the class that has it."""

    name: Source
    cls: Source


def inner_classes(api: Api) -> Mapping[str, tuple[InnerView, ...]]:
    """Return the short names under each message, by its name.

    A name comes from the property alone, so it depends on nothing else of the document. One that two properties, or a member
    of a union, would have is left out.
    """
    if any(message.family and message.name.startswith("TypesOf") for message in api.messages.values()):
        # The private classes of its variants could be called as those of the short names are.
        return {}
    places = {message.place: message for message in api.messages.values()}
    found: dict[str, list[tuple[str, str, str]]] = {}
    for kind, each in _types(api):
        outer, _, wire = each.place.rpartition(".")
        parent = places.get(outer)
        if parent is not None:
            found.setdefault(parent.name, []).append((place_name(wire), kind, each.name))
    return {cls: tuple(_views(api.messages[cls], rows)) for cls, rows in found.items()}


def inner_first(api: Api, inner: Mapping[str, tuple[InnerView, ...]]) -> Iterator[Message]:
    """Yield the messages in their order, each behind those that have a short name under it."""
    done: set[str] = set()

    def with_inner(names: Iterable[str]) -> Iterator[Message]:
        for cls in names:
            if cls in api.messages and cls not in done:
                done.add(cls)
                yield from with_inner(each.cls.text for each in inner.get(cls, ()))
                yield api.messages[cls]

    yield from with_inner(api.messages)


def _types(api: Api) -> Iterator[tuple[str, Message | Enum]]:
    yield from (("enum", each) for each in api.enums.values())
    yield from (("message", each) for each in api.messages.values())


def _views(message: Message, rows: list[tuple[str, str, str]]) -> Iterator[InnerView]:
    counts = Counter(short for short, _, _ in rows)
    taken = {variant.class_name for group in message.groups for variant in group.variants} | KEYWORDS
    for short, kind, cls in sorted(rows):
        if counts[short] == 1 and short not in taken | RESERVED[kind]:
            yield InnerView(name=name(kind, short), cls=name(kind, cls))
