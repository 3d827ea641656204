"""Three mistakes with their errors: from the type checker, before sending, and from the server."""

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


def caught_by_the_type_checker(text: str = TWO_DESTINATIONS) -> str:
    """Return mypy's error for two destinations at once. Raises AssertionError if there is none."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "pipeline.py"
        source.write_text(text, encoding="utf-8")
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
    said = (done.stdout + done.stderr).strip()
    if done.returncode != 1 or 'error: Argument "destination"' not in said:
        raise AssertionError(f"mypy found no error in two destinations at once: {said or 'it said nothing'}")
    return said


def refused_before_sending(client: Client, request: ExportImageRequest) -> errors.GroundwireError:
    """Return the error for a priority that is out of range. Raises AssertionError if it is sent."""
    try:
        client.projects.image.export(evolve(request, priority=10_000, request_id=None))
    except errors.EncodeError as error:
        return error
    raise AssertionError("a priority of 10,000 was sent")


def refused_by_the_server(client: Client, request: ExportImageRequest) -> errors.GroundwireError:
    """Return the error for a request id of another export. Raises AssertionError if it is accepted."""
    try:
        client.projects.image.export(request)
    except errors.AlreadyExists as error:
        return error
    raise AssertionError("a request id was accepted twice")
