"""Files that would be imported in place of generated ones, or beside them, are edits; what a normal run leaves is none."""

from __future__ import annotations

import os
import py_compile
import shutil
import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from tests.audits.builds.origin import git
from tests.codegen.test_edits import COMMANDS, WRITERS, Place, place
from tests.codegen.test_emit import tree

__all__ = ["place"]

SHADOWS = [
    "client/__init__.py",
    "client/__init__.pyi",
    "client/inner.py",
    "client.pyi",
    "__init__.cpython-311-x86_64-linux-gnu.so",
    "client.abi3.so",
    "client.pyd",
    "client.pyc",
    "Client.PY",
    "helpers.pyw",
    "sub/deep/er/module.py",
    "hook.pth",
    "__pycache__/module.py",
    "__pycache__/client.so",
]


def folder_of(place: Place, command: str) -> Path:
    return place.copy if command.startswith("vendor") else place.client


@pytest.mark.parametrize("path", SHADOWS)
@pytest.mark.parametrize("command", ["check", "generate", "vendor --check"])
def test_a_file_that_nobody_generated_is_an_edit(place: Place, command: str, path: str) -> None:
    file = folder_of(place, command) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"x = 1\n")
    before = tree(place.folder)
    done = place.run(command)
    assert done.exit_code == 3, done.output
    assert path.replace("/", "~1") in done.output or path in done.output
    assert tree(place.folder) == before


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_sees_it_and_none_drops_it(place: Place, command: str) -> None:
    file = folder_of(place, command) / "client" / "__init__.py"
    file.parent.mkdir()
    file.write_text("x = 1\n")
    more = ("--discard-edits",) if command in WRITERS else ()
    done = place.run(command, *more)
    assert (done.exit_code, "exists and was not generated" in done.output) == (3, True)
    assert file.read_text() == "x = 1\n"


def test_a_runtime_module_in_a_copy_cannot_be_shadowed(place: Place) -> None:
    shadow = place.copy / "_runtime" / "retry"
    shadow.mkdir()
    (shadow / "__init__.py").touch()
    done = place.run("vendor --check")
    assert (done.exit_code, "edited: shop/_runtime/retry/__init__.py" in done.stdout) == (3, True)


@pytest.mark.parametrize("path", ["client", "notes.txt", ".hidden", "data/notes.txt", "__pycache__/notes"])
@pytest.mark.parametrize("target", ["a folder", "a file", "nothing"])
@pytest.mark.parametrize("command", ["check", "vendor --check"])
def test_a_link_is_an_edit_wherever_it_leads(place: Place, command: str, target: str, path: str) -> None:
    link = folder_of(place, command) / path
    link.parent.mkdir(exist_ok=True)
    link.symlink_to({"a folder": place.folder, "a file": place.spec}.get(target, place.folder / "gone"))
    done = place.run(command)
    lines = [line for line in done.stdout.splitlines() if line.startswith("edited")]
    assert (done.exit_code, len(lines)) == (3, 1)
    assert lines[0].endswith(f"{folder_of(place, command).name}/{path}: exists and was not generated")


def test_what_a_link_leads_to_is_not_read(place: Place) -> None:
    (place.client / "loop").symlink_to(place.client, target_is_directory=True)
    (place.client / "x.pyc").symlink_to("/dev/zero")
    done = place.run("check")
    assert (done.exit_code, done.stdout.count("exists and was not generated")) == (3, 2)


def test_a_new_client_is_not_put_beside_other_modules(place: Place) -> None:
    shutil.rmtree(place.client)
    place.client.mkdir()
    (place.client / "settings.py").write_text("mine\n")
    done = place.run("generate")
    assert (done.exit_code, "bookshop#/settings.py: exists and was not generated" in done.stderr) == (2, True)
    assert tree(place.client) == {"settings.py": b"mine\n"}


def test_other_files_are_nobodys_business(place: Place) -> None:
    for folder in (place.client, place.copy):
        for path in ("notes.txt", "data/table.json", ".client.py.swp", ".cache/x.py", "README.md"):
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(b"x")
    assert [place.run(command).exit_code for command in COMMANDS] == [0] * len(COMMANDS)


def test_what_a_run_leaves_is_no_edit(place: Place) -> None:
    """Also the caches of modules that are gone by now, and of other interpreters."""
    code = "import bookshop.client, service.shop.client"
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, "-c", code], cwd=place.folder, env=environment, check=True, timeout=60)  # noqa: S603 - our own
    for folder in (place.client, place.copy):
        cached = folder / "__pycache__"
        assert list(cached.glob("client.*.pyc"))
        shutil.copy(next(cached.glob("client.*.pyc")), cached / "gone.cpython-39.pyc")
        (cached / "broken.cpython-39.pyc").write_bytes(b"")
    assert [place.run(command).exit_code for command in COMMANDS] == [0] * len(COMMANDS)


@pytest.mark.parametrize(
    "mode", [py_compile.PycInvalidationMode.UNCHECKED_HASH, py_compile.PycInvalidationMode.CHECKED_HASH]
)
def test_compiled_code_that_no_time_invalidates_is_an_edit(
    place: Place, mode: py_compile.PycInvalidationMode
) -> None:
    """It is used on any checkout, whatever code is in it."""
    source = place.client / "client.py"
    py_compile.compile(str(source), doraise=True, invalidation_mode=mode)
    done = place.run("check")
    assert (done.exit_code, Path(cache_from_source(str(source))).name in done.stdout) == (3, True)


@pytest.mark.skipif(not shutil.which("git"), reason="this needs git")
@pytest.mark.parametrize("command", ["check", "vendor --check"])
def test_compiled_code_that_git_tracks_is_an_edit(
    place: Place, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    source = folder_of(place, command) / "client.py"
    cached = py_compile.compile(str(source), doraise=True)
    assert cached is not None
    git(place.folder, environment, "init", "--quiet")
    assert place.run(command).exit_code == 0
    git(place.folder, environment, "add", "--force", cached)
    # As in a hook of a repository elsewhere.
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    done = place.run(command)
    assert (done.exit_code, f"__pycache__/{Path(cached).name}" in done.stdout) == (3, True)
