"""The lowest versions of dependencies that an installation may have."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.audits.builds.workflow import ROOT

FIXED = {"urllib3": (2, 7), "jinja2": (3, 1, 6), "cryptography": (44, 0, 1)}
"""The first versions without the advisories that were published for them."""


def bounds() -> dict[str, tuple[int, ...]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    found = (re.match(r"([a-z0-9-]+)(?:\[.*\])?>=([0-9.]+)", each) for each in wanted)
    return {each[1]: tuple(map(int, each[2].split("."))) for each in found if each is not None}


@pytest.mark.parametrize("name", FIXED)
def test_no_version_with_a_known_fault_is_admitted(name: str) -> None:
    assert bounds()[name] >= FIXED[name]


def test_a_client_has_four_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = [re.split(r"[>=<]", each)[0] for each in project["dependencies"]]
    assert names == ["attrs", "cattrs", "urllib3", "google-auth[requests]"]
