"""Jobs that an overlay states: what a client's `wait` takes, and every refusal."""

from __future__ import annotations

import attrs
import pytest
from groundwire_codegen.pipeline import generate
from groundwire_codegen.problem import SpecError

from tests.codegen.conftest import Load
from tests.codegen.packages import CASES, case_inputs
from tests.runtime.doubles import Script, Time, answer

MAPS = next(case for case in CASES if case.name == "openapi_waiting")
HINT = " (a path is wire names with dots between)"


def test_a_client_waits_for_what_it_started(load: Load) -> None:
    package = load(generate(case_inputs(MAPS)).files)
    running, ended = {"jobID": "a", "status": "running"}, {"jobID": "a", "status": "successful"}
    script = Script(
        [
            answer(running, 201, location="/v1/jobs/a"),
            answer(ended),
            answer(b"", 202, location="/v1/prints/3/sheet"),
            answer(b"", 202),
            answer({"url": "https://maps.example/sheet.pdf"}),
            answer({"jobID": "b", "status": "failed", "message": "no data"}),
        ]
    )
    with package.Client(transport=script, clock=Time().clock()) as client:
        job = client.execute("clip")
        assert client.wait(job, timeout=60) == package.StatusInfo(job_id="a", status="successful")
        sheet = client.wait(client.with_response(client.start_print), timeout=60)
        assert sheet == package.Result(url="https://maps.example/sheet.pdf")
        with pytest.raises(package.errors.OperationError, match="ended as failed: no data"):
            client.wait("/v1/jobs/b")
    paths = [each.removeprefix("https://maps.example/v1") for each in script.urls]
    assert paths == ["/processes/clip/execution", "/jobs/a", "/prints", *["/prints/3/sheet"] * 2, "/jobs/b"]


@pytest.mark.parametrize(
    ("method", "rules", "problems"),
    [
        ("startPrint", "", [": a job is read by GET, not by POST"]),
        ("getStatus", 'status = "status"', [": status and done belong together"]),
        ("getStatus", 'done = ["ok"]', [": status and done belong together"]),
        (
            "getStatus",
            'status = "status"\ndone = ["ok"]\nfailed = ["no", "ok"]',
            [": 'ok' is in done and in failed"],
        ),
        (
            "getStatus",
            'status = "state"\ndone = ["ok"]\nmessage = "a.b"',
            [
                f"/status: the rule matches nothing: no answer has 'state'{HINT}",
                f"/message: the rule matches nothing: no answer has 'a.b'{HINT}",
            ],
        ),
        (
            "getStatus",
            'arguments = { jobId = "id", job = "jobID" }',
            [
                "/arguments/job: the rule matches nothing: no parameter 'job' (a field of the body is `body.FIELD`)",
                f"/arguments/jobId: the rule matches nothing: no answer has 'id'{HINT}",
            ],
        ),
    ],
)
def test_a_rule_that_does_not_fit_is_refused_at_its_place(
    method: str, rules: str, problems: list[str]
) -> None:
    overlay = f'document = "maps"\n[methods.{method}.waiting]\n{rules}'
    with pytest.raises(SpecError) as caught:
        generate(attrs.evolve(case_inputs(MAPS), overlay=overlay.encode()))
    place = f"overlay#/methods/{method}/waiting"
    assert sorted(str(each).removeprefix(place) for each in caught.value.problems) == sorted(problems)
