"""Runs without kills: requests of 3,000 exports, a ledger that was deleted, tries after failures."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import groundwire as gw
from groundwire import OperationMetadata
from groundwire_contract.fixture import EarthEngineContract, running
from groundwire_contract.operations.script import Script
from groundwire_exports import unmarked
from groundwire_exports.batch import Batch

from .runner import request


@contextmanager
def _contract() -> Iterator[tuple[EarthEngineContract, Path]]:
    contract = running()
    try:
        with tempfile.TemporaryDirectory() as folder:
            yield contract, Path(folder)
    finally:
        contract.stop()


def _batch(contract: EarthEngineContract, ledger: Path, exports: int) -> Batch:
    batch = Batch(contract.client(credentials=gw.credentials.anonymous()), ledger, name="quiet")
    batch.add_all((f"t{number}", request(number)) for number in range(exports))
    return batch


def _counted(contract: EarthEngineContract, since: int = 0) -> str:
    paths = [each.path for each in contract.requests][since:]
    starts = sum(path.endswith(":export") for path in paths)
    listings = sum(path.endswith("/operations") for path in paths)
    return f"{starts:,} starts + {listings:,} listings + {len(paths) - starts - listings:,} others"


def polling(exports: int = 3000, looks: int = 5, look_every: float = 20.0) -> str:
    """Start exports that do not end, look at them, and say how many requests an hour that is."""
    begun = time.monotonic()
    with _contract() as (contract, folder):
        contract.hold()
        with _batch(contract, folder / "ledger", exports) as batch:
            batch.step()
            started, before = len(contract.operations), len(contract.requests)
            for _ in range(looks):
                contract.advance(look_every + 1)
                batch.step()
            requests = (len(contract.requests) - before) / looks
        size = sum(each.stat().st_size for each in folder.iterdir()) / 1e6
    hour = 3600 / look_every
    return (
        f"{started:,} running exports, a look every {look_every:.0f} s: {requests:.0f} requests a look, "
        f"{requests * hour:,.0f} an hour (one get each: {started * hour:,.0f}); ledger {size:.1f} MB; "
        f"{time.monotonic() - begun:.0f} s"
    )


def deleted_ledger(exports: int = 300) -> str:
    """Run a batch again after its ledger was deleted."""
    with _contract() as (contract, folder):
        for name in ("first", "second"):
            before, operations = len(contract.requests), len(contract.operations)
            with _batch(contract, folder / name, exports) as batch:
                batch.run()
        return (
            f"{exports} exports, the ledger deleted, the batch run again: "
            f"{len(contract.operations) - operations} new; {_counted(contract, before)}"
        )


def tries() -> str:
    """Let every operation of 20 exports fail by an internal error, but two that are too large."""
    with _contract() as (contract, folder):
        contract.life = Script(failure="Internal error.")
        with _batch(contract, folder / "ledger", 20) as batch:
            report = batch.run()
            while not report.finished:
                batch.resume()
                report = batch.run()
        counts = Counter(
            unmarked(each.metadata.description or "")
            for each in contract.client().projects.operations.list()
            if isinstance(each.metadata, OperationMetadata)
        )
        by_tries = ", ".join(
            f"{keys} with {count}" for count, keys in sorted(Counter(counts.values()).items())
        )
        return f"every operation fails by `Internal error.`: keys with operations: {by_tries}; {_counted(contract)}"


def run() -> str:
    """Run them all."""
    return "\n".join((polling(), deleted_ledger(), tries()))


if __name__ == "__main__":
    print(run())
