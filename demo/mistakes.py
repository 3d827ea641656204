"""Three mistakes, each with the error that it gets: from the type checker, before sending, from the server."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from attrs import evolve
from groundwire import Client, ExportImageRequest, errors

TWO_DESTINATIONS = """\
from groundwire import CloudStorageDestination, DriveDestination, ImageFileExportOptions

options = ImageFileExportOptions(
    destination=[DriveDestination(folder="a"), CloudStorageDestination(bucket="b")],
)
"""


def caught_by_the_type_checker() -> str:
    """Two destinations at once: mypy's own message."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "pipeline.py"
        source.write_text(TWO_DESTINATIONS, encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--no-error-summary",
            f"--cache-dir={folder}/cache",
            source.name,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)  # noqa: S603 - our own file
    return done.stdout.strip() or done.stderr.strip()


def refused_before_sending(client: Client, request: ExportImageRequest) -> errors.GroundwireError:
    """A priority that the service does not have."""
    try:
        client.projects.image.export(evolve(request, priority=10_000, request_id=None))
    except errors.EncodeError as error:
        return error
    raise AssertionError("a priority of 10,000 was sent")


def refused_by_the_server(client: Client, request: ExportImageRequest) -> errors.GroundwireError:
    """A request id that another export was started with."""
    try:
        client.projects.image.export(request)
    except errors.ApiError as error:
        return error
    raise AssertionError("a request id was accepted twice")
