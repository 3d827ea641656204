"""proto3 JSON, against generated classes: the outside vectors, and a few cases of our own."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from groundwire_runtime.errors import DecodeError

from .classes import Classes
from .files import cases, needed
from .proto3 import PASSED, REASONS, judge, tally

ALL = cases("proto3_json.json")


@needed
@pytest.mark.parametrize("case", ALL, ids=lambda case: str(case["id"]))
def test_each_case(case: dict[str, Any], conformance: Classes) -> None:
    verdict = judge(conformance, case)
    if verdict.outcome == "skipped":
        assert verdict.why in REASONS
        pytest.skip(verdict.why)
    assert verdict == PASSED, case.get("input", case.get("input_text_format"))


@needed
def test_most_required_cases_are_held_to(conformance: Classes) -> None:
    required = tally(conformance, [case for case in ALL if case["level"] == "required"])
    print(required.line("required"))
    assert not required.failed
    assert required.passed >= 0.95 * sum(case["level"] == "required" for case in ALL)


READ = [
    ('{"small_int":1,"largeInt":2}', {"smallInt": 1, "largeInt": "2"}),
    ('{"_field_name3":3,"field_4":4}', {"FieldName3": 3, "field4": 4}),
    ('{"small__int":1,"text_":"a","_text":"b"}', {"smallInt": 1, "text": "a", "_text": "b"}),
    ('{"small_int":null,"smallInt":5}', {"smallInt": 5}),
    ('{"smallInt":null,"small_int":5}', {"smallInt": 5}),
    ('{"smallInt":"1e3","smallUint":4.294967295e9}', {"smallInt": 1000, "smallUint": 4294967295}),
    ('{"largeUint":"18446744073709551615"}', {"largeUint": "18446744073709551615"}),
    ('{"largeInt":"-9.223372036854775808E18"}', {"largeInt": "-9223372036854775808"}),
    ('{"single":"NaN","twice":"-Infinity"}', {"single": "NaN", "twice": "-Infinity"}),
    ('{"single":3.402823e+38,"twice":"2.5e-1"}', {"single": 3.402823e38, "twice": 0.25}),
    ('{"text":"\\ud83d\\ude01"}', {"text": "\U0001f601"}),
    ('{"bytes":"-_"}', {"bytes": "+w=="}),
    ('{"colour":"green"}', {"colour": "GREEN"}),
    ('{"colour":123}', {"colour": 123}),
    ('{"colour":"MAUVE"}', {"colour": "MAUVE"}),
    ('{"instant":"1969-12-31T16:00:00-08:00"}', {"instant": "1970-01-01T00:00:00Z"}),
    ('{"instant":"9999-12-31T23:59:59.999999999Z"}', {"instant": "9999-12-31T23:59:59.999999999Z"}),
    ('{"span":"-0.5s"}', {"span": "-0.500s"}),
    ('{"mask":"foo,barBaz.qux"}', {"mask": "foo,barBaz.qux"}),
    ('{"mask":""}', {"mask": ""}),
    ('{"free":[null,{"a":1.5}]}', {"free": [None, {"a": 1.5}]}),
    ('{"members":{"a":null}}', {"members": {"a": None}}),
    ('{"packed":{}}', {"packed": {}}),
    ('{"packed":{"@type":"t/p.M","x":[1]}}', {"packed": {"@type": "t/p.M", "x": [1]}}),
    ('{"countWrapper":{"value":0}}', {"countWrapper": 0}),
    ('{"ints":[],"intMap":{},"things":null}', {"ints": [], "intMap": {}, "things": None}),
    ('{"intMap":{"1":2}}', {"intMap": {"1": "2"}}),
    ('{"chosenText":null,"chosenThing":{}}', {"chosenText": None, "chosenThing": {}}),
    ('{"chosenFree":null}', {"chosenFree": None}),
    ('{"chosen_text":"a","other":{"b":1}}', {"chosenText": "a", "other": {"b": 1}}),
    ('{"flag":true,"flag":false}', {"flag": False}),
]


@pytest.mark.parametrize(("body", "printed"), READ)
def test_what_is_read_is_printed_as_proto3_json_has_it(body: str, printed: Any, everything: Classes) -> None:
    assert everything.written(everything.read("Thing", body.encode())) == printed


WELL_KNOWN = [
    ("Duration", "1.5s", "1.500s"),
    ("Timestamp", "1970-01-01T01:00:00+01:00", "1970-01-01T00:00:00Z"),
    ("FieldMask", "foo,barBaz", "foo,barBaz"),
    ("Int32Value", "1e1", 10),
    ("UInt32Value", 7.0, 7),
    ("Int64Value", 5, "5"),
    ("UInt64Value", "5", "5"),
    ("BoolValue", True, True),
    ("StringValue", "a", "a"),
    ("BytesValue", "-_", "+w=="),
    ("DoubleValue", "2.5", 2.5),
    ("FloatValue", "NaN", "NaN"),
    ("DoubleValue", "-Infinity", "-Infinity"),
    ("Struct", {"a": [None]}, {"a": [None]}),
    ("Value", [1, None], [1, None]),
]


@pytest.mark.parametrize(("name", "value", "printed"), WELL_KNOWN)
def test_a_well_known_type_in_an_any_is_read_as_what_it_is(
    name: str, value: Any, printed: Any, everything: Classes
) -> None:
    url = f"type.googleapis.com/google.protobuf.{name}"
    outer = "type.googleapis.com/google.protobuf.Any"
    for key, wrap in (("packed", lambda one: one), ("allPacked", lambda one: [one])):
        for nest in (lambda one: one, lambda one: {"@type": outer, "value": one}):
            body = {key: wrap(nest({"@type": url, "value": value}))}
            want = {key: wrap(nest({"@type": url, "value": printed}))}
            assert everything.written(everything.read("Thing", json.dumps(body).encode())) == want


REFUSED = [
    ("null", ""),
    ("[]", ""),
    ('{"small_int":1,"smallInt":2}', "/smallInt"),
    ('{"small_int":1,"small__int":2}', "/smallInt"),
    ('{"chosen_text":"a","chosenThing":{}}', "/chosenThing"),
    ('{"chosen_text":"a","chosen_thing":{}}', "/chosenThing"),
    ('{"chosenText":"a","chosenFree":null}', "/chosenFree"),
    ('{"smallInt":2147483648}', "/smallInt"),
    ('{"smallInt":"0.5"}', "/smallInt"),
    ('{"smallInt":true}', "/smallInt"),
    ('{"smallInt":" 1"}', "/smallInt"),
    ('{"largeUint":"1e536870000"}', "/largeUint"),
    ('{"largeUint":"1e-536870000"}', "/largeUint"),
    ('{"largeUint":"-1"}', "/largeUint"),
    ('{"single":-3.502823e+38}', "/single"),
    ('{"twice":1.89769e+308}', "/twice"),
    ('{"twice":true}', "/twice"),
    ('{"flag":"true"}', "/flag"),
    ('{"text":5}', "/text"),
    ('{"bytes":"!!"}', "/bytes"),
    ('{"colour":false}', "/colour"),
    ('{"colour":["RED"]}', "/colour"),
    ('{"instant":"1970-1-01T00:00:00Z"}', "/instant"),
    ('{"instant":"1970-01-01T00:00:00+24:00"}', "/instant"),
    ('{"instant":"0001-01-01T00:00:00+00:01"}', "/instant"),
    ('{"span":"1"}', "/span"),
    ('{"span":"315576000001s"}', "/span"),
    ('{"mask":"foo,bar_bar"}', "/mask"),
    ('{"ints":[1,null]}', "/ints/1"),
    ('{"things":[{},{"inner":{"smallInt":"x"}}]}', "/things/1/inner/smallInt"),
    ('{"intMap":{"a":null}}', "/intMap/a"),
    ('{"thingMap":{"a/b":2}}', "/thingMap/a~1b"),
    ('{"packed":[]}', "/packed"),
    ('{"packed":{"@type":""}}', "/packed/@type"),
    ('{"packed":{"@type":"not_a_url","value":""}}', "/packed/@type"),
    ('{"packed":{"@type":"host/"}}', "/packed/@type"),
    ('{"packed":{"@type":7}}', "/packed/@type"),
    ('{"packed":{"@type":"t/google.protobuf.Duration","value":"1"}}', "/packed/value"),
    ('{"allPacked":[{"@type":"t/google.protobuf.Any","value":{"@type":"x"}}]}', "/allPacked/0/value/@type"),
]


@pytest.mark.parametrize(("body", "path"), REFUSED)
def test_what_is_no_such_message_is_refused_where_it_is(body: str, path: str, everything: Classes) -> None:
    with pytest.raises(DecodeError) as caught:
        everything.read("Thing", body.encode())
    assert caught.value.path == path


def test_a_packed_value_nests_no_deeper_than_messages(everything: Classes) -> None:
    body: dict[str, Any] = {}
    for _ in range(200):
        body = {"@type": "t/google.protobuf.Any", "value": body}
    with pytest.raises(DecodeError, match="more than 100 nested messages"):
        everything.read("Thing", json.dumps({"packed": body}).encode())


def test_a_number_of_an_enum_is_a_value_like_any_other(everything: Classes) -> None:
    found = everything.read("Thing", b'{"colour":5}').colour
    assert (found, found.number, repr(found)) == ("5", 5, "Unlisted(5)")
    for again in (copy.deepcopy(found), pickle.loads(pickle.dumps(found, 0))):  # noqa: S301 - our own bytes
        assert again == found
        assert again.number == 5
