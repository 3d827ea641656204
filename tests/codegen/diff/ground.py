"""The ground of the proofs: clients of both sides on disk, users' code beside them, and what a checker says of it."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen
from groundwire_codegen.diff import Diff, Given, Verdict, compare, read_sides
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.pipeline import generate
from groundwire_contract.contract import load
from groundwire_contract.service import Service
from groundwire_runtime import credentials
from groundwire_runtime.clock import Clock
from groundwire_runtime.http import FunctionTransport, Request, Response

from tests.codegen.diff.proofs import PROOFS, Proof
from tests.codegen.diff.shop import OVERLAY, shop
from tests.codegen.documents import encoded

_HEAD = "from __future__ import annotations\n\nfrom typing import assert_never\n\nimport {0} as shop\n\n"
_ERROR = re.compile(r"use_(\w+)\.py:\d+: error: (.*)")
_SETTINGS = "[mypy]\nstrict = True\nfollow_imports = silent\n"


@frozen
class Ground:
    """By proof: what a checker says of each user's code, what the diff says, and a server of the new document."""

    errors: Mapping[str, list[str]]
    diffs: Mapping[str, Diff]
    servers: Mapping[str, Service]
    _before: dict[str, Outcome] = field(factory=dict[str, "Outcome"])

    def before(self, proof: Proof) -> Outcome:
        """What the code of a proof does with the old client."""
        if proof.name not in self._before:
            self._before[proof.name] = outcome("old", proof)
        return self._before[proof.name]


@frozen
class Outcome:
    """What a user's code gave, and every request that it sent."""

    given: object
    sent: tuple[Request, ...]

    @property
    def seen(self) -> object:
        """What must stay for the code to have done what it did."""
        return self.given, [
            (
                *(request.verb, request.url, request.headers.get("x-goog-api-version")),
                *(request.body, request.scopes, request.safe_to_retry),
            )
            for request in self.sent
        ]


def worst(diff: Diff) -> Verdict:
    return max((change.verdict for change in diff.changes), key=lambda verdict: verdict.rank)


def lay_ground(folder: Path) -> Ground:
    """Write every client and every user's code, and check all of it in one run."""
    diffs: dict[str, Diff] = {}
    servers: dict[str, Service] = {}
    shops = write(folder, "old", shop(), OVERLAY)
    for proof in PROOFS:
        before, document, overlay = shop(), shop(), _changed(proof)
        lock, package = shops, "old"
        if proof.before is not None:
            proof.before(before)
            package = f"old_{proof.name}"
            lock = write(folder, package, before, OVERLAY)
        proof.edit(document)
        sides = read_sides(
            Given(name="old", document=encoded(before), overlay=OVERLAY.encode()),
            Given(name="new", document=encoded(document), overlay=overlay.encode()),
        )
        diffs[proof.name] = compare(sides.old, sides.new)
        write(folder, f"new_{proof.name}", document, overlay, lock)
        servers[proof.name] = Service(load(encoded(document), fitted(overlay, document).encode()))
        (folder / f"use_old_{proof.name}.py").write_text(code(proof, package))
        (folder / f"use_new_{proof.name}.py").write_text(code(proof, f"new_{proof.name}"))
        if worst(diffs[proof.name]) is not Verdict.TYPES:
            (folder / f"use_all_{proof.name}.py").write_text(every_code(f"new_{proof.name}"))
    return Ground(checked(folder), diffs, servers)


def _changed(proof: Proof) -> str:
    overlay = OVERLAY
    for old, new in proof.overlay:
        assert overlay.count(old) == 1, proof.rule
        overlay = overlay.replace(old, new)
    return overlay


def fitted(overlay: str, document: dict[str, Any]) -> str:
    """The overlay as whoever regenerates would correct it: without what the document has no more."""
    order = document["schemas"]["Order"]["properties"]
    if "card" not in order:
        overlay = overlay.replace('"card", ', "")
    if "cash" not in order:
        overlay = overlay.replace('[messages.Order.unions.payment]\nmembers = ["cash"]', "")
    methods = [each for resource in document["resources"].values() for each in resource["methods"].values()]
    for name in {"shop.orders.get", "shop.jobs.get"} - {method["id"] for method in methods}:
        overlay = re.sub(rf'\[methods."{name}"\]\n(?:\w+ = .*\n)*', "", overlay)
        overlay = re.sub(rf'"{name}:\w+"', "", overlay)
    return overlay


def write(folder: Path, package: str, document: dict[str, Any], overlay: str, names: Any = None) -> Any:
    """Write a client as a package; what is returned keeps its names."""
    text = fitted(overlay, document).encode()
    output = generate(
        Inputs(name="shop.json", document=encoded(document), overlay=text, package=package), names
    )
    (folder / package).mkdir()
    for path, content in output.files.items():
        (folder / package / path).write_text(content, "utf-8")
    return output.lock


def code(proof: Proof, package: str) -> str:
    return f"{_HEAD.format(package)}\n{_function(proof, 'run')}"


def every_code(package: str) -> str:
    """What all users do, in one module."""
    functions = [_function(proof, f"run_{proof.name}") for proof in PROOFS]
    return f"{_HEAD.format(package)}\n" + "\n".join(functions)


def _function(proof: Proof, name: str) -> str:
    body = proof.body.strip("\n")
    indented = body if body.startswith("    ") else f"    {body}"
    return f"def {name}(client: shop.Client) -> object:\n{indented}\n"


def checked(folder: Path) -> dict[str, list[str]]:
    """What a strict checker says of each user's code, by the name of its module."""
    (folder / "mypy.ini").write_text(_SETTINGS)
    users = sorted(path.name for path in folder.glob("use_*.py"))
    done = subprocess.run(  # noqa: S603 - our own arguments
        [sys.executable, "-m", "mypy", "--no-pretty", "--no-error-summary", *users],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    errors: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        found = _ERROR.match(line)
        if found is not None:
            errors.setdefault(found[1], []).append(found[2])
    return errors


def outcome(side: str, proof: Proof) -> Outcome:
    """What the code of a proof does with the client of a side."""
    module = importlib.import_module(f"use_{side}_{proof.name}")
    return done_by(module.run, module.shop, proof)


def done_by(use: Callable[[Any], object], package: Any, proof: Proof) -> Outcome:
    """What a user's code does with a client of this package."""
    sent: list[Request] = []

    def send(request: Request) -> Response:
        sent.append(request)
        return Response(status=200, body=json.dumps(answer(request, proof)).encode())

    client = package.Client(
        transport=FunctionTransport(send),
        credentials=credentials.anonymous(),
        clock=Clock(sleep=lambda _: None),
        **proof.holds,
    )
    return Outcome(use(client), tuple(sent))


def answer(request: Request, proof: Proof) -> Mapping[str, Any]:
    """The proof's answer; of a list, one on each of two pages."""
    if not request.method_id.endswith((".list", ".search")):
        return proof.answer
    last = "pageToken" in f"{request.url}{request.body!r}"
    return {"receipts": [proof.answer], **({} if last else {"nextPageToken": "2"})}
