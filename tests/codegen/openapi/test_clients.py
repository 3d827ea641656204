"""Clients of documents of our own, one a group of features: what each call sends, and what becomes of an answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from groundwire_codegen.pipeline import generate
from groundwire_codegen.reader import read_api

from tests.audits.openapi import documents
from tests.audits.openapi.echo import Echo
from tests.audits.openapi.examples import UnjudgedError, judged, validators
from tests.codegen.conftest import Load
from tests.codegen.packages import CASES, case_inputs

OURS = [case for case in CASES if case.name.startswith("openapi_")]


@pytest.mark.parametrize("case", OURS, ids=lambda case: case.name)
def test_calls_are_as_an_independent_encoder_writes_them(case: Path, load: Load) -> None:
    inputs = case_inputs(case)
    document = documents.parsed(inputs.document)
    package, api = load(generate(inputs).files), read_api(inputs.document)
    stated = len(list(documents.operations(document)))
    for seed in range(20):
        said = Echo(document, api, package, f"{case.name} {seed}").all()
        assert said.faults == []
        assert said.without == []
        assert said.calls == stated


@pytest.mark.parametrize(
    "schema", [{"$ref": "#/nowhere"}, {"$ref": "#/schema"}, {"$ref": "https://x.example/y"}, {"pattern": "("}]
)
def test_a_schema_that_the_judge_cannot_follow_is_named(schema: dict[str, str]) -> None:
    judge = validators({"openapi": "3.1.0", "schema": schema})[True]
    with pytest.raises(UnjudgedError, match="/schema: "):
        judged(judge, "/schema", "text")
