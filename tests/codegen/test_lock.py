"""Names that `groundwire.lock` holds stay, whatever joins the document around them."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from groundwire_codegen.lock import FILE, Lock, read_lock
from groundwire_codegen.pipeline import Output, generate
from groundwire_codegen.problem import SpecError, escape

from tests.codegen.conftest import Load
from tests.codegen.documents import bookshop, with_property
from tests.codegen.packages import CASES, case_inputs, earth_engine, output


def test_a_name_is_kept_that_a_newcomer_fits_better() -> None:
    first = output(with_property("fooBar", {"type": "string"}))
    assert first.lock.names["field:Book.fooBar"] == "foo_bar"
    document = with_property("fooBar", {"type": "string"})
    document["schemas"]["Book"]["properties"]["foo_bar"] = {"type": "string"}
    fresh, kept = output(document).lock.names, output(document, before=first.lock).lock.names
    assert (fresh["field:Book.foo_bar"], fresh["field:Book.fooBar"]) == ("foo_bar", "foo_bar_")
    assert (kept["field:Book.foo_bar"], kept["field:Book.fooBar"]) == ("foo_bar_", "foo_bar")


def test_a_family_stays_one_when_a_plain_field_joins(load: Load) -> None:
    overlay = '[messages.Author.unions.kind]\nmembers = ["name", "id"]\n'
    document = bookshop()
    properties = document["schemas"]["Author"]["properties"]
    properties["id"] = {"type": "string"}
    first = output(document, overlay)
    grown = copy.deepcopy(document)
    grown["schemas"]["Author"]["properties"]["born"] = {"type": "string"}
    second = output(grown, overlay, before=first.lock)
    assert second.lock.names["family:Author"] == "yes"
    package = load(second.files)
    author = package.Author.Name("Sappho", born="-630")
    assert package.encode(author) in (b'{"name":"Sappho","born":"-630"}', '{"name":"Sappho","born":"-630"}')
    assert output(grown, overlay).lock.names["family:Author"] == "no"


def test_a_published_name_moves_by_the_overlay_alone() -> None:
    """Two branches published one name each; after their merge one has to go, and somebody says which."""
    document = with_property("fooBar", {"type": "string"})
    document["schemas"]["Book"]["properties"]["foo_bar"] = {"type": "string"}
    merged = Lock(names={"field:Book.fooBar": "foo_bar", "field:Book.foo_bar": "foo_bar"})
    with pytest.raises(SpecError, match="'foo_bar' has to move: another has this name") as caught:
        output(document, before=merged)
    [problem] = caught.value.problems
    assert problem.stub == ("[names]", '"field:Book.foo_bar" = "foo_bar_"')
    assert str(problem).endswith('\n    [names]\n    "field:Book.foo_bar" = "foo_bar_"')
    moved = output(document, "\n".join(problem.stub), before=merged)
    assert moved.lock.names["field:Book.foo_bar"] == "foo_bar_"
    assert [str(each) for each in moved.warnings] == [
        "groundwire.lock#/names/field:Book.foo_bar: foo_bar is foo_bar_ by the overlay's word"
    ]


RENAMES = {
    "message:Book": "Novel",
    "field:Book.pages": "leaves",
    "method:bookshop.books.get": "fetch",
    "parameter:bookshop.books.get#name": "title",
    "class:books": "Shelf",
    "constant:bookshop.books.get": "FETCH",
    "resource:books": "shelf",
}


@pytest.mark.parametrize(("key", "name"), RENAMES.items())
def test_the_overlay_renames_what_is_published(key: str, name: str, load: Load) -> None:
    first = output(bookshop())
    assert first.lock.names[key] != name
    renamed = output(bookshop(), f'[names]\n"{key}" = "{name}"\n', before=first.lock)
    assert dict(renamed.lock.names) == {**first.lock.names, key: name}
    load(renamed.files)


def test_the_name_of_a_rule_moves_what_is_published() -> None:
    first = output(bookshop())
    rules = """
    [messages.Book.fields.pages]
    name = "leaves"
    [methods."bookshop.books.get"]
    name = "fetch"
    [methods."bookshop.books.get".parameters.name]
    name = "title"
    """
    names = output(bookshop(), rules, before=first.lock).lock.names
    wanted = {
        "field:Book.pages": "leaves",
        "method:bookshop.books.get": "fetch",
        "parameter:bookshop.books.get#name": "title",
    }
    assert dict(names) == {**first.lock.names, **wanted}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('"field:Book.nope" = "x"', "overlay#/names/field:Book.nope: the rule matches nothing: nothing is"),
        ('"field:Book.pages" = "A B"', "'A B' cannot be the name of 'field:Book.pages'"),
        ('"field:Book.pages" = "import"', "'import' cannot be the name of"),
        ('"field:Book.pages" = 5', "expected a string"),
        ('"field:Book.pages" = "name"', "overlay#/names/field:Book.pages: 'name' has to move"),
        (
            '"field:Book.pages" = "self"',
            "overlay#/names/field:Book.pages: generated code needs the name 'self'",
        ),
    ],
)
def test_a_name_of_the_overlay_that_cannot_be_is_refused(line: str, words: str) -> None:
    with pytest.raises(SpecError) as caught:
        output(bookshop(), f'[names]\n{line}\n"field:Book.name" = "name"\n')
    assert words in str(caught.value)


NAMES = {
    "message:A": ["A_b", "a", "_A", "__class__", "\u00c4", "A; import os", "", "A b", "True"],
    "enum:A": ["A_b", "a"],
    "class:a/b": ["A_b", "a"],
    "variant:A.b": ["a", "A__", "None"],
    "field:A.b": ["B", "_b", "__slots__", "class", "\ufb01", "a.b"],
    "method:a.b": ["B", "_client", "__init__", "import"],
    "parameter:a.b#c": ["B", "_c", "lambda"],
    "resource:a": ["A", "_client", "__dict__"],
    "constant:a.b": ["a", "_A", "None"],
    "value:A.b.C": ["mro", "_missing_", "a", "_IGNORE_"],
    "family:A": ["maybe", ""],
    "other:A": ["A"],
    "A": ["A"],
}


@pytest.mark.parametrize(("key", "name"), [(key, name) for key, names in NAMES.items() for name in names])
def test_a_name_that_the_allocator_would_not_give_is_refused(key: str, name: str) -> None:
    with pytest.raises(SpecError, match="is not a name") as caught:
        read_lock(Lock(names={key: name}).text())
    assert str(caught.value).startswith(f"{FILE}#/names/{escape(key)}: ")


RESERVED = {
    "message:Book": "Message",
    "enum:Book.genre": "StrEnum",
    "field:Book.pages": "unknown_fields",
    "method:bookshop.books.get": "messages",
    "parameter:bookshop.books.get#name": "options",
    "resource:books": "close",
    "class:books": "BaseClient",
    "constant:bookshop.books.get": "CODECS",
    "value:Book.genre.POETRY": "MRO",
}


@pytest.mark.parametrize(("key", "name"), RESERVED.items())
def test_a_name_that_generated_code_needs_is_refused(key: str, name: str) -> None:
    before = Lock(names={key: name})
    with pytest.raises(SpecError) as caught:
        output(bookshop(), before=before)
    [problem] = caught.value.problems
    assert str(problem).startswith(
        f"{FILE}#/names/{escape(key)}: generated code needs the name {name!r} itself"
    )


def test_every_name_of_a_client_can_be_read_again() -> None:
    for case in CASES:
        lock = generate(case_inputs(case)).lock
        assert read_lock(lock.text()) == lock


def test_a_message_does_not_take_the_name_of_a_published_variant(load: Load) -> None:
    document = bookshop()
    overlay = '[messages.Author.unions.kind]\nmembers = ["name"]\n[messages.Author]\nfamily = false\n'
    first = output(document, overlay)
    assert first.lock.names["variant:Author.name"] == "Name"
    document["schemas"]["Name"] = {"id": "Name", "type": "object", "properties": {"a": {"type": "string"}}}
    document["schemas"]["Author"]["properties"]["full"] = {"$ref": "Name"}
    second = output(document, overlay, before=first.lock)
    assert (second.lock.names["variant:Author.name"], second.lock.names["message:Name"]) == ("Name", "Name2")
    package = load(second.files)
    author = package.Author(kind=package.Author.Name("S"), full=package.Name2(a="b"))
    assert package.decode(package.Author, package.encode(author)) == author


PUBLISHED = Path(__file__).parent / "published"
"""A lock and the manifest of a vendored copy, written before locks kept decisions."""


@pytest.mark.parametrize("name", ["client.lock", "copy.lock"])
def test_names_of_a_lock_without_decisions_stay(name: str) -> None:
    before = read_lock((PUBLISHED / name).read_text("utf-8"))
    assert (bool(before.names), before.decisions, bool(before.vendored)) == (True, {}, name == "copy.lock")
    found = generate(earth_engine(), before)
    assert found.lock.names == before.names
    assert {**found.lock.decisions, "inline": "parent"} == generate(earth_engine()).lock.decisions
    assert [str(each) for each in found.warnings if each.source == FILE] == []


def move(*required: str, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """A bookshop whose only method takes these arguments."""
    document = bookshop()
    method = document["resources"]["books"]["methods"]["get"]
    text = {"type": "string", "location": "query"}
    method["parameters"] |= {
        **{wire: {**text, "required": True} for wire in required},
        **dict.fromkeys(optional, text),
    }
    method["parameterOrder"] = [*required, "name"]
    return document


def arguments(found: Output) -> list[str]:
    """The positional arguments of the stub, in order."""
    text = found.files["client.py"].partition("def get(")[2].partition("->")[0]
    return re.findall(r"(\w+): str[,)\n]", text)


def test_arguments_keep_their_places_when_a_document_changes_them() -> None:
    first = output(move("source", "target"))
    assert arguments(first) == ["source", "target", "name"]
    assert arguments(output(move("target", "source"))) == ["target", "source", "name"]
    again = output(move("target", "added", "source"), before=first.lock)
    assert arguments(again) == ["source", "target", "name", "added"]
    assert again.warnings == ()
    less = output(move("target"), before=first.lock)
    assert arguments(less) == ["target", "name"]
    assert "/decisions/arguments:bookshop.books.get: was source target name, is target name" in "".join(
        map(str, less.warnings)
    )


def test_a_body_that_could_be_left_out_still_can_be(load: Load) -> None:
    document = bookshop()
    document["schemas"]["Book"]["properties"] |= {"note": {"$ref": "Ping"}}
    document["schemas"]["Ping"] = {"id": "Ping", "type": "object", "properties": {}}
    document["resources"]["books"]["methods"]["get"] |= {"httpMethod": "POST", "request": {"$ref": "Ping"}}
    first = output(document)
    document["schemas"]["Ping"]["properties"] = {"text": {"type": "string"}}
    assert "request: messages.Ping | None = None" not in output(document).files["client.py"]
    assert "request: messages.Ping | None = None" in output(document, before=first.lock).files["client.py"]


def paged(*, token: bool = True, more: bool = False) -> dict[str, Any]:
    """A bookshop whose method answers with a list of books."""
    document = bookshop()
    books = {"type": "array", "items": {"$ref": "Book"}}
    document["schemas"]["Page"] = {
        "id": "Page",
        "type": "object",
        "properties": {
            "found": books,
            **({"nextPageToken": {"type": "string"}} if token else {}),
            **({"others": books} if more else {}),
        },
    }
    method = document["resources"]["books"]["methods"]["get"]
    method["response"] = {"$ref": "Page"}
    method["parameters"]["pageToken"] = {"type": "string", "location": "query"}
    return document


def test_a_method_stays_a_pager_or_none() -> None:
    pager = "-> Pager[messages.Book, messages.Page]"
    one, many = output(paged(token=False)), output(paged())
    assert pager not in one.files["client.py"]
    assert pager in many.files["client.py"]
    assert pager not in output(paged(), before=one.lock).files["client.py"]
    assert pager not in output(paged(more=True)).files["client.py"]
    assert pager in output(paged(more=True), before=many.lock).files["client.py"]
    lost = output(paged(token=False), before=many.lock)
    assert "/decisions/pager:bookshop.books.get: was found, is -" in "".join(map(str, lost.warnings))


def operations(*ids: str) -> dict[str, Any]:
    """A bookshop whose operations are read by these methods."""
    document = bookshop()
    document["schemas"] |= {
        "Status": {"id": "Status", "type": "object", "properties": {"code": {"type": "integer"}}},
        "Operation": {
            "id": "Operation",
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "done": {"type": "boolean"},
                "error": {"$ref": "Status"},
                "response": {"type": "object", "additionalProperties": {"type": "any"}},
                "metadata": {"type": "object", "additionalProperties": {"type": "any"}},
            },
        },
    }
    name = {"type": "string", "location": "path", "required": True}
    document["resources"]["books"]["methods"] |= {
        id_: {
            "id": f"bookshop.books.{id_}",
            "path": f"v1/{id_}/{{+name}}",
            "httpMethod": "GET",
            "parameters": {"name": name},
            "response": {"$ref": "Operation"},
        }
        for id_ in ids
    }
    return document


def test_operations_are_polled_by_the_method_that_did_so_first() -> None:
    def poll(found: Output) -> str:
        [name] = re.findall(r"OPERATION\.wait\(\s*self,\s*\[(\w+)", found.files["client.py"])
        return str(name)

    first = output(operations("poll"))
    assert poll(first) == "BOOKS_POLL"
    assert poll(output(operations("look", "poll"))) == "BOOKS_LOOK"
    assert poll(output(operations("look", "poll"), before=first.lock)) == "BOOKS_POLL"
    lost = output(operations("look"), before=first.lock)
    assert poll(lost) == "BOOKS_LOOK"
    assert "/decisions/polls:Operation: was bookshop.books.poll, is bookshop.books.look" in "".join(
        map(str, lost.warnings)
    )


def test_a_lock_that_is_older_than_decisions_beside_another_document_is_a_warning() -> None:
    first = output(move("source", "target")).lock
    older = evolve(first, decisions={})
    assert output(move("source", "target"), before=older).warnings == ()
    [warning] = output(move("target", "source"), before=older).warnings
    assert str(warning).startswith("groundwire.lock#/decisions: it is older than the decisions")
