"""Docstrings from untrusted text: whatever it holds, it stays inside the quotes."""

from __future__ import annotations

import re
import textwrap
from typing import Final
from unicodedata import ucd_3_2_0

_CODING: Final = re.compile("(coding)([:=])")
WIDTH: Final = 96
"""Columns of a docstring's text, indentation apart."""


def _escaped(text: str) -> str:
    """Text as the inside of a docstring: no quote ends it, no character hides or reorders code."""
    lines = text.replace("\\", "\\\\").split("\n")
    shown = "\n".join(line if _is_plain(line) else "".join(map(_character, line)) for line in lines)
    return shown.replace('"""', '\\"\\"\\"')


def _character(character: str) -> str:
    if _is_plain(character):
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _is_plain(text: str) -> bool:
    """Whether every character can be seen, in the opinion of any Python: newer ones know more characters.

    Unicode 3.2 is what all of them know; some of it has come to be invisible since.
    """
    if text.isascii():
        return text.isprintable()
    return all(
        character.isprintable() and (character.isascii() or ucd_3_2_0.category(character)[0] in "LMNPS")
        for character in text
    )


def docstring(text: str, indent: int = 0) -> str:
    """A docstring at `indent` spaces, its first line not indented; one line when it fits."""
    paragraphs = [" ".join(part.split()) for part in text.replace("\r\n", "\n").split("\n\n")]
    paragraphs = [part for part in paragraphs if part] or ["Undocumented."]
    whole = _escaped("\n\n".join(paragraphs))
    if "\n" not in whole and len(whole) + indent + 6 <= 108:
        return f'"""{_closed(whole)}"""'
    first, _, rest = paragraphs[0].partition(". ")
    if rest and len(first) < WIDTH:
        paragraphs[:1] = [f"{first}.", rest]
    pad = " " * indent
    lines: list[str] = []
    for number, paragraph in enumerate(paragraphs):
        if number:
            lines.append("")
        lines += textwrap.wrap(_escaped(paragraph), WIDTH, break_long_words=False, break_on_hyphens=False)
    body = "\n".join(f"{pad}{line}" if line else "" for line in lines)
    return f'"""{body.lstrip()}\n{pad}"""'


def _closed(text: str) -> str:
    """One line whose last character cannot join the closing quotes."""
    before = text.removesuffix('"')
    escaped = (len(before) - len(before.rstrip("\\"))) % 2
    return text if before == text or escaped else f'{before}\\"'


def comment(text: str) -> str:
    """Text on one line, fit for a comment, and no declaration of an encoding (PEP 263)."""
    plain = " ".join("".join(character if _is_plain(character) else " " for character in text).split())
    return _CODING.sub(r"\1 \2", plain)
