"""`wait` for the operation that a method returns, over made answers: running, then done, with a name that fits the method."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Sequence
from types import ModuleType
from urllib.parse import unquote, urlsplit

from groundwire_codegen.ir import Api, Method, Poll

from .calls import OurClient, filled

_NAMES = ("Operation", "LongRunningOperation")


def returns_operation(api: Api, method: Method) -> bool:
    """Return True for a method whose answer is an operation by its name and its fields: `done`, or `status` and `progress`."""
    if method.response is None:
        return False
    message = api.messages[method.response]
    wires = {field.wire for field in message.wire_fields}
    return message.place.endswith(_NAMES) and "name" in wires and ("done" in wires or "status" in wires)


def faults(api: Api, package: ModuleType, client: OurClient, method: Method, path: str) -> list[str]:
    """Return what `wait` does wrong for an operation of a method whose call had this path."""
    assert method.waiting is not None and method.response is not None
    poll, name = name_for(method.waiting.polls, path)
    running = {"name": name, "metadata": {"@type": "type.googleapis.com/example.Progress", "step": 1}}
    done = {"name": name, "done": True, "response": {"@type": "type.googleapis.com/example.Result"}}
    started = package.decode(getattr(package, method.response), json.dumps(running).encode())
    client.script(running, done)
    ended = client.client.wait(started)
    found: list[str] = []
    if not ended.done or ended.name != name:
        found.append(f"{method.id}: wait returned {ended!r}")
    if len(client.sent) != 2 or {request.verb for request in client.sent} != {"GET"}:
        found.append(f"{method.id}: wait sent {[request.url for request in client.sent]}")
    found += [
        f"{method.id}: {name} was polled by {poll.method} at {request.url}"
        for request in client.sent
        if not unquote(urlsplit(request.url).path).endswith(f"/{name}")
    ]
    return found


def name_for(polls: Sequence[Poll], path: str) -> tuple[Poll, str]:
    """Return the name of an operation that a call of this path starts, and the poll that takes it.

    It is the one whose resource has the longest beginning in common with the path.
    """
    names = [(poll, filled(poll.pattern) if poll.pattern else "operations/one") for poll in polls]
    decoded = unquote(path).lstrip("/").partition("/")[2]
    return max(names, key=lambda each: len(posixpath.commonpath([decoded, each[1]])))
