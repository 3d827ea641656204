"""`python -m benchmarks [codec] [call] [start] [memory] [contract] [change] [description] [large] [transfer]`: print
each figure with its bound."""

from __future__ import annotations

import platform
import sys

from . import call, change, codec, contract, description, large, memory, start, transfer

PARTS = {
    "codec": codec.run,
    "call": call.run,
    "start": start.run,
    "memory": memory.run,
    "contract": contract.run,
    "change": change.run,
    "description": description.run,
    "large": large.run,
    "transfer": transfer.run,
}
BOUNDS = {
    ("encode 20,000 nodes", "json.dumps"): 1.0,
    ("encode a recorded request x 1,000", "json.dumps"): 1.0,
    ("decode 20,000 nodes", "json.loads"): 3.5,
    ("decode a recorded request x 1,000", "json.loads"): 3.5,
    ("decode 20,000 nodes", "pydantic v2"): 1 / 3,
    ("import, build, encode", "import googleapiclient.discovery"): 0.5,
    ("peak of encoding 10 MB", "the output"): 3.0,
    ("peak of decoding 10 MB", "json.loads"): 1.5,
    ("resident size over 1,000,000 cycles", "before them"): 1.01,
    ("resident size over 10,000 calls", "before them"): 1.01,
    ("import, build, encode", "import ee"): 0.25,
    ("one export call", "bare urllib3"): 1.15,
    ("one export call", "google-api-python-client"): 1.0,
    ("generate", "s"): 3.0,
    ("check", "s"): 3.0,
    ("generate 1,223 operations", "openapi-python-client"): 0.15,
    ("generate 1,223 operations", "openapi-python-client with ruff"): 0.15,
    ("first call, 1,223 operations", "Earth Engine client"): 1.2,
    ("first call, compute.v1", "google-api-python-client"): 1.0,
    ("mypy of one call, compute.v1 installed, no cache", "s"): 5.0,
    ("mypy of one call, compute.v1 beside the program, no cache", "one module"): 0.6,
    ("diff, whole documents", "s"): 1.0,
    ("diff, compute.v1 to compute.beta", "s"): 20.0,
    ("upgrade", "s"): 3.0,
    ("an answer of 1 GB, cut 10 times: memory over the start", "64 MiB"): 1.0,
    ("a form with a file of 1 GB: memory over the start", "64 MiB"): 1.0,
    ("contract server: ready", "s"): 0.3,
    ("contract server: 1,000 exports, 8 connections", "s"): 0.5,
    ("contract server: CPU of an export", "bare uvicorn"): 1.7,
    ("contract server: CPU of an export, with --state", "bare uvicorn"): 3.5,
    ("contract server: a refusal by a full queue of 3,000", "one of 10"): 1.2,
    ("contract server: reset", "s"): 0.005,
    ("contract server: a body of 10 MB", "s"): 2.0,
    ("contract server: peak with 10 MB", "200 MB"): 1.0,
    ("contract server: 10,000 listed five times", "before"): 1.05,
    ("contract server: an answer beside 5,000 connections", "s"): 1.0,
}


def main() -> None:
    """Run the named parts, or all."""
    print(f"Python {platform.python_version()}, {platform.machine()}; medians, runs taking turns")
    for name in sys.argv[1:] or PARTS:
        for what, against, ratio in PARTS[name]():
            bound = BOUNDS.get((what, against))
            limit = f"   <= {bound:.2f} {'ok' if ratio <= bound else 'MISSED'}" if bound is not None else ""
            unit = "s" if against == "s" else f"x {against}"
            print(f"{what:52} {ratio:7.4f} {unit}{limit}")


if __name__ == "__main__":
    main()
