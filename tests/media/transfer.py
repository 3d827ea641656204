"""An upload and a download of a large file in a process of its own, over connections that are cut at random.

`python -m tests.media.transfer PACKAGES URL FILE TO` is that process.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import random
import subprocess
import sys
import tempfile
from collections import deque
from pathlib import Path
from typing import Any, Final

from attrs import frozen
from groundwire_runtime import credentials
from groundwire_runtime.retry import RetryPolicy

from tests.memory import peak

from .packages import written
from .service import serving

PIECE: Final = 1024 * 1024
POLICY: Final = RetryPolicy(base=0.01)
"""The default, with shorter waits: what was cut is back at once."""


@frozen
class Figures:
    """Bytes of memory over the start, seconds, cuts, and whether all bytes arrived, of both directions."""

    memory: int
    seconds: float
    cuts: int
    equal: bool


def transferred(size: int, cuts: int, seed: int = 1) -> Figures:
    """Send a file of `size` bytes there and back; each direction is cut `cuts` times."""
    chance = random.Random(seed)  # noqa: S311 - the same cuts each time
    with tempfile.TemporaryDirectory() as name, serving() as service:
        folder = Path(name)
        sent, got = folder / "sent", folder / "got"
        with sent.open("wb") as file:
            for start in range(0, size, PIECE):
                file.write(chance.randbytes(min(PIECE, size - start)))
        written(folder, "storage.v1")
        # However the bytes fall, the last cut comes before the end.
        service.cuts = deque(chance.randint(1, size // (cuts + 1)) for _ in range(2 * cuts))
        service.cuts.insert(cuts, None)
        command = [sys.executable, "-m", "tests.media.transfer", name, service.url, str(sent), str(got)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=900)  # noqa: S603 - our own
        found: dict[str, Any] = json.loads(done.stdout)
        sums = {_sha256(sent), _sha256(got), _sha256(service.objects["b/n"].file)}
        return Figures(found["memory"], found["seconds"], service.cut, len(sums) == 1)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main(folder: str, url: str, file: str, to: str) -> None:
    """Upload a file and download it."""
    from time import perf_counter

    sys.path.insert(0, folder)
    storage: Any = importlib.import_module("media_storage_v1")
    client = storage.Client(
        endpoint=f"{url}/storage/v1/", credentials=credentials.Token("a-token"), retry=POLICY
    )
    media = storage.MediaUpload(file)
    start, began = peak(), perf_counter()
    client.objects.insert("b", storage.Object(name="n"), media=media, timeout=storage.NO_TIMEOUT)
    client.save(to, client.objects.get_media, "b", "n", timeout=storage.NO_TIMEOUT)
    print(json.dumps({"memory": peak() - start, "seconds": perf_counter() - began}))


if __name__ == "__main__":
    main(*sys.argv[1:])
