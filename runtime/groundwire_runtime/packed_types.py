"""Objects that name their type in `@type`, where the package of the type is not known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from .containers import packed
from .jsontext import Codec
from .schema import Classes, Packed

_LONGEST = 1_000
_PARTS = 16
"""Characters, and parts between dots, of the name of a type that are looked at."""


class _ByName(dict[str, Codec]):
    """Codecs by URL. A URL that is not there is looked up by what may be the name of its type in a description."""

    def get(self, url: Any, default: Any = None) -> Any:
        found = super().get(url)
        if found is None:
            found = next((self[each] for each in _names(url) if each in self), default)
        return found


def _names(url: str) -> Iterator[str]:
    """Yield the URLs without package that a type may have: `a.v1.Outer.Inner` is `AV1OuterInner` to `Inner`."""
    parts = [
        f"{part[:1].upper()}{part[1:]}" for part in url.rpartition("/")[2][:_LONGEST].split(".")[-_PARTS:]
    ]
    for start in range(len(parts)):
        yield f"type.googleapis.com/{''.join(parts[start:])}"


@frozen
class PackedByName(Packed):
    """A packed object some of whose URLs have no package: each is that of a message in any package."""

    def codec(self, classes: Classes) -> Codec:
        """Return the codec of the object."""
        types = _ByName({url: classes.codec(classes.named(name)) for url, name in self.types})
        sent = {name: url for url, name in reversed(self.types)}
        return packed(types, {classes.named(name): (url, types[url]) for name, url in sent.items()})
