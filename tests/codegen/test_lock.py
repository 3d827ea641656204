"""Names that `groundwire.lock` holds stay, whatever joins the document around them."""

from __future__ import annotations

import copy

import pytest
from groundwire_codegen.reader import read_lowered

from tests.codegen.conftest import Load
from tests.codegen.documents import bookshop, encoded, with_property
from tests.codegen.packages import output


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


@pytest.mark.parametrize("wire", ["fooBar", "foo_bar"])
def test_two_names_of_a_lock_that_collide_are_told_apart(wire: str) -> None:
    document = with_property("fooBar", {"type": "string"})
    document["schemas"]["Book"]["properties"]["foo_bar"] = {"type": "string"}
    merged = {"field:Book.fooBar": "foo_bar", "field:Book.foo_bar": "foo_bar"}
    names = read_lowered(encoded(document), published=merged).published
    assert {names["field:Book.fooBar"], names["field:Book.foo_bar"]} == {"foo_bar", "foo_bar_"}
