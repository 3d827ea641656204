"""JSON's own syntax, through the parser and through the public decoder."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from groundwire_runtime.errors import DecodeError, EncodeError
from groundwire_runtime.jsontext import parse

from .classes import Classes
from .files import cases, needed


def content(case: dict[str, Any]) -> bytes:
    """The input of a case: given, or a prefix that repeats up to a size."""
    if case["input_base64"] is not None:
        return base64.b64decode(case["input_base64"])
    prefix: bytes = case["input_gen"]["prefix"].encode()
    return (prefix * (case["size"] // len(prefix) + 1))[: case["size"]]


def below(text: bytes) -> bytes:
    """The text as the value of a field that takes any."""
    return b'{"free":' + text + b"}"


@needed
@pytest.mark.parametrize("case", cases("json_syntax.json"), ids=lambda case: str(case["name"]))
def test_each_case(case: dict[str, Any], everything: Classes) -> None:
    text = content(case)
    if case["expect"] == "accept":
        assert parse(text) == json.loads(text)
        assert everything.read("Thing", below(text)).free == json.loads(text)
        return
    for read in (lambda: parse(text), lambda: everything.read("Thing", below(text))):
        if case["expect"] == "reject":
            with pytest.raises(DecodeError) as caught:
                read()
            assert len(str(caught.value)) < 1_000
            continue
        try:
            found = read()
        except DecodeError:
            continue
        try:
            if not isinstance(found, (dict, list)):
                assert everything.read("Thing", everything.package.encode(found)) == found
        except EncodeError as error:
            assert "infinities" in error.rule


ACCEPTED = [
    (b' \t\r\n{"free":1 } ', 1),
    (b'{"free":"\\u0041\\/\\b\\ud83d\\ude00"}', "A/\b\U0001f600"),
    (b'{"free":-0.0e+1}', 0.0),
    (b'{"free":123456789012345678901234567890}', 123456789012345678901234567890),
    (b'{"free":[[[[]]]]}', [[[[]]]]),
    (b'{"free":{"":""}}', {"": ""}),
    (b'{"free":1,"free":2}', 2),
    (b'{"free":{"a":1,"a":2}}', {"a": 2}),
    ('{"free":"\u2028\x7f"}'.encode(), "\u2028\x7f"),
]


@pytest.mark.parametrize(("body", "value"), ACCEPTED)
def test_accepted(body: bytes, value: object, everything: Classes) -> None:
    assert everything.read("Thing", body).free == value


REFUSED = [
    b"",
    b" ",
    b'{"free":NaN}',
    b'{"free":[Infinity]}',
    b'{"free":-Infinity}',
    b'{"twice":NaN}',
    b'{"free":"\\ud800"}',
    b'{"free":{"\\udc00":1}}',
    b'{"text":"\\ude01\\ud83d"}',
    b'{"free":"\xed\xa0\x80"}',
    b'{"free":"\xff"}',
    b'\xef\xbb\xbf{"free":1}',
    '{"free":1}'.encode("utf-16"),
    b'{"free":01}',
    b'{"free":+1}',
    b'{"free":.5}',
    b'{"free":1.}',
    b'{"free":0x1}',
    b'{"free":1,}',
    b'{"free":[1,]}',
    b"{'free':1}",
    b'{"free":1}{}',
    b'{"free":1}//',
    b'{"free":"\n"}',
    b'{"free":"\\x"}',
    b'{"free":' + b"1" * 5_000 + b"}",
    b'{"free":' + b"[" * 513 + b"]" * 513 + b"}",
    b'{"unknown":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"inner":' * 100_000,
    b'[{"":' * 50_000,
    b"[" * 100_000,
]


@pytest.mark.parametrize("body", REFUSED, ids=lambda body: repr(body[:30]))
def test_refused_at_once(body: bytes, everything: Classes) -> None:
    started = time.perf_counter()
    with pytest.raises(DecodeError) as caught:
        everything.read("Thing", body)
    assert time.perf_counter() - started < 5
    assert len(str(caught.value)) < 1_000


@pytest.mark.parametrize("body", [b'{"free":1e400}', b'{"free":[{"a":-1e400}]}', b'{"neverHeardOf":1e400}'])
def test_a_number_beyond_a_double_is_refused(body: bytes, everything: Classes) -> None:
    with pytest.raises(DecodeError, match="out of the range of a double"):
        everything.read("Thing", body)
