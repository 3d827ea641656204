"""`python -m tests.audits.builds.container`: run the lines of the Dockerfile in an empty environment, without building an image.

The server is used at an address of this machine that is not loopback, as from another container, if there is one.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[3]
FOLDER: Final = ROOT / "docs" / "containers"
TOKEN: Final = "a-token-of-this-run"
PORT: Final = "8085"


def instructions(text: str) -> list[tuple[str, str]]:
    """Return the instructions of a Dockerfile with their arguments."""
    lines = re.sub(r"\\\n", " ", text).splitlines()
    pairs = (line.partition(" ") for line in lines if line.strip() and not line.startswith("#"))
    return [(name, rest.strip()) for name, _, rest in pairs]


def one(name: str) -> str:
    """Return the arguments of the only instruction of a name."""
    (found,) = (
        rest for each, rest in instructions((FOLDER / "Dockerfile").read_text("utf-8")) if each == name
    )
    return found


def compose() -> dict[str, Any]:
    """Return the compose file."""
    value: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
    return value


def served(port: str) -> tuple[list[str], list[str]]:
    """Return the commands that serve, of the Dockerfile and of the compose file, at another port."""
    image: list[str] = json.loads(one("CMD"))
    service: list[str] = compose()["services"]["contract"]["command"]
    return tuple([each.replace(PORT, port) for each in command] for command in (image, service))  # type: ignore[return-value] # two


def check(command: list[str], environment: Mapping[str, str], port: int) -> None:
    """Serve by a command, and use the server as another container would."""
    settings = {**environment, "GROUNDWIRE_CONTROL_TOKEN": TOKEN}
    process = subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own lines
    with process:
        try:
            assert process.stdout is not None
            assert " at http" in process.stdout.readline()
            health = one("HEALTHCHECK").partition("CMD ")[2].replace(PORT, str(port))
            subprocess.run(json.loads(health), env=settings, check=True, timeout=30)  # noqa: S603
            _use(port)
        finally:
            process.terminate()


def _use(port: int) -> None:
    address = other_address()
    named = {"host": f"contract:{port}"}
    basic = base64.b64encode(f"anybody:{TOKEN}".encode()).decode()
    started = ask(
        address,
        port,
        "POST",
        "/v1/projects/p/image:export",
        {**named, "content-type": "application/json"},
        b"{}",
    )
    assert started[0] == 200, started
    if not address.startswith("127."):
        for path in ("/", "/$contract/page", "/$contract/requests"):
            assert ask(address, port, "GET", path, named)[0] == 401, path
    assert (
        ask(address, port, "GET", "/$contract/requests", {**named, "authorization": f"Bearer {TOKEN}"})[0]
        == 200
    )
    status, page = ask(address, port, "GET", "/", {**named, "authorization": f"Basic {basic}"})
    assert (status, b"Earth Engine" in page) == (200, True)
    assert ask(address, port, "GET", "/healthz", {"host": "probe.example"})[0] == 200
    assert ask(address, port, "GET", "/v1/projects/p/operations", {"host": "rebound.example"})[0] == 403


def ask(
    address: str, port: int, verb: str, path: str, headers: Mapping[str, str], body: bytes | None = None
) -> tuple[int, bytes]:
    """Make one request."""
    connection = http.client.HTTPConnection(address, port, timeout=20)
    try:
        connection.request(verb, path, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def other_address() -> str:
    """Return an address of this machine that is not loopback; loopback if there is none. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(("192.0.2.1", 9))
            return str(sock.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def free_port() -> int:
    """Return a port that is free."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def main() -> None:
    """Run RUN in an empty environment, then CMD and the command of the compose file there."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)  # noqa: S603 - our own
        path = f"{Path(folder, 'bin')}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "GROUNDWIRE": f"{ROOT}[contract]", "PIP_QUIET": "1"}
        subprocess.run(["sh", "-c", one("RUN")], env=environment, check=True, timeout=600)  # noqa: S603, S607
        for index in range(2):
            port = free_port()
            check(["env", *served(str(port))[index]], environment, port)
    print("the lines of the Dockerfile and of the compose file work")


if __name__ == "__main__":
    main()
