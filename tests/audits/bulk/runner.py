"""The process of a batch under fire: `python -m tests.audits.bulk.runner ENDPOINT LEDGER`, until the batch has ended."""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from typing import Any, Final

import groundwire as gw
from attrs import define
from groundwire import Client
from groundwire_exports import grid
from groundwire_exports.batch import Batch, LedgerError
from groundwire_exports.batch.ledger import Ledger
from groundwire_exports.batch.postgres import PostgresLedger
from groundwire_exports.batch.sqlite import SqliteLedger
from groundwire_runtime.clock import Clock
from groundwire_runtime.errors import AuthError, PermissionDenied, Unauthenticated

PROJECT: Final = "bulk"
FASTER: Final = 25.0
"""How much faster than real time the clocks of the batches run."""
TOO_LARGE: Final = 17
"""One in so many exports fails, because it has more pixels than it may have."""
SLOWEST: Final = 0.2
"""Real seconds before a send, and after its answer, so that kills fall there."""


def clock() -> Clock:
    """A clock that runs fast, the same one in every process."""
    return Clock(
        monotonic=lambda: time.monotonic() * FASTER,
        unix=lambda: time.time() * FASTER,
        sleep=lambda seconds: time.sleep(seconds / FASTER),
    )


def request(number: int) -> gw.ExportImageRequest:
    """An export; one in `TOO_LARGE` has more pixels than it may have."""
    too_large = number % TOO_LARGE == 0
    return gw.ExportImageRequest(
        expression=gw.Expression(result="0", values={"0": gw.ValueNode.ConstantValue(1)}),
        grid=grid((13.0, 52.0, 13.1, 52.1), scale=0.01, crs="EPSG:4326"),
        max_pixels=3 if too_large else 1000,
        export_options=gw.ImageFileExportOptions(
            file_format=gw.ImageFileFormat.GEO_TIFF,
            destination=gw.CloudStorageDestination(bucket="b", filename_prefix=f"tile-{number:05}"),
        ),
    )


@define
class SlowImages:
    """Exports that take their time before and after the send."""

    images: Any

    def export(self, *values: Any, **options: Any) -> Any:
        """Start an export."""
        time.sleep(random.random() * SLOWEST)  # noqa: S311 - moments, not secrets
        try:
            return self.images.export(*values, **options)
        finally:
            time.sleep(random.random() * SLOWEST)  # noqa: S311 - as above


def open_ledger(location: str) -> Ledger:
    """The ledger, with times of the fast clock."""
    if location.startswith("postgresql"):
        return PostgresLedger(location, clock(), database_time=False)
    return SqliteLedger(Path(location), clock())


def new_batch(client: Any, location: str, threads: int) -> Batch:
    """The batch of all processes."""
    return Batch(
        client,
        open_ledger(location),
        name="bulk",
        identity="bulk@example.com",
        threads=threads,
        stop_after=None,
        settle=60,
    )


def run_batch(endpoint: str, location: str, exports: int, threads: int, slow: bool) -> None:
    """Run the batch to its end, through errors of the account and of the ledger."""
    client: Any = Client(
        project=PROJECT, endpoint=endpoint, credentials=gw.credentials.Token("bulk"), clock=clock()
    )
    if slow:
        client.projects.image = SlowImages(client.projects.image)
    while True:
        try:
            with new_batch(client, location, threads) as batch:
                batch.add_all((f"t{number}", request(number)) for number in range(exports))
                while not batch.run().finished:
                    pass
                return
        except (AuthError, Unauthenticated, PermissionDenied, LedgerError) as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)


def main() -> None:
    """Run the batch."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("endpoint")
    parser.add_argument("ledger")
    parser.add_argument("--exports", type=int, default=100)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--slow", action="store_true")
    options = parser.parse_args()
    run_batch(options.endpoint, options.ledger, options.exports, options.threads, options.slow)


if __name__ == "__main__":
    main()
