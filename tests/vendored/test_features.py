"""Optional parts of the runtime: copied when used or requested, and each copy runs without the others."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from groundwire_codegen.lock import FILE
from groundwire_codegen.vendor.features import FEATURES
from groundwire_codegen.vendor.notice import requirements

from tests.codegen.documents import bookshop, encoded
from tests.codegen.test_cli import run

BEFORE = Path(__file__).with_name("before")
CASES_FOLDER = Path(__file__).parent.parent / "codegen" / "cases"
CALL = """
import sys
for name in ({hidden}): sys.modules[name] = None
import json, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b'{{"name": "n"}}')
    def log_message(self, *_): pass
server = HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.handle_request, daemon=True).start()
import shop
with shop.Client(endpoint=f"http://127.0.0.1:{{server.server_port}}") as client:
    book = client.books.get("books/a")
server.server_close()
{more}
print(book.name)
"""
ORIGINALS = "'groundwire', 'groundwire_runtime', 'groundwire_exports', 'groundwire_codegen'"
USES = {
    "": (
        "try: shop.Client().save('x', print)\n"
        "except ValueError as error: assert '--with downloads' in error.hint, error\n"
        "else: raise SystemExit('saved')\n"
        "try: shop.credentials.from_file(sys.argv[1])\n"
        "except shop.errors.AuthError as error: assert 'Earth Engine' in error.message, error\n"
        "else: raise SystemExit('read')\n"
        "assert not hasattr(shop, 'converter')\n"
        "from shop import *"
    ),
    "converter": (
        "from attrs import frozen\n"
        "@frozen\nclass Mine:\n    books: list[shop.Book]\n"
        "mine = shop.converter.structure({'books': [{'name': 'n'}]}, Mine)\n"
        "assert mine == Mine([book])\n"
        "assert shop.converter.unstructure(mine) == {'books': [{'name': 'n'}]}"
    ),
    "downloads": (
        "import io, json\n"
        "class Sent:\n"
        "    def send(self, request):\n"
        "        assert request.headers['accept-encoding'] == 'identity'\n"
        "        return shop._runtime.http.Response(status=200, body=b'{}')\n"
        "file = io.BytesIO()\n"
        "with shop.Client(endpoint='http://localhost', transport=Sent()) as client:\n"
        "    assert client.save(file, client.books.get, 'books/a').size == 2\n"
        "assert file.getvalue() == b'{}'"
    ),
    "oauth2": (
        "from shop._runtime.oauth2 import ClientCredentials\n"
        "assert repr(ClientCredentials('id', 'secret')) == 'ClientCredentials(...)'"
    ),
    "earthengine": (
        "found = shop.credentials.earthengine(sys.argv[1])\n"
        "assert found.refresh_token == 'r' and found.quota_project_id == 'p'"
    ),
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "bookshop.json").write_bytes(encoded(bookshop()))
    (tmp_path / "login").write_text('{"refresh_token": "r", "project": "p"}', "utf-8")
    return tmp_path


def copied(repository: Path, feature: str) -> Path:
    """A copy with one feature, or none."""
    document = bookshop()
    [scope] = [each.scope for each in FEATURES if each.name == "earthengine"]
    if feature == "earthengine":
        document["auth"] = {"oauth2": {"scopes": {scope: {"description": "d"}}}}
        document["resources"]["books"]["methods"]["get"]["scopes"] = [scope]
        (repository / "bookshop.json").write_bytes(encoded(document))
    options = ["--with", feature] if feature and feature != "earthengine" else []
    done = run("vendor", str(repository / "shop"), "--document", str(repository / "bookshop.json"), *options)
    assert done.exit_code == 0, done.output
    return repository / "shop"


@pytest.mark.parametrize("feature", ["", *(each.name for each in FEATURES)])
def test_a_copy_with_one_feature_runs(repository: Path, feature: str) -> None:
    copy = copied(repository, feature)
    modules = {path.stem for path in (copy / "_runtime").glob("*.py")}
    assert modules & {each for one in FEATURES for each in one.modules} == {
        module for one in FEATURES if one.name == feature for module in one.modules
    }
    notice = (copy / "NOTICE").read_text("utf-8")
    assert ("cattrs" in notice) == (feature == "converter")
    hidden = ORIGINALS if feature == "converter" else f"{ORIGINALS}, 'cattrs'"
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", CALL.format(hidden=hidden, more=USES[feature]), str(repository / "login")],
        cwd=repository,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "n\n", "")


def test_requirements_are_what_runs() -> None:
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import cattrs\nelse:\n    import attrs\n"
    assert requirements({"a.py": text, "b.py": "def f():\n    import urllib3\n", "c.txt": "import"}) == (
        "attrs>=23.2",
        "urllib3>=2.7",
    )


def test_a_copy_of_the_version_before_is_read_and_updated(repository: Path) -> None:
    (repository / ".git").mkdir()
    copy = repository / "service" / "shop"
    shutil.copytree(BEFORE / "shop", copy)
    checked = run("vendor", str(copy), "--check")
    assert checked.exit_code == 1, checked.output
    assert "edited" not in checked.stdout
    names = json.loads((copy / FILE).read_text("utf-8"))["names"]
    updated = run("vendor", str(copy), "--update", "--fail-on", "compatible")
    assert (updated.exit_code, ": no change\n" in updated.stdout) == (0, True), updated.output
    assert json.loads((copy / FILE).read_text("utf-8"))["names"] == names
    # It published `converter`, which was no option then.
    assert '"converter"' in (copy / "__init__.py").read_text("utf-8")
    assert run("vendor", str(copy), "--check").output == ""


def test_modules_that_are_not_used_leave_a_copy_of_the_version_before(repository: Path) -> None:
    (repository / ".git").mkdir()
    copy = repository / "service" / "shop"
    copy.mkdir(parents=True)
    shutil.copy(BEFORE / "full.lock", copy / FILE)
    assert run("vendor", str(copy), "--update").exit_code == 0
    files = json.loads((copy / FILE).read_text("utf-8"))["files"]
    assert "_runtime/client.py" in files
    assert not files.keys() & {"_runtime/converter.py", "_runtime/earthengine.py"}


OPTIONAL = frozenset(
    {
        *("json_patch", "linked_method", "links", "oauth2", "paging", "patching", "polling", "rest_paging"),
        *("rest_waiting", "token_refresh", "token_source"),
    }
)
PAGES = {"linked_method", "links", "paging", "rest_paging"}


@pytest.mark.parametrize(
    ("case", "modules"),
    [
        ("openapi_contents", set[str]()),
        ("openapi_paging", {*PAGES, "token_refresh", "token_source"}),
        ("openapi_waiting", {"linked_method", "links", "polling", "rest_waiting"}),
        ("openapi_nullable31", {"patching"}),
        ("openapi_security", {"oauth2", "token_refresh", "token_source"}),
    ],
)
def test_a_copy_of_an_openapi_client_has_what_it_uses(tmp_path: Path, case: str, modules: set[str]) -> None:
    folder = CASES_FOLDER / case
    overlay = ["--overlay", str(folder / "overlay.toml")] if (folder / "overlay.toml").exists() else []
    document = next(path for path in folder.iterdir() if path.name.startswith("openapi."))
    done = run("vendor", str(tmp_path / "vendored"), "--document", str(document), *overlay)
    assert done.exit_code == 0, done.output
    runtime = {path.stem for path in (tmp_path / "vendored" / "_runtime").glob("*.py")}
    assert runtime & OPTIONAL == modules
    assert not any(name.startswith("google") for name in runtime)
    code = "import sys\nfor name in ('google', 'cattrs'): sys.modules[name] = None\nimport vendored as c\nc.Client; c.auth"
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
