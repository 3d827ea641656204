"""The command line: generate, check and vendor, their exit codes and what they say."""

from __future__ import annotations

import gc
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from groundwire_codegen.cli import main
from groundwire_codegen.lock import FILE

from tests.codegen.documents import bookshop, encoded, with_property

FILES = {
    ".gitattributes",
    "__init__.py",
    "client.py",
    "codecs.py",
    "messages.py",
    "provenance.py",
    "py.typed",
    FILE,
}
TYPES = "any, array, boolean, integer, number, object, string"


class Shop:
    """A document in a folder of its own, and the command line on it."""

    def __init__(self, folder: Path) -> None:
        self.spec = folder / "bookshop.json"
        self.out = folder / "bookshop"
        self.write(bookshop())

    def write(self, document: dict[str, Any]) -> None:
        self.spec.write_bytes(encoded(document))

    def run(self, command: str, *more: str) -> Result:
        return run(command, str(self.spec), "--out", str(self.out), *more)

    def files(self) -> dict[str, str]:
        return {path.name: path.read_text("utf-8") for path in self.out.iterdir()}


def run(*arguments: object, env: Mapping[str, str] | None = None) -> Result:
    """Run the command; no exception but an exit leaves it."""
    result = CliRunner().invoke(main, [*map(str, arguments)], env=env)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_generate_says_what_it_wrote_and_then_that_all_is_well(shop: Shop) -> None:
    first = shop.run("generate")
    assert first.exit_code == 0
    assert first.output.splitlines() == [f"wrote {shop.out / name}" for name in sorted(FILES)]
    assert set(shop.files()) == FILES
    again = shop.run("generate")
    assert (again.exit_code, again.output) == (0, f"{shop.out} is up to date\n")
    assert shop.run("check").output == ""


def test_generate_counts_many_files(shop: Shop) -> None:
    document = bookshop()
    document["schemas"] |= {f"Event{number}": {"type": "object", "properties": {}} for number in range(201)}
    shop.write(document)
    output = shop.run("generate").output
    assert re.fullmatch(rf"wrote \d{{3}} files in {re.escape(str(shop.out))}\n", output)


def test_generate_again_writes_what_changed(shop: Shop) -> None:
    shop.run("generate")
    shop.write({**bookshop(), "revision": "20260202"})
    result = shop.run("generate")
    assert result.output.splitlines() == [f"wrote {shop.out / FILE}", f"wrote {shop.out / 'provenance.py'}"]


def test_check_accepts_what_generate_wrote(shop: Shop) -> None:
    shop.run("generate")
    before = shop.files()
    result = shop.run("check")
    assert (result.exit_code, result.output) == (0, "")
    assert shop.files() == before
    # Builds that ask for a full check still may.
    assert shop.run("check", "--full").output == ""


def test_check_shows_a_hand_edit(shop: Shop) -> None:
    shop.run("generate")
    path = shop.out / "messages.py"
    path.write_text(path.read_text().replace('"""Its name."""', '"""My name."""'))
    result = shop.run("check")
    assert result.exit_code == 3
    assert "--- bookshop/messages.py\n+++ generated/messages.py\n@@" in result.output
    assert '-    """My name."""\n+    """Its name."""' in result.output
    assert "My name" in path.read_text()


def test_check_shows_a_stale_client_and_an_older_revision(shop: Shop) -> None:
    shop.write({**with_property("isbn", {"type": "string"}), "revision": "20270101"})
    shop.run("generate")
    shop.write(bookshop())
    result = shop.run("check")
    assert result.exit_code == 1
    assert '-REVISION: Final = "20270101"' in result.output
    assert '+REVISION: Final = "20260101"' in result.output
    assert "-    isbn: str | None = None" in result.output
    assert "isbn" in shop.files()["messages.py"]


@pytest.mark.parametrize("name", sorted(FILES))
def test_check_misses_no_file(shop: Shop, name: str) -> None:
    shop.run("generate")
    (shop.out / name).unlink()
    result = shop.run("check")
    assert result.exit_code == 1
    assert f"+++ generated/{name}" in result.output
    assert shop.run("generate").output == f"wrote {shop.out / name}\n"
    assert shop.run("check").output == ""


def test_check_finds_another_option(shop: Shop) -> None:
    shop.run("generate")
    result = shop.run("check", "--package", "other")
    assert result.exit_code == 1
    assert '+"""other: a client of Bookshop API v1."""' in result.output


def test_check_before_the_first_run(shop: Shop) -> None:
    result = shop.run("check")
    assert result.exit_code == 1
    assert "--- (absent)\n+++ generated/client.py" in result.output
    assert not shop.out.exists()


@pytest.mark.parametrize("command", ["generate", "check"])
@pytest.mark.parametrize("there", [True, False])
def test_a_bad_document_is_reported_and_nothing_is_written(shop: Shop, command: str, there: bool) -> None:
    if there:
        shop.run("generate")
    before = shop.files() if there else None
    document = with_property("x", {"type": "int128"})
    document["schemas"]["Book"]["properties"]["y\u202e"] = {"$ref": "No"}
    shop.write(document)
    result = shop.run(command)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        (
            f"document#/schemas/Book/properties/x/type: unknown type 'int128' (one of {TYPES}; "
            "--allow-construct int128 ignores it)"
        ),
        "document#/schemas/Book/properties/y\\u202e: unresolved $ref 'No' (no schema has this id)",
        "2 problem(s); nothing was written.",
    ]
    assert (shop.files() if shop.out.exists() else None) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--overlay", "absent.toml"], "absent.toml: No such file or directory"),
        (["--package", "not a name"], "'not a name' is not a package name"),
        (["--package", "class"], "'class' is not a package name"),
        (["--package", "../evil"], "'../evil' is not a package name"),
        (["--methods", "bookshop.nope"], "the document has no method 'bookshop.nope'"),
        (["--nope"], "No such option"),
    ],
)
def test_a_bad_argument_is_reported(shop: Shop, arguments: list[str], words: str) -> None:
    result = shop.run("generate", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert not shop.out.exists()


def test_a_document_that_is_not_there(shop: Shop) -> None:
    shop.spec.unlink()
    result = shop.run("generate")
    assert (result.exit_code, "No such file" in result.stderr) == (2, True)


def test_a_foreign_file_is_not_replaced(shop: Shop) -> None:
    shop.out.mkdir()
    (shop.out / "client.py").write_text("mine")
    result = shop.run("generate")
    assert result.exit_code == 2
    assert "bookshop#/client.py: exists and was not generated" in result.stderr
    assert shop.files() == {"client.py": "mine"}


def test_methods_takes_words_up_to_the_next_option(shop: Shop) -> None:
    result = shop.run(
        "generate", "--methods", "bookshop.books.get", "bookshop.books.create", "--package", "shop"
    )
    assert result.exit_code == 0
    client = shop.files()["client.py"]
    assert "BOOKS_GET" in client
    assert "BOOKS_CREATE" in client
    assert "BOOKS_LIST" not in client
    assert "ListBooksResponse" not in shop.files()["messages.py"]
    assert '"""shop: a client of Bookshop API v1."""' in shop.files()["__init__.py"]
    assert shop.run("check").exit_code == 1
    same = ["--methods", "bookshop.books.create", "--methods", "bookshop.books.get", "--package", "shop"]
    assert shop.run("check", *same).exit_code == 0


def test_an_overlay_names_the_package_and_its_methods(shop: Shop, tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.toml"
    overlay.write_text('document = "bookshop:v1"\npackage = "shop"\ngenerate = ["bookshop.books.get"]\n')
    assert shop.run("generate", "--overlay", str(overlay)).exit_code == 0
    assert '"""shop: a client' in shop.files()["__init__.py"]
    assert "BOOKS_LIST" not in shop.files()["client.py"]


def test_another_host_is_allowed_by_name(shop: Shop) -> None:
    shop.write({**bookshop(), "rootUrl": "https://shop.example/"})
    refused = shop.run("generate")
    assert (refused.exit_code, "--allow-host shop.example" in refused.stderr) == (2, True)
    assert shop.run("generate", "--allow-host", "SHOP.example").exit_code == 0
    assert 'base_url="https://shop.example/"' in shop.files()["client.py"]


def test_vendor_writes_a_client_that_stands_alone(tmp_path: Path) -> None:
    first = run("vendor", str(tmp_path / "vendored"))
    assert first.exit_code == 0
    lock = json.loads((tmp_path / "vendored" / FILE).read_text())
    assert {"_runtime/codec.py", "client.py", "py.typed"} <= lock["files"].keys()
    assert len(lock["inputs"]["vendored_by"]) == 64
    assert run("vendor", str(tmp_path / "vendored")).output.startswith("0 file(s) written")
    script = (
        "import sys; sys.modules.update(dict.fromkeys(['groundwire', 'groundwire_runtime', 'groundwire_codegen']))\n"
        'import vendored; print(vendored.decode(vendored.ExportImageRequest, b\'{"description": "d"}\').description)'
    )
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)  # noqa: S603 - our own
    assert (done.stdout, done.stderr) == ("d\n", "")


def test_vendor_refuses_what_was_not_generated(tmp_path: Path) -> None:
    for client, words in (
        ("json", "was not generated"),
        ("no_such_package", "is installed"),
        ("a..b", "is installed"),
    ):
        result = run("vendor", str(tmp_path / "vendored"), "--client", client)
        assert (result.exit_code, words in result.stderr) == (2, True)
    assert not (tmp_path / "vendored").exists()


def test_help_imports_no_template_engine() -> None:
    script = "import sys, groundwire_codegen.cli; print(sorted({'jinja2'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)  # noqa: S603
    assert done.stdout == "[]\n"


def test_a_json_document_is_read_without_the_reader_of_yaml(shop: Shop) -> None:
    openapi = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"get": {"operationId": "a", "responses": {"204": {"description": "Done"}}}}},
    }
    shop.write(openapi)
    script = (
        f"import sys; sys.argv[1:] = ['generate', {str(shop.spec)!r}, '--out', {str(shop.out)!r}]; import atexit; "
        "from groundwire_codegen.__main__ import run; atexit.register(lambda: print({'yaml'} & set(sys.modules))); run()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)  # noqa: S603
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "set()"), done.stderr
    assert FILE in shop.files()


def test_a_command_inside_a_program_leaves_its_collector_alone(shop: Shop) -> None:
    assert shop.run("generate").exit_code == 0
    assert gc.isenabled()
    gc.disable()
    try:
        assert shop.run("check").exit_code == 0
        assert not gc.isenabled()
    finally:
        gc.enable()
