"""The tests on docs/contract-assets.md pass."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from groundwire_contract.contract import load
from groundwire_contract.fixture import EarthEngineContract

PAGE = Path(__file__).parents[3] / "docs" / "contract-assets.md"
TEXT = PAGE.read_text(encoding="utf-8")


def snippets(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    ee, deprecation = pytest.importorskip("ee"), pytest.importorskip("ee.deprecation")
    # The client fetches its catalogue of data sets from an address of its own.
    monkeypatch.setattr(deprecation, "_FetchDataCatalogStac", dict)
    yield {}
    ee.Reset()


def test_the_tests_of_the_page_pass(earthengine_contract: EarthEngineContract, names: dict[str, Any]) -> None:
    for snippet in snippets("python"):
        exec(compile(snippet, PAGE.name, "exec"), names)  # noqa: S102 - our own page
    for name in [name for name in names if name.startswith("test_")]:
        earthengine_contract.reset()
        names[name](earthengine_contract)


def test_the_answers_of_the_page_are_methods() -> None:
    answers = {method for snippet in snippets("toml") for method in tomllib.loads(snippet)}
    assert answers <= set(load().api.methods)
