"""mypy and pyright, both strict, take correct user code and refuse what is wrong, on the line where it is wrong."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

HERE = Path(__file__).parent
USER_CODE = HERE / "user_code.py"
REJECTED = sorted((HERE / "rejected").glob("*.py"))
CHECKED = [USER_CODE, *REJECTED]
_MYPY_ERROR = re.compile(r"(.+?):(\d+): error: (.*)")

Found = dict[str, dict[int, list[str]]]
"""Messages by file name and line."""


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """One run of a checker, as a module of this interpreter."""
    environment = {**os.environ, "PYTHONUTF8": "1", "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    return subprocess.run(  # noqa: S603 - our own arguments
        [sys.executable, "-m", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def copied_to(folder: Path) -> Path:
    """The files to check, away from the configuration of this project."""
    for path in CHECKED:
        shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="session")
def mypy(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What mypy finds, by file and line."""
    pytest.importorskip("mypy")
    folder = copied_to(tmp_path_factory.mktemp("mypy"))
    (folder / "mypy.ini").write_text(
        "[mypy]\nstrict = True\npython_version = 3.11\nfollow_imports = silent\n"
    )
    done = run("mypy", "--no-pretty", "--no-error-summary", ".", cwd=folder)
    found: Found = defaultdict(lambda: defaultdict(list))
    for line in done.stdout.splitlines():
        error = _MYPY_ERROR.fullmatch(line)
        assert error is not None or ": note:" in line, done.stdout
        if error is not None:
            found[error[1]][int(error[2])].append(error[3])
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return found


@pytest.fixture(scope="session")
def pyright(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What pyright finds, by file and line."""
    pytest.importorskip("pyright")
    folder = copied_to(tmp_path_factory.mktemp("pyright"))
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "include": ["."]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    done = run("pyright", "--outputjson", "--pythonpath", sys.executable, cwd=folder)
    if not done.stdout.startswith("{"):
        pytest.skip(f"pyright does not run here: {(done.stderr or done.stdout).strip()[-200:]}")
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] == len(CHECKED)
    found: Found = defaultdict(lambda: defaultdict(list))
    for entry in report["generalDiagnostics"]:
        if entry["severity"] == "error":
            line = entry["range"]["start"]["line"] + 1
            found[Path(entry["file"]).name][line].append(entry["message"])
    return found


@pytest.fixture(params=["mypy", "pyright"])
def errors(request: pytest.FixtureRequest) -> Found:
    """What one of the checkers finds; each runs once."""
    found: Found = request.getfixturevalue(request.param)
    return found


def test_correct_user_code_is_taken(errors: Found) -> None:
    assert not errors[USER_CODE.name], dict(errors[USER_CODE.name])


@pytest.mark.parametrize("path", REJECTED, ids=lambda path: path.stem)
def test_wrong_code_is_refused_where_it_is_wrong(errors: Found, path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    marked = {number for number, line in enumerate(lines, 1) if line.endswith("# error")}
    assert len(marked) == 1
    assert set(errors[path.name]) == marked, dict(errors[path.name])


def test_the_missing_variant_is_named(errors: Found) -> None:
    (messages,) = errors["missing_case.py"].values()
    assert any("CrsWkt" in message for message in messages)
    assert not any("CrsCode" in message for message in messages)
