"""Same input, same bytes: over hash seeds, the order of keys, and processes."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from groundwire_codegen.lock import FILE
from groundwire_codegen.pipeline import generate
from groundwire_codegen.read.yaml import read_yaml
from groundwire_codegen.render.source import doc

from tests.codegen.packages import CASES, ROOT, case_inputs, earth_engine


def shuffled(value: Any, random_: random.Random) -> Any:
    """The same JSON value, the members of every object in another order, but for media types: the first is preferred."""
    if isinstance(value, dict):
        media_types = bool(value) and all("/" in key and key[0] != "/" for key in value)
        keys = list(value) if media_types else random_.sample(list(value), len(value))
        return {key: shuffled(value[key], random_) for key in keys}
    return [shuffled(item, random_) for item in value] if isinstance(value, list) else value


def test_hash_seeds_change_nothing() -> None:
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.codegen.digests"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("0", "1", "random")
    ]
    printed = [run.communicate(timeout=60)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert len(printed[0].splitlines()) == 1 + len(CASES) + 1
    assert len(set(printed)) == 1


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("seed", [1, 2])
def test_order_of_keys_changes_nothing(case: Path, seed: int) -> None:
    _compare(case_inputs(case), seed)


def test_order_of_keys_changes_nothing_in_the_real_client() -> None:
    _compare(earth_engine(), 3)


def read_document(data: bytes) -> Any:
    """Return the JSON value of a document, which is JSON or YAML."""
    return json.loads(data) if data.lstrip().startswith(b"{") else read_yaml(data, "document")


def _compare(inputs: Any, seed: int) -> None:
    from attrs import evolve

    document = read_document(inputs.document)
    other = json.dumps(shuffled(document, random.Random(seed))).encode()  # noqa: S311 - an order, no secret
    assert other != inputs.document
    want, have = generate(inputs).files, generate(evolve(inputs, document=other)).files
    # The lock holds a hash of the document's own bytes.
    unlike = {path for path in want if have[path] != want[path]}
    assert want.keys() == have.keys()
    assert unlike == {FILE}


def test_a_character_that_only_some_pythons_know_is_escaped() -> None:
    """U+1FAE8 is of Unicode 15, which Python 3.12 knows first, U+1F600 of 6.1: no older standard has it."""
    assert (
        doc("\u00e9\u65e5 \U0001fae8\U0001f600\u00ad").text
        == '"""\u00e9\u65e5 \\U0001fae8\\U0001f600\\xad"""'
    )


def test_nothing_of_the_place_is_in_the_output() -> None:
    for text in generate(earth_engine()).files.values():
        assert str(ROOT) not in text
        assert os.uname().nodename not in text or len(os.uname().nodename) < 8
