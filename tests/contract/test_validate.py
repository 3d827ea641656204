from __future__ import annotations

import math
from typing import Any

import pytest
from groundwire_contract.contract import load
from groundwire_contract.validate.faults import MOST
from groundwire_contract.validate.values import MAX_NESTED, validate

from .bookshop import record

JSON = "Invalid JSON payload received. "
TYPE = "type.googleapis.com/google.bookshop.v2."


def messages(body: dict[str, Any], name: str = "Book") -> list[str]:
    return [fault.message for fault in validate(record(name), body).faults]


def paths(body: dict[str, Any]) -> list[str]:
    return [fault.path for fault in validate(record("Book"), body).faults]


def value(body: dict[str, Any], name: str = "Book") -> dict[str, Any]:
    found = validate(record(name), body)
    assert found.faults == ()
    return found.value


def test_unknown_names_are_listed_at_once_in_body_order() -> None:
    body = {"zebra": 1, "name": "x", "authors": [{"fullName": "A"}, {"born": 1, "died": 2}], "apple": None}
    assert messages(body) == [
        f'{JSON}Unknown name "zebra": Cannot find field.',
        f"{JSON}Unknown name \"born\" at 'authors[1]': Cannot find field.",
        f"{JSON}Unknown name \"died\" at 'authors[1]': Cannot find field.",
        f'{JSON}Unknown name "apple": Cannot find field.',
    ]
    assert paths(body) == ["", "authors[1]", "authors[1]", ""]


def test_paths_go_through_messages_and_maps_by_proto_names() -> None:
    body = {"sequel": {"editions": {"first": {}, "second": {"pageCount": "x"}}}}
    assert messages(body) == ["Invalid value at 'sequel.editions[1].value.page_count' (TYPE_INT32), \"x\""]


def test_both_spellings_are_taken_exact_case() -> None:
    assert value({"pageCount": 3, "in_print": True}) == {"pageCount": 3, "inPrint": True}
    assert messages({"PageCount": 3}) == [f'{JSON}Unknown name "PageCount": Cannot find field.']


def test_both_spellings_at_once_are_refused() -> None:
    assert len(messages({"pageCount": 3, "page_count": 3})) == 1


def test_null_is_unset_and_does_not_occupy_its_union() -> None:
    assert value({"pageCount": None, "shopId": None, "reader": {"fullName": "A"}, "soldCopies": None}) == {
        "reader": {"fullName": "A"}
    }


def test_null_is_a_value_where_anything_is() -> None:
    assert value({"anything": None, "note": None}) == {"anything": None, "note": None}
    assert len(messages({"note": None, "shopId": "s"})) == 1


def test_a_second_member_of_a_union_is_refused_and_not_looked_into() -> None:
    assert messages({"shopId": "s", "reader": {"bogus": 1}}) == [
        "Invalid value (oneof), oneof field 'owner' is already set. Cannot set 'reader'"
    ]
    nested = {"authors": [{"email": "e", "phone": "p"}]}
    assert messages(nested) == [
        "Invalid value at 'authors[0]' (oneof), oneof field 'contact' is already set. Cannot set 'phone'"
    ]
    assert paths(nested) == ["authors[0]"]


@pytest.mark.parametrize("sent", [7, "7", 7.0, {"value": 7}, {"value": "7"}])
def test_a_wrapper_stands_bare_or_in_an_object(sent: object) -> None:
    assert value({"soldCopies": sent}) == {"soldCopies": 7}


@pytest.mark.parametrize("sent", ["many", {"value": "many"}])
def test_a_wrapper_is_named_by_its_inner_field(sent: object) -> None:
    assert messages({"soldCopies": sent}) == ["Invalid value at 'sold_copies.value' (TYPE_INT64), \"many\""]


def test_a_wrapper_has_no_other_field() -> None:
    assert messages({"soldCopies": {"value": 1, "unit": "k"}}) == [
        f"{JSON}Unknown name \"unit\" at 'sold_copies': Cannot find field."
    ]


@pytest.mark.parametrize("name", ["SCIENCE_FICTION", "science_fiction", "Science-Fiction"])
def test_enum_names_match_in_any_ascii_case(name: str) -> None:
    assert value({"genre": name}) == {"genre": "SCIENCE_FICTION"}


@pytest.mark.parametrize("name", ["scienceFiction", "POETRY", "", True])
def test_an_unknown_enum_name_is_refused_with_its_type(name: object) -> None:
    shown = {"scienceFiction": '"scienceFiction"', "POETRY": '"POETRY"', "": '""'}.get(str(name), "true")
    assert messages({"genre": name}) == [f"Invalid value at 'genre' ({TYPE}Genre), {shown}"]


@pytest.mark.parametrize(
    ("field", "sent", "read"),
    [
        ("pageCount", "12", 12),
        ("pageCount", 12.0, 12),
        ("pageCount", "1e2", 100),
        ("soldCopies", "9223372036854775807", 2**63 - 1),
        ("inPrint", "yes", True),
        ("inPrint", "F", False),
        ("inPrint", "0", False),
        ("price", "1.5", 1.5),
        ("price", "Infinity", math.inf),
        ("weight", 3, 3),
        ("cover", "-_8", "-_8"),
        ("cover", "+/8=", "+/8="),
        ("published", "2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00.123456789Z"),
        ("loanPeriod", "3.5s", "3.5s"),
        ("attributes", {"a": [None]}, {"a": [None]}),
        ("tags", "one", ["one"]),
        ("authors", {"fullName": "A"}, [{"fullName": "A"}]),
        ("stock", {"a": "1"}, {"a": 1}),
    ],
)
def test_what_is_taken(field: str, sent: object, read: object) -> None:
    assert value({field: sent}) == {field: read}


@pytest.mark.parametrize(
    ("field", "sent", "said"),
    [
        ("name", 5, "(TYPE_STRING), 5"),
        ("pageCount", 2**31, "(TYPE_INT32), 2147483648"),
        ("pageCount", True, "(TYPE_INT32), true"),
        ("pageCount", 1.5, "(TYPE_INT32), 1.5"),
        ("pageCount", " 1", '(TYPE_INT32), " 1"'),
        ("pageCount", "1e999", '(TYPE_INT32), "1e999"'),
        ("inPrint", 1, "(TYPE_BOOL), 1"),
        ("price", "cheap", '(TYPE_DOUBLE), "cheap"'),
        ("weight", 1e39, "(TYPE_FLOAT), 1e+39"),
        ("cover", "?", '(TYPE_BYTES), "?"'),
        ("sequel", "II", f'({TYPE}Book), "II"'),
    ],
)
def test_what_is_refused(field: str, sent: object, said: str) -> None:
    (message,) = messages({field: sent})
    assert message.startswith("Invalid value at '")
    assert message.endswith(said)


def test_times_say_what_is_wrong_with_them() -> None:
    (message,) = messages({"loanPeriod": "3"})
    assert message == (
        "Invalid value at 'loan_period' (type.googleapis.com/google.protobuf.Duration), "
        "Field 'loanPeriod', Illegal duration format; duration must end with 's'"
    )


def test_an_object_on_a_scalar_is_named_by_its_parent() -> None:
    assert messages({"sequel": {"name": {"x": 1}}}) == [
        "Invalid value at 'sequel' (name), Starting an object on a scalar field"
    ]
    assert messages({"name": {}}) == ["Invalid value (name), Starting an object on a scalar field"]


def test_a_list_on_a_single_field_is_refused() -> None:
    assert messages({"name": ["x"], "sequel": {"genre": []}}) == [
        f'{JSON}Unknown name "name": Proto field is not repeating, cannot start list.',
        f"{JSON}Unknown name \"genre\" at 'sequel': Proto field is not repeating, cannot start list.",
    ]


def test_null_is_no_element() -> None:
    assert len(messages({"tags": [None], "stock": {"a": None}, "authors": [None]})) == 3


def test_a_map_is_no_list() -> None:
    assert messages({"stock": [1]}) == ["Invalid value (Map), Cannot bind a list to map for field 'stock'."]


def test_nesting_is_bounded() -> None:
    body: dict[str, Any] = {}
    for _ in range(MAX_NESTED - 1):
        body = {"sequel": body}
    assert messages(body) == []
    (message,) = messages({"sequel": body})
    assert "Message too deep" in message


def test_values_of_any_kind_may_be_deep() -> None:
    deep: list[Any] = []
    for _ in range(400):
        deep = [deep]
    assert messages({"anything": deep}) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"pageCount": 0}, "Field 'page_count' must be at least 1, got 0."),
        ({"pageCount": 5001}, "Field 'page_count' must be at most 5000, got 5001."),
        ({"price": 0}, "Field 'price' must be greater than 0, got 0."),
        ({"isbn": "1"}, "Field 'isbn' must have at least 3 characters."),
        ({"isbn": "1" * 14}, "Field 'isbn' must have at most 13 characters."),
        ({"isbn": "12x"}, "Field 'isbn' does not match '^[0-9-]*$'."),
        ({"isbn": "123\n"}, "Field 'isbn' does not match '^[0-9-]*$'."),
        ({"tags": ["a", "b", "c"]}, "Field 'tags' has 3 items, at most 2 allowed."),
        ({"shelf": {"width": 15}}, "Field 'shelf' must have a width that is a multiple of 10, got 15."),
        (
            {"shelf": {"height": 7}, "unit": {"value": 5}},
            "Field 'shelf' must have a height that is a multiple of 5, got 7.",
        ),
        ({"authors": [{}]}, "Field 'authors[0].full_name' is required."),
    ],
)
def test_bounds(body: dict[str, Any], said: str) -> None:
    found = validate(record("Book"), body)
    assert found.faults == ()
    assert [breach.message for breach in found.breaches] == [said]


def test_a_required_union_must_be_set() -> None:
    assert [breach.message for breach in validate(record("Order"), {}).breaches] == [
        "One of 'title', 'isbn' must be set."
    ]
    assert validate(record("Order"), {"isbn": "1"}).breaches == ()


def test_no_more_faults_are_listed_than_help() -> None:
    found = validate(record("Book"), {f"unknown{number}": 1 for number in range(100_000)})
    assert len(found.faults) == MOST
    assert found.value == {}


def test_a_body_may_be_used_up_on_the_way() -> None:
    body = {"name": "a", "editions": {"first": {"tags": ["x"]}}}
    kept = validate(record("Book"), body).value
    assert body == kept
    assert validate(record("Book"), body, keep=False).value == kept
    assert body == {}


@pytest.mark.parametrize("mask", ['properties."k",start_time', {"paths": ['properties."k"', "start_time"]}])
def test_a_field_mask_is_text_or_the_object_that_the_official_client_sends(mask: object) -> None:
    update = load().shapes["v1"].records["UpdateAssetRequest"]
    assert validate(update, {"updateMask": mask}).value == {"updateMask": mask}
    for wrong in ({"path": ["k"]}, {"paths": [1]}, {"paths": "k"}, 1):
        (fault,) = validate(update, {"updateMask": wrong}).faults
        assert fault.message.startswith(
            "Invalid value at 'update_mask' (type.googleapis.com/google.protobuf.FieldMask)"
        )
