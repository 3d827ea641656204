"""Google's storage-testbench as a process, and the parts of its own interface that the suite uses."""

from __future__ import annotations

import json
import re
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from attrs import frozen

THREADS: Final = 4
_LISTENING: Final = re.compile(r"Listening at: (http://127\.0\.0\.1:\d+)")


@frozen
class Testbench:
    """A running testbench."""

    url: str

    def new_test(self, method: str, faults: tuple[str, ...]) -> str:
        """Make the calls of a method that carry the returned id meet these faults, one each."""
        created = self._json("POST", "retry_test", {"instructions": {method: list(faults)}})
        return str(created["id"])

    def is_completed(self, test: str) -> bool:
        """Return True when every fault was met."""
        return bool(self._json("GET", f"retry_test/{test}")["completed"])

    def upload(self, bucket: str, name: str, size: int) -> int:
        """Create an object; return its generation."""
        path = f"upload/storage/v1/b/{bucket}/o?uploadType=media&name={name}"
        return int(self._json("POST", path, "x" * (size - 2))["generation"])

    def _json(self, verb: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.url}/{path}",
            method=verb,
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - loopback
            return json.load(response)


@contextmanager
def running(source: Path, python: str) -> Iterator[Testbench]:
    """Run the testbench of a source folder with an interpreter that has its packages, on a free port of loopback."""
    command = [python, "-m", "gunicorn", "--bind=127.0.0.1:0", f"--threads={THREADS}", "testbench:run()"]
    with subprocess.Popen(command, cwd=source, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stderr is not None
        # A full pipe would stop the server.
        drain = threading.Thread(target=process.stderr.read)
        try:
            url = _address(process.stderr)
            drain.start()
            yield Testbench(url)
        finally:
            process.terminate()
            if drain.ident is not None:
                drain.join()


def _address(log: IO[str]) -> str:
    """Read the log until the server says where it listens."""
    head: list[str] = []
    for line in log:
        head.append(line)
        found = _LISTENING.search(line)
        if found is not None:
            return found[1]
    raise RuntimeError(f"the testbench did not start:\n{''.join(head[-20:])}")
