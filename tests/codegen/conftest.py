"""What the tests of the generator share: `--update`, and packages imported from where they were written."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

import pytest

from tests.hostile.canary import has_run
from tests.modules import forget

Load = Callable[[Mapping[str, str]], ModuleType]
_numbers = itertools.count()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update", action="store_true", help="Rewrite want/ of every case with what is generated."
    )


@pytest.fixture
def nothing_runs() -> Iterator[None]:
    """Fail a test in which the canary's expression was run."""
    has_run()
    yield
    assert not has_run()


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """Write the files of a package under a name of its own and import it with all its modules."""
    made: list[str] = []
    monkeypatch.syspath_prepend(tmp_path)

    def write_and_import(files: Mapping[str, str]) -> ModuleType:
        name = f"generated_{next(_numbers)}"
        made.append(name)
        for path, text in files.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_text(text, "utf-8", newline="")
        importlib.invalidate_caches()
        package = importlib.import_module(name)
        for module in ("client", "provenance"):
            importlib.import_module(f"{name}.{module}")
        return package

    yield write_and_import
    forget(made)
