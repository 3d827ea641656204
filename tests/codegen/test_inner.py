"""Inline classes under the message that they stand in."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from attrs import evolve
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.pipeline import generate

from tests.codegen.conftest import Load
from tests.codegen.documents import bookshop, encoded
from tests.codegen.packages import files, output

SHELF = {"type": "object", "properties": {"level": {"type": "integer"}}}


def shop(**properties: Any) -> dict[str, Any]:
    document = bookshop()
    document["schemas"]["Book"]["properties"] |= properties
    return document


def names(cls: type) -> set[str]:
    """Return the short names under a class."""
    return {each for each in dir(cls) if each[:1].isupper()}


def test_inline_classes_have_short_names_under_their_message(load: Load) -> None:
    nested = {"type": "object", "properties": {"deep": SHELF}}
    document = shop(
        rows={"type": "array", "items": SHELF},
        shelf=nested,
        tags={"additionalProperties": SHELF, "type": "object"},
    )
    package = load(files(document))
    assert names(package.Book) == {"Genre", "RowsItem", "Shelf", "TagsValue"}
    assert package.Book.RowsItem is package.BookRowsItem
    assert package.Book.Shelf.Deep is package.BookShelfDeep
    book = package.Book(rows=[package.Book.RowsItem(level=1)], genre=package.Book.Genre.PROSE)
    assert pickle.loads(pickle.dumps(book)) == book  # noqa: S301 - our own
    assert package.CODECS.decode(package.Book, package.CODECS.encode(book)) == book


def test_they_are_there_in_a_large_client_too(load: Load) -> None:
    inputs = Inputs(name="d.json", document=encoded(shop(rows=SHELF)), package="large_shop", large_above=2)
    package = load(dict(generate(inputs).files))
    assert package.Book.Rows is package.BookRows
    assert package.Book.Genre is package.BookGenre


def test_they_hide_no_other_class_and_no_builtin(load: Load) -> None:
    text = {"type": "string", "enum": ["x"]}
    document = shop(
        author=SHELF, authors={"type": "array", "items": {"$ref": "Author"}}, str=SHELF, status=text
    )
    document["schemas"]["Status"] = {"id": "Status", "type": "object"}
    package = load(files(document))
    assert package.Book.Author is package.BookAuthor
    assert package.Status is not package.Book.Status
    [author] = package.CODECS.decode(package.Book, b'{"authors": [{"name": "x"}]}').authors
    assert type(author) is package.Author


@pytest.mark.parametrize("wire", ["none", "true"])
def test_a_keyword_is_no_name(wire: str, load: Load) -> None:
    assert names(load(files(shop(**{wire: SHELF}))).Book) == {"Genre"}


def test_two_of_one_name_have_none(load: Load) -> None:
    package = load(files(shop(fooBar=SHELF, foo_bar=SHELF)))
    assert names(package.Book) == {"Genre"}


def test_a_module_whose_short_names_are_all_taken_imports_nothing_for_them() -> None:
    # Two properties of one short name: neither has it.
    document = shop(a_b=SHELF, aB=SHELF)
    del document["schemas"]["Book"]["properties"]["genre"]
    inputs = Inputs(name="d.json", document=encoded(document), package="large_shop", large_above=0)
    modules = {path: text for path, text in generate(inputs).files.items() if path.startswith("messages/")}
    assert any("class BookAB" in text for text in modules.values())
    for text in modules.values():
        head, _, rest = text.partition("__all__")
        assert ("TypeAlias" in head) == ("TypeAlias" in rest)


def test_a_member_of_a_union_keeps_its_name(load: Load) -> None:
    overlay = '[messages.Book.unions.what]\nmembers = ["genre", "name"]'
    package = load(files(shop(), overlay))
    assert package.Book.Genre is not package.BookGenre
    assert package.Book(what=package.Book.Genre(package.BookGenre.PROSE)).what is not None


def test_a_name_depends_on_nothing_else_of_the_document() -> None:
    before = output(shop(rows=SHELF)).files["messages.py"]
    document = shop(rows=SHELF)
    document["schemas"] |= {
        "Rows": {"id": "Rows", "type": "object"},
        "Cover": {"id": "Cover", "type": "object", "properties": {"rows": SHELF}},
    }
    after = output(document).files["messages.py"]
    for text in (before, after):
        assert (
            "class _TypesOfBook:\n    __slots__ = ()\n    Genre: TypeAlias = BookGenre\n    Rows: TypeAlias = BookRows\n"
            in text
        )


def test_a_client_that_was_published_without_them_stays_as_it_is() -> None:
    inputs = Inputs(name="d.json", document=encoded(shop(rows=SHELF)), package="shop")
    new = generate(inputs)
    assert new.lock.decisions["inline"] == "parent"
    old = evolve(
        new.lock, decisions={key: each for key, each in new.lock.decisions.items() if key != "inline"}
    )
    again = generate(inputs, old)
    assert "_TypesOfBook" not in again.files["messages.py"]
    assert again.lock.decisions == old.decisions
    assert generate(inputs, new.lock).files == new.files
