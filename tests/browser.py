"""A headless Chromium, driven by selenium; where either is missing, its tests are skipped."""

from __future__ import annotations

import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from attrs import frozen

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
SECONDS = 15.0
CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
"""Gives the texts of a page that stand out too little."""
_GONE = re.compile(r"net::ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|EMPTY_RESPONSE)$")


@frozen
class Browser:
    """One tab."""

    driver: Chrome

    def tell(self, command: str, **parameters: Any) -> Any:
        """Send a command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(command, parameters)

    def look(self, width: int, height: int = 900, **features: str) -> None:
        """Show the page at a size, with media features such as `prefers_color_scheme="dark"`."""
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        wanted = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.tell("Emulation.setEmulatedMedia", features=wanted)

    def open(self, address: str) -> None:
        """Go to an address, and wait until the page is there and its script has run."""
        self.driver.get(address)

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a function's body in the page."""
        return self.driver.execute_script(script, *arguments)

    def until(self, script: str, *arguments: Any) -> Any:
        """Wait until an expression of the page is true, and give its value."""
        return self.wait(lambda: self.run(f"return {script}", *arguments), script)

    def wait(self, ask: Callable[[], Any], what: str) -> Any:
        """Wait until a question has an answer, and give it."""
        from selenium.webdriver.support.wait import WebDriverWait

        return WebDriverWait(self.driver, SECONDS, poll_frequency=0.02).until(lambda _: ask(), what)

    def tree(self, last: str) -> list[dict[str, Any]]:
        """What assistive technology is told, once it is told of the part of the page that has this role."""

        def whole() -> list[dict[str, Any]]:
            nodes = [
                node for node in self.tell("Accessibility.getFullAXTree")["nodes"] if not node["ignored"]
            ]
            return nodes if any(node["role"]["value"] == last for node in nodes) else []

        return self.wait(whole, "the accessibility tree")

    def press(self, *keys: str) -> None:
        """Press keys, one after another, wherever the focus is."""
        from selenium.webdriver import ActionChains

        chain = ActionChains(self.driver, duration=0)
        for key in keys:
            chain.send_keys(key)
        chain.perform()

    def complaints(self) -> list[str]:
        """What was written to the console since it was asked last.

        Not of the browser's own pages, nor that a server has left, as each does at the end of its test.
        """
        messages = [entry["message"] for entry in self.driver.get_log("browser")]
        return [each for each in messages if not each.startswith("chrome://") and not _GONE.search(each)]


def missing() -> str | None:
    """What is not there that a browser needs."""
    try:
        import selenium  # noqa: F401 - only whether it is there
    except ImportError:
        return "selenium is not installed"
    return None if _program() and _driver() else "no Chromium with its chromedriver is installed"


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """A browser with a profile of its own that nothing was ever kept in, with more flags."""
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = ChromeOptions()
        options.binary_location = _program() or ""
        for flag in (*FLAGS, *more, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = Chrome(options=options, service=Service(_driver()))
        try:
            yield Browser(driver)
        finally:
            driver.quit()


@contextmanager
def site(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    """The origin of a web site, which is not the address of a contract server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _program() -> str | None:
    return _first(shutil.which, "chromium", "chromium-browser", "google-chrome")


def _driver() -> str | None:
    return _first(shutil.which, "chromedriver")


def _first(find: Callable[[str], str | None], *names: str) -> str | None:
    return next((found for name in names if (found := find(name))), None)


needed = pytest.mark.skipif(missing() is not None, reason=f"needs a browser: {missing()}")


@pytest.fixture(scope="module")
def tab() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def view(tab: Browser) -> Iterator[Browser]:
    """The tab as it is at first, and without a complaint at the end."""
    tab.look(1280)
    tab.complaints()
    yield tab
    found = tab.complaints()
    tab.open("about:blank")
    assert found == []
