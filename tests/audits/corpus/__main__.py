"""Examine every document, or those named, and write the table; `--contracts` only serves their contracts."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from functools import partial
from pathlib import Path

from groundwire_codegen.batch.workers import run

from . import contracts, documents
from .apart import examine_one
from .examine import Examination, mypy, ruff
from .table import cells, page


def examine_all(names: list[str], jobs: int, *, types: bool) -> tuple[list[Examination], list[str]]:
    """Examine documents in processes of their own, and print a line for each."""
    found: list[Examination] = []
    faults: list[str] = []
    with tempfile.TemporaryDirectory(prefix="groundwire-corpus-") as place:
        folder = Path(place)
        for done in run(names, partial(examine_one, folder=folder), jobs):
            each = done.result or Examination(
                name=done.task, faults=(f"{done.task}: its process died with exit code {done.exit_code}",)
            )
            found.append(each)
            print(f"[{len(found)}/{len(names)}]", *cells(each), flush=True)
            print("".join(f"    {fault[:500]}\n" for fault in each.faults), end="", flush=True)
        for name in (each for each in names if types and each in documents.CHOSEN):
            faults += mypy(folder / name, [documents.package(name)]).splitlines()
            faults += ruff(folder / name).splitlines()
    return sorted(found, key=lambda each: each.name), faults


def serve_all(names: list[str]) -> int:
    """Ask the contract of each document for all that it has; print what it gets wrong, and return 1 for that."""
    faults = [fault for name in names for fault in contracts.faults(name)]
    print("\n".join([f"{len(names)} contracts, {len(faults)} faults", *faults]))
    return 1 if faults else 0


def main() -> int:
    """Run from the command line; 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contracts", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--table", type=Path, help="Write the table here.")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="Take each N-th document.")
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    if documents.folder() is None:
        print("google-api-python-client is not installed: there are no documents to examine")
        return 0
    every = documents.names()
    names = given.names or every[:: given.every]
    if given.contracts:
        return serve_all(names)
    found, faults = examine_all(names, given.jobs, types=True)
    if given.table is not None:
        given.table.write_text(page(found, len(every) - len(found)), encoding="utf-8")
    faults = [*(fault for each in found for fault in each.faults), *faults]
    print("\n".join([f"{len(found)} documents, {len(faults)} faults", *faults]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
