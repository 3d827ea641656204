"""The scripts of `.github/workflows/upgrade.yml`, run one after another as a runner of GitHub does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from attrs import define, field

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / ".github" / "workflows"
PATH: Final = FOLDER / "upgrade.yml"
_EXPRESSION: Final = re.compile(r"\$\{\{ (.*?) \}\}")


def steps() -> list[dict[str, Any]]:
    """The steps of the workflow's job."""
    return list(read(PATH)["jobs"]["upgrade"]["steps"])


def inputs() -> dict[str, Any]:
    """What callers may say. `on` is a boolean to YAML."""
    return dict(read(PATH)[True]["workflow_call"]["inputs"])


def read(path: Path) -> dict[Any, Any]:
    return dict(yaml.safe_load(path.read_text("utf-8")))


@define
class Run:
    """One run of the workflow in a checkout; `said` are the inputs of its caller."""

    checkout: Path
    said: Mapping[str, str]
    environment: Mapping[str, str]
    outputs: dict[str, str] = field(factory=dict[str, str])
    outcomes: dict[str, str] = field(factory=dict[str, str])
    printed: str = ""

    @property
    def temp(self) -> Path:
        return self.checkout.parent / "temp"

    def whole(self) -> int:
        """Run every step that applies; the exit code of the job."""
        self.temp.mkdir(exist_ok=True)
        code = 0
        for step in steps():
            if "run" in step and self._applies(step.get("if", "success()"), failed=code != 0):
                done = self._step(step)
                self.outcomes[step.get("id", step["name"])] = "failure" if done else "success"
                code = code or (0 if step.get("continue-on-error") else done)
        return code

    def _applies(self, condition: str, *, failed: bool) -> bool:
        if condition == "always()":
            return True
        said = [self._holds(part) for part in condition.split(" && ")]
        return not failed and all(said)

    def _holds(self, part: str) -> bool:
        if part == "success()":
            return True
        name, operator, value = part.split(" ")
        return (self._value(name) == value.strip("'")) is (operator == "==")

    def _value(self, name: str) -> str:
        """What an expression stands for."""
        given = {
            "runner.temp": str(self.temp),
            "secrets.token || github.token": "token",
            "github.ref_name": "main",
            "steps.test.outcome": self.outcomes.get("test", "skipped"),
            "steps.commit.outputs.changed": self.outputs.get("changed", ""),
        }
        if name.startswith("inputs."):
            key = name.removeprefix("inputs.")
            return self.said.get(key, str(inputs()[key].get("default", "")))
        return given[name]

    def _step(self, step: Mapping[str, Any]) -> int:
        out = self.temp / "output"
        out.write_text("")
        environment = {
            key: _EXPRESSION.sub(lambda found: self._value(found[1]), value)
            for key, value in step.get("env", {}).items()
        }
        assert "${{" not in step["run"], "an expression in a script is an injection"
        done = subprocess.run(  # noqa: S603 - our own scripts
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],  # noqa: S607 - wherever it is
            cwd=self.checkout,
            env={
                **self.environment,
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{self.environment['PATH']}",
                "RUNNER_TEMP": str(self.temp),
                "GITHUB_OUTPUT": str(out),
                "GITHUB_STEP_SUMMARY": str(self.temp / "summary.md"),
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        self.printed += done.stdout + done.stderr
        self.outputs |= dict(line.split("=", 1) for line in out.read_text().splitlines())
        return done.returncode
