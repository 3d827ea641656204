"""Candidates for unions: fields of which the text of a Discovery document says that one alone may be set."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import frozen

from ..ir import Api, Message
from ..lower.naming import snake
from ..problem import Problem
from ..read.overlay import NO_MESSAGE, Overlay
from .toml import Lines, candidate

_MAX_TEXT: Final = 20_000
"""Characters of a description that are read."""
_MAX_NAMES: Final = 60
"""Names of a list behind the first one that are read."""
_SHOWN: Final = 200
"""Characters of a sentence that a candidate quotes."""
_NAME: Final = r"[`'\"\[]{0,2}[A-Za-z][A-Za-z0-9_.]*[`'\"\]]{0,2}(?:[\[(][\w.#/:-]{1,200}[\])])?"
_BETWEEN: Final = r"(?:\s*(?:,|/|\band/or\b|\bor\b|\band\b|\bnor\b)\s*(?:the\s+)?){1,2}"
# Atomic: "or" may be a name too, so that a long list could be divided in very many ways.
_LIST: Final = rf"(?:the\s+)?(?:fields?\s+)?(?P<names>(?>{_NAME}(?:{_BETWEEN}{_NAME}){{0,{_MAX_NAMES}}}))"
_SET: Final = r"(?:set|specified|provided|populated|present|supplied|used|defined|given|available)"
_ONE: Final = re.compile(
    rf"(?i)\b(?:only|exactly|at most|no more than|required[.:,])\s+one\s+of\s+{_LIST}"
    rf"|(?<!\bif )(?<!\bwhen )(?<!\bunless )\beither\s+{_LIST.replace('names', 'either')}\s+(?:fields?\s+)?(?:is|are|must be|may be|can be|should be|will be)\s+{_SET}\b"
)
"""A list of fields of which one alone may be set."""
_APART: Final = re.compile(
    r"(?i)\bmutually\s+exclusive\s+(?:with|to)\s+"
    + _LIST
    + r"|\b(?:cannot|can't|can\s+not|must\s+not|may\s+not|should\s+not)"
    rf"\s+be\s+{_SET}\s+(?:(?:together|along|at the same time|in conjunction|simultaneously)\s+)?(?:with|as)\s+"
    + _LIST.replace("names", "others")
)
"""A list of fields that exclude the one that is described."""
_EACH: Final = re.compile(rf"(?i)(?<![\w.]){_LIST}\s+are\s+mutually\s+exclusive\b")
_TOGETHER: Final = re.compile(r"(?i)\bboth\b.*\b(?:returned|output|shall|will)\b|\bat least one of\b")
"""Signs that fields come together in an answer, or may be set together."""
_REQUIRED: Final = re.compile(
    r"(?i)\bexactly one of\b|\brequired[.:,] (?:(?:only|exactly|at most) )?one of\b"
)
"""Signs that one of the fields has to be set."""
_SOMETIMES: Final = re.compile(r"(?i)\b(?:if|unless|when|where|for|will be|returned|output|optional)\b")
"""Signs that this holds under a condition, or for answers."""
_SIGN: Final = re.compile(r"(?i)\bone of\b|\beither\b|mutually|\bnot be\b|cannot|can't")
"""Signs of such a sentence, looked for first: most texts have none."""
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.]*", re.ASCII)
_SPLIT: Final = re.compile(_BETWEEN, re.IGNORECASE)
_PART: Final = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", re.ASCII)
_THIS: Final = frozenset({"this", "thisfield", "it"})


@frozen
class Stated:
    """Fields that exclude one another, as a text says of them."""

    members: tuple[str, ...]
    text: str
    required: bool = False
    """One of them has to be set."""


def union_candidates(api: Api, overlay: Overlay) -> Iterator[Problem]:
    """Yield the candidates for each message of a draft. What the overlay states already is left out."""
    for key, message in sorted(api.messages.items()):
        rule = overlay.messages.get(key, NO_MESSAGE)
        known = {wire for union in rule.unions.values() for wire in union.members}
        if key.startswith("/") or message.groups:
            continue
        taken = {each.wire for each in message.fields} | rule.unions.keys()
        for stated in unions_of(message):
            if known.isdisjoint(stated.members):
                name = _name(stated.members, taken)
                taken.add(name)
                words = f"{key}: one of {', '.join(stated.members)}: {_quoted(stated.text)}"
                keys = ("messages", key, "unions", name)
                required: Lines = (("required", True),) if stated.required else ()
                yield candidate(message.pointer, words, keys, (("members", stated.members), *required))


def unions_of(message: Message) -> Iterator[Stated]:
    """Yield groups of fields that exclude one another, each field in one: every two of a group are said to."""
    wires = {_fold(each.wire): each.wire for each in message.fields}
    pairs: dict[frozenset[str], str] = {}
    required: set[frozenset[str]] = set()
    for own, text in [("", message.doc), *((each.wire, each.doc) for each in message.fields)]:
        for members, sentence, is_whole in _statements(text[:_MAX_TEXT], own, wires):
            if is_whole and _REQUIRED.search(sentence) and not _SOMETIMES.search(sentence):
                required.add(frozenset(members))
            for pair in itertools.combinations(members, 2):
                pairs.setdefault(frozenset(pair), sentence)
        for other, sentence in _apart(text[:_MAX_TEXT], own, wires):
            pairs.setdefault(frozenset((own, other)), sentence)
    seen: set[str] = set()
    for wire in (each.wire for each in message.fields):
        group = _connected(wire, pairs) - seen
        seen |= group
        if len(group) > 1 and all(frozenset(pair) in pairs for pair in itertools.combinations(group, 2)):
            wires_of_group = tuple(each.wire for each in message.fields if each.wire in group)
            text = next(text for pair, text in pairs.items() if pair <= group)
            yield Stated(wires_of_group, text, frozenset(group) in required)


def _connected(wire: str, pairs: Iterable[frozenset[str]]) -> set[str]:
    group = {wire}
    edges = list(pairs)
    while True:
        more = {each for pair in edges if pair & group for each in pair} - group
        if not more:
            return group
        group |= more


def _statements(text: str, own: str, wires: Mapping[str, str]) -> Iterator[tuple[list[str], str, bool]]:
    """Yield lists of fields of which one alone may be set, each with its sentence, and True where it names nothing else."""
    for sentence in _sentences(text):
        if _TOGETHER.search(sentence):
            continue
        for found in (*_ONE.finditer(sentence), *_EACH.finditer(sentence)):
            names = found.groupdict().get("names") or found.groupdict().get("either") or ""
            members, is_whole = _members(names, own, wires)
            if len(members) > 1:
                yield members, sentence, is_whole


def _apart(text: str, own: str, wires: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield fields that exclude the one that is described."""
    for sentence in _sentences(text) if own else ():
        for found in _APART.finditer(sentence):
            for wire in _members(found["names"] or found["others"], own, wires)[0]:
                if wire != own:
                    yield wire, sentence


def _members(names: str, own: str, wires: Mapping[str, str]) -> tuple[list[str], bool]:
    """Return the fields that a list begins with, and True where it names nothing else."""
    members: list[str] = []
    for part in _SPLIT.split(names):
        word = _WORD.search(part)
        if word is None:
            continue
        name = word[0].rstrip(".")
        folded = _fold(name.rpartition(".")[2])
        # A published text may lack the space in "a, orb".
        wire = own if folded in _THIS else wires.get(folded) or wires.get(folded.removeprefix("or"))
        if not wire:
            return members, False
        if wire not in members:
            members.append(wire)
    return members, True


def _sentences(text: str) -> list[str]:
    """Return the sentences of a text, with single spaces."""
    if not _SIGN.search(text):
        return []
    return [
        " ".join(each.split())
        for each in re.split(r"(?<=[.!?])(?<![Rr]equired\.)\s|\n\n|\n *[*-] ", text)
        if _SIGN.search(each)
    ]


def _fold(name: str) -> str:
    return name.replace("_", "").lower()


def _quoted(text: str) -> str:
    plain = " ".join(text.split())
    return f"'{plain[:200]}{'...' if len(plain) > 200 else ''}'"


def _name(members: tuple[str, ...], taken: set[str]) -> str:
    """Return a name for a union: the words that its members begin or end with, in common."""
    if {"error", "response"} == {*members}:
        common = "result"
    else:
        words = [[part.lower() for part in _PART.findall(each)] for each in members]
        ends = _common([each[::-1] for each in words])[::-1]
        common = "_".join(ends or _common(words)) or "choice"
    names = (common, f"{common}_choice", *(f"{common}_choice{number}" for number in range(2, 100)))
    used = {_fold(each) for each in taken}
    return next((each for each in map(snake, names) if _fold(each) not in used), "choice")


def _common(words: list[list[str]]) -> list[str]:
    found = itertools.takewhile(lambda parts: len({*parts}) == 1, zip(*words, strict=False))
    return [parts[0] for parts in found]
