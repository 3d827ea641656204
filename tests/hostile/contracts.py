"""Hostile documents that the contract server serves, and control documents that a running one is sent."""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path
from typing import Any, Final

from groundwire_contract.clock import FrozenClock
from groundwire_contract.contract import load
from groundwire_contract.service import Service

from tests.codegen.documents import bookshop
from tests.hostile.audited import Result
from tests.hostile.cases import Case, Kind
from tests.hostile.mutation import damaged, mutated
from tests.hostile.output import log_faults, page_faults
from tests.hostile.pairs import told
from tests.hostile.payloads import TEXTS
from tests.hostile.programs import SECRET, shown

LINKS: Final = r"[#?/][!-~]*"
"""Where links of the status page lead: into it."""
CALLS: Final[tuple[dict[str, Any], ...]] = (
    {"name": "reset", "arguments": {"seed": 1}},
    {"name": "advance", "arguments": {"seconds": 60.0}},
    {"name": "finish", "arguments": {"name": "projects/p/operations/A"}},
    {"name": "fail", "arguments": {"name": "projects/p/operations/A", "message": "no", "code": 3}},
    {"name": "hold", "arguments": {"name": None}},
    {"name": "relax", "arguments": {"rules": ["queue-full"]}},
    {"name": "enforce", "arguments": {"rules": ["queue-full"]}},
    {"name": "add_steps", "arguments": {"steps": [429], "method": None}},
)


def served(source: random.Random, number: int) -> Case:
    base = told(bookshop(), source) if number % 2 else mutated(bookshop(), source)
    data = json.dumps(base).encode()
    files = {"spec.json": damaged(data, source) if source.random() < 0.04 else data}
    return Case(files=files, commands=[["serve", "@/spec.json"]])


def control(source: random.Random, number: int) -> Case:
    calls = [json.loads(json.dumps(call)) for call in source.sample(CALLS, 3)]
    changed = [
        {"name": call["name"], "arguments": mutated(call["arguments"], source)} if number % 3 else call
        for call in calls
    ]
    # What a request says is on the page, too.
    text = source.choice([text for text in TEXTS if _is_text(text)])
    changed.append({"name": "reset", "arguments": {"description": text, text: text, "requestId": text}})
    return Case(files={"calls.json": json.dumps(changed).encode()}, commands=[["control", "@/calls.json"]])


def _is_text(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


@cache
def _page(earth_engine: bool) -> str:
    """A status page that means no harm."""
    contract = load() if earth_engine else load(json.dumps(bookshop()).encode())
    return shown(Service(contract, clock=FrozenClock()))


def _judge(result: Result, *, earth_engine: bool) -> list[str]:
    output = result.outputs[0]
    if SECRET in output:
        return ["a secret is shown"]
    if result.codes[0] != 0:
        return log_faults(output)
    return page_faults(output, _page(earth_engine), LINKS)


def judge_served(case: Case, folder: Path, result: Result) -> list[str]:
    """Every request is answered or refused, and the page holds no script of the document."""
    return _judge(result, earth_engine=False)


def judge_control(case: Case, folder: Path, result: Result) -> list[str]:
    """Every call is done or refused, and the page holds no script of the requests."""
    return _judge(result, earth_engine=True)


KINDS = (
    Kind("served documents", served, judge_served, full=200, sample=30),
    Kind("control documents", control, judge_control, full=150, sample=20),
)
