"""Commands in a process of their own, with all that they did to the outside.

`audited` sends jobs to `python -m tests.hostile.audited`, which runs each under an audit hook.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import click
import groundwire
import groundwire_contract
import groundwire_pages
import groundwire_runtime
from attrs import frozen
from click.testing import CliRunner
from groundwire_codegen import cli, emit, pipeline, render, vendor
from groundwire_contract import cli as contract_cli

from tests.hostile.canary import has_run

ROOT = Path(__file__).parents[2]

CODE = {
    str(Path(path).resolve())
    for path in (
        *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
        *(Path(module.__file__ or "").parent for module in (cli, emit, pipeline, render, vendor)),
        *(
            Path(package.__file__ or "").parent
            for package in (groundwire, groundwire_contract, groundwire_pages, groundwire_runtime)
        ),
        *(entry for entry in sys.path if entry.endswith(".zip")),
    )
}
"""Where Python, its packages and the generator itself are read from."""
CHANGES = {
    *("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.link", "os.chmod", "os.chown"),
    *("os.truncate", "os.utime", "os.setxattr", "shutil.rmtree", "shutil.move", "tempfile.mkdtemp"),
}
FORBIDDEN = (
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "subprocess.",
    "socket.",
    "ctypes.",
)
EXCHANGE: dict[str, tuple[Any, ...]] = {
    "ctypes.dlopen": (None,),
    "ctypes.dlsym": ("renameat2", "renamex_np"),
}
"""How two folders change places: a function that Python itself has not."""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Audit:
    """What was touched while it listens."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.listens = False
        self.inputs: set[str] = set()
        self.out = ""
        """The folder of the output, or all of it below which a command may write."""

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.listens:
            return
        if event == "open":
            self._open(*arguments)
        elif event in CHANGES and not _is_below_a_folder(event, arguments):
            for argument in arguments:
                if isinstance(argument, (str, bytes, os.PathLike)):
                    # What is moved or removed is a link itself, not what it leads to.
                    place = Path(os.fsdecode(argument)).absolute()
                    self._judge(event, place.parent.resolve() / place.name, follow=False)
        elif event in EXCHANGE and arguments[-1] in EXCHANGE[event]:
            pass
        elif event.startswith(FORBIDDEN):
            self.seen.append((event, repr(arguments)))

    def _open(self, path: Any, mode: str | None, flags: int) -> None:
        # `shutil.rmtree`, whose own event is judged, opens names below a folder that it has open.
        if not isinstance(path, (str, bytes, os.PathLike)) or (
            mode is None and not Path(os.fsdecode(path)).is_absolute()
        ):
            return
        if flags & WRITING or set(mode or "") & set("wax+"):
            self._judge("write", path)
        elif flags & os.O_DIRECTORY and self._full(path) == str(Path(self.out).parent):
            pass  # The folder around the output is held while the output is exchanged.
        elif self._full(path) not in self.inputs and not _is_code(self._full(path)):
            self._judge("read", path)

    def _judge(self, event: str, path: Any, *, follow: bool = True) -> None:
        full = self._full(path) if follow else str(path)
        beside = f"{Path(self.out).parent}{os.sep}.{Path(self.out).name}.groundwire"
        if not any(full == place or full.startswith(place + os.sep) for place in (self.out, beside)):
            self.seen.append((event, full))

    @staticmethod
    def _full(path: Any) -> str:
        """Where a path leads, links on the way included."""
        return os.path.realpath(os.fsdecode(path))


def _is_code(place: str) -> bool:
    return any(place == code or place.startswith(code + os.sep) for code in CODE)


def _is_below_a_folder(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether names are meant from a folder that is open: `shutil.rmtree`, whose own event is judged."""
    return event in ("os.remove", "os.rmdir") and len(arguments) > 1 and arguments[1] != -1


@frozen(kw_only=True)
class Job:
    """Commands, one after the other: what they may read, and the folder that they may write to."""

    name: str
    commands: Sequence[Sequence[str]]
    inputs: Sequence[str]
    out: str


@frozen(kw_only=True)
class Result:
    """What came of a job: code and output of each command, errors that nobody caught, what it touched, and whether the canary ran."""

    codes: Sequence[int]
    outputs: Sequence[str]
    """All that a terminal would show."""
    results: Sequence[str]
    """Standard output alone."""
    crashes: Sequence[str]
    seen: Sequence[Sequence[str]]
    ran: bool


def audited(jobs: Iterable[Job], cwd: Path) -> dict[str, Result]:
    """The result of each job by its name."""
    environment = {**os.environ, "PYTHONPATH": _python_path(), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tests.hostile.audited"],
        input=json.dumps([attrs.asdict(job) for job in jobs]),
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return {name: Result(**found) for name, found in json.loads(done.stdout).items()}


def _python_path() -> str:
    return os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))


def main(jobs: Sequence[Mapping[str, Any]]) -> None:
    from tests.hostile.programs import PROGRAMS

    programs: dict[str, click.Command] = {
        "groundwire-codegen": cli.main,
        "groundwire-contract": contract_cli.main,
        **PROGRAMS,
    }
    audit = Audit()
    sys.addaudithook(audit.hook)
    results: dict[str, dict[str, Any]] = {}
    for job in jobs:
        audit.inputs = {os.path.realpath(path) for path in job["inputs"]}
        out = Path(job["out"])
        audit.out, audit.seen = str(out.parent.resolve() / out.name), []
        codes, outputs, printed, crashes = [], [], [], []
        for program, *arguments in job["commands"]:
            audit.listens = True
            result = CliRunner().invoke(programs[program], arguments)
            audit.listens = False
            if result.exception is not None and not isinstance(result.exception, SystemExit):
                crashes.append(f"{program} {arguments[:1]}: {result.exception!r}"[:500])
            codes.append(result.exit_code)
            outputs.append(result.output)
            printed.append(result.stdout)
        results[job["name"]] = {
            "codes": codes,
            "outputs": outputs,
            "results": printed,
            "crashes": crashes,
            "seen": audit.seen,
            "ran": has_run(),
        }
    # Standard output is a pipe that no command here writes to: what they print goes to the runner.
    print(json.dumps(results))


if __name__ == "__main__":
    main(json.load(sys.stdin))
