"""Examine published OpenAPI documents, all or those named, beside openapi-python-client, and print a table.

`--no-peer` leaves the peer out, `--no-types` the type checkers, `--seed TEXT` makes other calls.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, Final

from . import documents, peer

HEAD: Final = (
    "document",
    *(
        "operations",
        "messages",
        "seconds",
        "dropped",
        "any",
        "calls",
        "answers",
        "examples",
        "mypy",
        "pyright",
    ),
    *("| peer: s", "dropped", "any", "imports", "mypy"),
)
LIMIT: Final = 600


def row(cells: tuple[object, ...]) -> str:
    """Return one line of the table."""
    return f"{cells[0]!s:28}" + "".join(f"{cell!s:>11}" for cell in cells[1:])


def examine(name: str, folder: Path, seed: str) -> dict[str, Any]:
    """Examine a document in a process of its own."""
    command = [sys.executable, "-m", "tests.audits.openapi.examine", name, str(folder), seed]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)  # noqa: S603 - our own arguments
        found: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return {"name": name, "faults": [f"{name}: took more than {LIMIT} s"]}
    except ValueError:
        return {"name": name, "faults": [f"{name}: {done.stderr[-1500:]}"]}
    return found


def checked(folder: Path) -> tuple[list[str], dict[str, Counter[str]]]:
    """Type-check every package in `folder`; return what is wrong, and counts by checker and package."""
    packages = [path.name for path in sorted(folder.iterdir()) if (path / "client.py").exists()]
    names = [word for name in packages for word in ("-p", name)]
    mypy = _run(
        "mypy", "--strict", "--no-error-summary", "--cache-dir", folder / ".mypy_cache", *names, cwd=folder
    )
    settings = {"typeCheckingMode": "strict", "include": packages, "pythonVersion": "3.11"}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
    pyright = _run("pyright", "--outputjson", "--pythonpath", sys.executable, cwd=folder)
    said = [line for line in mypy.stdout.splitlines() if ": error: " in line]
    if mypy.returncode and not said:
        said = [f"mypy: {mypy.stdout[-500:]}{mypy.stderr[-500:]}"]
    counts = {"mypy": Counter(line.partition("/")[0] for line in said), "pyright": Counter[str]()}
    try:
        found = json.loads(pyright.stdout)["generalDiagnostics"]
    except ValueError:
        return [*said, f"pyright: {pyright.stdout[-500:]}{pyright.stderr[-500:]}"], counts
    for each in found:
        file = Path(each["file"]).relative_to(folder.resolve())
        counts["pyright"][file.parts[0]] += 1
        said.append(f"{file}:{each['range']['start']['line'] + 1}: {each['message'][:200]}")
    return said, counts


def _run(module: str, *arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=3600, check=False)  # noqa: S603 - our own arguments


def table(names: list[str], folder: Path, *, with_peer: bool, with_types: bool, seed: str) -> list[str]:
    """Examine documents and print the table; return what is wrong."""
    found = [examine(name, folder, seed) for name in names]
    faults = [fault for each in found for fault in each["faults"]]
    wrong, counts = checked(folder) if with_types else ([], {})
    other = peer.install(folder / "peer-env") if with_peer else None
    print(row(HEAD))
    for each in found:
        print(row((*cells(each, counts), *peer_cells(other, each, folder))), flush=True)
        for said in each.get("without", ()):
            print(f"  not called: {said}")
        for said in each.get("unfitted", ()):
            print(f"  fits no member of a union: {said}")
        for said in each.get("unjudged", ()):
            print(f"  not judged: {said}")
    return [*faults, *wrong]


def cells(each: dict[str, Any], counts: dict[str, Counter[str]]) -> tuple[object, ...]:
    """Return the figures of one document."""
    if each.get("skipped") or "operations" not in each:
        return (each["name"], each.get("skipped") or "failed", *([""] * 10))
    package = documents.package_name(each["name"])
    types = [(counts[checker][package] or "ok") if counts else "" for checker in ("mypy", "pyright")]
    examples = f"{each['kept']}" + (f" (-{each['refused']})" if each["refused"] else "")
    figures = (
        each["operations"],
        each["messages"],
        f"{each['seconds']:.2f}",
        each["dropped"],
        each["untyped"],
    )
    return (each["name"], *figures, each["calls"], each["answers"], each["errors"], examples, *types)


def peer_cells(other: peer.Peer | None, each: dict[str, Any], folder: Path) -> tuple[object, ...]:
    """Return the figures of the peer for one document."""
    if other is None:
        return ()
    if other.problem:
        return (other.problem,)
    count = each.get("operations") or len(
        list(documents.operations(documents.parsed(documents.read(each["name"]))))
        if not each.get("skipped")
        else ()
    )
    if each.get("skipped"):
        return ("",)
    made = peer.generate(other, each["name"], folder, count)
    return f"{made.seconds:.2f}", made.dropped, made.untyped, made.imported, made.mypy


def main() -> int:
    """Run from the command line; 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--no-types", action="store_true")
    parser.add_argument("--seed", default="")
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    if documents.folder() is None:
        print("GROUNDWIRE_VECTORS names no folder with openapi/: there are no documents to examine")
        return 0
    with tempfile.TemporaryDirectory(prefix="groundwire-openapi-") as name:
        faults = table(
            given.names or documents.names(),
            Path(name),
            with_peer=not given.no_peer,
            with_types=not given.no_types,
            seed=given.seed,
        )
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
