"""A web page with the official JavaScript client, unmodified, on another origin than the server: `nox -s browser` brings it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from urllib.parse import quote

import pytest
from groundwire_contract.fixture import EarthEngineContract, running
from groundwire_contract.rules.refusals import DESCRIPTION_INVALID

from tests import browser
from tests.browser import Browser, tab, view

__all__ = ["tab", "view"]

CLIENT = Path("@google", "earthengine", "build", "browser.js")
"""What bundlers take for a browser, without the bundler: the page gives it a `module`."""

pytestmark = [
    browser.needed,
    pytest.mark.skipif(
        "GROUNDWIRE_NODE_MODULES" not in os.environ, reason="GROUNDWIRE_NODE_MODULES is not set"
    ),
]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Write nothing to the output of tests."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The origin of a site that has the page."""
    pytest.importorskip("ee", reason="the list of functions comes with earthengine-api")
    shutil.copy(Path(os.environ["GROUNDWIRE_NODE_MODULES"], CLIENT), tmp_path)
    shutil.copy(Path(__file__).with_name("page.html"), tmp_path)
    with browser.site(partial(_Quiet, directory=str(tmp_path))) as origin:
        yield origin


def seen(view: Browser, site: str, contract: EarthEngineContract) -> str:
    view.open(f"{site}/page.html?endpoint={quote(contract.endpoint)}")
    return view.until("document.getElementById('seen').textContent")


def test_a_page_of_an_allowed_origin_starts_lists_and_cancels(view: Browser, site: str) -> None:
    with running(allow_origins=(site,)) as contract:
        found = json.loads(seen(view, site, contract))
        assert found["listed"] == ["from-a-page"]
        assert found["states"] == ["CANCELLING", "CANCELLED"]
        assert found["refused"] == DESCRIPTION_INVALID
        assert [each.description for each in contract.operations] == ["from-a-page"]
        assert {each.verb for each in contract.requests} == {"GET", "POST"}, "a preflight is no request"
        # Chromium notes each answer with an error status.
        assert all("400" in each for each in view.complaints())


def test_a_page_of_another_origin_starts_nothing(view: Browser, site: str) -> None:
    with running(allow_origins=("https://another.example",)) as contract:
        assert seen(view, site, contract).startswith("failed: ")
        assert contract.operations == ()
        assert any("CORS" in each for each in view.complaints())
