"""Verdicts at the edges of a rule, where a neighbour's holds."""

from __future__ import annotations

from typing import Any

import pytest
from groundwire_codegen.diff import Given, compare, read_sides
from groundwire_codegen.problem import SpecError

from tests.codegen.diff.proofs.proof import INT32, QUERY, STRING, Edit, of, on, put
from tests.codegen.diff.shop import OVERLAY, shop
from tests.codegen.documents import encoded

MOVED = on("move", "parameters")
DATE = {**STRING, "format": "date"}


def nothing(_: dict[str, Any]) -> None:
    """An edit that changes nothing."""


def rules(before: Edit, after: Edit, overlay: str = OVERLAY) -> list[str]:
    old, new = shop(), shop()
    before(old)
    before(new)
    after(new)
    sides = read_sides(
        Given(name="old", document=encoded(old), overlay=OVERLAY.encode()),
        Given(name="new", document=encoded(new), overlay=overlay.encode()),
    )
    return [change.rule.id for change in compare(sides.old, sides.new).changes]


SEARCH = on("search", "parameters")


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("", '"always"', [("by the verb", "always")]),
        ('"always"', '"never"', [("always", "never")]),
        ('"never"', "", [("never", "by the verb")]),
        ("", '{ when = ["body.text"] }', [("by the verb", "when body.text is set")]),
        (
            '{ when = ["body.text"] }',
            '{ when = ["pageToken", "body.text"] }',
            [("when body.text is set", "when body.text or pageToken is set")],
        ),
        ('{ when = ["pageToken", "body.text"] }', '{ when = ["body.text", "pageToken"] }', []),
        ('{ when = ["pageToken"] }', '{ when = ["pageToken"] }', []),
    ],
)
def test_a_fact_of_idempotency_that_changes_is_told(
    old: str, new: str, changes: list[tuple[str, str]]
) -> None:
    documents = [encoded(shop())] * 2
    found = changed(documents, [idempotent(old), idempotent(new)])
    assert found == [("method.idempotency", *change) for change in changes]


def test_a_precondition_that_only_one_document_has_counts_there_alone() -> None:
    bare, guarded, bodied = shop(), shop(), shop()
    put(*SEARCH, "ifMatch", value=QUERY)(guarded)
    put(*of("Search", "etag"), value=STRING)(bodied)
    overlays = [idempotent('{ when = ["ifMatch", "body.text"] }')] * 2
    told = ("method.idempotency", "when body.text is set", "when body.text or ifMatch is set")
    assert told in changed([encoded(bare), encoded(guarded)], overlays)
    overlays = [idempotent('{ when = ["body.etag"] }')] * 2
    told = ("method.idempotency", "when body.etag is set", "by the verb")
    assert told in changed([encoded(bodied), encoded(bare)], overlays)
    with pytest.raises(SpecError, match="Search has no field 'etag'"):
        changed([encoded(bare), encoded(guarded)], overlays)


def idempotent(text: str) -> bytes:
    """The overlay with a fact of the search."""
    return f'{OVERLAY}\n[methods."shop.orders.search"]\n{f"idempotent = {text}" if text else ""}\n'.encode()


def changed(documents: list[bytes], overlays: list[bytes]) -> list[tuple[str, str, str]]:
    """Changes with what stood and stands there, the worst first."""
    sides = read_sides(
        *(
            Given(name="shop", document=document, overlay=overlay)
            for document, overlay in zip(documents, overlays, strict=True)
        )
    )
    return [(each.rule.id, each.old, each.new) for each in compare(sides.old, sides.new).changes]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("9223372036854775807", "9223372036854775806", "parameter.tightened"),
        ("9223372036854775806", "9223372036854775807", "parameter.loosened"),
    ],
)
def test_bounds_of_64_bits_are_compared_exactly(old: str, new: str, rule: str) -> None:
    maximum = on("get", "parameters", "limit", "maximum")
    assert rules(put(*maximum, value=old), put(*maximum, value=new)) == [rule]


@pytest.mark.parametrize(
    ("default", "rule"),
    [("default = 4", "field.default"), ("default = 16", "field.default-divides"), ("", "field.default")],
)
def test_a_default_that_divides_all_that_the_old_one_divided_refuses_nothing(default: str, rule: str) -> None:
    assert rules(nothing, nothing, OVERLAY.replace("default = 8", default)) == [rule]


def test_a_text_that_only_the_service_reads_is_refused_by_nobody_here() -> None:
    note = of("Order", "note")
    assert rules(nothing, put(*note, value=DATE)) == ["field.form"]
    region = on("get", "parameters", "region")
    assert rules(nothing, put(*region, value={**QUERY, "format": "date"})) == ["parameter.form"]


def test_a_whole_number_that_json_quotes_is_sent_otherwise() -> None:
    small, large = {**INT32, "format": "uint32"}, {**STRING, "format": "uint64"}
    for message, rule in (("Order", "field.form"), ("Receipt", "field.widened")):
        count = of(message, "count")
        assert rules(put(*count, value=small), put(*count, value=large)) == [rule]


def test_an_object_is_never_taken_for_a_wrapper() -> None:
    """Else a free object would be refused once the overlay says that the field may be wrapped."""
    free = put(*of("Receipt", "total"), value={"type": "any"})
    with pytest.raises(SpecError, match="neither a scalar nor an enum"):
        rules(free, nothing)
