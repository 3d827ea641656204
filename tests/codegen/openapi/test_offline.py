"""Only `fetch` and `upgrade` use the network, also where a document refers to others by URL."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.codegen.documents import encoded

from .split import document, text, write
from .test_references import URL, keep

# The interpreter tells of each use of a socket before it happens (PEP 578).
PROGRAM = """
import sys

def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        print("network:", event, arguments)
        raise OSError("no network here")

sys.addaudithook(watch)
from groundwire_codegen.cli import main
main(sys.argv[1:])
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def api(tmp_path: Path) -> Path:
    """A document that refers to a URL and to files, with what the URL holds kept beside it."""
    (tmp_path / ".git").mkdir()
    path = write(tmp_path, document(URL))
    warden = {"type": "object", "properties": {"kept": {"type": "string"}}}
    hut = {"components": {"schemas": {"Hut": {"$ref": "warden.json"}}}}
    keep(path, {URL: text(hut), "https://huts.example/shared/warden.json": encoded(warden)})
    return path


def test_no_command_but_fetch_and_upgrade_connects(api: Path) -> None:
    name, folder = api.name, api.parent
    for arguments in (
        ("generate", name, "--out", "client", "--package", "client"),
        ("check", name, "--out", "client", "--package", "client"),
        ("vendor", "hutscopy", "--document", name),
        ("vendor", "hutscopy", "--check"),
        ("diff", name, name),
        ("lint", name),
    ):
        done = run(folder, *arguments)
        assert (done.returncode, "network:" in done.stdout) == (0, False), (
            arguments,
            done.stdout + done.stderr,
        )


def test_fetch_is_seen_to_use_it(api: Path) -> None:
    done = run(api.parent, "fetch", URL, "--allow-host", "huts.example", "--out", "common.yaml")
    assert "network:" in done.stdout


def test_a_url_that_is_not_kept_is_named_and_not_asked(tmp_path: Path) -> None:
    path = write(tmp_path, document("https://huts.example/other.yaml"))
    done = run(tmp_path, "generate", path.name, "--out", "client", "--package", "client")
    assert (done.returncode, "network:" in done.stdout) == (2, False)
    assert "'https://huts.example/other.yaml' is not at hand" in done.stderr
