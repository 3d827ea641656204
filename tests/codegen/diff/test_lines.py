"""Lines of a JSON text: for any document in any layout, told by a writer that counts as it writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from groundwire_codegen.diff.views.lines import lines
from groundwire_codegen.problem import escape
from groundwire_codegen.read.source import MAX_DEPTH
from hypothesis import given
from hypothesis import strategies as st

KEYS = st.text(max_size=4) | st.sampled_from(["", "/", "~", "~1", '"', "\\", "\n", "{", "a]", "\u2028", "0"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | KEYS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
SPACES = st.sampled_from(["", " ", "\n", "\r\n", "\n\t\n", "\r"])


class Writer:
    """Writes JSON with any space wherever it may stand, and notes where every place begins."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.text = ""
        self.lines: dict[str, int] = {}

    def put(self, token: str) -> None:
        self.text += token + self.data.draw(SPACES)

    def key(self, key: str) -> str:
        ascii_only = self.data.draw(st.booleans())
        return json.dumps(key, ensure_ascii=ascii_only)

    def note(self, pointer: str) -> None:
        self.lines[pointer] = len(self.text.split("\n"))

    def write(self, value: Any, pointer: str = "") -> None:
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        for index, (key, inner) in enumerate(inside):
            if index:
                self.put(",")
            below = f"{pointer}/{escape(str(key))}"
            self.note(below)
            if isinstance(value, dict):
                self.put(self.key(key))
                self.put(":")
            self.enter(inner, below)

    def enter(self, value: Any, pointer: str) -> None:
        if isinstance(value, dict | list):
            opening, closing = "{}" if isinstance(value, dict) else "[]"
            self.put(opening)
            self.write(value, pointer)
            self.put(closing)
        else:
            self.put(json.dumps(value))

    def document(self, value: Any) -> None:
        self.put("")
        self.note("")
        self.enter(value, "")


@given(VALUES, st.data())
def test_every_place_of_any_layout_has_its_line(value: Any, data: st.DataObject) -> None:
    writer = Writer(data)
    writer.document(value)
    assert json.loads(writer.text) == value
    assert lines(writer.text, writer.lines) == writer.lines


@given(VALUES)
def test_a_minified_document_is_one_line(value: Any) -> None:
    text = json.dumps(value, separators=(",", ":"))
    assert set(lines(text, _pointers(value)).values()) == {1}


@given(VALUES, KEYS)
def test_what_is_gone_stands_at_its_nearest_parent(value: Any, key: str) -> None:
    text = json.dumps(value, indent=1)
    there = {*_pointers(value)}
    for pointer in there:
        gone = f"{pointer}/{escape(key)}-gone/below/0"
        assert lines(text, [gone])[gone] == lines(text, [pointer])[pointer]


def test_keys_are_read_as_json_reads_them() -> None:
    text = '{\n"a\\u002fb": 1,\n"c~d": {\n"\\ud83d\\ude00": 2,\n"\\"": [\n3,\n{}]}}'
    pointers = ["/a~1b", "/c~0d", "/c~0d/\U0001f600", '/c~0d/"', '/c~0d/"/0', '/c~0d/"/1', '/c~0d/"/2']
    assert [*lines(text, pointers).values()] == [2, 3, 4, 5, 6, 7, 5]


def test_texts_that_look_like_structure_are_none() -> None:
    text = json.dumps({"a": '{"x": [', "\\": ["]}", "\\"], "z": ","}, indent=1)
    found = lines(text, ["/a/x", "/\\/1", "/z"])
    assert [text.split("\n")[line - 1].strip() for line in found.values()] == [
        '"a": "{\\"x\\": [",',
        '"\\\\"',
        '"z": ","',
    ]


@pytest.mark.parametrize("opening", ["[", '{"":'])
def test_the_deepest_document_is_walked(opening: str) -> None:
    depth = MAX_DEPTH * 100
    text = opening * depth + "1" + ("]" if opening == "[" else "}") * depth
    pointer = ("/0" if opening == "[" else "/") * MAX_DEPTH
    assert lines(text, [pointer]) == {pointer: 1}


def _pointers(value: Any, pointer: str = "") -> Iterator[str]:
    yield pointer
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _pointers(inner, f"{pointer}/{escape(str(key))}")
