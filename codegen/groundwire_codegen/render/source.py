"""Text that a template may print: a `Source` is made only here, from names, literals, docstrings and comments.

No text of a document or an overlay becomes code, since templates print nothing else: `finalize` refuses any other value, and
tests/codegen/test_source.py allows templates only the kinds of nodes that cannot go round it.
"""

from __future__ import annotations

import ast
import math
import re
from functools import lru_cache
from keyword import iskeyword
from typing import Final, cast, final
from unicodedata import ucd_3_2_0

from attrs import frozen

from ..lock import is_published_name
from ..lower.reserved import RESERVED

OPEN: Final = "\u27ea"
CLOSE: Final = "\u27eb"
"""Marks between which templates allow line breaks (layout.py). No Source holds one."""
WIDTH: Final = 96
"""Columns of a docstring's text, indentation apart."""
_WORD: Final = re.compile(r"(\.{1,8})?_?[A-Za-z]\w*(\._?[A-Za-z]\w*)*", re.ASCII)
_PUNCTUATION: Final = frozenset({"[", "]", "(", ")", ", ", " | ", ".", "=", "*", "..."})
_PLAIN: Final = re.compile(r'[^"\\\0\r]*+(?:"{1,2}[^"\\\0\r]++)*+')
"""The inside of a docstring that Python reads as it is written."""
_KNOWN: Final = 20_000
"""Names and words that are kept: a field or a type is named in many places."""
_CODING: Final = re.compile("(coding)([:=])")


@final
@frozen
class Source:
    """Text of Python. Only the functions of this module make one."""

    text: str

    def __init_subclass__(cls) -> None:
        raise TypeError("Source has no subclasses")


@lru_cache(maxsize=_KNOWN, typed=True)
def name(kind: str, text: str) -> Source:
    """Return a published name of its kind. Raises ValueError for another shape, a keyword, or a reserved name."""
    if type(text) is not str or not is_published_name(f"{kind}:", text) or text in RESERVED[kind]:
        raise ValueError(f"{text!a} is no name of a {kind}")
    return Source(text)


@lru_cache(maxsize=_KNOWN, typed=True)
def word(text: str) -> Source:
    """Return a word of generated code itself: a type, or a module. Raises ValueError for what cannot be one."""
    if type(text) is not str or _WORD.fullmatch(text) is None or any(map(iskeyword, text.split("."))):
        raise ValueError(f"{text!a} is no word")
    return Source(text)


def joined(*parts: Source | str) -> Source:
    """Join sources by punctuation. Raises TypeError for any other text."""
    for part in parts:
        if type(part) is not Source and (type(part) is not str or part not in _PUNCTUATION):
            raise TypeError(f"a plain {type(part).__name__} between sources: {part!a}")
    return Source("".join([part.text if isinstance(part, Source) else part for part in parts]))


def literal(value: object) -> Source:
    """Return a value as Python has it, in ASCII. Raises TypeError for any type but the plain ones, and for infinity and NaN."""
    if type(value) is tuple:
        items = [literal(item).text for item in cast("tuple[object, ...]", value)]
        return Source(f"({', '.join(items)}{',' * (len(items) == 1)})")
    if type(value) is str:
        return Source(_quoted(value))
    if value is None or type(value) in (int, bool) or (type(value) is float and math.isfinite(value)):
        return Source(repr(value))
    raise TypeError(f"no literal of {type(value).__name__}: {value!a}")


def _quoted(text: str) -> str:
    """A string literal, in double quotes where that needs no escape."""
    quoted = ascii(text)
    return f'"{quoted[1:-1]}"' if quoted[0] == "'" and '"' not in text and "\\" not in quoted else quoted


def comment(text: str) -> Source:
    """Return text on one line, fit for a comment, and no declaration of an encoding (PEP 263)."""
    plain = " ".join("".join(character if _is_visible(character) else " " for character in text).split())
    return Source(_CODING.sub(r"\1 \2", plain))


@lru_cache(maxsize=10_000)
def doc(text: str, indent: int = 0) -> Source:
    """Return a docstring at `indent` spaces, its first line not indented; one line when it fits.

    Raises ValueError when Python would not read the same words back.
    """
    paragraphs = [" ".join(part.split()) for part in text.replace("\r\n", "\n").split("\n\n")]
    paragraphs = [part for part in paragraphs if part] or ["Undocumented."]
    quoted = _docstring(paragraphs, indent)
    words = " ".join(paragraphs).split()
    inside = quoted[3:-3]
    read = inside if _PLAIN.fullmatch(inside) else ast.literal_eval(quoted)
    if read.split() != words:
        raise ValueError(f"{text!a} came out as another docstring")
    return Source(quoted)


def _docstring(paragraphs: list[str], indent: int) -> str:
    if len(paragraphs) == 1 and len(line := _escaped(paragraphs[0])) + indent + 6 <= 108:
        bare = line.removesuffix('"')
        closed = bare == line or (len(bare) - len(bare.rstrip("\\"))) % 2
        return f'"""{line}"""' if closed else f'"""{bare}\\""""'
    first, _, rest = paragraphs[0].partition(". ")
    if rest and len(first) < WIDTH:
        paragraphs = [f"{first}.", rest, *paragraphs[1:]]
    pad = " " * indent
    body = "\n\n".join(_wrapped(_escaped(part), pad) for part in paragraphs)
    return f'"""{body.lstrip()}\n{pad}"""'


def _wrapped(text: str, pad: str) -> str:
    """Return text in lines of at most `WIDTH` columns behind the padding; a longer word has its own line."""
    lines: list[str] = []
    line = ""
    for each in text.split(" "):
        if line and len(line) + 1 + len(each) > WIDTH:
            lines.append(line)
            line = each
        else:
            line = f"{line} {each}" if line else each
    return "\n".join(f"{pad}{each}" for each in (*lines, line))


def _escaped(text: str) -> str:
    """Text as the inside of a docstring: no quote ends it, no character hides or reorders code."""
    shown = text.replace("\\", "\\\\")
    if not _is_visible(shown):
        shown = "".join(each if _is_visible(each) else ascii(each)[1:-1] for each in shown)
    return shown.replace('"""', '\\"\\"\\"')


def _is_visible(text: str) -> bool:
    """Return True if every character is visible to any Python: newer ones know more characters.

    Unicode 3.2 is what all of them know; some of it has come to be invisible since.
    """
    return text.isprintable() and (
        text.isascii()
        or all(
            each.isascii() or (ucd_3_2_0.category(each)[0] in "LMNPS" and each not in (OPEN, CLOSE))
            for each in text
        )
    )
