"""The overlay beside a document that moves: what changed under a rule is said until somebody looked at the rule."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from groundwire_codegen.lock import read_lock
from groundwire_codegen.pipeline import Output
from groundwire_codegen.problem import SpecError

from tests.codegen.documents import bookshop
from tests.codegen.packages import output

OVERLAY = """
[messages.Author.unions.kind]
members = ["name", "id"]
[messages.Author.fields.name]
doc = "Its name."
max_length = 9
[messages.Book.fields.tags]
doc = "Words."
[methods."bookshop.books.get"]
doc = "Read one."
[methods."bookshop.books.list".parameters.pageSize]
doc = "Most books of a page."
"""


def document() -> dict[str, Any]:
    found = bookshop()
    found["schemas"]["Author"]["properties"]["id"] = {"type": "string"}
    found["schemas"]["Book"]["properties"]["tags"] = {
        "type": "array",
        "items": {"type": "string", "enum": ["NEW"], "enumDescriptions": ["Unread."]},
        "description": "Tags.",
    }
    return found


FIRST = output(document(), OVERLAY)
BEFORE = FIRST.lock


def after(change: dict[str, dict[str, Any]], overlay: str = OVERLAY) -> Output:
    """What generating gives when properties of schemas (or parameters of the list method) become others."""
    found = document()
    for place, properties in change.items():
        if place == "list":
            found["resources"]["books"]["methods"]["list"]["parameters"].update(properties)
        elif place == "get":
            found["resources"]["books"]["methods"]["get"].update(properties)
        else:
            found["schemas"][place]["properties"].update(properties)
    found["revision"] = "20260202"
    return output(found, overlay, before=BEFORE)


TAGS = document()["schemas"]["Book"]["properties"]["tags"]
CHANGES = {
    "the union may have a new member": (
        {"Author": {"alias": {"type": "string"}}},
        "overlay#/messages/Author: the message gained 'alias', which may belong to a union",
        ("[messages.Author.fields.alias]", "doc = ''  # or a union's member"),
    ),
    "the type": (
        {"Author": {"name": {"type": "string", "format": "google-datetime"}}},
        None,
        (),
    ),
    "the type of an item": (
        {"Book": {"tags": {"type": "array", "items": {"type": "boolean"}, "description": "Tags."}}},
        (
            "overlay#/messages/Book/fields/tags: the document changed its type ([string] by then, [boolean] now) and its"
            " values or limits and its description under this rule"
        ),
        ("[messages.Book.fields.tags]", 'reviewed = "20260202"'),
    ),
    "the values": (
        {"Book": {"tags": {**TAGS, "items": {**TAGS["items"], "enum": ["NEW", "OLD"]}}}},
        "overlay#/messages/Book/fields/tags: the document changed its values or limits under this rule",
        ("[messages.Book.fields.tags]", 'reviewed = "20260202"'),
    ),
    "the words of a value": (
        {"Book": {"tags": {**TAGS, "items": {**TAGS["items"], "enumDescriptions": ["Unsold."]}}}},
        "overlay#/messages/Book/fields/tags: the document changed its description under this rule",
        ("[messages.Book.fields.tags]", 'reviewed = "20260202"'),
    ),
    "the words": (
        {"Book": {"tags": {**TAGS, "description": "Labels."}}},
        "overlay#/messages/Book/fields/tags: the document changed its description under this rule",
        ("[messages.Book.fields.tags]", 'reviewed = "20260202"'),
    ),
    "a method": (
        {"get": {"description": "Buys the book."}},
        "overlay#/methods/bookshop.books.get: the document changed its description under this rule",
        ('[methods."bookshop.books.get"]', 'reviewed = "20260202"'),
    ),
    "a parameter": (
        {"list": {"pageSize": {"type": "string", "format": "int64", "location": "query"}}},
        (
            "overlay#/methods/bookshop.books.list/parameters/pageSize: the document changed its type"
            " (integer/int32 by then, string/int64 now) under this rule"
        ),
        ('[methods."bookshop.books.list".parameters.pageSize]', 'reviewed = "20260202"'),
    ),
}
DRIFTS = {name: case for name, case in CHANGES.items() if case[1] is not None}


def test_nothing_drifts_where_nothing_changed() -> None:
    assert FIRST.drift == ()
    assert output(document(), OVERLAY, before=BEFORE).lock == BEFORE
    assert after({"Book": {"other": {"type": "string"}}}).drift == ()
    assert read_lock(BEFORE.text()) == BEFORE
    assert BEFORE.reviewed["messages/Author/fields/name"].startswith("type:string ")


@pytest.mark.parametrize("name", DRIFTS)
def test_what_changed_under_a_rule_is_said_with_the_lines_to_paste(name: str) -> None:
    change, words, stub = DRIFTS[name]
    changed = after(change)
    [problem] = changed.drift
    assert str(problem).startswith(f"{words} (change the rule, or say in it that it still holds)\n    [")
    assert problem.stub == stub
    assert problem in changed.warnings
    assert changed.lock.awaits_review


@pytest.mark.parametrize("name", DRIFTS)
def test_it_is_said_until_the_rule_was_looked_at(name: str) -> None:
    change, _, stub = DRIFTS[name]
    changed = after(change)
    found = document()
    again = after(change)
    assert again.lock.reviewed == changed.lock.reviewed
    # The lines as they are pasted: into the table where it is, else as a table of their own.
    head, line = stub
    pasted = (
        OVERLAY.replace(f"{head}\n", f"{head}\n{line}\n") if head in OVERLAY else f"{OVERLAY}{head}\n{line}\n"
    )
    settled = after(change, pasted)
    assert settled.drift == ()
    assert not settled.lock.awaits_review
    # A document that goes back to what it was has nothing to look at either.
    assert output(found, OVERLAY, before=changed.lock).drift == ()


def test_a_rule_that_no_longer_fits_its_type_is_refused_at_once() -> None:
    with pytest.raises(SpecError, match="max_length: the field is not a text"):
        after(CHANGES["the type"][0])


def test_a_lock_of_before_reviews_takes_the_document_as_reviewed() -> None:
    old = attrs.evolve(BEFORE, reviewed={})
    assert "reviewed" not in old.text()
    found = output(document(), OVERLAY, before=read_lock(old.text()))
    assert (found.drift, found.lock) == ((), BEFORE)


@pytest.mark.parametrize("mark", ["", "->", " -> ", "rule:", ":::", "fields", "rule:0 -> \u202e"])
def test_a_mark_that_says_nothing_counts_as_none(mark: str) -> None:
    before = attrs.evolve(BEFORE, reviewed=dict.fromkeys(BEFORE.reviewed, mark))
    assert output(document(), OVERLAY, before=before).lock == BEFORE
