"""YAML is read as the JSON values of YAML 1.2, and nothing else of it."""

from __future__ import annotations

import json
import math

import pytest
from groundwire_codegen.problem import SpecError
from groundwire_codegen.read.openapi import read_document
from groundwire_codegen.read.source import MAX_DEPTH, MAX_VALUES
from groundwire_codegen.read.yaml import MAX_DIGITS, read_yaml
from hypothesis import given
from hypothesis import strategies as st


def refusal(text: str | bytes) -> str:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(SpecError) as caught:
        read_yaml(data, "document")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2020-01-01", "2020-01-01"),
        ("2020-01-01T10:00:00Z", "2020-01-01T10:00:00Z"),
        ("on", "on"),
        ("yes", "yes"),
        ("No", "No"),
        ("18:00", "18:00"),
        ("1e-08", 1e-08),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("+12", 12),
        ("-0", 0),
        ("0123", 123),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("1.2.3", "1.2.3"),
        ("3.0", 3.0),
        ("~", None),
        ("null", None),
        ("", None),
        ("nil", "nil"),
        ("true", True),
        ("FALSE", False),
        ("'true'", "true"),
        ('"12"', "12"),
        ("! 12", "12"),
        ("!!str 12", "12"),
        ("!!str null", "null"),
        ("!!seq [1]", [1]),
        ("!!map {a: 1}", {"a": 1}),
        ("|\n  12\n", "12\n"),
        ("[1, a, {b: c}]", [1, "a", {"b": "c"}]),
    ],
)
def test_scalars_of_the_core_schema(text: str, value: object) -> None:
    found = read_yaml(f"key: {text}".encode(), "document")["key"]
    assert found == value
    assert type(found) is type(value)


def test_keys_are_text_as_written() -> None:
    found = read_yaml(b"200: a\ntrue: b\n1e3: c\n~: d\non: e\n2020-01-01: f\n'x y': g\n", "document")
    assert found == {
        "200": "a",
        "true": "b",
        "1e3": "c",
        "~": "d",
        "on": "e",
        "2020-01-01": "f",
        "x y": "g",
    }


def test_a_merge_key_may_have_its_tag() -> None:
    found = read_yaml(b"a: &x {b: 1}\nc: {!!merge <<: *x, d: 2}\n", "document")
    assert found["c"] == {"b": 1, "d": 2}


def test_aliases_are_the_value_that_they_name() -> None:
    found = read_yaml(b"a: &x {b: [1, 2]}\nc: *x\nd: &y text\n*y : e\n", "document")
    assert found == {"a": {"b": [1, 2]}, "c": {"b": [1, 2]}, "d": "text", "text": "e"}


def test_a_flow_of_json_is_read_as_json() -> None:
    value = {"a": [1, 2.5, "x", None, True], "b": {"c": "\u00e9\U0001f600"}}
    assert read_yaml(json.dumps(value, ensure_ascii=False).encode(), "document") == value


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn"]), max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text("abcdef", min_size=1), inner, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_every_json_value_is_itself(value: object) -> None:
    found = read_yaml(json.dumps({"value": value}, ensure_ascii=False).encode(), "document")["value"]
    assert found == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "a: !!python/object/apply:os.system [x]",
            "tag 'tag:yaml.org,2002:python/object/apply:os.system' at line 1 column 4",
        ),
        ("a: !!binary aGk=", "tag"),
        ("a: !!float 1", "tag"),
        ("a: !mine {b: c}", "tag '!mine' at line 1 column 4"),
        ("a: 1\nb: 2\na: 3\n", "duplicate key 'a' at line 3 column 1"),
        ("a: {b: 1, 'b': 2}", "duplicate key 'b' at line 1"),
        ("a: {<<: 1}", "a merge key takes a mapping, or a list of them at line 1 column 9"),
        ("a: {<<: [{b: 1}, [c]]}", "a merge key takes a mapping, or a list of them"),
        ("a: {<<: {b: 1}, <<: {c: 1}}", "duplicate key '<<' at line 1 column 17"),
        ("a: &x {<<: *x}", "alias 'x' of itself, or of nothing"),
        ("a: 1\n---\nb: 2\n", "a second document at line 2 column 1"),
        ("? [a, b]\n: c\n", "a key that is not a scalar at line 1 column 3"),
        ("x: &a [1]\n*a : 2\n", "a key that is not text at line 2 column 1"),
        ("a: *nothing", "alias 'nothing' of itself, or of nothing at line 1 column 4"),
        ("a: &x [*x]", "alias 'x' of itself, or of nothing"),
        ("a: .inf", ".inf is not JSON at line 1 column 4"),
        ("a: -.INF", "is not JSON"),
        ("a: .nan", "is not JSON"),
        ("a: [1, 2\n", "not YAML at line"),
        ("a: b: c", "not YAML at line 1 column 5"),
        ("a:\n\t- b", "not YAML at line 2"),
        ("- a\n- b\n", "the root is not an object"),
        ("text", "the root is not an object"),
        ("", "the root is not an object"),
        (b"a: \xff", "not UTF-8 at byte 3"),
        ("a: \x00", "not YAML"),
        ("a: \x07", "not YAML"),
    ],
)
def test_all_else_is_refused_with_its_place(text: str | bytes, words: str) -> None:
    assert words in refusal(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("&x {a: 1, b: 2}", {"a": 1, "b": 2}),
        ("{<<: {a: 1, b: 2}, b: 3}", {"a": 1, "b": 3}),
        ("{b: 3, <<: {a: 1, b: 2}}", {"a": 1, "b": 3}),
        ("{<<: [{a: 1, b: 2}, {b: 3, c: 4}]}", {"a": 1, "b": 2, "c": 4}),
        ("{<<: {<<: {a: 1}, b: 2}, c: 3}", {"a": 1, "b": 2, "c": 3}),
        ("{<<: {a: {b: 1}}, a: {c: 2}}", {"a": {"c": 2}}),
        ("{<<: []}", {}),
        ("{'<<': {a: 1}}", {"<<": {"a": 1}}),
        ("{&x '<<': 1, z: {*x : 2}}", {"<<": 1, "z": {"<<": 2}}),
    ],
)
def test_merge_keys(text: str, value: object) -> None:
    assert read_yaml(f"value: {text}".encode(), "document")["value"] == value


def test_a_merge_changes_no_mapping_that_it_takes_keys_of() -> None:
    found = read_yaml(b"base: &x {a: 1}\none: {<<: *x, b: 2}\ntwo: {<<: *x, a: 3}", "document")
    assert found == {"base": {"a": 1}, "one": {"a": 1, "b": 2}, "two": {"a": 3}}


def test_merges_count_as_aliases_do() -> None:
    lines = ["l0: &l0 {a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9}"]
    lines += [f"l{n}: &l{n} {{<<: [{', '.join([f'*l{n - 1}'] * 9)}]}}" for n in range(1, 9)]
    assert f"more than {MAX_VALUES} values, aliases counted in full" in refusal("\n".join(lines))


def test_long_numbers_are_refused_unread() -> None:
    assert f"a number of more than {MAX_DIGITS} characters at line 1" in refusal("a: " + "1" * 1_000_000)
    assert "a number of more than" in refusal("a: 0x" + "f" * 1_000_000)
    assert read_yaml(b"a: " + b"9" * MAX_DIGITS, "document")["a"] == int("9" * MAX_DIGITS)


def test_a_number_out_of_range_is_what_json_makes_of_it() -> None:
    assert math.isinf(read_yaml(b"a: 1e999", "document")["a"])


def test_aliases_count_as_often_as_they_are_used() -> None:
    """Nine levels of nine aliases are four hundred million values in 300 bytes."""
    lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert f"more than {MAX_VALUES} values, aliases counted in full at line 7" in refusal("\n".join(lines))


@pytest.mark.parametrize("opening", ["[", "{a: "])
def test_depth_is_bounded(opening: str) -> None:
    assert f"nested deeper than {MAX_DEPTH} levels" in refusal("a: " + opening * (MAX_DEPTH + 1) + "x")
    assert "nest" in refusal("a: " + opening * 100_000)


def test_depth_is_bounded_through_aliases() -> None:
    lines = ["l0: &l0 [x]"] + [f"l{n}: &l{n} [*l{n - 1}]" for n in range(1, 80)]
    assert f"nested deeper than {MAX_DEPTH} levels" in refusal("\n".join(lines))


def test_a_problem_of_a_document_says_its_line() -> None:
    text = b"""\
openapi: 3.1.0
info: {title: Shop, version: '1'}
paths:
  /books:
    get:
      operationId: op
      parameters:
        - {name: a, in: query, schema: {type: string}}
        - name: b
          in: query
          schema:
            type: text
      responses:
        OK: {description: ''}
odd: 1
"""
    draft = read_document(text)
    assert [(each.pointer, each.message) for each in draft.faults["op"]] == [
        ("/paths/~1books/get/parameters/1/schema/type", "unknown type 'text' (line 12)"),
        ("/paths/~1books/get/responses/OK", "'OK' is no status (line 14)"),
    ]
    assert [each.message for each in draft.warnings] == ["unknown keyword 'odd' is ignored (line 15)"]
