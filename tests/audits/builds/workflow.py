"""The scripts of `.github/workflows/upgrade.yml`, run one after another as a runner of GitHub does."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from attrs import define, field

from tests.audits.builds.origin import git

ROOT: Final = Path(__file__).parents[3]
FOLDER: Final = ROOT / ".github" / "workflows"
PATH: Final = FOLDER / "upgrade.yml"
_EXPRESSION: Final = re.compile(r"\$\{\{ (.*?) \}\}")


def jobs() -> dict[str, dict[str, Any]]:
    """The jobs of the workflow, in the order that they need each other."""
    return dict(read(PATH)["jobs"])


def inputs() -> dict[str, Any]:
    """What callers may say. `on` is a boolean to YAML."""
    return dict(read(PATH)[True]["workflow_call"]["inputs"])


def read(path: Path) -> dict[Any, Any]:
    return dict(yaml.safe_load(path.read_text("utf-8")))


@define
class Run:
    """One run of the workflow, each job in a checkout of its own; `said` are the inputs of its caller.

    The first job runs in `checkout`, the others in fresh clones of its origin.
    """

    checkout: Path
    said: Mapping[str, str]
    environment: Mapping[str, str]
    needs: dict[str, dict[str, str]] = field(factory=dict[str, dict[str, str]])
    printed: str = ""
    prepare: Callable[[Path], None] = lambda _: None
    """What is done to the checkout of a later job before its steps."""

    @property
    def temp(self) -> Path:
        """The folder of the first job's runner."""
        return self.checkout.parent / "temp-upgrade"

    def whole(self) -> int:
        """Run every job that applies; 1 when one of them failed."""
        for name, described in jobs().items():
            job = Job(self, name, described)
            if not job.holds(described.get("if", "success()")):
                continue
            if job.whole():
                return 1
            outputs = described.get("outputs", {})
            self.needs[name] = {key: job.filled(value) for key, value in outputs.items()}
        return 0


@define
class Job:
    """One job of a run."""

    run: Run
    name: str
    described: Mapping[str, Any]
    outputs: dict[str, dict[str, str]] = field(factory=dict[str, dict[str, str]])
    outcomes: dict[str, str] = field(factory=dict[str, str])

    @property
    def checkout(self) -> Path:
        first = "needs" not in self.described
        return self.run.checkout if first else self.run.checkout.parent / f"checkout-{self.name}"

    @property
    def temp(self) -> Path:
        return self.run.checkout.parent / f"temp-{self.name}"

    def whole(self) -> int:
        """Run every step that applies; the exit code of the job."""
        self.temp.mkdir(exist_ok=True)
        if "needs" in self.described:
            self._clone()
        code = 0
        for step in self.described["steps"]:
            if self._applies(step.get("if", "success()"), failed=code != 0):
                done = self._script(step) if "run" in step else self._action(step)
                self.outcomes[step.get("id", step.get("name", ""))] = "failure" if done else "success"
                code = code or (0 if step.get("continue-on-error") else done)
        return code

    def _clone(self) -> None:
        shutil.rmtree(self.checkout, ignore_errors=True)
        url = git(self.run.checkout, self.run.environment, "remote", "get-url", "origin")
        git(self.temp, self.run.environment, "clone", "--quiet", url, str(self.checkout))
        self.run.prepare(self.checkout)

    def _applies(self, condition: str, *, failed: bool) -> bool:
        return condition == "always()" or (not failed and self.holds(condition))

    def holds(self, condition: str) -> bool:
        """Whether a condition holds while nothing has failed."""
        return all(map(self._holds, condition.split(" && ")))

    def _holds(self, part: str) -> bool:
        if part == "success()":
            return True
        name, operator, value = part.split(" ")
        return (self._value(name) == value.strip("'")) is (operator == "==")

    def filled(self, text: str) -> str:
        """A text with its expressions filled in."""
        return _EXPRESSION.sub(lambda found: self._value(found[1]), text)

    def _value(self, name: str) -> str:
        """What an expression stands for."""
        given = {
            "runner.temp": str(self.temp),
            "secrets.token || github.token": "token",
            "github.ref_name": "main",
        }
        match name.split("."):
            case ["inputs", key]:
                return self.run.said.get(key, str(inputs()[key].get("default", "")))
            case ["needs", job, "outputs", key]:
                return self.run.needs.get(job, {}).get(key, "")
            case ["steps", step, "outputs", key]:
                return self.outputs.get(step, {}).get(key, "")
            case ["steps", step, "outcome"]:
                return self.outcomes.get(step, "skipped")
            case _:
                return given[name]

    def _action(self, step: Mapping[str, Any]) -> int:
        """The artifacts go from job to job; the other actions have no effect here."""
        artifact = self.run.checkout.parent / "artifact"
        if "upload-artifact" in step["uses"]:
            shutil.rmtree(artifact, ignore_errors=True)
            artifact.mkdir()
            for path in filter(Path.is_file, map(Path, self.filled(step["with"]["path"]).split("\n"))):
                shutil.copy(path, artifact)
        elif "download-artifact" in step["uses"]:
            shutil.copytree(artifact, self.filled(step["with"]["path"]), dirs_exist_ok=True)
        return 0

    def _script(self, step: Mapping[str, Any]) -> int:
        out = self.temp / "output"
        out.write_text("")
        environment = {**self.described.get("env", {}), **step.get("env", {})}
        assert "${{" not in step["run"], "an expression in a script is an injection"
        done = subprocess.run(  # noqa: S603 - our own scripts
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],  # noqa: S607 - wherever it is
            cwd=self.checkout,
            env={
                **self.run.environment,
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{self.run.environment['PATH']}",
                "RUNNER_TEMP": str(self.temp),
                "GITHUB_OUTPUT": str(out),
                "GITHUB_STEP_SUMMARY": str(self.temp / "summary.md"),
                **{key: self.filled(value) for key, value in environment.items()},
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        self.run.printed += done.stdout + done.stderr
        self.outputs[step.get("id", "")] = dict(line.split("=", 1) for line in out.read_text().splitlines())
        return done.returncode
