"""Type checkers know when a call needs a message, when it needs a medium, and what it gives."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.codegen.packages import CASES

CODE = """
from typing import assert_type

from groundwire_runtime.http import RawBody
from media import Client, HttpBody, MediaUpload, Photo


def use(client: Client) -> None:
    media = MediaUpload(b"x", "image/png")
    assert_type(client.photos.insert(Photo(name="n")), Photo)
    assert_type(client.photos.insert(Photo(name="n"), media=media, title="t"), Photo)
    assert_type(client.photos.insert(media=media, timeout=5, fields="name"), Photo)
    assert_type(client.photos.patch("id", Photo(), clear=["name"], media=media), Photo)
    assert_type(client.photos.drop(), Photo)
    assert_type(client.photos.drop(media=media), Photo)
    assert_type(client.photos.get("id"), Photo)
    assert_type(client.photos.get_media("id", byte_range=(0, None)), RawBody)
    assert_type(client.photos.export("id").content_type, str)
    assert_type(client.photos.render(HttpBody(data=b"x")), HttpBody)
    client.save("photo.png", client.photos.get_media, "id", byte_range=(1, 2))
    client.photos.insert()  # refused
    client.photos.insert(media=media, feilds="name")  # refused
    client.photos.insert(media=b"x")  # refused
    client.photos.insert(Photo(), media="x.png")  # refused
    client.photos.get("id", media=media)  # refused
    client.photos.get_media("id", byte_range=5)  # refused
"""


def test_a_checker_takes_what_is_right_and_refuses_what_is_wrong(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    [case] = (each for each in CASES if each.name == "media")
    shutil.copytree(case / "want", tmp_path / "media")
    (tmp_path / "use.py").write_text(CODE, "utf-8")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--follow-imports=silent",
        "--no-error-summary",
        "use.py",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)  # noqa: S603 - our own
    found = {int(each) for each in re.findall(r"^use\.py:(\d+): error", done.stdout, re.MULTILINE)}
    refused = {number for number, line in enumerate(CODE.splitlines(), 1) if "# refused" in line}
    assert found == refused, done.stdout
