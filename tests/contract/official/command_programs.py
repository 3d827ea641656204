"""Sequences of the command `earthengine`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.contract.official.server import HOME, PROJECT, Server, equal

CI = ("assets", "tasks", "upload")
DAYS = ("20240110", "20240211", "20240312")


class Command:
    """The command with a configuration file of its own."""

    def __init__(self, folder: Path, endpoint: str, key: Path) -> None:
        self._config = folder / "config.json"
        self._config.write_text(json.dumps({"url": endpoint, "project": PROJECT}))
        self._key = key

    def __call__(self, *arguments: str, code: int = 0) -> str:
        """Run it and return what it prints. Raises AssertionError if it ends with another code."""
        program = Path(sys.executable).with_name("earthengine")
        done = subprocess.run(  # noqa: S603 - the command of the installed client
            [program, "--ee_config", self._config, "--service_account_file", self._key, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout


def _command(server: Server) -> Command:
    folder = Path(tempfile.mkdtemp())
    key = folder / "key.json"
    key.write_text(json.dumps(server.key()), encoding="utf-8")
    return Command(folder, server.endpoint, key)


def assets(server: Server) -> None:
    """List, create, copy, move and delete assets."""
    earthengine = _command(server)
    equal(earthengine("ls", f"{HOME}/scenes").split(), [f"{HOME}/scenes/{day}" for day in DAYS])
    earthengine("create", "folder", f"{HOME}/jobs")
    earthengine("create", "collection", f"{HOME}/jobs/days")
    earthengine("cp", f"{HOME}/scenes/{DAYS[0]}", f"{HOME}/jobs/days/copy")
    earthengine("mv", f"{HOME}/jobs/days/copy", f"{HOME}/jobs/days/moved")
    equal(earthengine("ls", f"{HOME}/jobs/days").split(), [f"{HOME}/jobs/days/moved"])
    equal(earthengine("ls", "-l", f"{HOME}/jobs").split(), ["[ImageCollection]", f"{HOME}/jobs/days"])
    earthengine("rm", "-r", f"{HOME}/jobs")
    assert "does not exist" in earthengine("asset", "info", f"{HOME}/jobs", code=1)


def tasks(server: Server) -> None:
    """List, look at and cancel tasks."""
    earthengine = _command(server)
    first, second = (_upload(earthengine, name) for name in ("first", "second"))
    listed = earthengine("task", "list")
    assert first in listed and second in listed, listed
    assert "State: " in earthengine("task", "info", first)
    assert "Canceling" in earthengine("task", "cancel", first)
    server.finish(f"projects/{PROJECT}/operations/{second}")
    assert "SUCCEEDED" in earthengine("task", "list", "-l", "--status", "SUCCEEDED")
    equal(len(server.started()), 2)


def upload(server: Server) -> None:
    """Upload an image and a table from Cloud Storage."""
    earthengine = _command(server)
    _upload(earthengine, "scene")
    table = f"{HOME}/towns"
    earthengine(
        "upload", "table", f"--asset_id={table}", "--property", "(string)source=us", "gs://bucket/towns.csv"
    )
    equal([kind for kind, _ in server.kinds()], ["INGEST_IMAGE", "INGEST_TABLE"])
    server.finish()
    assert '"TABLE"' in earthengine("asset", "info", table)


def access(server: Server) -> None:
    """Read and change who may read an asset."""
    earthengine = _command(server)
    earthengine("acl", "ch", "-u", "ann@example.com:R", f"{HOME}/scenes")
    assert "ann@example.com" in earthengine("acl", "get", f"{HOME}/scenes")
    earthengine("acl", "set", "public", f"{HOME}/scenes")
    assert '"all_users_can_read": true' in earthengine("acl", "get", f"{HOME}/scenes")


def properties(server: Server) -> None:
    """Set properties and times of an asset, and read them."""
    earthengine = _command(server)
    name = f"{HOME}/scenes/{DAYS[0]}"
    earthengine("asset", "set", "-p", "(string)quality=good", "-p", "(number)rank=3", name)
    info = json.loads(earthengine("asset", "info", name))
    equal((info["properties"]["quality"], info["properties"]["rank"]), ("good", 3))
    earthengine("asset", "set", "--time_start", "2024-01-10", name)
    equal(json.loads(earthengine("asset", "info", name))["startTime"], "2024-01-10T00:00:00Z")


def sizes(server: Server) -> None:
    """Sum up sizes of assets, and list the roots."""
    earthengine = _command(server)
    equal(earthengine("du", f"{HOME}/scenes/{DAYS[0]}").split(), ["60000", f"{HOME}/scenes/{DAYS[0]}"])
    equal(earthengine("du", "-s", f"{HOME}/scenes").split()[0], "180000")
    assert f"{HOME}/scenes" in earthengine("ls")


def _upload(earthengine: Command, name: str) -> str:
    """Start the ingestion of an image; return the id of its task."""
    said = earthengine("upload", "image", f"--asset_id={HOME}/{name}", "--bands=a,b", "gs://bucket/a.tif")
    return said.split()[-1]
