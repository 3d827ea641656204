"""Every refusal of an overlay: its place, its words, and its hint; and the rules that fit each type."""

from __future__ import annotations

from typing import Any

import pytest
from groundwire_codegen.overlay import MAX_BYTES, read_overlay
from groundwire_codegen.overlay.reader import MAX_LINE
from groundwire_codegen.problem import SpecError

from tests.codegen.documents import bookshop
from tests.codegen.packages import output

TAKE_OUT = " (take it out, or correct the name)"
CLOSED_SET = " (the generator reads a closed set; nothing is ignored silently)"
REFUSED: dict[str, tuple[str, tuple[str, ...]]] = {
    "another document": (
        'document = "x:v1"',
        ("/document: the overlay is for 'x:v1', the document is 'bookshop:v1'",),
    ),
    "no such schema": (
        """\
[messages.Nope]
doc = "d"
""",
        ("/messages/Nope: the rule matches nothing: no schema 'Nope'" + TAKE_OUT,),
    ),
    "no such method": (
        """\
[methods."bookshop.nope"]
doc = "d"
""",
        ("/methods/bookshop.nope: the rule matches nothing: no method 'bookshop.nope'" + TAKE_OUT,),
    ),
    "enum that no field has": (
        """\
[enums.Nope]
doc = "d"
""",
        ("/enums/Nope: the rule matches nothing: no field says enum = 'Nope'" + TAKE_OUT,),
    ),
    "name of nothing": (
        """\
[names]
"message:Nope" = "Nope"
""",
        ("/names/message:Nope: the rule matches nothing: nothing is published as 'message:Nope'" + TAKE_OUT,),
    ),
    "name of nothing, escaped": (
        """\
[names]
"field:Book.a/b~c" = "name"
""",
        (
            "/names/field:Book.a~1b~0c: the rule matches nothing: nothing is published as 'field:Book.a/b~c'"
            + TAKE_OUT,
        ),
    ),
    "no such field": (
        """\
[messages.Book.fields.nope]
doc = "d"
""",
        ("/messages/Book/fields/nope: the rule matches nothing: no field 'nope'" + TAKE_OUT,),
    ),
    "divisor that is missing": (
        """\
[messages.Author.fields.name]
multiple_of = "nope"
""",
        (
            "/messages/Author/fields/name/multiple_of: the field is no message, or the other one no whole number",
            "/messages/Author/fields/name/multiple_of: the rule matches nothing: no field 'nope'" + TAKE_OUT,
        ),
    ),
    "order of a field that is missing": (
        """\
[messages.Book]
order = ["name", "nope"]
""",
        ("/messages/Book/order: the rule matches nothing: no field 'nope'" + TAKE_OUT,),
    ),
    "extension that is a field by now": (
        """\
[messages.Book.extensions.name]
evidence = "e"
schema = { type = "string" }
""",
        ("/messages/Book/extensions/name: the document has 'name' by now (make it a field rule)",),
    ),
    "extension after a field that is missing": (
        """\
[messages.Book.extensions.more]
after = "nope"
evidence = "e"
schema = { type = "string" }
""",
        ("/messages/Book/extensions/more/after: the rule matches nothing: no field 'nope'" + TAKE_OUT,),
    ),
    "packed field that is missing": (
        """\
[messages.Book.packed.nope]
"t/x" = "Author"
""",
        ("/messages/Book/packed/nope: the rule matches nothing: no field 'nope'" + TAKE_OUT,),
    ),
    "packed schema that is missing": (
        """\
[messages.Book.packed.name]
"t/x~y" = "No"
""",
        ("/messages/Book/packed/name/t~1x~0y: the rule matches nothing: no schema 'No'" + TAKE_OUT,),
    ),
    "family without a union": (
        """\
[messages.Book]
family = true
""",
        ("/messages/Book/family: a family has one union",),
    ),
    "family of two unions": (
        """\
[messages.Book]
family = true
[messages.Book.unions.a]
members = ["name"]
[messages.Book.unions.b]
members = ["pages"]
""",
        ("/messages/Book/family: a family has one union",),
    ),
    "union without members": (
        """\
[messages.Book.unions.a]
doc = "d"
""",
        ("/messages/Book/unions/a: a union without members",),
    ),
    "union of a field that is missing": (
        """\
[messages.Book.unions.a]
members = ["nope"]
""",
        ("/messages/Book/unions/a/members: the rule matches nothing: no field 'nope'" + TAKE_OUT,),
    ),
    "field in two unions": (
        """\
[messages.Book.unions.a]
members = ["name"]
[messages.Book.unions.b]
members = ["name"]
""",
        ("/messages/Book/unions/b: 'name' is in union 'a' already",),
    ),
    "no such parameter": (
        """\
[methods."bookshop.books.get".parameters.nope]
doc = "d"
""",
        (
            "/methods/bookshop.books.get/parameters/nope: the rule matches nothing: no parameter 'nope'"
            + TAKE_OUT,
        ),
    ),
    "metadata that is missing": (
        """\
[methods."bookshop.books.get"]
operation_metadata = "No"
""",
        (
            "/methods/bookshop.books.get/operation_metadata: the rule matches nothing: no schema 'No'"
            + TAKE_OUT,
        ),
    ),
    "argument that is code": (
        """\
[client."a b"]
fills = ["bookshop.books.get:name"]
""",
        ("/client/a b: 'a b' is no name for an argument",),
    ),
    "argument in another case": (
        """\
[client.bookName]
fills = ["bookshop.books.get:name"]
""",
        ("/client/bookName: 'bookName' is no name for an argument",),
    ),
    "argument that is a keyword": (
        """\
[client.class]
fills = ["bookshop.books.get:name"]
""",
        ("/client/class: 'class' is no name for an argument",),
    ),
    "argument that is taken": (
        """\
[client.timeout]
fills = ["bookshop.books.get:name"]
""",
        ("/client/timeout: 'timeout' is no name for an argument",),
    ),
    "argument for a parameter that is missing": (
        """\
[client.shelf]
fills = ["bookshop.books.get:nope"]
""",
        ("/client/shelf/fills: the rule matches nothing: no parameter 'bookshop.books.get:nope'" + TAKE_OUT,),
    ),
    "argument for a method that is missing": (
        """\
[client.shelf]
fills = ["bookshop.nope:name"]
""",
        ("/client/shelf/fills: the rule matches nothing: no parameter 'bookshop.nope:name'" + TAKE_OUT,),
    ),
    "scope for a field that is missing": (
        """\
[scopes]
extra = [{ scope = "s", field = "Book.nope" }]
""",
        ("/scopes/extra/0: the rule matches nothing: no field 'Book.nope'" + TAKE_OUT,),
    ),
    "scope for a schema that is missing": (
        """\
[scopes]
extra = [{ scope = "s", field = "Nope.name" }]
""",
        ("/scopes/extra/0: the rule matches nothing: no field 'Nope.name'" + TAKE_OUT,),
    ),
    "method to generate that is missing": (
        'generate = ["bookshop.nope"]',
        ("/generate: the document has no method 'bookshop.nope'",),
    ),
    "minimum of a text": (
        """\
[messages.Book.fields.name]
minimum = 1
""",
        ("/messages/Book/fields/name/minimum: the field is not a number",),
    ),
    "maximum of a text": (
        """\
[messages.Book.fields.name]
maximum = 1
""",
        ("/messages/Book/fields/name/maximum: the field is not a number",),
    ),
    "exclusive minimum of an enum": (
        """\
[messages.Book.fields.genre]
exclusive_minimum = 1
""",
        ("/messages/Book/fields/genre/exclusive_minimum: the field is not a number",),
    ),
    "min_length of a number": (
        """\
[messages.Book.fields.pages]
min_length = 1
""",
        ("/messages/Book/fields/pages/min_length: the field is not a text",),
    ),
    "max_length of a list": (
        """\
[messages.Book.fields.authors]
max_length = 1
""",
        ("/messages/Book/fields/authors/max_length: the field is not a text",),
    ),
    "pattern of a number": (
        """\
[messages.Book.fields.pages]
pattern = "^a$"
""",
        ("/messages/Book/fields/pages/pattern: the field is not a text",),
    ),
    "request id that is a number": (
        """\
[messages.Book.fields.sold]
request_id = true
""",
        ("/messages/Book/fields/sold/request_id: the field is not a text",),
    ),
    "max_items of a text": (
        """\
[messages.Book.fields.name]
max_items = 1
""",
        ("/messages/Book/fields/name/max_items: the field is neither a list nor a map",),
    ),
    "length below zero": (
        """\
[messages.Book.fields.name]
min_length = -1
""",
        ("/messages/Book/fields/name/min_length: -1 is not a count",),
    ),
    "length with a fraction": (
        """\
[messages.Book.fields.name]
max_length = 1.5
""",
        ("/messages/Book/fields/name/max_length: 1.5 is not a count",),
    ),
    "items below zero": (
        """\
[messages.Book.fields.authors]
max_items = -2
""",
        ("/messages/Book/fields/authors/max_items: -2 is not a count",),
    ),
    "pattern that could hang": (
        """\
[messages.Book.fields.name]
pattern = "^(a+)+$"
""",
        (
            "/messages/Book/fields/name/pattern: '^(a+)+$' cannot be run in linear time: use anchors, literals, classes and repeats that do not overlap",
        ),
    ),
    "wrapper of a list": (
        """\
[messages.Book.fields.authors]
wrapper = true
""",
        ("/messages/Book/fields/authors/wrapper: the field is neither a scalar nor an enum",),
    ),
    "enum of a text": (
        """\
[messages.Book.fields.name]
enum = "Name"
""",
        ("/messages/Book/fields/name/enum: the field is no enum",),
    ),
    "members of a number": (
        """\
[messages.Book.fields.pages]
members = ["x"]
""",
        ("/messages/Book/fields/pages/members: the field holds no union",),
    ),
    "members of a list": (
        """\
[messages.Book.fields.authors]
members = ["name"]
""",
        ("/messages/Book/fields/authors/members: the field holds no union",),
    ),
    "divisor of a number": (
        """\
[messages.Book.fields.sold]
multiple_of = "pages"
""",
        (
            "/messages/Book/fields/sold/multiple_of: the field is no message, or the other one no whole number",
        ),
    ),
    "divisor that is a text": (
        """\
[messages.Book.extensions.author]
evidence = "e"
schema = { "$ref" = "Author" }
multiple_of = "name"
""",
        (
            "/messages/Book/extensions/author/multiple_of: the field is no message, or the other one no whole number",
        ),
    ),
    "member that the union lacks": (
        """\
[messages.Book.extensions.author]
evidence = "e"
schema = { "$ref" = "Author" }
members = ["nope"]
[messages.Author.unions.a]
members = ["name"]
""",
        (
            "/messages/Book/extensions/author/members: the rule matches nothing: the union has no member 'nope'",
        ),
    ),
    "unknown key": (
        "x = 1",
        ("/x: unknown construct 'x'" + CLOSED_SET,),
    ),
    "unknown key of scopes": (
        """\
[scopes]
x = 1
""",
        ("/scopes/x: unknown construct 'x'" + CLOSED_SET,),
    ),
    "scopes that are a number": (
        """\
[scopes]
extra = 5
""",
        ("/scopes/extra: expected a list of tables",),
    ),
    "scope that is a number": (
        """\
[scopes]
extra = [5]
""",
        (
            "/scopes/extra/0: expected an object",
            "/scopes/extra/0: the rule matches nothing: no field ''" + TAKE_OUT,
        ),
    ),
    "unknown key of a scope": (
        """\
[scopes]
extra = [{ scope = "s", field = "Book.name", x = 1 }]
""",
        ("/scopes/extra/0/x: unknown construct 'x'" + CLOSED_SET,),
    ),
    "unknown key of an argument": (
        """\
[client.shelf]
x = 1
fills = ["bookshop.books.get:name"]
""",
        ("/client/shelf/x: unknown construct 'x'" + CLOSED_SET,),
    ),
    "unknown key of a method": (
        """\
[methods."bookshop.books.get"]
x = 1
""",
        ("/methods/bookshop.books.get/x: unknown construct 'x'" + CLOSED_SET,),
    ),
    "unknown key of a parameter": (
        """\
[methods."bookshop.books.get".parameters.name]
x = 1
""",
        ("/methods/bookshop.books.get/parameters/name/x: unknown construct 'x'" + CLOSED_SET,),
    ),
    "unknown key of a message": (
        """\
[messages.Book]
x = 1
""",
        ("/messages/Book/x: unknown construct 'x'" + CLOSED_SET,),
    ),
    "packed schema that is a number": (
        """\
[messages.Book.packed.name]
"t/x" = 1
""",
        (
            "/messages/Book/packed/name/t~1x: expected the name of a schema",
            "/messages/Book/packed/name/t~1x: the rule matches nothing: no schema '1'" + TAKE_OUT,
        ),
    ),
    "unknown key of a union": (
        """\
[messages.Book.unions.a]
members = ["name"]
x = 1
""",
        ("/messages/Book/unions/a/x: unknown construct 'x'" + CLOSED_SET,),
    ),
    "unknown key of a field": (
        """\
[messages.Book.fields.name]
x = 1
""",
        ("/messages/Book/fields/name/x: unknown construct 'x'" + CLOSED_SET,),
    ),
    "key of an extension in a field": (
        """\
[messages.Book.fields.name]
evidence = "e"
after = "pages"
""",
        ("/messages/Book/fields/name/after: unknown construct 'after'" + CLOSED_SET,),
    ),
    "unknown key of an extension": (
        """\
[messages.Book.extensions.more]
x = 1
evidence = "e"
schema = { type = "string" }
""",
        ("/messages/Book/extensions/more/x: unknown construct 'x'" + CLOSED_SET,),
    ),
    "extension without a schema": (
        """\
[messages.Book.extensions.more]
evidence = "e"
""",
        ("/messages/Book/extensions/more: an extension needs a schema",),
    ),
    "extension without evidence": (
        """\
[messages.Book.extensions.more]
schema = { type = "string" }
""",
        (
            "/messages/Book/extensions/more: an extension needs evidence (say who sends it and where that was seen)",
        ),
    ),
    "extension of an unknown type": (
        """\
[messages.Book.extensions.more]
evidence = "e"
schema = { type = "strin" }
""",
        (
            "/messages/Book/extensions/more/schema/type: unknown type 'strin' (one of any, array, boolean, integer, number, object, string)",
        ),
    ),
    "extension of a schema that is missing": (
        """\
[messages.Book.extensions.more]
evidence = "e"
schema = { "$ref" = "Nope" }
""",
        ("/messages/Book/extensions/more/schema: unresolved $ref 'Nope' (no schema has this id)",),
    ),
    "unknown key of an enum": (
        """\
[messages.Book.fields.genre]
enum = "Genre"
[enums.Genre]
x = 1
""",
        ("/enums/Genre/x: unknown construct 'x'" + CLOSED_SET,),
    ),
    "docs of a value that is missing": (
        """\
[messages.Book.fields.genre]
values = { NOPE = { doc = "d" } }
""",
        ("/messages/Book/fields/genre/values/NOPE: the enum has no value 'NOPE'",),
    ),
    "docs of an enum for a value that is missing": (
        """\
[messages.Book.fields.genre]
enum = "Genre"
[enums.Genre]
values = { "NO/PE" = "d" }
""",
        ("/enums/Genre/values/NO~1PE: the enum has no value 'NO/PE'",),
    ),
    "name that is none": (
        """\
[names]
"message:Book" = "not a name"
""",
        ("/names/message:Book: 'not a name' cannot be the name of 'message:Book' (see groundwire.lock)",),
    ),
    "name that is a number": (
        """\
[names]
"message:Book" = 1
""",
        (
            "/names/message:Book: '' cannot be the name of 'message:Book' (see groundwire.lock)",
            "/names/message:Book: expected a string",
        ),
    ),
    "message that is a number": (
        """\
[messages]
Book = 1
""",
        ("/messages/Book: expected an object",),
    ),
    "messages that are a number": (
        "messages = 1",
        ("/messages: expected an object",),
    ),
    "list that is a text": (
        'generate = "bookshop.books.get"',
        ("/generate: expected a list of strings",),
    ),
    "list of numbers": (
        "generate = [1]",
        ("/generate: expected a list of strings",),
    ),
    "text that is a number": (
        "package = 1",
        ("/package: expected a string",),
    ),
    "flag that is a text": (
        """\
[messages.Book.fields.name]
required = "yes"
""",
        ("/messages/Book/fields/name/required: expected true or false",),
    ),
    "number that is a text": (
        """\
[messages.Book.fields.pages]
minimum = "1"
""",
        ("/messages/Book/fields/pages/minimum: expected a number",),
    ),
    "number that is a flag": (
        """\
[messages.Book.fields.pages]
minimum = true
""",
        ("/messages/Book/fields/pages/minimum: expected a number",),
    ),
    "number without end": (
        """\
[messages.Book.fields.pages]
maximum = inf
""",
        ("/messages/Book/fields/pages/maximum: expected a number that is finite",),
    ),
    "review that is a number": (
        """\
[messages.Book.fields.name]
reviewed = 20260101
""",
        ("/messages/Book/fields/name/reviewed: expected a string",),
    ),
    "family that is a number": (
        """\
[messages.Book]
family = 1
""",
        ("/messages/Book/family: expected true or false",),
    ),
    "field that is a text": (
        """\
[messages.Book.fields]
name = "x"
""",
        ("/messages/Book/fields/name: expected an object",),
    ),
}


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
