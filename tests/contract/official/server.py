"""The contract server as a program of a client sees it: its address, its control API, and what was started."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen

PROJECT = "contract-project"
HOME = f"projects/{PROJECT}/assets"
_OPTIONS = "ExportOptions"
_MANIFESTS = ("imageManifest", "tableManifest")


@frozen
class Started:
    """A start that the server accepted: its method, description and destination."""

    method: str
    """Without the prefix of the API, as in `image.export`."""
    description: str | None
    place: str
    """Name of the destination, as in `driveDestination`."""
    where: Mapping[str, Any]
    """The fields of the destination."""


@frozen
class Server:
    """A contract server at an endpoint."""

    endpoint: str

    def control(self, verb: str, name: str, body: object = None) -> Any:
        """Call the control API."""
        connection = http.client.HTTPConnection(urlsplit(self.endpoint).netloc, timeout=30)
        try:
            raw = None if body is None else json.dumps(body).encode()
            connection.request(verb, f"/$contract/{name}", raw, {"content-type": "application/json"})
            response = connection.getresponse()
            content = json.loads(response.read())
        finally:
            connection.close()
        if response.status != 200:
            raise RuntimeError(f"{verb} {name}: {content['error']['message']}")
        return content

    def operations(self) -> list[dict[str, Any]]:
        """Return the operations that were started, oldest first."""
        return self.control("GET", "operations")["operations"]

    def requests(self, method: str = "") -> list[dict[str, Any]]:
        """Return the requests of methods whose id ends so, oldest first."""
        return [
            each
            for each in self.control("GET", "requests")["requests"]
            if each["method"] is not None and each["method"].endswith(method)
        ]

    def refused(self) -> list[tuple[str, str]]:
        """Return the method and the rule of each request that was refused."""
        return [
            (str(each["method"]), each["verdict"])
            for each in self.control("GET", "requests")["requests"]
            if each["verdict"] != "accepted"
        ]

    def started(self) -> list[Started]:
        """Return the accepted starts, oldest first; each has an operation."""
        starts = [
            _started(each)
            for each in self.requests()
            if each["verdict"] == "accepted" and each["method"].endswith((".export", ".import"))
        ]
        assert len(starts) == len(self.operations()), (starts, self.operations())
        return starts

    def kinds(self) -> list[tuple[str, str | None]]:
        """Return the type and the description of each operation, oldest first."""
        return [(each["metadata"]["type"], each["metadata"].get("description")) for each in self.operations()]

    def key(self) -> dict[str, str]:
        """Return the key file of a service account that the server lets in."""
        command = [sys.executable, "-m", "groundwire_contract", "credentials", "--endpoint", self.endpoint]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)  # noqa: S603
        return json.loads(done.stdout)

    def finish(self, name: str | None = None) -> None:
        """End an operation successfully now, or all."""
        for each in self.operations():
            if each["name"] == (name or each["name"]) and not each.get("done"):
                self.control("POST", "call/finish", {"name": each["name"]})

    def fail(self, name: str, message: str) -> None:
        """End an operation with an error now."""
        self.control("POST", "call/fail", {"name": name, "message": message, "code": 3})

    def script(self, method: str, code: int) -> None:
        """Refuse the next request of methods whose id ends so, without an effect."""
        refusal = {"rule": "unavailable", "code": code, "message": "Busy.", "details": [], "headers": []}
        step = {"effect": False, "refusal": refusal, "delivery": "whole"}
        self.control("POST", "call/add_steps", {"steps": [step], "method": method})


def _started(request: Mapping[str, Any]) -> Started:
    body, method = request["body"], request["method"].removeprefix("earthengine.projects.")
    for name in _MANIFESTS:
        if name in body:
            return Started(method, body.get("description"), name, body[name])
    for name, options in body.items():
        for place, where in options.items() if name.endswith(_OPTIONS) else ():
            if place.endswith("Destination"):
                return Started(method, body.get("description"), place, where)
    return Started(method, body.get("description"), "", {})


def equal(seen: object, wanted: object) -> None:
    """Fail with both values if they differ."""
    if seen != wanted:
        raise AssertionError(f"\nseen   {seen!r}\nwanted {wanted!r}")


def refusal(error: type[BaseException], call: Callable[[], object]) -> str:
    """Return the message with which a call is refused. Raises AssertionError if it is not."""
    try:
        answer = call()
    except error as refused:
        return str(refused)
    raise AssertionError(f"nothing was refused: {answer!r}")
