"""The workflow in a scratch repository: what it pushes, and which pull request it opens."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.builds.workflow import FOLDER, Run, read, steps
from tests.codegen.documents import bookshop, encoded
from tests.codegen.test_cli import run
from tests.codegen.test_upgrade import renamed

pytestmark = pytest.mark.skipif(
    not shutil.which("bash") or not shutil.which("git"), reason="the workflow needs bash and git"
)
UPGRADE = 'python -m groundwire_codegen upgrade shop.json --out shop --new "$NEW" --report "$REPORT"'
GH = """\
#!/usr/bin/env python3
import json, os, sys
from pathlib import Path
asked = Path(os.environ["GH_LOG"])
arguments = sys.argv[1:]
if "--body-file" in arguments:
    place = arguments.index("--body-file") + 1
    arguments[place] = Path(arguments[place]).read_text("utf-8")
asked.write_text(asked.read_text("utf-8") + json.dumps(arguments) + "\\n", "utf-8")
if arguments[:2] == ["pr", "list"]:
    print(os.environ.get("GH_OPEN", ""))
"""


class Repository:
    """A repository with a generated client, its origin, and a `gh` that writes down what it is asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.checkout = folder / "checkout"
        self.origin = folder / "origin.git"
        self.log = folder / "gh.log"
        self.log.touch()
        (folder / "bin").mkdir()
        (folder / "bin" / "gh").write_text(GH, "utf-8")
        (folder / "bin" / "gh").chmod(0o755)
        (folder / "home").mkdir()
        self.environment = {
            **os.environ,
            "HOME": str(folder / "home"),
            "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GH_LOG": str(self.log),
            "NEW": str(folder / "new.json"),
        }
        self.git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(self.origin))
        self.git(folder, "clone", "--quiet", str(self.origin), str(self.checkout))
        self.git(self.checkout, "switch", "--quiet", "--create", "main")
        (self.checkout / "shop.json").write_bytes(encoded(bookshop()))
        assert run("generate", str(self.checkout / "shop.json"), "--out", str(self.checkout / "shop"))
        self.commit("first", "somebody@example.com")
        self.git(self.checkout, "push", "--quiet", "origin", "main")
        (folder / "new.json").write_bytes(encoded(renamed()))

    def git(self, where: Path, *arguments: str) -> str:
        done = subprocess.run(  # noqa: S603 - our own arguments
            ["git", *arguments],  # noqa: S607 - wherever it is
            cwd=where,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, message: str, author: str) -> None:
        self.git(self.checkout, "add", "--all")
        who = ("-c", "user.name=n", "-c", f"user.email={author}")
        self.git(self.checkout, *who, "commit", "--quiet", "--message", message)

    def run(self, *, command: str = UPGRADE, open_pr: str = "", **said: str) -> Run:
        """A run on a fresh checkout of main."""
        self.git(self.checkout, "switch", "--quiet", "--force", "main")
        self.log.write_text("")
        inputs = {"install": "true", "command": command, **said}
        return Run(self.checkout, inputs, {**self.environment, "GH_OPEN": open_pr})

    def asked(self) -> list[list[str]]:
        """What `gh` was asked, without the sign-in."""
        lines = map(json.loads, self.log.read_text("utf-8").splitlines())
        return [line for line in lines if line[0] == "pr"]

    def branches(self) -> list[str]:
        return self.git(self.origin, "branch", "--format=%(refname:short)").split()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_a_change_becomes_a_pull_request_with_the_report(repository: Repository) -> None:
    done = repository.run(test="test -f shop/messages.py", title="A title; $(with) 'marks'")
    assert done.whole() == 0, done.printed
    assert repository.branches() == ["groundwire/upgrade", "main"]
    changed = repository.git(repository.origin, "diff", "--name-only", "main", "groundwire/upgrade")
    names = ["codecs.py", "groundwire.lock", "messages.py", "provenance.py"]
    assert changed.split() == ["shop.json", *(f"shop/{name}" for name in names)]
    message = repository.git(repository.origin, "log", "-1", "--format=%s", "groundwire/upgrade")
    assert message == "A title; $(with) 'marks'"
    listed, created = repository.asked()
    assert listed[:2] == ["pr", "list"]
    options = dict(zip(created[2::2], created[3::2], strict=True))
    assert (created[:2], options["--base"], options["--head"]) == (
        ["pr", "create"],
        "main",
        "groundwire/upgrade",
    )
    assert options["--title"] == "A title; $(with) 'marks'"
    assert options["--body-file"].startswith("## bookshop:v1 20260101 to bookshop:v1 20260202\n")
    assert options["--body-file"].endswith("\nThe tests with the new client: success.\n")
    assert "**renamed**" in (done.temp / "summary.md").read_text("utf-8")


def test_the_next_run_brings_the_same_pull_request_up_to_date(repository: Repository) -> None:
    assert repository.run().whole() == 0
    (repository.folder / "new.json").write_bytes(encoded({**renamed(), "revision": "20260303"}))
    done = repository.run(test="false", open_pr="7")
    assert done.whole() == 0, done.printed
    [edited] = repository.asked()[1:]
    assert edited[:3] == ["pr", "edit", "7"]
    assert "20260303" in edited[-1]
    assert edited[-1].endswith("The tests with the new client: failure.\n")
    assert repository.git(repository.origin, "rev-list", "--count", "main..groundwire/upgrade") == "1"


def test_nothing_new_opens_nothing(repository: Repository) -> None:
    (repository.folder / "new.json").write_bytes(encoded({**bookshop(), "revision": "20250101"}))
    done = repository.run()
    assert (done.whole(), repository.asked(), repository.branches()) == (0, [], ["main"])
    assert "nothing changed" in done.printed
    assert "stays: revision 20250101" in done.printed


def test_a_refusal_fails_the_job_and_shows_the_report(repository: Repository) -> None:
    done = repository.run(command=f"{UPGRADE} --fail-on type-check")
    assert (done.whole(), repository.asked(), repository.branches()) == (1, [], ["main"])
    assert "### Breaking at type-check time (1)" in (done.temp / "summary.md").read_text("utf-8")


def test_a_commit_of_somebody_else_on_the_branch_stays(repository: Repository) -> None:
    assert repository.run().whole() == 0
    repository.git(repository.checkout, "switch", "--quiet", "groundwire/upgrade")
    (repository.checkout / "mine.txt").write_text("mine")
    repository.commit("mine", "somebody@example.com")
    repository.git(repository.checkout, "push", "--quiet", "origin", "groundwire/upgrade")
    done = repository.run()
    assert done.whole() == 0
    assert "has a commit of somebody else" in done.printed
    assert repository.asked() == []
    assert "mine.txt" in repository.git(repository.origin, "ls-tree", "--name-only", "groundwire/upgrade")


def test_a_token_is_there_for_the_last_step_alone() -> None:
    [last] = [step for step in steps() if any("token" in key.lower() for key in step.get("env", {}))]
    assert last == steps()[-1]
    assert steps()[0]["with"] == {"persist-credentials": False}


def test_actions_are_pinned_and_rights_are_named() -> None:
    used = [step["uses"] for step in steps() if "uses" in step]
    assert used
    assert all(len(name.partition("@")[2]) == 40 for name in used)
    for path in sorted(FOLDER.glob("*.yml")):
        assert read(path)["permissions"] == {}
