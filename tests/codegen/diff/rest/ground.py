"""The ground of the proofs for OpenAPI documents: clients of both sides on disk, users' code, and a checker's word."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen
from groundwire_codegen.diff import Diff, Given, Verdict, compare, read_sides
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.lock import Lock
from groundwire_codegen.pipeline import generate
from groundwire_runtime.http import FunctionTransport, Request, Response

from tests.codegen.diff.ground import checked, worst
from tests.codegen.documents import encoded

from . import REST_PROOFS, RestProof
from .proof import RECEIPT
from .shop import shop

_HEAD = """\
from __future__ import annotations

from typing import assert_never

from groundwire_runtime.http import Transport

import {package} as shop


"""


@frozen
class RestGround:
    """By proof: what a checker says of each user's code, and what the diff says."""

    errors: Mapping[str, list[str]]
    diffs: Mapping[str, Diff]
    users: frozenset[str]
    """The proofs whose new client is used by the code of all."""
    _before: dict[str, object] = field(factory=dict[str, object])

    def before(self, proof: RestProof) -> object:
        """What the code of a proof does with the old client."""
        if proof.name not in self._before:
            self._before[proof.name] = outcome("old", proof)
        return self._before[proof.name]


def lay_ground(folder: Path) -> RestGround:
    """Write every client and every user's code, and check all of it in one run."""
    diffs: dict[str, Diff] = {}
    shown: set[str] = set()
    plain = write(folder, "rest", shop(), b"", None)
    for proof in REST_PROOFS:
        old, new = documents(proof)
        lock, package = plain, "rest"
        if proof.before is not None:
            package = f"old_{proof.name}"
            lock = write(folder, package, old, b"", None)
        overlay = proof.overlay.encode()
        sides = read_sides(
            Given(name="old", document=encoded(old)),
            Given(name="new", document=encoded(new), overlay=overlay),
        )
        diffs[proof.name] = compare(sides.old, sides.new)
        write(folder, f"new_{proof.name}", new, overlay, lock)
        (folder / f"use_old_{proof.name}.py").write_text(code(proof, package), "utf-8")
        (folder / f"use_new_{proof.name}.py").write_text(code(proof, f"new_{proof.name}"), "utf-8")
        # Once for each rule is enough, and takes half of the time.
        if worst(diffs[proof.name]) is not Verdict.TYPES and proof.before is None and proof.rule not in shown:
            shown.add(proof.rule)
            (folder / f"use_all_{proof.name}.py").write_text(every_code(f"new_{proof.name}"), "utf-8")
    users = frozenset(path.stem.removeprefix("use_all_") for path in folder.glob("use_all_*.py"))
    return RestGround(checked(folder), diffs, users)


def documents(proof: RestProof) -> tuple[dict[str, Any], dict[str, Any]]:
    """The document of a proof before and after its edit."""
    old, new = shop(), shop()
    for document in (old, new):
        if proof.before is not None:
            proof.before(document)
    proof.edit(new)
    return old, new


def write(folder: Path, package: str, document: dict[str, Any], overlay: bytes, names: Lock | None) -> Lock:
    """Write a client as a package, which keeps the names of a lock; return its own."""
    output = generate(
        Inputs(name="shop.json", document=encoded(document), overlay=overlay, package=package), names
    )
    (folder / package).mkdir()
    for path, content in output.files.items():
        (folder / package / path).write_text(content, "utf-8")
    return output.lock


def code(proof: RestProof, package: str) -> str:
    return f"{_HEAD.format(package=package)}{_function(proof, 'run')}"


def every_code(package: str) -> str:
    """What all users of the plain document do, in one module."""
    plain = [proof for proof in REST_PROOFS if proof.before is None]
    return _HEAD.format(package=package) + "\n".join(_function(each, f"run_{each.name}") for each in plain)


def _function(proof: RestProof, name: str) -> str:
    # Most methods of this client return None: what is returned is of no type of its own.
    body = proof.body.replace("return client.orders.add", "client.orders.add")
    for call in ("change_order", "put_box"):
        body = body.replace(f"return client.orders.{call}", f"client.orders.{call}")
    end = "" if "return" in body or "assert_never" in body else "    return None\n"
    return (
        f"def {name}(transport: Transport) -> object:\n"
        f"    client = shop.Client(transport=transport, {proof.client})\n    {body}\n{end}"
    )


def outcome(side: str, proof: RestProof, answer: Any = None) -> object:
    """What the code of a proof gives with the client of a side, and every request that it sends."""
    return done_by(importlib.import_module(f"use_{side}_{proof.name}").run, proof, answer)


def done_by(use: Any, proof: RestProof, answer: Any = None) -> object:
    """What a user's function gives, and the requests that it sends. The answer is the proof's where none is given."""
    answer = answer or proof.answer or RECEIPT
    sent: list[object] = []

    def send(request: Request) -> Response:
        body = request.body
        data = body if isinstance(body, bytes) or body is None else b"".join(body)
        kind = request.headers.get("content-type", "").partition("boundary=")
        data = data if data is None or not kind[2] else data.replace(kind[2].encode(), b"")
        headers = {key: value for key, value in request.headers.items() if key != "content-type"}
        sent.append((request.verb, request.url, headers, kind[0], data, request.safe_to_retry))
        content = b"" if proof.status == 204 else json.dumps(answer).encode()
        return Response(status=proof.status, headers={"content-type": "application/json"}, body=content)

    return use(FunctionTransport(send)), sent
