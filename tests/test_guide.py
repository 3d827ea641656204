"""The guides in docs/ are right, command by command; `nox -s guide` follows them in an empty environment."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from . import guide
from .audits.builds.descriptions import descriptions
from .audits.builds.origin import Origin, git
from .audits.builds.workflow import PATH, Run, read


def needs(*tools: str) -> pytest.MarkDecorator:
    missing = [tool for tool in tools if not shutil.which(tool)]
    return pytest.mark.skipif(bool(missing), reason=f"the page needs {' and '.join(missing)}")


@needs("bash", "curl")
def test_the_page_on_testing_is_right(tmp_path: Path) -> None:
    assert guide.wrong(tmp_path, guide.TESTING) == []


@needs("bash")
def test_the_page_for_teams_is_right(tmp_path: Path) -> None:
    assert guide.wrong(tmp_path, guide.TEAMS) == []


@needs("bash", "curl")
def test_the_page_on_geospatial_services_is_right(tmp_path: Path) -> None:
    for package in ("titiler.application", "stac_fastapi.api", "mypy"):
        pytest.importorskip(package, reason="`nox -s guide` brings the services of the page")
    assert guide.wrong(tmp_path, guide.GEOSPATIAL) == []


@needs("bash")
def test_the_page_on_googles_apis_is_right(tmp_path: Path) -> None:
    assert guide.wrong(tmp_path, guide.GOOGLE) == []


@needs("bash", "curl")
def test_the_page_on_standing_in_is_right(tmp_path: Path) -> None:
    assert guide.wrong(tmp_path, guide.STAND_IN) == []


@needs("bash", "git", "make")
def test_the_page_on_builds_is_right_and_its_workflow_is_green(tmp_path: Path) -> None:
    with descriptions(tmp_path) as environment:
        assert guide.wrong(tmp_path, guide.BUILDS, environment) == []
        git(tmp_path / "work", environment, "reset", "--quiet", "--hard", "HEAD~1")
        origin = Origin(tmp_path, tmp_path / "work", environment)
        caller = read(origin.checkout / ".github" / "workflows" / "clients.yml")["jobs"]["upgrade"]
        assert caller["uses"] == "./.github/workflows/upgrade.yml"
        run = Run(origin.checkout, {**caller["with"], "install": "true"}, origin.environment)
        assert run.whole() == 0, run.printed
    [_, created] = origin.asked()
    assert created[:2] == ["pr", "create"]
    assert "earthengine:v1beta 20250601 to earthengine:v1beta 20250801" in created[-1]
    assert "mypy finds no error that the change brings." in created[-1]
    assert created[-1].endswith("The tests with the new client: success.\n")
    changed = origin.git(origin.path, "diff", "--name-only", "HEAD", "groundwire/upgrade").splitlines()
    assert {line.partition("/")[0] for line in changed} == {"CHANGELOG.md", "clients", "service", "spec"}


def test_the_workflow_on_the_page_is_the_one_that_is_here() -> None:
    [text] = [
        text
        for name, text in guide.files(guide.BUILDS.read_text(encoding="utf-8")).items()
        if name == ".github/workflows/upgrade.yml"
    ]
    assert text == PATH.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "names"),
    [
        (guide.TESTING, {"pipeline.py", "test_pipeline.py", "service.py"}),
        (guide.GEOSPATIAL, {"image.py", "catalogue.py", "spec/titiler.toml", "download.py"}),
        (
            guide.BUILDS,
            {
                *("spec/earthengine.toml", "Makefile", ".gitignore", "CHANGELOG.md", "scripts/stop.py"),
                *("service/__init__.py", "service/jobs.py", "test_jobs.py", "pytest.ini", "noxfile.py"),
                *(".pre-commit-config.yaml", ".github/workflows/clients.yml"),
                ".github/workflows/upgrade.yml",
            },
        ),
    ],
)
def test_the_runner_reads_the_whole_page(path: Path, names: set[str]) -> None:
    page = path.read_text(encoding="utf-8")
    assert set(guide.files(page)) == names
    steps = guide.commands(page)
    assert len(steps) == page.count("\n$ ") > 10
    assert sum(len(printed) for _, printed in steps) > 6


def test_the_runner_sees_what_does_not_come_out(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ echo one\ntwo\n$ false\n```\n", encoding="utf-8")
    assert [line.partition(":")[0] for line in guide.wrong(tmp_path, page)] == [
        "the script ended with 1",
        "echo one",
    ]
