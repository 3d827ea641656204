"""Whatever the inputs say, only they and the output folder are touched, and the folder's code does nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from groundwire_codegen.lock import FILE

from tests.codegen.bad_documents import REFUSED
from tests.codegen.documents import bookshop, encoded, with_property
from tests.codegen.test_emit import tree
from tests.hostile.audited import Audit, Job
from tests.hostile.audited import audited as run
from tests.hostile.canary import RUN
from tests.hostile.imported import import_faults
from tests.hostile.payloads import NAMES, PROSE

OVERLAYS = {
    "package": 'package = "../../evil"\n',
    "file": '[messages.Book.extensions.x]\nevidence = "C"\nschema = { "$ref" = "file:///etc/passwd" }\n',
    "text": f"[messages.Book]\ndoc = '''\"\"\"\n{RUN}'''\n",
}
CODE = f"import os\n{RUN}\nos.system('touch run')\n"


def documents() -> dict[str, bytes]:
    """Hostile documents by a name that is fit for a file."""
    found: dict[str, bytes] = {"plain": encoded(bookshop())}
    for row, cases in REFUSED.items():
        for number, case in enumerate(cases):
            data = case.document if isinstance(case.document, bytes) else encoded(dict(case.document))
            found[f"row_{row}_{number}"] = data
    for number, text in enumerate(PROSE.values()):
        document = {
            **with_property("x", {"type": "string", "description": text}),
            "title": text,
            "version": text,
        }
        found[f"text_{number}"] = encoded(document)
    for number, name in enumerate(NAMES):
        document: dict[str, Any] = with_property(name, {"type": "string", "enum": [name]})
        found[f"name_{number}"] = encoded({**document, "name": name or "x"})
    for number, place in enumerate(
        ("file:///etc/passwd", "/etc/passwd", "http://127.0.0.1:9/x.json#/a", "../secret")
    ):
        found[f"ref_{number}"] = encoded(with_property("x", {"$ref": place}))
        found[f"id_{number}"] = encoded(
            {**bookshop(), "id": place, "name": place, "documentationLink": place}
        )
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "outs").mkdir()
    (tmp_path / "secret").write_text("secret")
    # What a tool that looks around itself would read, or run.
    (tmp_path / "pyproject.toml").write_text("[tool.black]\nline-length = 1\n")
    for name in ("sitecustomize.py", "conftest.py", "groundwire.py", "__init__.py"):
        (tmp_path / name).write_text(CODE)
    return tmp_path


def audited(folder: Path) -> dict[str, Any]:
    """What the generator does with everything in a folder, in a process of its own."""
    before = {path: data for path, data in tree(folder).items() if not path.startswith("outs/")}
    results = run([_job(folder, spec) for spec in sorted((folder / "specs").glob("*.json"))], folder)
    assert {path: data for path, data in tree(folder).items() if not path.startswith("outs/")} == before
    assert not [crash for result in results.values() for crash in result.crashes]
    assert not any(result.ran for result in results.values())
    return {
        "codes": {name: [*result.codes] for name, result in results.items()},
        "seen": [each for result in results.values() for each in result.seen],
    }


def _job(folder: Path, spec: Path) -> Job:
    overlay, out = spec.with_suffix(".toml"), folder / "outs" / spec.stem
    more = ["--overlay", str(overlay)] if overlay.exists() else []
    commands = [
        ["groundwire-codegen", command, str(spec), "--out", str(out), *more]
        for command in ("generate", "check")
    ]
    return Job(name=spec.stem, commands=commands, inputs=[str(spec), str(overlay)], out=str(out))


def test_the_audit_sees_what_is_touched(tmp_path: Path) -> None:
    audit = Audit()
    audit.listens, audit.inputs, audit.out = True, {str(tmp_path / "spec.json")}, str(tmp_path / "out")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "link").symlink_to(tmp_path / "secret")
    for event in (
        ("open", (str(tmp_path / "spec.json"), "rb", 0)),
        ("open", (json.__file__, "rb", 0)),
        ("open", (str(tmp_path / "out" / "a.py"), "w", os.O_WRONLY)),
        ("os.remove", (str(tmp_path / "out" / "link"), -1)),
    ):
        audit.hook(*event)
    assert audit.seen == []
    secret = str(tmp_path / "secret")
    for event in (
        ("open", (secret, "r", 0)),
        ("open", (str(tmp_path / "out" / "link"), "r", 0)),
        ("open", (str(tmp_path / "out" / "link"), "w", os.O_WRONLY)),
        ("open", (str(tmp_path / "spec.json"), "a", os.O_APPEND)),
        ("os.rename", (str(tmp_path / "out" / "a.py"), str(tmp_path / "out2"), -1, -1)),
        ("os.mkdir", (str(tmp_path / "out" / ".." / "x"), 0, -1)),
        ("subprocess.Popen", ("sh", [], None, None)),
        ("socket.connect", (None, ("127.0.0.1", 9))),
    ):
        audit.seen.clear()
        audit.hook(*event)
        assert len(audit.seen) == 1, event


def test_nothing_but_inputs_and_output_is_touched(folder: Path) -> None:
    for name, data in documents().items():
        (folder / "specs" / f"{name}.json").write_bytes(data)
    for name, text in OVERLAYS.items():
        (folder / "specs" / f"overlay_{name}.json").write_bytes(encoded(bookshop()))
        (folder / "specs" / f"overlay_{name}.toml").write_text(text)
    found = audited(folder)
    assert found["seen"] == []
    assert {name for name, codes in found["codes"].items() if codes == [2, 2]} >= {
        name for name in documents() if name.startswith(("row_", "ref_"))
    }
    assert found["codes"]["plain"] == [0, 0]
    # A refused run leaves not even a folder.
    written = {path.name for path in (folder / "outs").iterdir()}
    assert written == {name for name, codes in found["codes"].items() if codes == [0, 0]}
    assert len(found["codes"]) >= 90


def test_a_hostile_output_folder_leads_nowhere(folder: Path) -> None:
    lock = {"lock": 1, "inputs": {}, "names": {}}
    owners = {
        "outside": {"files": {"../../secret": ""}},
        "absolute": {"files": {str(folder / "secret"): ""}},
        "linked_file": {"files": {"client.py": "", "old.py": ""}},
        "linked_part": {"files": {"part/old.py": ""}},
        "dead": {"files": {"__init__.py": "0" * 64}, "names": {"message:Book": "Book; import os"}},
        "link": {"files": {}},
    }
    for name, changes in owners.items():
        (folder / "specs" / f"{name}.json").write_bytes(encoded(bookshop()))
        out = folder / "outs" / name
        out.mkdir()
        (out / FILE).write_text(json.dumps(lock | changes))
    for name in ("client.py", "old.py"):
        (folder / "outs" / "linked_file" / name).symlink_to(folder / "secret")
    (folder / "outs" / "linked_part" / "part").symlink_to(folder, target_is_directory=True)
    (folder / "old.py").write_text("precious")
    (folder / "outs" / "link" / FILE).unlink()
    (folder / "outs" / "link" / FILE).symlink_to(folder / "secret")
    found = audited(folder)
    assert found["seen"] == []
    assert found["codes"] == {
        "absolute": [2, 2],
        "dead": [2, 2],
        "link": [2, 1],
        "linked_file": [3, 3],
        "linked_part": [2, 2],
        "outside": [2, 2],
    }


def test_importing_a_hostile_client_does_nothing(folder: Path) -> None:
    """All that the hostile documents give, imported in one process that may touch nothing."""
    for name, data in documents().items():
        if name.startswith(("text_", "name_", "id_")):
            (folder / "specs" / f"{name}.json").write_bytes(data)
    made = [name for name, codes in audited(folder)["codes"].items() if codes[0] == 0]
    assert len(made) > 40
    assert import_faults(folder / "outs" / name for name in made) == {}
