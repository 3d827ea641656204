"""Hostile cases in their folders: written, run in a process of their own, and judged."""

from __future__ import annotations

import itertools
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from attrs import define, field, frozen

from tests.hostile.audited import Job, Result, audited
from tests.hostile.imported import import_faults

CHUNK = 100
"""Cases of one process."""


@frozen(kw_only=True)
class Case:
    """Files of a folder, commands on them, and the folder or file that these may write to."""

    files: Mapping[str, bytes]
    commands: Sequence[Sequence[str]]
    """An argument that begins with @/ is a path in the folder."""
    out: str = "client"
    """The folder itself when it is empty."""
    reports: Sequence[str] = ()
    """Files that a command writes also when it refuses."""

    def job(self, name: str, folder: Path) -> Job:
        """Write the files, and name the commands."""
        for path, data in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        commands = [
            [f"{folder}{argument[1:]}" if argument.startswith("@/") else argument for argument in command]
            for command in self.commands
        ]
        inputs = [str(folder / path) for path in self.files]
        return Job(
            name=name, commands=commands, inputs=inputs, out=str(folder / self.out if self.out else folder)
        )


@define
class Tally:
    """How many cases of a kind there were, what became of them, and what they broke."""

    kind: str
    cases: int = 0
    accepted: int = 0
    refused: int = 0
    seconds: float = 0.0
    faults: list[str] = field(factory=list)

    def __str__(self) -> str:
        return (
            f"{self.kind:18s} {self.cases:>6,d} cases: {self.accepted:>6,d} accepted, {self.refused:>6,d} refused,"
            f" {len(self.faults):>3d} faults in {self.seconds:5.0f} s"
        )


Made = Callable[[random.Random, int], Case]
"""Makes the case of a number."""
Judged = Callable[[Case, Path, Result], list[str]]
"""What is wrong with what became of a case."""


@frozen
class Kind:
    """Cases of one kind. `full` is how many a whole run has, `sample` how many the suite has."""

    name: str
    make: Made
    judge: Judged
    full: int
    sample: int

    def run(self, count: int, seed: int = 1) -> Tally:
        """Make cases from a seed, run them, and judge them."""
        started = time.monotonic()
        tally = Tally(self.name)
        numbers = iter(range(count))
        while chunk := list(itertools.islice(numbers, CHUNK)):
            with tempfile.TemporaryDirectory() as place:
                for number, fault in self._chunk(Path(place).resolve(), chunk, seed, tally):
                    tally.faults.append(f"{self.name} {number} of seed {seed}: {fault}")
        tally.seconds = time.monotonic() - started
        return tally

    def case(self, number: int, seed: int = 1) -> Case:
        """The case of a number: the same for a seed, however many there are."""
        return self.make(random.Random(f"{self.name} {seed} {number}"), number)  # noqa: S311 - a seeded source

    def _chunk(
        self, place: Path, numbers: Sequence[int], seed: int, tally: Tally
    ) -> Iterator[tuple[int, str]]:
        cases = {number: self.case(number, seed) for number in numbers}
        folders = {number: place / f"case_{number}" for number in numbers}
        for folder in folders.values():
            folder.mkdir()
        jobs = [case.job(str(number), folders[number]) for number, case in cases.items()]
        before = {number: contents(folder) for number, folder in folders.items()}
        results = audited(jobs, place)
        packages: dict[int, Path] = {}
        for number, case in cases.items():
            result, folder = results[str(number)], folders[number]
            tally.cases += 1
            tally.accepted += result.codes[0] == 0
            tally.refused += result.codes[0] != 0
            faults = [*result.crashes, *(f"it touched {each}" for each in result.seen)]
            faults += ["the canary ran"] if result.ran else []
            written = {path for path, data in contents(folder).items() if before[number].get(path) != data}
            lost = before[number].keys() - contents(folder).keys()
            if result.codes[0] != 0 and (lost or written - {*case.reports}):
                faults.append("it was refused, and something was written")
            yield from ((number, fault) for fault in faults + self.judge(case, folder, result))
            if (folder / "client" / "client.py").is_file():
                # Each under a name of its own, for one process imports them all.
                packages[number] = (folder / "client").rename(folder / f"client_{number}")
        found = import_faults(packages.values()) if packages else {}
        yield from ((number, found[str(path)]) for number, path in packages.items() if str(path) in found)


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a folder, by their path in it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
