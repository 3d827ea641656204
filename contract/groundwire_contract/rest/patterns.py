"""Regular expressions of a document (ECMA-262), matched in time that grows with the text alone.

Python's matcher backtracks, so an expression of a document could keep it busy for ever. Here an expression becomes a
nondeterministic automaton that is run state by state (Thompson 1968). Lookaround, references back and classes of Unicode are
not read: such an expression is documentation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final, TypeAlias

from attrs import define, field
from groundwire_codegen.read.safe_regex import is_linear

MAX_STATES: Final = 5_000
MAX_STEPS: Final = 5_000_000
"""States, with the members of their classes, times characters; a longer run is not begun."""
_MAX_PATTERN: Final = 5_000
_MAX_NESTED: Final = 50
Test: TypeAlias = Callable[[str], bool]
_COUNT: Final = re.compile(r"\{(\d{1,4})(?:(,)(\d{1,4})?)?\}")
_LINE_ENDS: Final = "\n\r\u2028\u2029"
_WORD: Final = re.compile(r"\w", re.ASCII)
_CLASSES: Final[dict[str, Test]] = {
    "d": lambda one: "0" <= one <= "9",
    "w": lambda one: _WORD.match(one) is not None,
    "s": lambda one: one.isspace() or one == "\ufeff",
}
_CONTROL: Final = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "0": "\0"}


class UnsupportedError(ValueError):
    """An expression that is not read."""


@define
class _State:
    """A state: `test` takes a character, of a class of `members`; `assertion` holds of a place. Both go on to `next`."""

    next: list[int] = field(factory=list[int])
    test: Test | None = None
    assertion: Callable[[str, int], bool] | None = None
    members: int = 1


def searches(pattern: str, text: str) -> bool:
    """Return True if an expression matches somewhere in a text; True for one that is not read."""
    if is_linear(pattern):
        return _plain(pattern).search(text) is not None
    automaton = _automaton(pattern)
    if automaton is None or sum(state.members for state in automaton) * (len(text) + 1) > MAX_STEPS:
        return True
    return _run(automaton, text)


def is_checked(pattern: str) -> bool:
    """Return True for an expression that `searches` runs."""
    return is_linear(pattern) or _automaton(pattern) is not None


@cache
def _plain(pattern: str) -> re.Pattern[str]:
    ends = pattern.endswith("$") and not pattern.endswith("\\$")
    return re.compile(pattern[:-1] + r"\Z" if ends else pattern, re.ASCII)


@cache
def _automaton(pattern: str) -> tuple[_State, ...] | None:
    """Return the states of an expression, the first of which accepts and the last begins; None if it is not read."""
    try:
        return tuple(_Reader(pattern).read())
    except (UnsupportedError, RecursionError):
        return None


def _run(states: tuple[_State, ...], text: str) -> bool:
    current: set[int] = set()
    for place in range(len(text) + 1):
        current = _closure(states, {*current, len(states) - 1}, text, place)
        if 0 in current:
            return True
        if place < len(text):
            current = {
                after for each in current if (test := states[each].test) and test(text[place]) for after in states[each].next
            }  # fmt: skip
    return False


def _closure(states: tuple[_State, ...], begun: set[int], text: str, place: int) -> set[int]:
    """Return the states that are reached without a character."""
    reached, waiting = set(begun), list(begun)
    while waiting:
        state = states[waiting.pop()]
        if state.test is not None or (state.assertion is not None and not state.assertion(text, place)):
            continue
        for each in state.next:
            if each not in reached:
                reached.add(each)
                waiting.append(each)
    return reached


def _is_edge(text: str, place: int) -> bool:
    before = place > 0 and _CLASSES["w"](text[place - 1])
    return before != (place < len(text) and _CLASSES["w"](text[place]))


def _between(low: str, high: str) -> Test:
    return lambda one: low <= one <= high


_Build: TypeAlias = Callable[[int], int]
"""A part of an expression: from the state that follows it to the state that begins it."""


class _Reader:
    """Reads an expression into states."""

    def __init__(self, pattern: str) -> None:
        if len(pattern) > _MAX_PATTERN:
            raise UnsupportedError(pattern)
        self._text, self._at, self._depth = pattern, 0, 0
        self._states = [_State()]

    def read(self) -> list[_State]:
        build = self._choice()
        if self._at < len(self._text):
            raise UnsupportedError(self._text)
        self._add(_State([build(0)]))
        return self._states

    def _add(self, state: _State) -> int:
        if len(self._states) >= MAX_STATES:
            raise UnsupportedError(self._text)
        self._states.append(state)
        return len(self._states) - 1

    def _take(self, text: str) -> bool:
        found = self._text.startswith(text, self._at)
        self._at += len(text) if found else 0
        return found

    def _next(self) -> str:
        if self._at >= len(self._text):
            raise UnsupportedError(self._text)
        self._at += 1
        return self._text[self._at - 1]

    def _choice(self) -> _Build:
        builds = [self._sequence()]
        while self._take("|"):
            builds.append(self._sequence())
        if len(builds) == 1:
            return builds[0]
        return lambda after: self._add(_State([build(after) for build in builds]))

    def _sequence(self) -> _Build:
        parts: list[_Build] = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            parts.append(self._repeated(self._atom()))

        def build(after: int) -> int:
            for part in reversed(parts):
                after = part(after)
            return after

        return build

    def _repeated(self, part: _Build) -> _Build:
        most: int | None
        found = _COUNT.match(self._text, self._at)
        if found:
            self._at = found.end()
            low = int(found[1])
            most = low if not found[2] else int(found[3]) if found[3] else None
        elif self._take("*"):
            low, most = 0, None
        elif self._take("+"):
            low, most = 1, None
        elif self._take("?"):
            low, most = 0, 1
        else:
            return part
        self._take("?")
        return lambda after: self._copies(part, low, most, after)

    def _copies(self, part: _Build, low: int, most: int | None, after: int) -> int:
        if most is None:
            loop = self._add(_State([after]))
            self._states[loop].next.append(part(loop))
            start = loop
        else:
            start = after
            for _ in range(most - low):
                start = self._add(_State([after, part(start)]))
        for _ in range(low):
            before, start = start, part(start)
            if start == before:  # Nothing, which is the same however often it stands.
                break
        return start

    def _atom(self) -> _Build:
        one = self._next()
        match one:
            case "(":
                return self._group()
            case "[":
                return self._class()
            case ".":
                return self._single(lambda one: one not in _LINE_ENDS)
            case "^":
                return self._place(lambda _, place: place == 0)
            case "$":
                return self._place(lambda text, place: place == len(text))
            case "\\":
                return self._escape()
            case "*" | "+" | "?":
                raise UnsupportedError(self._text)
            case "{" if _COUNT.match(self._text, self._at - 1):
                raise UnsupportedError(self._text)
            case _:
                return self._single(lambda other: other == one)

    def _single(self, test: Test, members: int = 1) -> _Build:
        return lambda after: self._add(_State([after], test=test, members=members))

    def _place(self, assertion: Callable[[str, int], bool]) -> _Build:
        return lambda after: self._add(_State([after], assertion=assertion))

    def _group(self) -> _Build:
        if self._take("?") and not self._take(":"):
            raise UnsupportedError(self._text)
        self._depth += 1
        if self._depth > _MAX_NESTED:
            raise UnsupportedError(self._text)
        inner = self._choice()
        if not self._take(")"):
            raise UnsupportedError(self._text)
        self._depth -= 1
        return inner

    def _escape(self) -> _Build:
        one = self._text[self._at : self._at + 1]
        if one in ("b", "B"):
            self._at += 1
            return self._place(lambda text, place: _is_edge(text, place) == (one == "b"))
        escaped = self._escaped()
        return self._single(escaped if callable(escaped) else lambda other: other == escaped)

    def _escaped(self) -> Test | str:
        """Return what an escape stands for: a class of characters, or one of them."""
        one = self._next()
        if one.lower() in _CLASSES:
            test = _CLASSES[one.lower()]
            return test if one.islower() else lambda other: not test(other)
        if one in _CONTROL:
            return _CONTROL[one]
        if one in "ux":
            size = 4 if one == "u" else 2
            digits = self._text[self._at : self._at + size]
            if not re.fullmatch(rf"[0-9A-Fa-f]{{{size}}}", digits):
                raise UnsupportedError(self._text)
            self._at += size
            return chr(int(digits, 16))
        if one.isalnum():
            raise UnsupportedError(self._text)
        return one

    def _class(self) -> _Build:
        negated = self._take("^")
        tests = list(self._members())
        return self._single(lambda one: any(test(one) for test in tests) != negated, max(1, len(tests)))

    def _members(self) -> Iterator[Test]:
        """Yield the tests of the members of a class, up to its end."""
        while not self._take("]"):
            low = self._member()
            at = self._at
            if callable(low) or self._text[at : at + 1] != "-" or self._text[at : at + 2] == "-]":
                yield low if callable(low) else low.__eq__
                continue
            self._at += 1
            high = self._member()
            if callable(high):
                yield from ((low + "-").__contains__, high)
            elif low > high:
                raise UnsupportedError(self._text)
            else:
                yield _between(low, high)

    def _member(self) -> Test | str:
        one = self._next()
        if one != "\\":
            return one
        if self._take("b"):
            return "\b"
        return self._escaped()
