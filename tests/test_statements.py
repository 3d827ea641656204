"""What README and docs/ name exists: files, modules, commands, options, sessions; and who imports whom."""

from __future__ import annotations

import ast
import fnmatch
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import click
import pytest
from groundwire_cli.command import main as groundwire
from groundwire_codegen.cli import main as codegen
from groundwire_contract.cli import main as contract

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    [
        ROOT / "README.md",
        ROOT / "SECURITY.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "spec" / "README.md",
        *(ROOT / "docs").glob("*.md"),
    ]
)
GUIDES = (
    *("builds.md", "contract-assets.md", "geospatial.md", "google-apis.md", "stand-in.md", "teams.md"),
    "testing.md",
)
ABOUT_US = [page for page in PAGES if page.name not in GUIDES]
"""Pages whose files are those of this repository; the others are about the reader's own."""
SOURCES = {
    path: path.relative_to(ROOT).as_posix()
    for part in (
        *("codegen", "runtime", "generated", "exports", "contract", "pages"),
        *("tests", "benchmarks", "demo"),
    )
    for path in (ROOT / part).rglob("*.py")
    if "cases" not in path.parts
}
COMMANDS: dict[str, click.Group] = {
    "groundwire-codegen": codegen,
    "groundwire-contract": contract,
    **{
        f"groundwire {name}": group
        for name, group in groundwire.commands.items()
        if isinstance(group, click.Group)
    },
}
OPTION = r"(?<![\w-])--[a-z][a-z-]+"
OURS = {"--endpoint", "--bucket", "--project", "--pictures", "--contracts", "--full"}
"""Options of the demo and of sessions."""
GENERATED = {
    "index.json",
    "report.md",
    "description.json",
    "groundwire.lock",
    "contract.json",
    "CHANGELOG.md",
}
"""Files that a command writes in the reader's repository."""
ids = [page.relative_to(ROOT).as_posix() for page in PAGES]
every_page = pytest.mark.parametrize("page", PAGES, ids=ids)


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def options(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {
        "--help"
    }


def invocations(page: str) -> Iterator[tuple[click.Group, str, str]]:
    """Each command of ours on a page: its group, its name, and the rest of its line or of its code."""
    joined = page.replace("\\\n", " ")
    for found in re.finditer(
        r"\b(groundwire(?:-codegen|-contract| exports| operations)) ([a-z]+)\b([^\n`|&;)]*)", joined
    ):
        yield COMMANDS[found[1]], found[2], found[3]


@every_page
def test_a_command_and_its_options_exist(page: Path) -> None:
    for group, name, rest in invocations(text(page)):
        assert name in group.commands, name
        assert set(re.findall(OPTION, rest)) <= options(group.commands[name]), (name, rest)


@every_page
def test_an_option_in_the_text_is_one_of_ours(page: Path) -> None:
    known = {
        option for group in COMMANDS.values() for each in group.commands.values() for option in options(each)
    }
    known |= OURS | {"--dry-run"}
    spans = re.findall(
        r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text(page), flags=re.MULTILINE | re.DOTALL)
    )
    for span in spans:
        if not span.startswith(("git ", "gh ", "python -m tests.")):
            named = {name for name in re.findall(OPTION, span) if not name.startswith("--earthengine-")}
            assert named <= known, span


@every_page
def test_a_session_exists(page: Path) -> None:
    sessions = set(re.findall(r"^def (\w+)\(session: nox", text(ROOT / "noxfile.py"), re.MULTILINE))
    if page.name == "builds.md":
        sessions |= set(re.findall(r"^def (\w+)\(session", text(page), re.MULTILINE))
    assert set(re.findall(r"\bnox -s (\w+)", text(page))) <= sessions


def test_every_session_is_named_where_changes_are_explained() -> None:
    decorated = r'^@nox\.session(?:\((?:name="([\w-]+)")?[^\n]*\))?\ndef (\w+)\('
    found = re.findall(decorated, text(ROOT / "noxfile.py"), re.MULTILINE)
    sessions = {name or function for name, function in found}
    assert "official-all" in sessions
    assert sessions - set(re.findall(r"\bnox -s ([\w-]+)", text(ROOT / "CONTRIBUTING.md"))) == set()


@pytest.mark.parametrize("page", ABOUT_US, ids=[page.name for page in ABOUT_US])
def test_a_file_exists(page: Path) -> None:
    for name in re.findall(r"`([\w./-]+\.(?:py|toml|yml|json|md))`", text(page)):
        beside = (ROOT / name, page.parent / name, ROOT / "spec" / name)
        known = any(f"/{path}".endswith(f"/{name}") for path in SOURCES.values())
        assert known or any(path.is_file() for path in beside) or name in GENERATED, name


def test_a_module_of_the_page_on_architecture_exists() -> None:
    page = text(ROOT / "docs" / "architecture.md")
    modules = {path.stem for path in SOURCES} | {
        parent.name for path in SOURCES.values() for parent in Path(path).parents
    }
    words = {word.rstrip("/") for word in re.findall(r"(?<!\()`([a-z_]+/?)`", page)}
    defined = {
        node.name
        for path in SOURCES
        if "tests" not in path.parts
        for node in ast.walk(ast.parse(text(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    others = {"spec", "crs", "on_event", "pattern"}
    assert words - modules - defined - others == set()


def test_a_folder_of_the_page_on_architecture_exists() -> None:
    page = text(ROOT / "docs" / "architecture.md")
    folders = {f"/{parent.as_posix()}/" for path in SOURCES.values() for parent in Path(path).parents}
    folders |= {"/spec/", "/codegen/groundwire_codegen/render/templates/", "/tests/codegen/cases/"}
    named = re.findall(r"`([a-z_]+(?:/[a-z_]+)*/?)`", page)
    named = [name.rstrip("/") for name in named if "/" in name]
    assert len(named) > 50
    assert [name for name in named if not any(path.endswith(f"/{name}/") for path in folders)] == []
    assert all((ROOT / path.strip("/")).is_dir() for path in folders)


def rooms() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield the rows of the page's table of places: the question, the file, and names in it."""
    page = text(ROOT / "docs" / "architecture.md").partition("\n## Where is")[2].partition("\n## ")[0]
    for section in page.split("\n### ")[1:]:
        folder = section.partition("`")[2].partition("`")[0]
        for row in re.findall(r"^\| (.+) \| `([\w./]+)` \| (`.+`) \|$", section, re.MULTILINE):
            yield row[0], f"{folder}/{row[1]}", tuple(re.findall(r"`([\w.]+)`", row[2]))


def definitions(path: Path) -> set[str]:
    """Return the names that a module defines, those of classes as `Class.name` too."""
    found: set[str] = set()

    def add(name: str, body: list[ast.stmt]) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.add(name + node.name)
                if isinstance(node, ast.ClassDef):
                    add(f"{name}{node.name}.", node.body)
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found.update(f"{name}{target.id}" for target in targets if isinstance(target, ast.Name))

    add("", ast.parse(text(path)).body)
    return found


@pytest.mark.parametrize(("question", "file", "names"), list(rooms()))
def test_the_answer_to_a_question_of_the_page_exists(
    question: str, file: str, names: tuple[str, ...]
) -> None:
    path = ROOT / file
    known = definitions(path) if path.suffix == ".py" else set(re.findall(r"\w+", text(path)))
    assert names, question
    assert set(names) <= known, question


def test_the_page_on_architecture_answers_many_questions() -> None:
    page = text(ROOT / "docs" / "architecture.md").partition("\n## Where is")[2].partition("\n## Who")[0]
    assert len(list(rooms())) == len(re.findall(r"^\| (?!question|---)", page, re.MULTILINE)) >= 40


def test_a_reason_of_the_mutation_audit_is_about_functions_that_exist() -> None:
    reasons = tomllib.loads(text(ROOT / "tests" / "audits" / "mutation" / "reasons.toml"))["reason"]
    runtime = ROOT / "runtime" / "groundwire_runtime"
    known = [f"{path.stem}:{name}" for path in runtime.glob("*.py") for name in definitions(path)]
    places = {place for reason in reasons for place, _ in reason["changes"]}
    assert sorted(place for place in places if not fnmatch.filter(known, place)) == []


def importers(library: str) -> set[str]:
    """Modules of ours outside tests that import a library, by the last part of their path; a package by its name."""
    found: set[str] = set()
    for path, name in SOURCES.items():
        if name.startswith(("tests/", "benchmarks/", "demo/")) or "traffic" in path.parts:
            continue
        for node in ast.walk(ast.parse(text(path))):
            named = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            named += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if any(each.partition(".")[0] == library for each in named):
                found.add("render/" if path.parent.name == "render" else path.name)
    return found


@pytest.mark.parametrize(
    ("said", "library"),
    [
        ("urllib3 stands", "urllib3"),
        ("google-auth", "google"),
        ("jinja2", "jinja2"),
    ],
)
def test_the_page_on_architecture_says_who_imports_a_library(said: str, library: str) -> None:
    page = " ".join(text(ROOT / "docs" / "architecture.md").split())
    sentence = page.partition("## Who imports whom")[2]
    (names,) = re.findall(rf"{said} behind ((?:`[\w./]+`(?:, | and )?)+)", sentence)
    assert set(re.findall(r"`([\w./]+)`", names)) == importers(library)


def test_the_console_scripts_of_the_pages_are_installed() -> None:
    scripts = {
        point.name for point in distribution("groundwire").entry_points if point.group == "console_scripts"
    }
    assert {name.partition(" ")[0] for name in COMMANDS} <= scripts
