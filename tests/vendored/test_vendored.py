from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from groundwire_codegen.lock import digest
from groundwire_codegen.problem import SpecError
from groundwire_codegen.vendor import vendored
from groundwire_codegen.vendor.copy import copied, installed
from groundwire_codegen.vendor.request import Order

from .against_contract import start_export


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for path, text in vendored("groundwire", with_exports=True).items():
        place = tmp_path / "earth" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return tmp_path


def test_a_copy_under_another_name_starts_an_export(copy: Path) -> None:
    assert start_export(sys.executable, copy) == "True"


def test_nothing_in_a_copy_imports_the_originals(copy: Path) -> None:
    for path in (copy / "earth").rglob("*.py"):
        lines = path.read_text(encoding="utf-8").splitlines()
        imports = [
            line for line in lines if line.lstrip().startswith(("from groundwire", "import groundwire"))
        ]
        assert not imports, path


def test_two_copies_live_side_by_side(copy: Path) -> None:
    (copy / "earth").rename(copy / "first")
    for path, text in vendored("groundwire").items():
        place = copy / "second" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    code = "import first, second; assert first.Number is not second.Number; print(second.encode(second.Number.FloatValue(1.5)).decode())"
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], cwd=copy, capture_output=True, text=True, check=True, timeout=60
    )
    assert json.loads(done.stdout) == {"floatValue": 1.5}


def test_a_copy_is_small(copy: Path) -> None:
    paths = [
        path for path in (copy / "earth").rglob("*") if path.is_file() and path.name != "description.json"
    ]
    assert len(paths) <= 61
    assert sum(path.stat().st_size for path in paths) <= 488_000
    assert [path.relative_to(copy).as_posix() for path in paths if path.name == "py.typed"] == [
        "earth/py.typed"
    ]


def test_a_copy_can_have_batches_too(tmp_path: Path) -> None:
    for path, text in copied(installed("groundwire"), Order(extras="batch")).items():
        place = tmp_path / "earth" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    code = (
        "import sys, earth\n"
        "from earth._exports.batch import Batch\n"
        "client = earth.Client(project='p', endpoint='http://127.0.0.1:9', credentials=earth.credentials.anonymous())\n"
        "with Batch(client, 'l.sqlite', name='n') as batch: print(batch.progress())\n"
        "assert not [name for name in sys.modules if name.startswith('groundwire')]\n"
        "assert 'psycopg' not in sys.modules\n"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "n: no exports (queue 3000, 0 of others)\n"


def test_the_manifest_holds_the_hash_of_every_file(copy: Path) -> None:
    manifest = json.loads((copy / "earth" / "groundwire.lock").read_text(encoding="utf-8"))
    found = {
        path.relative_to(copy / "earth").as_posix(): digest(path.read_bytes())
        for path in (copy / "earth").rglob("*")
        if path.is_file() and path.name != "groundwire.lock"
    }
    assert manifest["files"] == found
    assert {"document", "overlay", "generator"} <= set(manifest["inputs"])


@pytest.mark.parametrize("name", ["no_such_package", "json", ""])
def test_only_a_generated_package_is_vendored(name: str) -> None:
    with pytest.raises(SpecError):
        vendored(name)
