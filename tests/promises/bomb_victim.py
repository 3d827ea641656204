"""Reads one answer in a process of its own, and prints by how many bytes its memory grew, and what came of it."""

from __future__ import annotations

import resource
import sys

from groundwire_runtime.errors import GroundwireError
from groundwire_runtime.http import Request
from groundwire_runtime.transport import UrllibTransport


def main(url: str, limit: int) -> None:
    transport = UrllibTransport(max_response=limit)
    request = Request(method_id="m", verb="GET", url=url)
    transport.send(request)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        transport.send(request)
        said = "read"
    except GroundwireError as error:
        said = type(error).__name__
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024, said)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
