"""Expressions of documents beside Python's matcher, and expressions that would keep it busy."""

from __future__ import annotations

import random
import re
import time

import pytest
from groundwire_contract.rest.patterns import is_checked, searches

PATTERNS = [
    r"^[+|-]?[A-Za-z_].*",
    r"^([0-9a-f]{4}(?:[0-9a-f]{2})?)$",
    r"^([01]\d|2[0-3]):?([0-5]\d)$",
    r"^\d+(,\d+)*$",
    r"^(a|b)*c$",
    r"a{2,3}b?|c+$",
    r"[^a-c]{2}",
    r"\bab\b|\Ba",
    r"^(?:[a-c]{4})*(?:[a-c]{2}==|[a-c]{3}=)$",
    r"(a*)*$",
    r"^\s*(-)?\d+((\.\d+)(e\d+)?)?\s*,\s*-?\d+$",
    r".*\/i(\?.*)?\b",
    r"^$",
    "",
    r"(a|)b",
    r"[\w.-]+@[^\W\d]",
    r"\u0061[\x62-c]+?",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_an_expression_matches_what_python_matches(pattern: str) -> None:
    assert is_checked(pattern)
    source = random.Random(pattern)  # noqa: S311 - test values
    for _ in range(500):
        text = "".join(source.choices("abc012:,.- =/?e@i", k=source.randint(0, 8)))
        assert searches(pattern, text) == (re.search(pattern, text, re.ASCII) is not None), text


@pytest.mark.parametrize(
    "pattern", [r"^(a+)+$", r"^(a|a)*$", r"^(a|aa)+$", r"(.*)(.*)(.*)(.*)x$", r"^(\w+\s?)*$"]
)
def test_no_text_keeps_it_busy(pattern: str) -> None:
    started = time.monotonic()
    assert not searches(pattern, "a" * 5_000 + "!")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?=a)b",
        r"(?<!a)b",
        r"(a)\1",
        r"\p{L}",
        "[b-a]",
        "(",
        "a{10}{10}",
        "(a{1000}){1000}",
        "*a",
        "(" * 100 + ")" * 100,
    ],
)
def test_what_is_not_read_is_documentation(pattern: str) -> None:
    assert not is_checked(pattern)
    assert searches(pattern, "anything")


def test_the_ends_of_a_text_are_its_ends() -> None:
    assert not searches("^(a)$", "a\n")
    assert not searches("^a$", "a\n")
    assert not searches(r"^(\d)$", "\u0663"), "a digit is one of ASCII"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(?:(?:(?:){9999}){9999}){9999}(?:a|b)", "a"),
        (f"(a|a)*[{''.join(map(chr, range(0x400, 0x400 + 4000)))}]", "a" * 200_000),
    ],
    ids=["nothing, often", "a large class"],
)
def test_no_expression_keeps_it_busy(pattern: str, text: str) -> None:
    started = time.process_time()
    assert searches(pattern, text)
    assert time.process_time() - started < 5
