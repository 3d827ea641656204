"""Runs programs of one family: each in a fork of a process that has imported the client once.

Reads the name of a program from each line of its input, and answers with one JSON line: what went wrong, or null.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys
import traceback
from types import ModuleType

from tests.contract.official.server import PROJECT, Server


def connected(server: Server) -> None:
    """Initialize the client as its documentation shows, with the address of the server."""
    import ee
    from google.oauth2.credentials import Credentials

    ee.Initialize(Credentials("static-token"), url=server.endpoint, project=PROJECT)


def outcome(module: ModuleType, name: str, server: Server) -> str | None:
    """Run a program; return its traceback and output if it fails."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            connected(server)
            getattr(module, name)(server)
    except BaseException:  # noqa: BLE001 - also what SystemExit of a command line tells
        return f"{traceback.format_exc()}\n{printed.getvalue()}"
    return None


def forked(module: ModuleType, name: str, server: Server) -> None:
    """Run a program in a fork, which writes the outcome itself."""
    child = os.fork()
    if child == 0:
        failure = outcome(module, name, server)
        os.write(1, json.dumps(failure).encode() + b"\n")
        os._exit(0)
    os.waitpid(child, 0)


def main(name: str, endpoint: str) -> None:
    module = importlib.import_module(name)
    for line in sys.stdin:
        forked(module, line.strip(), Server(endpoint))


if __name__ == "__main__":
    main(*sys.argv[1:])
