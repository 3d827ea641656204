"""The workflow in a scratch repository: what it pushes, and which pull request it opens."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.audits.builds.origin import Origin, git
from tests.audits.builds.workflow import FOLDER, Run, jobs, read
from tests.codegen.documents import bookshop, encoded
from tests.codegen.test_cli import run
from tests.codegen.test_upgrade import renamed

pytestmark = pytest.mark.skipif(
    not shutil.which("bash") or not shutil.which("git"), reason="the workflow needs bash and git"
)
UPGRADE = 'python -m groundwire_codegen upgrade shop.json --out shop --new "$NEW" --report "$REPORT"'


class Repository:
    """A repository with a generated client, and a document that is to come."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.checkout = folder / "checkout"
        self.checkout.mkdir()
        (self.checkout / "shop.json").write_bytes(encoded(bookshop()))
        assert run("generate", str(self.checkout / "shop.json"), "--out", str(self.checkout / "shop"))
        git(self.checkout, os.environ, "init", "--quiet", "--initial-branch=main")
        self.commit("first", "somebody@example.com")
        self.origin = Origin(folder, self.checkout, {**os.environ, "NEW": str(folder / "new.json")})
        (folder / "new.json").write_bytes(encoded(renamed()))

    def commit(self, message: str, author: str) -> None:
        git(self.checkout, os.environ, "add", "--all")
        who = ("-c", "user.name=n", "-c", f"user.email={author}", "-c", "commit.gpgsign=false")
        git(self.checkout, os.environ, *who, "commit", "--quiet", "--message", message)

    def run(self, *, command: str = UPGRADE, open_pr: str = "", **said: str) -> Run:
        """A run on a fresh checkout of main."""
        self.origin.git(self.checkout, "switch", "--quiet", "--force", "main")
        self.origin.asked()
        inputs = {"install": "true", "command": command, "paths": "shop.json\nshop\n", **said}
        return Run(self.checkout, inputs, {**self.origin.environment, "GH_OPEN": open_pr})

    def asked(self) -> list[list[str]]:
        return self.origin.asked()

    def at_origin(self, *arguments: str) -> str:
        return self.origin.git(self.origin.path, *arguments)

    def branches(self) -> list[str]:
        return self.at_origin("branch", "--format=%(refname:short)").split()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_a_change_becomes_a_pull_request_with_the_report(repository: Repository) -> None:
    done = repository.run(test="test -f shop/messages.py", title="A title; $(with) 'marks'")
    assert done.whole() == 0, done.printed
    assert repository.branches() == ["groundwire/upgrade", "main"]
    changed = repository.at_origin("diff", "--name-only", "main", "groundwire/upgrade")
    names = ["codecs.py", "groundwire.lock", "messages.py", "provenance.py"]
    assert changed.split() == ["shop.json", *(f"shop/{name}" for name in names)]
    message = repository.at_origin("log", "-1", "--format=%s", "groundwire/upgrade")
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
    assert repository.at_origin("rev-list", "--count", "main..groundwire/upgrade") == "1"


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
    repository.origin.git(repository.checkout, "fetch", "--quiet", "origin")
    repository.origin.git(repository.checkout, "switch", "--quiet", "--force", "groundwire/upgrade")
    (repository.checkout / "mine.txt").write_text("mine")
    repository.commit("mine", "somebody@example.com")
    repository.origin.git(repository.checkout, "push", "--quiet", "origin", "groundwire/upgrade")
    done = repository.run()
    assert done.whole() == 0
    assert "has a commit of somebody else" in done.printed
    assert repository.asked() == []
    assert "mine.txt" in repository.at_origin("ls-tree", "--name-only", "groundwire/upgrade")


HOOK = """
printf '#!/bin/sh\\nenv > "%s"\\n' "$STOLEN" > .git/hooks/pre-push
cp .git/hooks/pre-push .git/hooks/pre-commit
cp .git/hooks/pre-push .git/hooks/post-checkout
chmod +x .git/hooks/*
git config core.fsmonitor "$PWD/.git/hooks/pre-push"
"""


def test_what_a_test_leaves_behind_does_not_meet_the_token(repository: Repository) -> None:
    stolen = repository.folder / "stolen"
    repository.origin.environment["STOLEN"] = str(stolen)
    done = repository.run(test=f"{HOOK} echo mine >> shop/messages.py; rm -f $RUNNER_TEMP/changes.patch")
    assert done.whole() == 0, done.printed
    assert not stolen.exists()
    assert "mine" not in repository.at_origin("show", "groundwire/upgrade:shop/messages.py")


def test_no_hook_runs_where_the_token_is(repository: Repository) -> None:
    stolen = repository.folder / "stolen"

    def prepare(checkout: Path) -> None:
        for name in ("pre-commit", "pre-push", "commit-msg", "post-commit", "reference-transaction"):
            hook = checkout / ".git" / "hooks" / name
            hook.write_text(f"#!/bin/sh\ntouch '{stolen}'\n")
            hook.chmod(0o755)

    done = repository.run()
    done.prepare = prepare
    assert done.whole() == 0, done.printed
    assert repository.branches() == ["groundwire/upgrade", "main"]
    assert not stolen.exists()


def test_only_the_named_paths_are_pushed(repository: Repository) -> None:
    done = repository.run(
        command=f"{UPGRADE} && mkdir -p .github/workflows && touch .github/workflows/x.yml other"
    )
    assert done.whole() == 0, done.printed
    changed = repository.at_origin("diff", "--name-only", "main", "groundwire/upgrade").split()
    assert {name.partition("/")[0] for name in changed} == {"shop.json", "shop"}


@pytest.mark.parametrize("name", ["other", "shop.json.x", ".github/workflows/x.yml"])
def test_a_patch_of_other_paths_is_refused(repository: Repository, name: str) -> None:
    """Code that the first job ran may have written the patch."""
    text = f"diff --git a/{name} b/{name}\nnew file mode 100644\n--- /dev/null\n+++ b/{name}\n@@ -0,0 +1 @@\n+x\n"
    done = repository.run()
    done.prepare = lambda _: forge(repository, text)
    assert done.whole() == 1
    assert "not among the paths" in done.printed
    assert repository.branches() == ["main"]


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", ".git/hooks/pre-push"])
def test_a_patch_that_leaves_the_repository_is_refused(repository: Repository, name: str) -> None:
    text = f"diff --git a/{name} b/{name}\nnew file mode 100755\n--- /dev/null\n+++ b/{name}\n@@ -0,0 +1 @@\n+x\n"
    done = repository.run()
    done.prepare = lambda _: forge(repository, text)
    assert done.whole() == 1
    assert repository.branches() == ["main"]


def forge(repository: Repository, patch: str) -> None:
    """Put another patch into the artifact, as code of the first job could."""
    (repository.folder / "artifact" / "changes.patch").write_text(patch)


def test_a_job_that_runs_code_of_the_caller_has_no_right_to_write() -> None:
    foreign = {"inputs.install", "inputs.command", "inputs.test"}
    for name, job in jobs().items():
        runs = {
            value.strip("${} ")
            for step in job["steps"]
            for value in step.get("env", {}).values()
            if "${{" in value
        }
        writes = "write" in job["permissions"].values()
        assert writes is not bool(foreign & runs), name
        secret = any("token" in value for step in job["steps"] for value in step.get("env", {}).values())
        assert secret is writes


def test_a_token_is_there_for_the_last_step_alone() -> None:
    steps = [step for job in jobs().values() for step in job["steps"]]
    [last] = [step for step in steps if any("token" in key.lower() for key in step.get("env", {}))]
    assert last == steps[-1]
    checkouts = [step for step in steps if "checkout" in step.get("uses", "")]
    assert [step["with"] for step in checkouts] == [{"persist-credentials": False}] * len(jobs())


def test_actions_are_pinned_and_rights_are_named() -> None:
    for path in sorted(FOLDER.glob("*.yml")):
        workflow = read(path)
        assert workflow["permissions"] == {}
        for job in workflow["jobs"].values():
            assert job["permissions"]
            used = [step["uses"] for step in job.get("steps", ()) if "uses" in step]
            assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name) for name in used), path.name


def test_style_types_and_tests_run_on_every_push_and_pull_request() -> None:
    workflow = read(FOLDER / "checks.yml")
    # `on` is a boolean to YAML.
    assert {"push", "pull_request"} <= workflow[True].keys()
    (job,) = workflow["jobs"].values()
    assert job["permissions"] == {"contents": "read"}
    assert {"lint", "types", "tests"} <= {*job["strategy"]["matrix"]["session"]}
    checkout, *_, last = job["steps"]
    assert checkout["with"] == {"persist-credentials": False}
    assert last["run"] == 'nox -s "$SESSION"'
