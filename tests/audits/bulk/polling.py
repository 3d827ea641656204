"""Requests of a batch whose exports all run: one listing tells the state of each."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import groundwire as gw
from groundwire_contract.fixture import running
from groundwire_exports.batch import Batch

from .runner import request


def run(exports: int = 3000, looks: int = 5, look_every: float = 20.0) -> str:
    """Start exports that do not end, look at them, and say how many requests an hour that is."""
    contract = running()
    begun = time.monotonic()
    try:
        contract.hold()
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "polling.sqlite"
            client = contract.client(credentials=gw.credentials.anonymous())
            with Batch(client, place, name="polling", look_every=look_every) as batch:
                batch.add_all((f"t{number}", request(number)) for number in range(exports))
                batch.step()
                started = len(contract.operations)
                before = len(contract.requests)
                for _ in range(looks):
                    contract.advance(look_every + 1)
                    batch.step()
                requests = (len(contract.requests) - before) / looks
            size = sum(each.stat().st_size for each in Path(folder).iterdir()) / 1e6
    finally:
        contract.stop()
    hour = 3600 / look_every
    return (
        f"{started:,} running exports, a look every {look_every:.0f} s: {requests:.0f} requests a look, "
        f"{requests * hour:,.0f} an hour (one get each: {started * hour:,.0f}); ledger {size:.1f} MB; "
        f"{time.monotonic() - begun:.0f} s"
    )


if __name__ == "__main__":
    print(run())
