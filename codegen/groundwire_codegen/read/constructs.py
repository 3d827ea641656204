"""Constructs of a document that the reader does not know: ignored with a warning, refused, or taken when they are allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import evolve, field, frozen

from ..problem import Problem

NAME: Final = re.compile(r"[!-~]{1,80}")
"""The shape of a name that a caller may allow, and that a lock keeps."""
_SHOWN: Final = 20
"""Constructs that get a warning each."""
_KEPT: Final = 500
"""Constructs that a lock keeps."""
_HINT: Final = "the generator reads a closed set"


@frozen(eq=False)
class Constructs:
    """The unknown constructs of a document. `allowed` are those that the caller takes: they are read as if absent."""

    allowed: frozenset[str] = frozenset()
    ignored: dict[str, dict[str, None]] = field(factory=dict[str, "dict[str, None]"])
    """The place of each construct that says nothing of a value, by name."""
    _sources: dict[str, str] = field(factory=dict[str, str])
    _used: set[str] = field(factory=set[str])

    def pass_over(self, problems: list[Problem], start: int = 0) -> None:
        """Take unknown constructs out of the problems from `start` on: what has them is outside of schemas."""
        kept = [each for each in problems[start:] if not each.construct]
        for each in problems[start:]:
            if each.construct:
                self.ignore(each.source, each.pointer, each.construct)
        problems[start:] = kept

    def ignore(self, source: str, pointer: str, name: str) -> None:
        """Note a construct that is ignored."""
        self._used.add(name)
        self._sources.setdefault(name, source)
        if name not in self.allowed:
            self.ignored.setdefault(name, {})[pointer] = None

    def refused(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Return the problems without constructs that are allowed, and with the way to allow the others."""
        kept: list[Problem] = []
        for each in problems:
            self._used.add(each.construct)
            if each.construct in self.allowed:
                continue
            name = each.construct if NAME.fullmatch(each.construct) else ""
            before = _HINT if each.pointer.endswith(f"/{name}") else each.hint
            hint = "; ".join(filter(None, (before, f"--allow-construct {name} ignores it")))
            kept.append(evolve(each, hint=hint) if name else each)
        return tuple(kept)

    @property
    def stated(self) -> dict[str, str]:
        """The ignored constructs for the lock: by name, the first place and the number of others."""
        return {
            name: next(iter(places)) + _others(len(places))
            for name, places in sorted(self.ignored.items())[:_KEPT]
        }

    def warnings(self) -> Iterator[Problem]:
        """Yield a warning for each construct that is ignored."""
        for name, places in list(self.ignored.items())[:_SHOWN]:
            words = f"unknown construct {name[:80]!r} is ignored{_others(len(places))}"
            yield Problem(self._sources[name], next(iter(places)), words)
        if len(self.ignored) > _SHOWN:
            source = next(iter(self._sources.values()))
            yield Problem(source, "", f"{len(self.ignored) - _SHOWN} more unknown constructs are ignored")

    def needless(self) -> Iterator[Problem]:
        """Yield a warning for each construct that is allowed and is nowhere."""
        for name in sorted(self.allowed - self._used):
            words = f"the rule matches nothing: no unknown construct {name[:80]!r} is in the document"
            hint = f"generate again without --allow-construct {name[:80]}"
            yield Problem("options", "/allow-construct", words, hint, construct=name)


def _others(count: int) -> str:
    return "" if count == 1 else f" (and at {count - 1} more place{'s' if count > 2 else ''})"
