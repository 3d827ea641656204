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


def test_a_name_of_a_list_and_a_text_change_places_before_a_checker() -> None:
    names = {**STRING, "enum": ["A", "B"], "location": "path", "required": True}
    swapped = put(*on("move", "parameterOrder"), value=["target", "source", "count"])
    assert rules(put(*MOVED, "source", value=names), swapped) == ["parameter.order"]
    assert rules(nothing, swapped) == ["parameter.order-silent"]


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
