"""Every refusal of an overlay: its place, its words, and its hint; and the rules that fit each type."""

from __future__ import annotations

from typing import Any

import pytest
from groundwire_codegen.problem import SpecError
from groundwire_codegen.read.overlay import MAX_BYTES, read_overlay
from groundwire_codegen.read.overlay.reader import MAX_LINE

from tests.codegen.bad_overlays import REFUSED
from tests.codegen.documents import bookshop
from tests.codegen.packages import output


@pytest.mark.parametrize(("overlay", "words"), REFUSED.values(), ids=REFUSED)
def test_an_overlay_is_refused_at_its_place(overlay: str, words: tuple[str, ...]) -> None:
    with pytest.raises(SpecError) as caught:
        output(bookshop(), overlay)
    assert tuple(map(str, caught.value.problems)) == tuple(f"overlay#{each}" for each in words)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"#" * (MAX_BYTES + 1), "overlay: larger than 4194304 bytes"),
        (b"a = 1\n#" + b"x" * MAX_LINE, "overlay: a line of more than 20000 bytes"),
        (b'package = "\xe9"', "overlay: not UTF-8 at byte 11"),
        (b"a = 1\nb = x", "overlay: not TOML: Invalid value (at line 2, column 5)"),
        (b"a = " + b"[" * 15_000, "overlay: not TOML: "),
    ],
)
def test_a_file_that_is_no_overlay(data: bytes, words: str) -> None:
    with pytest.raises(SpecError) as caught:
        read_overlay(data)
    assert str(caught.value).startswith(words)


def test_the_largest_overlay_and_the_longest_line_are_read() -> None:
    data = (b"#" * (MAX_LINE - 1) + b"\n") * (MAX_BYTES // MAX_LINE)
    assert read_overlay(data + b"#" * (MAX_BYTES - len(data)))[1] == []


TEXT: dict[str, Any] = {"type": "string"}
GENRE: dict[str, Any] = {"type": "string", "enum": ["PROSE"]}
NUMBERS: tuple[dict[str, Any], ...] = (
    {"type": "integer"},
    {"type": "integer", "format": "uint32"},
    {"type": "string", "format": "int64"},
    {"type": "string", "format": "uint64"},
    {"type": "number"},
    {"type": "number", "format": "float"},
)
FREE: tuple[dict[str, Any], ...] = ({"type": "any"}, {"type": "object"})
AUTHOR: dict[str, Any] = {"$ref": "Author"}


def values(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": schema}


def items(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


FITS: tuple[tuple[str, tuple[dict[str, Any], ...], tuple[dict[str, Any], ...]], ...] = (
    *(
        (f"{key} = 1", NUMBERS, (TEXT, GENRE, items(NUMBERS[0]), AUTHOR, *FREE))
        for key in ("minimum", "maximum", "exclusive_minimum")
    ),
    *(
        (f"{key} = 0", (TEXT,), (GENRE, NUMBERS[0], NUMBERS[2], items(TEXT), AUTHOR))
        for key in ("min_length", "max_length")
    ),
    ('pattern = "^a$"', (TEXT,), (GENRE, NUMBERS[0], items(TEXT))),
    ("request_id = true", (TEXT,), (GENRE, NUMBERS[2], AUTHOR)),
    ("max_items = 0", (items(TEXT), values(TEXT)), (TEXT, AUTHOR, *FREE)),
    (
        "wrapper = true",
        (TEXT, GENRE, *NUMBERS, {"type": "boolean"}),
        (items(TEXT), values(TEXT), AUTHOR, *FREE),
    ),
    (
        'enum = "Kind"',
        (GENRE, items(GENRE), values(GENRE), items(values(GENRE))),
        (TEXT, items(TEXT), values(TEXT), AUTHOR),
    ),
    ('multiple_of = "by"', (AUTHOR,), (TEXT, NUMBERS[0], items(AUTHOR))),
    ('members = ["name"]', (AUTHOR,), (TEXT, items(AUTHOR), {"$ref": "ListBooksResponse"})),
)
"""A rule, the types of fields that it fits, and some that it does not."""


@pytest.mark.parametrize(("rule", "fit", "unfit"), FITS, ids=[rule for rule, _, _ in FITS])
def test_a_rule_fits_its_types_alone(
    rule: str, fit: tuple[dict[str, Any], ...], unfit: tuple[dict[str, Any], ...]
) -> None:
    overlay = f'[messages.Author.unions.who]\nmembers = ["name"]\n[messages.Book.fields.x]\n{rule}\n'
    for schema in (*fit, *unfit):
        document = bookshop()
        document["schemas"]["Book"]["properties"] |= {"x": schema, "by": {"type": "integer"}}
        if schema in fit:
            output(document, overlay)
            continue
        with pytest.raises(SpecError) as caught:
            output(document, overlay)
        place = f"/messages/Book/fields/x/{rule.partition(' ')[0]}"
        assert [problem.pointer for problem in caught.value.problems] == [place], schema


@pytest.mark.parametrize("divisor", [*NUMBERS, TEXT, GENRE, {"type": "boolean"}, items({"type": "integer"})])
def test_a_divisor_is_a_whole_number(divisor: dict[str, Any]) -> None:
    document = bookshop()
    document["schemas"]["Book"]["properties"] |= {"x": AUTHOR, "by": divisor}
    overlay = '[messages.Book.fields.x]\nmultiple_of = "by"\n'
    if divisor in NUMBERS[:4]:
        output(document, overlay)
        return
    with pytest.raises(SpecError, match="no whole number"):
        output(document, overlay)
