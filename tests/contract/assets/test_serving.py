"""`serve` with assets and answers from files, and a state that survives kills."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from groundwire_contract.answer_file import read_answer_file
from groundwire_contract.contract import load
from groundwire_contract.given import AnswerError
from groundwire_contract.service import Service

from tests.contract.process import SERVE, serving
from tests.contract.wire import PROJECT, ask, export

HOME = f"{PROJECT}/assets"
COMPUTE = "earthengine.projects.value.compute"


def test_assets_and_answers_are_declared_by_files_and_outlive_a_kill(tmp_path: Path) -> None:
    assets, answers, state = (str(tmp_path / name) for name in ("assets.json", "answers.toml", "state"))
    declared = [{"name": f"{HOME}/a/b", "properties": {"n": 1}}, {"name": f"{HOME}/c"}]
    Path(assets).write_text(json.dumps({"assets": declared}))
    Path(answers).write_text(
        f'["{COMPUTE}"]\nvalue = {{result = 3}}\n["earthengine.projects.maps.create"]\nstatus = 403\n'
    )
    options = ("--assets", assets, "--answers", answers, "--state", state, "--clock", "frozen")
    value = f"/v1/{PROJECT}/value:compute"
    asset = {"earthEngineDestination": {"name": f"{HOME}/made"}}
    with serving(*options) as (process, address):
        assert ask(address, "POST", value, {}).json == {"result": 3}
        assert ask(address, "POST", f"/v1/{PROJECT}/maps", {}).status == 403
        ask(address, "DELETE", f"/v1/{HOME}/c")
        body = export(fileExportOptions=None, assetExportOptions=asset)
        ask(address, "POST", f"/v1/{PROJECT}/image:export", body)
        ask(address, "POST", "/$contract/advance", {"seconds": 60})
        process.kill()
    with serving(*options) as (_, address):
        listed = ask(address, "GET", f"/v1/{PROJECT}:listAssets").json["assets"]
        assert [each["name"] for each in listed] == [f"{HOME}/a", f"{HOME}/made"]
        assert ask(address, "GET", f"/v1/{HOME}/a/b").json["properties"] == {"n": 1}
        ask(address, "POST", "/$contract/reset", {})
        assert ask(address, "GET", f"/v1/{HOME}/c").status == 200
        assert ask(address, "POST", value, {}).json == {"result": 3}


@pytest.mark.parametrize(
    ("option", "text", "words"),
    [
        ("--assets", "[{}]", "expected a name"),
        ("--answers", '["no.such.method"]\nstatus = 400\n', "no.such.method"),
        ("--answers", f'["{COMPUTE}"]\nvalue = {{nothing = 1}}\n', "/nothing"),
    ],
)
def test_a_file_that_cannot_be_used_ends_the_server(
    tmp_path: Path, option: str, text: str, words: str
) -> None:
    file = tmp_path / "file"
    file.write_text(text)
    done = subprocess.run(  # noqa: S603
        [*SERVE, option, str(file)], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.toml", "x", "Expected '='"),
        ("a.json", "[", "Expecting value"),
        ("a.json", "[]", "by method id"),
        ("a.json", '{"m": 1}', "an answer has"),
        ("a.json", '{"m": {"valu": 1}}', "got valu"),
        ("a.json", '{"m": {}}', "a `value`, a `text` or a `status`"),
        ("a.json", '{"m": {"value": 1, "text": ""}}', "not both"),
        ("a.json", '{"m": {"status": true}}', "`status` is a number"),
        ("a.json", '{"m": {"status": 99}}', "no status"),
        ("a.json", '{"m": {"text": 1}}', "are text"),
        ("a.json", '{"m": {"status": 200, "headers": {"a": 1}}}', "texts by name"),
    ],
)
def test_a_wrong_answer_in_a_file_is_named(tmp_path: Path, name: str, text: str, words: str) -> None:
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(AnswerError, match=words) as raised:
        read_answer_file(file)
    assert str(file) in str(raised.value)


def test_answers_of_a_file_stay_after_a_reset(tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    file.write_text(json.dumps({COMPUTE: {"text": "3", "content_type": "text/plain", "headers": {"A": "b"}}}))
    given = read_answer_file(file)[COMPUTE]
    assert (given.body, given.content_type, given.headers) == (b"3", "text/plain", (("a", "b"),))
    service = Service(load())
    service.overrides.answer_usually(COMPUTE, given)
    service.overrides.answers["earthengine.projects.maps.create"] = given
    service.reset()
    assert service.overrides.answers == {COMPUTE: given}
