"""Documents, overlays and locks with anything anywhere: refused with a place, or harmless; never another error."""

from __future__ import annotations

import copy
import json
import os
import tomllib
from typing import Any

import pytest
from groundwire_codegen.lock import read_lock
from groundwire_codegen.pipeline import generate
from groundwire_codegen.problem import SpecError
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.codegen.documents import encoded
from tests.codegen.packages import CASES, case_inputs, inputs

EXAMPLES = int(os.environ.get("GROUNDWIRE_FUZZ", "30"))
TEXTS = [
    *(
        "",
        " ",
        "\n",
        "a",
        "x" * 300,
        "\u00e9",
        "\u2028",
        "\u202e",
        "\ud800",
        "\x00",
        '"""',
        "\\",
        "'",
        "{x}",
        "{{ 7 }}",
    ),
    *(
        "__class__",
        "../../x",
        "Foo; import os",
        "CON",
        "None",
        "class",
        "self",
        "$ref",
        "@type",
        "a.b",
        "a-b",
        "\ufb01",
    ),
    *(
        "string",
        "int64",
        "google-datetime",
        "any",
        "array",
        "object",
        "path",
        "query",
        "GET",
        "^(a+)+$",
        "(?<!a)b",
    ),
    *(
        "[[a]&&b]",
        "{+name}/..",
        "v1/{x}",
        "Book",
        "Author",
        "name",
        "1e999",
        "-1",
        "2024",
        "true",
        "https://x.test/",
    ),
]
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(TEXTS),
    st.sampled_from([None, True, False, 0, -1, 1.5, 2**70, 10**400, [], {}, [[]], [None], {"": None}]),
    st.sampled_from([{"$ref": "Book"}, {"type": "string"}, {"type": "array", "items": {"$ref": "A"}}]),
    st.lists(st.sampled_from(TEXTS), max_size=3),
    st.dictionaries(st.sampled_from(TEXTS), st.sampled_from([{"type": "string"}, "x", 1]), max_size=2),
)
BASES = {case.name: case_inputs(case) for case in CASES}


@st.composite
def changed(draw: st.DrawFn, base: Any) -> Any:
    """A value with a few of its parts put elsewhere, renamed or replaced."""
    value = copy.deepcopy(base)
    for _ in range(draw(st.integers(1, 2))):
        holder: Any = value
        while True:
            keys = sorted(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            inner = holder[key]
            if isinstance(inner, (dict, list)) and inner and draw(st.integers(0, 9)):
                holder = inner
                continue
            if isinstance(holder, dict) and isinstance(inner, dict) and draw(st.booleans()):
                holder[draw(st.sampled_from(TEXTS))] = holder.pop(key)
            elif isinstance(inner, str) and draw(st.booleans()):
                holder[key] = draw(st.sampled_from(TEXTS))
            else:
                holder[key] = copy.deepcopy(draw(VALUES))
            break
    return value


def toml(value: Any) -> str:
    """A table as TOML, all of it inline; what TOML cannot say is left out of it."""
    return "\n".join(f"{json.dumps(key)} = {_inline(inner)}" for key, inner in value.items())


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(key)} = {_inline(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    return json.dumps("" if value is None else value)


def judge(data: bytes, overlay: str | None, names: dict[str, str] | None = None) -> None:
    """Generate, and hold what comes of it to the rule."""
    try:
        before = None
        if names is not None:
            lock = {"lock": 1, "inputs": {}, "files": {}, "names": names}
            before = read_lock(json.dumps(lock))
        output = generate(inputs(data, overlay), before)
    except SpecError as error:
        assert error.problems
        for problem in error.problems:
            shown = str(problem)
            assert all(map(str.isprintable, shown.split("\n")))
            assert shown.count("\n") == len(problem.stub)
            assert (
                problem.pointer.startswith("/")
                or problem.pointer == ""
                or problem.pointer.startswith("line ")
            )
            # What is wrong with the output is a hole in an earlier stage.
            assert not problem.source.startswith("output/"), shown
        return
    event("accepted")
    for path, text in output.files.items():
        if path.endswith(".py"):
            compile(text, path, "exec")
    assert all(str(warning).isprintable() for warning in output.warnings)


fuzzed = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
each = pytest.mark.parametrize("name", sorted(BASES))


@fuzzed
@given(st.data(), st.sampled_from(sorted(BASES)))
def test_documents(data: st.DataObject, name: str) -> None:
    document = data.draw(changed(json.loads(BASES[name].document)))
    overlay = BASES[name].overlay
    judge(encoded(document), None if overlay is None or data.draw(st.booleans()) else overlay.decode())


@fuzzed
@given(st.data(), st.sampled_from([name for name, base in sorted(BASES.items()) if base.overlay]))
def test_overlays(data: st.DataObject, name: str) -> None:
    overlay = data.draw(changed(tomllib.loads((BASES[name].overlay or b"").decode())))
    judge(BASES[name].document, toml(overlay))


@fuzzed
@given(st.data(), st.sampled_from(sorted(BASES)))
def test_locks(data: st.DataObject, name: str) -> None:
    overlay = (BASES[name].overlay or b"").decode() or None
    names = dict(generate(BASES[name]).lock.names)
    shapes = st.one_of(st.sampled_from(TEXTS), st.sampled_from(sorted(names.values())))
    for key in data.draw(st.lists(st.sampled_from(sorted(names)), min_size=1, max_size=4)):
        names[key] = data.draw(shapes)
    judge(BASES[name].document, overlay, names)
