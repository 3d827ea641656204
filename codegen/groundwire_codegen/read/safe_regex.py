"""Accept only patterns that match in linear time, whatever the text.

Python's matcher backtracks. A pattern of the subset read here (anchors, literals, classes, one repeated atom
after another, no groups) backtracks only where a repeated atom can give characters back to what follows it,
so it is safe when every unbounded repeat is of a set of characters that the next atoms cannot start with.
"""

from __future__ import annotations

import re
import warnings
from functools import cache
from typing import Final

from attrs import frozen

MAX_LENGTH: Final = 500
"""Characters of a pattern that are looked at; a longer one is not run."""
_ALPHABET: Final = frozenset(map(chr, range(128))) | {"\u0100"}
"""ASCII, and one character that stands for all others."""
_ATOM: Final = re.compile(
    r"\\(?P<escape>[dwsDWS.^$*+?{}()\[\]|/\\-])|\[(?P<class>\^?\]?(?:\\.|[^\]\\])*)\]|(?P<any>\.)|(?P<literal>[^\\\[\](){}*+?|^$.])"
)
_ESCAPED: Final = re.compile(r"\\.")
_SET_OPERATION: Final = re.compile(r"\[|--|&&|~~|\|\|")
"""Text that Python may read as a set operation in future versions."""
_REPEAT: Final = re.compile(r"[*+?]|\{(\d{1,4})(?:,(\d{0,4}))?\}")


@frozen
class Atom:
    """A set of characters, with how often it may stand."""

    characters: frozenset[str]
    optional: bool
    variable: bool
    """True if the matcher chooses the number of repeats."""


@cache
def is_linear(pattern: str) -> bool:
    """Return True if Python may run `pattern` on any text: it is within the subset, and never backtracks."""
    if len(pattern) > MAX_LENGTH:
        return False
    atoms = _read(pattern)
    if atoms is None or not _compiles(pattern):
        return False
    for index, atom in enumerate(atoms):
        if not atom.variable:
            continue
        for follower in atoms[index + 1 :]:
            if atom.characters & follower.characters:
                return False
            if not follower.optional:
                break
    # An unanchored start tries again at every character: linear only for a pattern that starts once.
    return pattern.startswith("^") or not any(atom.variable for atom in atoms)


def _compiles(pattern: str) -> bool:
    """Return True if Python compiles a pattern without a warning of a coming change."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            re.compile(pattern, re.ASCII)
        except (re.error, OverflowError, FutureWarning):
            return False
    return True


def _read(pattern: str) -> list[Atom] | None:
    body = pattern.removeprefix("^")
    if body.endswith("$") and not body.endswith("\\$"):
        body = body[:-1]
    atoms: list[Atom] = []
    position = 0
    while position < len(body):
        found = _ATOM.match(body, position)
        if found is None:
            return None
        if found["class"] is not None and _SET_OPERATION.search(_ESCAPED.sub("", found["class"])):
            return None
        characters = _characters(found[0])
        if characters is None:
            return None
        position = found.end()
        repeat = _REPEAT.match(body, position)
        if repeat is None:
            atoms.append(Atom(characters, optional=False, variable=False))
            continue
        position = repeat.end()
        if body[position : position + 1] in ("?", "+", "*"):
            return None
        fixed = repeat[1] is not None and (repeat[2] is None or repeat[2] == repeat[1])
        optional = repeat[0][0] in "*?" or repeat[1] == "0"
        atoms.append(Atom(characters, optional=optional, variable=not fixed))
    return atoms


@cache
def _characters(atom: str) -> frozenset[str] | None:
    """Return the characters of the alphabet that one atom matches, found by running the matcher."""
    if not _compiles(atom):
        return None
    matcher = re.compile(atom, re.ASCII | re.DOTALL)
    return frozenset(character for character in _ALPHABET if matcher.fullmatch(character))
