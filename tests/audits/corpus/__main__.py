"""Examine the chosen documents, or those named, and print a table; `--generate` only generates, `--contracts` only serves, all by default."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from groundwire_codegen.inputs import Inputs
from groundwire_codegen.pipeline import generate
from groundwire_codegen.problem import SpecError

from . import contracts, documents
from .examine import Examination, examine, mypy, ruff

HEAD = ("document", "methods", "messages", "generated in", "round-tripped", "requests", "as official", "mypy")


def row(cells: tuple[object, ...]) -> str:
    """One line of the table."""
    return f"{cells[0]!s:28}" + "".join(f"{cell!s:>15}" for cell in cells[1:])


def examine_all(names: list[str]) -> list[str]:
    """Print the table; what is wrong is returned."""
    faults: list[str] = []
    print(row(HEAD))
    with tempfile.TemporaryDirectory(prefix="groundwire-corpus-") as name:
        folder = Path(name)
        for document in names:
            found = examine(document, folder)
            said = mypy(folder, [document.replace(".", "_").replace("-", "_")])
            print(row((*cells(found), said.count(": error: ") or "ok")), flush=True)
            faults += [*found.faults, *said.splitlines()]
        faults += ruff(folder).splitlines()
    return faults


def cells(found: Examination) -> tuple[object, ...]:
    """The figures of one document."""
    return (
        found.name,
        found.methods,
        found.messages,
        f"{found.seconds:.2f} s",
        found.round_trips,
        found.requests,
        found.compared,
    )


def generate_all(names: list[str]) -> list[str]:
    """Generate each document, print the slowest; those that are refused, or do not compile, are returned."""
    faults: list[str] = []
    times: list[tuple[float, str]] = []
    for name in names:
        started = time.perf_counter()
        try:
            output = generate(Inputs(name=f"{name}.json", document=documents.read(name), package="client"))
            for path, text in output.files.items():
                if path.endswith(".py"):
                    compile(text, path, "exec")
        except (SpecError, SyntaxError) as error:
            faults.append(f"{name}: {error}")
        times.append((time.perf_counter() - started, name))
    for seconds, name in sorted(times, reverse=True)[:10]:
        print(row((name, f"{seconds:.1f} s")))
    print(
        f"{len(names) - len(faults)} of {len(names)} documents, {sum(seconds for seconds, _ in times):.0f} s"
    )
    return faults


def serve_all(names: list[str]) -> list[str]:
    """Ask the contract of each document for all that it has; what it gets wrong is returned."""
    faults = [fault for name in names for fault in contracts.faults(name)]
    print(f"{len(names)} contracts, {len(faults)} faults")
    return faults


def main() -> int:
    """Run from the command line; 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--generate", action="store_true")
    parser.add_argument("--contracts", action="store_true")
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    if documents.folder() is None:
        print("google-api-python-client is not installed: there are no documents to examine")
        return 0
    if given.generate:
        faults = generate_all(given.names or documents.names())
    elif given.contracts:
        faults = serve_all(given.names or documents.names())
    else:
        faults = examine_all(given.names or list(documents.CHOSEN))
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
