"""Export an NDVI composite to Cloud Storage and follow it, on the contract server or the real service.

Without options everything runs on this machine. With `--endpoint`, `--project` and `--bucket` the export runs
on the service, with application default credentials or `--credentials FILE`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import groundwire
from groundwire import (
    CloudStorageDestination,
    ExportImageRequest,
    GeoTiffImageExportOptions,
    ImageFileExportOptions,
    ImageFileFormat,
    Number,
)
from groundwire_exports import grid
from groundwire_runtime.transport import UrllibTransport
from rich.console import Console

from .mistakes import caught_by_the_type_checker, refused_before_sending, refused_by_the_server
from .ndvi import composite
from .progress import follow
from .wire import PrintFirstRequest

ROOT = Path(__file__).resolve().parent.parent
BOUNDS = (13.0, 52.3, 13.6, 52.7)
"""Berlin: west, south, east, north in degrees."""


def main() -> None:
    """Run the demo."""
    options = _options()
    console = Console(soft_wrap=True, highlight=False)
    if options.endpoint is None:
        _show_regeneration(console)
        with _contract_server() as endpoint:
            console.print(f"\n[bold]2. The contract server[/] stands in for Earth Engine at {endpoint}")
            _export(console, options, endpoint, groundwire.credentials.anonymous())
    else:
        _export(console, options, options.endpoint, options.credentials)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--endpoint", help="such as https://earthengine.googleapis.com; the contract server by default"
    )
    parser.add_argument("--project", default="demo-project", help="project that runs the export")
    parser.add_argument("--bucket", default="demo-bucket", help="Cloud Storage bucket to write to")
    parser.add_argument("--credentials", help="credentials file; application default by default")
    return parser.parse_args()


def _show_regeneration(console: Console) -> None:
    console.print("[bold]1. The client[/] is generated from spec/ and compared with generated/groundwire")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "groundwire"
        command = [
            *("generate", str(ROOT / "spec" / "earthengine.v1beta.json")),
            *("--overlay", str(ROOT / "spec" / "earthengine.v1beta.overlay.toml"), "--out", str(out)),
        ]
        subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "groundwire_codegen", *command], check=True, capture_output=True
        )
        for path in sorted(out.iterdir()):
            same = path.read_bytes() == (ROOT / "generated" / "groundwire" / path.name).read_bytes()
            console.print(
                f"  {path.name:16} {path.stat().st_size:7,} bytes  {'the same' if same else 'DIFFERENT'}"
            )
            if not same:
                sys.exit("generated/groundwire is not what spec/ gives; run: nox -s generate")


@contextmanager
def _contract_server() -> Generator[str]:
    """Run a contract server in its own process; yield its endpoint."""
    command = [sys.executable, "-m", "groundwire_contract", "serve", "--port", "0", "--clock", "real"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own command
        try:
            first = server.stdout.readline() if server.stdout is not None else ""
            if not first:
                sys.exit("the contract server did not start")
            yield first.split()[-1]
        finally:
            server.terminate()


def _request(bucket: str) -> ExportImageRequest:
    return ExportImageRequest(
        expression=composite(*BOUNDS),
        description="ndvi-berlin-2024",
        grid=grid(BOUNDS, scale=0.0005, crs="EPSG:4326"),
        max_pixels=10_000_000,
        request_id=str(uuid.uuid4()),
        export_options=ImageFileExportOptions(
            file_format=ImageFileFormat.GEO_TIFF,
            destination=CloudStorageDestination(bucket=bucket, filename_prefix="ndvi/berlin-2024"),
            format_options=GeoTiffImageExportOptions(
                cloud_optimized=True, no_data=Number.FloatValue(-9999.0)
            ),
        ),
    )


def _export(
    console: Console,
    options: argparse.Namespace,
    endpoint: str,
    credentials: groundwire.credentials.Credentials,
) -> None:
    request = _request(options.bucket)
    wire = PrintFirstRequest(console, UrllibTransport())
    client = groundwire.Client(
        project=options.project, endpoint=endpoint, credentials=credentials, transport=wire
    )
    console.print("\n[bold]3. The request[/] as it goes over the wire")
    operation = client.projects.image.export(request)
    console.print(f"\n[bold]4. Started[/] {operation.name}")
    with follow(console) as show:
        operation = client.wait(operation, timeout=3600, on_progress=show)
    console.print("\n[bold]5. Finished[/]")
    console.print(json.dumps(groundwire.converter.unstructure(operation), indent=2), markup=False)
    console.print("\n[bold]6. Three mistakes[/], and what each of them gets")
    console.print("\n  two destinations at once, from the type checker:")
    console.print(f"  {caught_by_the_type_checker()}", markup=False)
    console.print("\n  a priority of 10,000, before anything is sent:")
    _show(console, refused_before_sending(client, request))
    console.print("\n  a request id used twice, from the server:")
    _show(console, refused_by_the_server(client, request))


def _show(console: Console, error: groundwire.errors.GroundwireError) -> None:
    console.print(f"  {type(error).__name__}: {error}", markup=False)
