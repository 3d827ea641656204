from __future__ import annotations

import base64
from typing import Any

import pytest
from groundwire_contract.rules.error_bodies import Refusal
from groundwire_contract.validate.bodies import read_body

from .vectors import needed, rows


def refused(text: str | bytes) -> Refusal:
    found = read_body(text.encode() if isinstance(text, str) else text)
    assert isinstance(found, Refusal)
    return found


@pytest.mark.parametrize("text", ["", "{}", " {}\n"])
def test_an_empty_body_is_an_object_without_fields(text: str) -> None:
    assert read_body(text.encode()) == {}


def test_an_object_is_read() -> None:
    assert read_body('{"a":[1,2.5,"\u00e9",null]}'.encode()) == {"a": [1, 2.5, "\u00e9", None]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a":1 "b":2}', 'Expected , or } after key:value pair.\n{"a":1 "b":2}\n       ^'),
        ('{"a":[1 2]}', 'Expected , or ] after array value.\n{"a":[1 2]}\n        ^'),
        ('{"a" 1}', 'Expected : between key:value pair.\n{"a" 1}\n     ^'),
        ('{"a":}', 'Unexpected token.\n{"a":}\n     ^'),
        ('{"a":NaN}', 'Unexpected token.\n{"a":NaN}\n     ^'),
        ('{"NaN":-Infinity}', 'Unexpected token.\n{"NaN":-Infinity}\n       ^'),
        ('{"a":1}}', 'Parsing terminated before end of input.\n{"a":1}}\n       ^'),
        ('{"a":"', 'Closing quote expected in string.\n{"a":"\n     ^'),
        (" ", "Unexpected end of string.\n \n ^"),
        ('{"a":1', 'Unexpected end of string.\n{"a":1\n      ^'),
    ],
)
def test_a_fault_is_quoted_with_a_caret(text: str, message: str) -> None:
    found = refused(text)
    assert (found.rule, found.code, found.details) == ("malformed-json", 400, ())
    assert found.message == f"Invalid JSON payload received. {message}"


def test_twenty_characters_are_quoted_on_either_side() -> None:
    found = refused('{"a":"' + "x" * 50 + '" ' + '"' + "y" * 50 + '":1}')
    _, quoted, caret = found.message.split("\n")
    assert quoted == "x" * 18 + '" ' + '"' + "y" * 19
    assert caret == " " * 20 + "^"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"a":{"b":1,"b":1}}', "b"),
        ('{"\u00e9":1,"\u00e9":1}', "\u00e9"),
        ('{"\u00e9":1,"\\u00e9":1}', "\u00e9"),
        ('[{"\u6f22\U0001f600":1,"\u6f22\U0001f600":1}]', "\u6f22\U0001f600"),
    ],
)
def test_a_name_given_twice_is_refused(text: str, name: str) -> None:
    found = refused(text)
    assert (found.rule, found.code) == ("duplicate-key", 400)
    assert found.message == f'Invalid JSON payload received. Duplicate name "{name}".'


@pytest.mark.parametrize("text", ["[]", "1", '"x"', "null", "true"])
def test_the_root_is_an_object(text: str) -> None:
    assert refused(text).rule == "root-not-object"


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    assert refused(b'{"a":"\xff"}').rule == "malformed-json"


@pytest.mark.parametrize("text", ['{"a":' * 100_000, "[" * 100_000, '{"a":' + "9" * 10_000 + "}"])
def test_extremes_are_refused_and_not_raised(text: str) -> None:
    assert refused(text).code == 400


def content(case: dict[str, Any]) -> bytes:
    if case["input_base64"] is not None:
        return base64.b64decode(case["input_base64"])
    made = case["input_gen"]
    prefix = made["prefix"].encode()
    return (prefix * (case["size"] // len(prefix) + 1))[: case["size"]]


@needed
def test_json_syntax_vectors() -> None:
    wrong: list[str] = []
    for case in rows("vectors/json_syntax.json", "cases"):
        found = read_body(b'{"a":' + content(case) + b"}" if case["expect"] == "accept" else content(case))
        rule = found.rule if isinstance(found, Refusal) else "accepted"
        good = {
            # A name given twice is JSON, and refused all the same.
            "accept": ("accepted", "duplicate-key"),
            "reject": ("malformed-json", "message-too-deep", "duplicate-key"),
        }.get(case["expect"], (rule,))
        if rule not in good and case["size"]:
            wrong.append(f"{case['name']}: {rule}")
    assert wrong == []
