"""The files for containers, as far as that goes without an image; `nox -s builds` runs their lines in an empty environment."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from tests.audits.builds.container import FOLDER, check, compose, free_port, one, served


@pytest.mark.parametrize("index", [0, 1], ids=["Dockerfile", "compose.yaml"])
def test_the_commands_serve_another_container(index: int) -> None:
    port = free_port()
    folder = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    check(["env", *served(str(port))[index]], environment, port)


def test_both_files_serve_alike() -> None:
    image, service = served("1")

    def parts(options: list[str]) -> list[str]:
        return sorted(part for option in options for part in option.split("=") if "clock" not in option)

    assert parts(image) == parts(service)
    assert one("EXPOSE") in compose()["services"]["contract"]["ports"][0]
    assert one("USER").startswith("65534"), "not root"


def test_no_secret_stands_in_the_files() -> None:
    for name in ("Dockerfile", "compose.yaml"):
        tokens = re.findall(r"TOKEN\S*[:=]\s*(.*)", (FOLDER / name).read_text("utf-8"))
        assert all(each.startswith("${GROUNDWIRE_CONTROL_TOKEN:?") for each in tokens)
