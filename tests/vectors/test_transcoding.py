"""URI templates, and the paths that are made of them."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from groundwire_codegen.read.safe_regex import is_linear
from groundwire_codegen.read.uri_template import read_template
from groundwire_runtime.errors import ArgumentError
from groundwire_runtime.parameters import Parameter, expand

from .files import cases, needed

_VARIABLE = re.compile(r"\{([\w.]+)(?:=((?:\*{1,2}|\w+)(?:/(?:\*{1,2}|\w+))*))?\}")
WILDCARD = "an unnamed wildcard is no part of a Discovery template"
NO_SLASH = "Discovery's paths have no slash in front"
NESTED = "what transcoding takes out of a body is no part of a Discovery template"


def discovery(template: str) -> str:
    """An HTTP rule's template in Discovery's form: `{x=a/**}` is `{+x}`, and the first slash falls away."""

    def variable(found: re.Match[str]) -> str:
        return f"{{{found[1]}}}" if found[2] in (None, "*") else f"{{+{found[1]}}}"

    return _VARIABLE.sub(variable, template).removeprefix("/")


@needed
@pytest.mark.parametrize(
    "case", cases("transcoding.json", "template_parse"), ids=lambda case: str(case["id"])
)
def test_templates(case: dict[str, Any]) -> None:
    template = discovery(case["template"])
    _, fault = read_template(template)
    if case["expect"] == "accept":
        if "*" in template:
            assert fault is not None
            pytest.skip(WILDCARD)
        assert fault is None
    elif not case["template"].startswith("/") and fault is None:
        pytest.skip(NO_SLASH)
    else:
        assert fault is not None


@needed
@pytest.mark.parametrize(
    "case", cases("transcoding.json", "client_encode_rule"), ids=lambda case: str(case["id"])
)
def test_values_are_percent_encoded_as_the_rule_says_or_refused(case: dict[str, Any]) -> None:
    template, value = discovery(case["template"]), case["value"]
    if any(each < " " or each == "\x7f" for each in value) or ("+" in template and set(value) & set("?#")):
        with pytest.raises(ArgumentError):
            expand(template, {"x": value})
        return
    assert f"/{expand(template, {'x': value})}" == case["expect_path"]


@needed
@pytest.mark.parametrize(
    "case", cases("transcoding.json", "client_build_api_core"), ids=lambda case: str(case["id"])
)
def test_paths_are_built_as_googles_own_client_builds_them(case: dict[str, Any]) -> None:
    if case["kind"] == "test_expand_success":
        template = discovery(case["tmpl"])
        if "*" in template:
            assert read_template(template)[1] is not None
            pytest.skip(WILDCARD)
        assert f"/{expand(template, case['kwargs'])}" == case["expected_result"]
        return
    if case["kind"] not in ("test_transcode_with_wildcard", "test_transcode_fails"):
        pytest.skip(NESTED)
    ((_, rule, _),) = case["http_options"]
    template, given = discovery(rule), case["request_kwargs"]
    names, fault = read_template(template)
    assert fault is None
    if case["kind"] == "test_transcode_with_wildcard":
        path = expand(template, {name: given[name] for name in names})
        assert f"/{path}" == case["expected_result"][1]
    elif set(names) <= given.keys():
        # Google's client refuses a slash in a single segment; here it is encoded, which the service reads as one.
        assert "/" not in expand(template, given).removeprefix("v1/")
    else:
        with pytest.raises(ArgumentError, match=names[0]):
            _request(template, names, given)


def _request(template: str, names: tuple[str, ...], given: dict[str, Any]) -> None:
    from groundwire_runtime.codec import Codecs
    from groundwire_runtime.method import Method

    parameters = tuple(Parameter(name=name, location="path", required=True) for name in names)
    method: Method[Any] = Method(id="a.b", verb="GET", path=template, parameters=parameters)
    known = {name: value for name, value in given.items() if name in names}
    method.request(known, base_url="https://x.googleapis.com/", codecs=Codecs(None, {}))


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("", ()),
        ("v1/books", ()),
        ("v1/{+name}", ("name",)),
        ("v1/{+parent}/books/{book}:sell", ("parent", "book")),
        ("v1/{a.b.c}", ("a.b.c",)),
        ("v1/{a}-{b}.json", ("a", "b")),
        ("v1/a:b/{c}", ("c",)),
    ],
)
def test_a_template_is_read(path: str, names: tuple[str, ...]) -> None:
    assert read_template(path) == (names, None)


@pytest.mark.parametrize(
    ("path", "column"),
    [
        ("a//b", 3),
        ("a/{x}:", 6),
        (":", 1),
        ("a/:b", 3),
        ("a/**", 3),
        ("a/{x=*}", 3),
        ("{x}a", 1),
        ("a{x}", 2),
        ("a/{x", 3),
        ("a/}", 3),
        ("{}", 1),
        ("{x}{y}", 4),
        ("a b", 2),
        ("a?b={c}", 2),
        ("a%2Fb", 2),
    ],
)
def test_a_fault_of_a_template_has_its_column(path: str, column: int) -> None:
    _, fault = read_template(path)
    assert fault is not None
    assert f"column {column}" in fault


@pytest.mark.parametrize("path", ["a/../b", "./a", "{x}/{x}", "a/.."])
def test_other_faults_of_a_template(path: str) -> None:
    assert read_template(path)[1] is not None


HOSTILE = [
    r"^(a+)+$",
    r"^(a|a)*$",
    r"^(.+[<,<=,==,>=,>,<>].+,)*(.+[<,<=,==,>=,>,<>].+)$",
    r"^.*.*.*$",
    r"^[a-z]*[a-z]*x$",
    r"[a-z]+$",
    r"^a{1,9999}a{1,9999}$",
    r"^(?=a*)a*$",
    r"^(?P<x>a)(?P=x)*$",
    r"^\w*\d*$",
    "^a{11,9}$",
    "^[z-a]+$",
    "^[[a-z]]$",
    "^[a--b]$",
    "^a{1,99999999999}$",
    "^a**$",
    "a" * 501,
]


@pytest.mark.parametrize("pattern", HOSTILE)
def test_a_pattern_that_may_hang_or_break_the_matcher_is_never_run(pattern: str) -> None:
    started = time.perf_counter()
    assert not is_linear(pattern)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "pattern",
    [r"^projects/[^/]+$", r"^projects/[^/]+/operations/[^/]+$", r"^[a-zA-Z0-9.,:;_-]*$", r"^a\$", r"^\d{3}$"],
)
@pytest.mark.parametrize("value", ["a" * 2_048, "projects/" * 200, "-" * 2_048 + "\n", "/" * 100_000])
def test_a_pattern_that_is_run_is_done_at_once(pattern: str, value: str) -> None:
    assert is_linear(pattern)
    parameter = Parameter(name="p", location="path", pattern=pattern)
    started = time.perf_counter()
    try:
        parameter.texts(value)
    except ArgumentError as error:
        assert len(str(error)) < 1_000
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [
        (r"^a\$", "a$", True),
        (r"^a\$", "aZ", False),
        (r"^a\$", "a\\Z", False),
        (r"^a$", "a", True),
        (r"^a$", "ab", False),
    ],
)
def test_an_escaped_dollar_is_a_dollar(pattern: str, value: str, fits: bool) -> None:
    parameter = Parameter(name="p", location="path", pattern=pattern)
    if fits:
        assert parameter.texts(value) == (value,)
        return
    with pytest.raises(ArgumentError, match="must match"):
        parameter.texts(value)
