"""Hostile documents: nothing runs, nothing hangs, and what is refused says where."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from groundwire_codegen.problem import SpecError
from groundwire_codegen.read.openapi.references import MAX_CHAIN
from groundwire_codegen.read.source import MAX_BYTES, MAX_DEPTH
from groundwire_codegen.reader import read_lowered

from tests.codegen.openapi.shop import (
    document,
    encoded,
    operation,
    read,
    referred,
    refusals,
    tried,
)
from tests.hostile.canary import RUN, has_run

ENOUGH = 20
"""Seconds of processor time that no small document may take; far above what any takes."""


@pytest.fixture(autouse=True)
def in_time() -> Any:
    start = time.process_time()
    yield
    assert time.process_time() - start < ENOUGH


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def refusal(data: bytes) -> str:
    with pytest.raises(SpecError) as caught:
        tried(data)
    return str(caught.value)


def nested(levels: int, key: str = "items") -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = (
            {"type": "array", "items": schema} if key == "items" else {key: [schema, {"type": "integer"}]}
        )
    return schema


@pytest.mark.parametrize(
    "key", ["x-python-import", "x-python-type", "x-imports", "customTypePath", "x-java-class"]
)
def test_extensions_that_name_code_do_nothing(key: str) -> None:
    value = {"module": "os", "name": RUN, "class": RUN}
    schemas = {"Box": {"properties": {"x": {"type": "string", key: value}}, key: value}}
    draft = tried(document(schemas))
    assert [each.wire for each in draft.api.messages["Box"].fields] == ["x"]
    assert "os" not in repr(draft.api)
    assert not has_run()


@pytest.mark.parametrize(
    "text",
    [
        f"a: !!python/object/apply:eval [{json.dumps(RUN)}]",
        f"a: !!python/name:os.system\nb: {json.dumps(RUN)}",
        "a: !!python/object/new:type [x]",
    ],
)
def test_yaml_that_names_types_of_python(text: str) -> None:
    assert "tag " in refusal(f"openapi: 3.1.0\n{text}".encode())
    assert not has_run()


def test_a_bomb_of_aliases() -> None:
    lines = ["openapi: 3.1.0", "x0: &x0 {a: 1}"]
    lines += [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "aliases counted in full" in refusal("\n".join(lines).encode())


def test_aliases_that_make_a_cycle_are_refused() -> None:
    assert "of itself" in refusal(b"openapi: 3.1.0\ncomponents: &c {schemas: *c}\n")


def test_a_document_that_is_too_large_is_refused_unread() -> None:
    assert f"larger than {MAX_BYTES} bytes" in refusal(b"openapi: 3.1.0\n" + b"#" * MAX_BYTES)
    assert f"larger than {MAX_BYTES} bytes" in refusal(b'{"openapi": "3.1.0"}' + b" " * MAX_BYTES)


def test_depth() -> None:
    assert f"nested deeper than {MAX_DEPTH} levels" in refusal(encoded(document({"Deep": nested(200)})))


@pytest.mark.parametrize(
    "data",
    [b'{"openapi": "3.1.0", "a": ' + b"1" * 1_000_000 + b"}", b"openapi: 3.1.0\na: " + b"1" * 1_000_000],
)
def test_numbers_of_a_million_digits(data: bytes) -> None:
    assert refusal(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"openapi": "3.1.0", "openapi": "3.0.0"}', "duplicate key 'openapi' at line 1"),
        (b'openapi: 3.1.0\n"openapi": 3.0.0\n', "duplicate key 'openapi' at line 2"),
        (b'{"openapi": "3.1.0", "a": NaN}', "NaN is not JSON"),
        (b'{"openapi": "3.1.0", "a": "\x00"}', "not JSON"),
        (b"openapi: 3.1.0\na: '\x00'\n", "not YAML"),
        (b'{"openapi": "3.1.0", "a": "\\ud800"}', "a lone surrogate is not text"),
        (b"openapi: 3.1.0\na: \xff\n", "not UTF-8"),
        ("openapi: 3.1.0".encode("utf-16"), "not UTF-8"),
        (b"openapi: 3.1.0\n---\nopenapi: 3.0.0\n", "a second document"),
        (b"openapi: 3.2.0\n", "OpenAPI '3.2.0' is not read"),
        (b"openapi: 3.1\n", "OpenAPI '3.1' is not read"),
        (b'{"openapi": ["3.1.0"]}', "is not read"),
        (b'[{"openapi": "3.1.0"}]', "the root is not an object"),
    ],
)
def test_texts_that_are_no_document(data: bytes, words: str) -> None:
    assert words in refusal(data)


@pytest.mark.parametrize("value", [1, "x", [], None, True, 1.5, {"a": 1}, [1], ["x"], [{}]])
@pytest.mark.parametrize("key", ["info", "servers", "paths", "components", "security", "tags", "webhooks"])
def test_any_value_at_the_top(key: str, value: Any) -> None:
    tried({**document(paths=operation()), key: value})


@pytest.mark.parametrize("value", [1, "x", [], None, True, 1.5, {"a": 1}, [1], ["x"], [{}], {"a": {}}])
@pytest.mark.parametrize(
    "key",
    [
        "parameters",
        "requestBody",
        "responses",
        "servers",
        "security",
        "tags",
        "operationId",
        "summary",
        "deprecated",
    ],
)
def test_any_value_in_an_operation(key: str, value: Any) -> None:
    tried(document(paths=operation(**{key: value})))


KEYWORDS = [
    "type",
    "format",
    "enum",
    "const",
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "items",
    "prefixItems",
    "allOf",
    "oneOf",
    "anyOf",
    "discriminator",
    "$ref",
    "nullable",
    "default",
    "description",
    "title",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "maxItems",
    "pattern",
    "readOnly",
    "contentEncoding",
    "contentMediaType",
    "$dynamicRef",
    "not",
    "$defs",
    "multipleOf",
]


@pytest.mark.parametrize(
    "value",
    [1, -1, "x", "", [], None, True, False, 1.5, {"a": 1}, [1], ["x"], [{}], {}, {"a": {}}, [[]], 1e999],
)
@pytest.mark.parametrize("keyword", KEYWORDS)
def test_any_value_of_a_keyword_of_a_schema(keyword: str, value: Any) -> None:
    for base in ({}, {"type": "object", "properties": {"y": {"type": "string"}}}, {"type": "string"}):
        schema = {**base, keyword: value}
        other = {"allOf": [{"oneOf": [schema, {"type": "integer"}]}, {"properties": {"z": schema}}]}
        stated = [{"name": "p", "in": "query", "schema": schema}]
        draft = tried(
            document({"Box": {"properties": {"x": schema}}, "Other": other}, operation(parameters=stated))
        )
        assert "Box" in {*draft.api.messages, *draft.api.aliases}
        assert set(draft.api.methods) == {"op"}


def diamonds(key: str, levels: int) -> dict[str, Any]:
    """Return schemas that refer to the next one twice: two to the power of `levels` ways down."""
    schemas: dict[str, Any] = {
        f"L{n}": {key: [ref(f"L{n + 1}"), ref(f"L{n + 1}"), {"properties": {f"p{n}": {}}}]}
        for n in range(levels)
    }
    return {**schemas, f"L{levels}": {"properties": {"end": {"type": "string"}}}}


def test_diamonds_of_references_are_read_once() -> None:
    messages = read(document(diamonds("allOf", 40))).api.messages
    assert len(messages["L0"].fields) == 41


@pytest.mark.parametrize("key", ["oneOf", "anyOf"])
def test_diamonds_of_unions_are_bounded(key: str) -> None:
    assert "flattening takes more than" in refusal(encoded(document(diamonds(key, 40))))


@pytest.mark.parametrize(
    "level",
    [
        lambda below: {"oneOf": [below, {"items": below}, {"additionalProperties": below}]},
        lambda below: {"prefixItems": [below, below], "items": False},
    ],
)
def test_a_fault_at_the_end_of_many_ways_is_not_reported_for_each(
    level: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    schemas = {f"L{n}": level(ref(f"L{n + 1}")) for n in range(15)}
    faulty = {"allOf": [{"type": "string"}, {"type": "object"}]}
    answer = {"200": {"description": "", "content": {"application/json": {"schema": ref("L0")}}}}
    described = document({**schemas, "L15": faulty}, operation(responses=answer))
    with pytest.raises(SpecError) as caught:
        read_lowered(encoded(described))
    assert len(caught.value.problems) <= 2


def test_faults_of_properties_that_many_overlaps_share_are_reported_once() -> None:
    levels = 24
    faulty = {"allOf": [{"type": "string"}, {"type": "object"}]}
    schemas: dict[str, Any] = {
        f"L{n}": {
            "properties": {
                key: {"allOf": [ref(f"L{n + 1}"), {"properties": {own: ref(f"L{n + 1}")}}]}
                for key, own in (("a", "x"), ("b", "y"))
            }
        }
        for n in range(levels)
    }
    schemas[f"L{levels}"] = {"properties": dict.fromkeys("abqx", faulty)}
    assert len(refusals(referred(ref("L0"), **schemas))) == 4


def test_contradictions_are_ended_within_the_bounds_of_flattening() -> None:
    base = {"properties": {f"p{n}": {"type": "string"} for n in range(300)}}
    whole = {"properties": {f"p{n}": {"type": "integer"} for n in range(300)}}
    schemas: dict[str, Any] = {f"B{n}": {"allOf": [ref("A"), whole]} for n in range(30)}
    assert "flattening takes more than" in refusal(encoded(document({"A": base, **schemas})))


def test_bounds_of_unions_that_hold_one_another_are_read_once() -> None:
    word = {"type": "string", "maxLength": 3}
    size = 12
    schemas: dict[str, Any] = {
        f"J{n}": {"anyOf": [word, *({"type": "array", "items": ref(f"J{k}")} for k in range(size))]}
        for n in range(size)
    }
    draft = read(document({**schemas, "Box": {"properties": {"x": {"oneOf": [ref("J0"), word]}}}}))
    assert draft.api.messages["Box"].fields[0].rules.max_length == 3


def test_tuples_of_tuples_stay_behind_their_names() -> None:
    """Written out, the first would have a million items."""
    schemas: dict[str, Any] = {
        f"L{n}": {"type": "array", "prefixItems": [ref(f"L{n + 1}"), ref(f"L{n + 1}")]} for n in range(20)
    }
    answer = {"200": {"description": "", "content": {"application/json": {"schema": ref("L0")}}}}
    described = document({**schemas, "L20": {"type": "string"}}, operation(responses=answer))
    assert set(read_lowered(encoded(described)).api.aliases) == {f"L{n}" for n in range(20)}


def test_unions_of_unions_are_bounded() -> None:
    schemas: dict[str, Any] = {"L0": {"properties": {"end": {"type": "string"}}}}
    for level in range(1, 20):
        schemas[f"L{level}"] = {
            "allOf": [
                {
                    "oneOf": [
                        ref(f"L{level - 1}"),
                        {"properties": {f"a{level}": {}}},
                        {"properties": {f"b{level}": {}}},
                    ]
                },
                {"anyOf": [{"properties": {f"c{level}": {}}}, {"properties": {f"d{level}": {}}}]},
            ]
        }
    assert "flattening takes more than" in refusal(encoded(document(schemas)))


def test_a_union_of_too_many_members_is_refused() -> None:
    each: dict[str, Any] = {"oneOf": [{"properties": {f"p{n}": {}}} for n in range(30)]}
    draft = referred({"allOf": [each, {"anyOf": each["oneOf"]}]})
    assert [words for _, words in refusals(draft)] == ["a union of more than 500 members"]


def test_a_long_chain_of_references() -> None:
    schemas: dict[str, Any] = {
        f"L{n}": {"allOf": [ref(f"L{n + 1}"), {"properties": {f"p{n}": {}}}]} for n in range(100)
    }
    schemas["L100"] = {"properties": {"end": {"type": "string"}}}
    draft = referred(ref("L0"), **schemas)
    assert any(f"more than {MAX_CHAIN} references in a row" in words for _, words in refusals(draft))


def test_a_long_chain_of_properties_is_read() -> None:
    schemas: dict[str, Any] = {f"L{n}": {"properties": {"x": ref(f"L{n + 1}")}} for n in range(3000)}
    schemas["L3000"] = {"properties": {"end": {"type": "string"}}}
    assert len(read(document(schemas)).api.messages) == 3001


def test_overlaps_that_grow_without_an_end() -> None:
    """Every level of one is an overlap of new parts of the other."""
    schemas: dict[str, Any] = {
        f"A{n}": {"properties": {"x": {"allOf": [ref(f"A{n + 1}"), ref(f"B{n + 1}")]}, f"a{n}": {}}}
        for n in range(200)
    }
    schemas |= {
        f"B{n}": {"properties": {"x": {"allOf": [ref(f"B{n + 1}"), ref(f"A{n + 1}")]}, f"b{n}": {}}}
        for n in range(200)
    }
    schemas |= {"A200": {"type": "object"}, "B200": {"type": "object"}}
    schemas["Both"] = {"allOf": [ref("A0"), ref("B0")]}
    draft = referred(ref("Both"), **schemas)
    assert all("nested deeper than" in words for _, words in refusals(draft))


@pytest.mark.parametrize("pattern", ["(a+)+$", "^(a|aa)+$", "(x+x+)+y", "[", "a" * 100_000, "\\p{L}+"])
def test_patterns_that_explode_are_documentation(pattern: str) -> None:
    rules = (
        read(document({"Box": {"properties": {"x": {"type": "string", "pattern": pattern}}}}))
        .api.messages["Box"]
        .fields[0]
        .rules
    )
    assert (rules.pattern, rules.pattern_is_linear) == (pattern, False)


def test_names_that_are_code_stay_names() -> None:
    evil = f"x; {RUN} #"
    paths = {"/a": {"get": {"operationId": evil, "tags": [evil], "responses": {"200": {"description": RUN}}}}}
    draft = tried(document({evil: {"properties": {evil: {"enum": [evil, RUN]}}}}, paths))
    assert evil in draft.api.messages
    assert not has_run()


def test_thousands_of_ids_that_are_the_same() -> None:
    paths = {f"/{'a' * (n % 3)}#{n}": {"get": {"operationId": "x", "responses": {}}} for n in range(2000)}
    assert len(read(document(paths=paths)).api.methods) == 2000


@pytest.mark.parametrize("key", ["oneOf", "anyOf", "allOf", "items"])
def test_the_deepest_document_is_read_from_a_deep_stack(key: str) -> None:
    """Python's stack holds what the bounds of depth allow, under a caller that has used some of it."""
    data = encoded(document({"Deep": nested(MAX_DEPTH // 2 - 3, key)}))

    def below(frames: int) -> None:
        if frames:
            below(frames - 1)
        else:
            tried(data)

    below(100)
