"""A document is data: whatever it says is refused with a place, or becomes text that does nothing."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any

import pytest
from groundwire_codegen.lower.limits import MAX_FIELDS, MAX_MESSAGES, MAX_NAMES
from groundwire_codegen.lower.naming import allocate
from groundwire_codegen.problem import SpecError

from tests.codegen.conftest import Load
from tests.codegen.documents import bookshop, with_property
from tests.codegen.packages import files
from tests.hostile.canary import skeleton
from tests.hostile.payloads import NAMES, PROSE

pytestmark = pytest.mark.usefixtures("nothing_runs")


@pytest.mark.parametrize("text", PROSE.values(), ids=PROSE)
def test_prose_changes_no_code(text: str, load: Load) -> None:
    def described(words: str) -> dict[str, Any]:
        document = with_property("note", {"type": "string", "description": words})
        book = document["schemas"]["Book"]
        book["description"] = words
        book["properties"]["genre"]["enumDescriptions"] = [words] * 3
        get = document["resources"]["books"]["methods"]["get"]
        get["description"] = words
        get["parameters"]["name"]["description"] = words
        return {**document, "title": words, "version": words, "description": words}

    hostile = files(described(text))
    assert skeleton(hostile) == skeleton(files(described("Plain.")))
    for source in hostile.values():
        assert all(character.isprintable() or character == "\n" for character in source)
    assert load(hostile).Book(note="kept").note == "kept"


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_property_name_is_kept_on_the_wire_only(name: str, load: Load) -> None:
    package = load(files(with_property(name, {"type": "string"})))
    value = {"name": "b", name: "kept"}
    book = package.decode(package.Book, json.dumps(value).encode())
    assert not book.unknown_fields
    assert json.loads(package.encode(book)) == value


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_enum_value_is_a_literal(name: str, load: Load) -> None:
    schema = {"type": "string", "enum": ["FIRST", name, "LAST"]}
    package = load(files(with_property("rank", schema)))
    assert [member.value for member in package.BookRank] == ["FIRST", name, "LAST"]
    book = package.decode(package.Book, json.dumps({"rank": name}).encode())
    assert isinstance(book.rank, package.BookRank)


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_query_parameter_is_a_literal(name: str, load: Load) -> None:
    document = bookshop()
    parameters = document["resources"]["books"]["methods"]["list"]["parameters"]
    parameters[name] = {"type": "string", "location": "query", "enum": [name], "default": name}
    try:
        package = load(files(document))
    except SpecError as error:
        assert "/parameters/" in str(error)
        return
    constant = package.client.METHODS["bookshop.books.list"]
    assert [each.values for each in constant.parameters if each.name == name] == [(name,)]


@pytest.mark.parametrize(
    "name", ["None", "True", "CON", "con", "Any", "Message", "Client", "CODECS", "Exception"]
)
def test_schema_id_that_python_or_a_file_system_owns(name: str, load: Load) -> None:
    document = with_property("x", {"$ref": name})
    document["schemas"][name] = {"id": name, "type": "object", "properties": {"a": {"type": "string"}}}
    package = load(files(document))
    assert json.loads(package.encode(package.decode(package.Book, b'{"x": {"a": "1"}}'))) == {"x": {"a": "1"}}
    assert package.Client is package.client.Client


def test_a_cycle_of_references_ends(load: Load) -> None:
    document = with_property("left", {"$ref": "Leaf"})
    document["schemas"]["Leaf"] = {"id": "Leaf", "type": "object", "properties": {"book": {"$ref": "Book"}}}
    package = load(files(document))
    data = b'{"left": {"book": {"left": {}}}}'
    assert json.loads(package.encode(package.decode(package.Book, data))) == json.loads(data)


def test_a_document_without_messages(load: Load) -> None:
    method = {"id": "bookshop.ping", "httpMethod": "GET", "path": "v1/ping"}
    package = load(files({**bookshop(), "schemas": {}, "resources": {}, "methods": {"ping": method}}))
    assert list(package.Client.ping.__annotations__) == ["options", "return"]
    assert package.client.METHODS.keys() == {"bookshop.ping"}


def test_names_that_are_alike_by_the_thousand_take_no_time() -> None:
    spellings = map("".join, itertools.product(*["aA"] * 15))
    wanted = {str(number): name for number, name in enumerate(itertools.islice(spellings, 20_000))}
    for folded in (True, False):
        alike = wanted if folded else dict.fromkeys(wanted, "a")
        started = time.perf_counter()
        assert len(set(allocate(alike, {}, folded=folded).values())) == len(wanted)
        assert time.perf_counter() - started < 5


def test_more_messages_than_anybody_has() -> None:
    document = bookshop()
    for number in range(MAX_MESSAGES + 1):
        document["schemas"][f"S{number}"] = {
            "id": "S",
            "type": "object",
            "properties": {"a": {"type": "string"}},
        }
        document["schemas"]["Book"]["properties"][f"s{number}"] = {"$ref": f"S{number}"}
    with pytest.raises(SpecError, match=f"#/schemas: the wanted methods reach more than {MAX_MESSAGES}"):
        files(document)


def test_more_fields_than_anybody_has() -> None:
    document = bookshop()
    many = {f"f{number}": {"type": "string"} for number in range(MAX_FIELDS // 4)}
    for number in range(4):
        document["schemas"][f"S{number}"] = {"id": f"S{number}", "type": "object", "properties": many}
        document["schemas"]["Book"]["properties"][f"s{number}"] = {"$ref": f"S{number}"}
    with pytest.raises(SpecError, match=f"#/schemas: the wanted methods reach more than {MAX_FIELDS} fields"):
        files(document)


@pytest.mark.parametrize("place", ["enum", "parameters"])
def test_more_names_than_anybody_has(place: str) -> None:
    document = bookshop()
    names = [f"N{number}" for number in range(MAX_NAMES)]
    if place == "enum":
        document["schemas"]["Book"]["properties"]["genre"] = {"type": "string", "enum": names}
    else:
        parameters = document["resources"]["books"]["methods"]["get"]["parameters"]
        parameters.update({name: {"type": "string", "location": "query"} for name in names})
    with pytest.raises(SpecError, match=f"more than {MAX_NAMES} parameters and names of enums"):
        files(document)


@pytest.mark.parametrize(
    "revision",
    ["2026\n# Heading", "<img src=x>", "@somebody", "a" * 65, "2026 01 01", "20260101\u0660", "#1"],
)
def test_a_revision_has_a_shape(revision: str) -> None:
    with pytest.raises(SpecError, match=r"#/revision: .* is no revision"):
        files({**bookshop(), "revision": revision})


@pytest.mark.parametrize("revision", ["", "20260101", "v1.2-rc.3", "a" * 64])
def test_a_revision_of_the_shape_is_taken(revision: str) -> None:
    assert files({**bookshop(), "revision": revision})


def test_a_thousand_repeated_keys_are_searched_for_twenty_times() -> None:
    pairs = ", ".join(f'"k{number}": 1, "k{number}": 2' for number in range(1_000))
    with pytest.raises(SpecError) as caught:
        files(f"{{{pairs}}}".encode())
    assert len(caught.value.problems) == 20


def test_a_key_of_an_overlay_that_has_no_end() -> None:
    with pytest.raises(SpecError, match="a line of more than 20000 bytes"):
        files(bookshop(), "a." * 20_000 + "a = 1")


def test_a_long_chain_of_references_ends() -> None:
    document = with_property("next", {"$ref": "N0"})
    for number in range(350):
        properties = {"next": {"$ref": f"N{number + 1}"}} if number < 349 else {}
        document["schemas"][f"N{number}"] = {"id": f"N{number}", "type": "object", "properties": properties}
    assert "class N349(Message)" in files(document)["messages/_n349.py"]
