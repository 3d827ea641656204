"""A package that would hide a module of Python, or one that clients need, is refused with a name to use instead."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from groundwire_codegen.problem import SpecError
from groundwire_codegen.shadowing import check_package

from tests.codegen.test_cli import Shop, run

NAMES = [
    "logging",
    "calendar",
    "json",
    "_thread",
    "attrs",
    "attr",
    "google",
    "urllib3",
    "cattrs",
    "requests",
    "certifi",
]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.mark.parametrize("name", [*NAMES, "groundwire_runtime", "sitecustomize"])
def test_such_a_package_is_refused(shop: Shop, name: str) -> None:
    folder = shop.spec.parent
    for arguments in (
        ("generate", str(shop.spec), "--out", str(folder / name)),
        ("generate", str(shop.spec), "--out", str(folder / "shop"), "--package", name),
        ("vendor", str(folder / name), "--document", str(shop.spec)),
        ("vendor", str(folder / "shop"), "--document", str(shop.spec), "--package", name),
    ):
        result = run(*arguments)
        assert result.exit_code == 2
        [line, _] = result.stderr.splitlines()
        assert f"{name!r} would hide" in line
        assert line.endswith(f"(use {name.strip('_')}_client)")
    assert {path.name for path in folder.iterdir()} == {shop.spec.name}


def test_the_name_to_use_works(shop: Shop) -> None:
    out = shop.spec.parent / "calendar_client"
    assert run("generate", str(shop.spec), "--out", str(out)).exit_code == 0
    command = [
        sys.executable,
        "-c",
        "import calendar_client.client, calendar, urllib3; calendar.month(2026, 1)",
    ]
    subprocess.run(command, cwd=out.parent, check=True, timeout=60)  # noqa: S603 - our own


@pytest.mark.parametrize("name", ["logging", "google"])
def test_inside_a_package_it_hides_nothing(shop: Shop, name: str) -> None:
    package = shop.spec.parent / "src" / "myservice"
    package.mkdir(parents=True)
    refused = run("generate", str(shop.spec), "--out", str(package / name))
    assert refused.exit_code == 2
    named = run("generate", str(shop.spec), "--out", str(package / name), "--package", f"myservice.{name}")
    assert named.exit_code == 0, named.output
    (package / "__init__.py").touch()
    assert run("generate", str(shop.spec), "--out", str(package / name)).exit_code == 0
    assert run("vendor", str(package / f"_{name}"), "--document", str(shop.spec)).exit_code == 0
    command = [sys.executable, "-c", f"import {name}, myservice.{name}.client, urllib3"]
    subprocess.run(command, cwd=package.parent, check=True, timeout=60)  # noqa: S603 - our own


def test_a_dotted_name_of_other_folders_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="'json' would hide the module json"):
        check_package(tmp_path / "json", "elsewhere.json")


def test_a_copy_that_is_there_is_still_checked_and_updated(shop: Shop) -> None:
    copy = shop.spec.parent / "shop"
    run("vendor", str(copy), "--document", str(shop.spec))
    copy.rename(copy.with_name("calendar"))
    assert run("vendor", str(copy.with_name("calendar")), "--check").exit_code in (0, 1)


def test_every_module_that_a_client_needs_is_known() -> None:
    """Of the distributions that are installed with Groundwire alone."""
    modules: dict[str, set[str]] = {}
    for module, names in packages_distributions().items():
        for name in names:
            modules.setdefault(name.lower().replace("_", "-"), set()).add(module)
    for name in ("attrs", "cattrs", "urllib3", "google-auth", "requests"):
        needed = [line.split(";")[0] for line in requires(name) or () if "extra ==" not in line]
        for each in (name, *needed):
            bare = "".join(c if c.isalnum() or c in "-_" else " " for c in each).split()[0].lower()
            for module in modules.get(bare, ()):
                if not module.startswith("_"):
                    with pytest.raises(SpecError):
                        check_package(Path(module).absolute(), module)


def test_the_case_of_the_outside_vectors(tmp_path: Path) -> None:
    folder = os.environ.get("GROUNDWIRE_VECTORS")
    if folder is None:
        pytest.skip("GROUNDWIRE_VECTORS names no folder of outside vectors")
    case = json.loads((Path(folder) / "cases" / "package_named_as_stdlib.json").read_text("utf-8"))
    spec = tmp_path / "shop.json"
    spec.write_text(json.dumps(case["document"]))
    [option, name] = case["options"]
    assert run("generate", str(spec), option, str(tmp_path / name)).exit_code == case["expect"]["exit"]
