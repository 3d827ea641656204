"""`wait` for the operation that a method returns, over made answers: running, then done, with a name that fits the method."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Sequence
from types import ModuleType
from urllib.parse import unquote, urlsplit

from groundwire_codegen.ir import Api, Method, Poll

from .calls import OurClient, filled

_PROGRESS = {"@type": "type.googleapis.com/example.Progress", "step": 1}
_RESULT = {"@type": "type.googleapis.com/example.Result"}
_NAMES = ("Operation", "LongRunningOperation")


def returns_operation(api: Api, method: Method) -> bool:
    """Return True for a method whose answer is an operation by its name and its fields: `done`, or `status` and `progress`."""
    if method.response is None:
        return False
    message = api.messages[method.response]
    wires = {field.wire for field in message.wire_fields}
    return message.place.endswith(_NAMES) and "name" in wires and ("done" in wires or "status" in wires)


def faults(
    api: Api, package: ModuleType, client: OurClient, method: Method, path: str, number: int
) -> list[str]:
    """Return what `wait` does wrong for an operation of a method whose call had this path, the `number`th of its client."""
    assert method.waiting is not None and method.response is not None
    polls = method.waiting.polls
    if polls[0].place is None:
        place, told = _placed(api, method.response, api.methods[polls[number % len(polls)].method])
    else:
        place = name_for(polls, path)[1]
        told = {"name": place}
    has_status = "status" in {field.wire for field in api.messages[method.response].wire_fields}
    running = {**told, "status": "RUNNING"} if has_status else {**told, "metadata": _PROGRESS}
    done = {**told, "status": "DONE"} if has_status else {**told, "done": True, "response": _RESULT}
    started = package.decode(getattr(package, method.response), json.dumps(running).encode())
    client.script(running, done)
    ended = client.client.wait(started)
    found: list[str] = []
    if ended != package.decode(getattr(package, method.response), json.dumps(done).encode()):
        found.append(f"{method.id}: wait returned {ended!r}")
    asked = [(request.verb, unquote(urlsplit(request.url).path)) for request in client.sent]
    if len(asked) != 2 or not {*asked} <= {("GET", asked[0][1]), ("POST", asked[0][1])}:
        found.append(f"{method.id}: wait sent {asked}")
    return found + [
        f"{method.id}: {place} was looked for at {each}"
        for verb, each in asked
        if not (each.removesuffix("/wait") if verb == "POST" else each).endswith(f"/{place}")
    ]


def _placed(api: Api, operation: str, poll: Method) -> tuple[str, dict[str, str]]:
    """Return the path of an operation that a method reads, and the keys of the operation that tell it."""
    patterns = {each.wire: each.rules.pattern for each in poll.parameters}

    def value(found: re.Match[str]) -> str:
        pattern = patterns.get(found[1])
        return filled(pattern) if pattern else f"{found[1]}-1"

    place = re.sub(r"\{\+?([^{}]+)\}", value, poll.path.removesuffix("/wait"))
    place = re.sub(r"^(?:.*?/)?v\d\w*/", "", place)
    if "selfLink" in {field.wire for field in api.messages[operation].wire_fields}:
        return place, {"name": "one", "selfLink": f"{api.base_url.rstrip('/')}/{place}"}
    return place, {"name": place}


def name_for(polls: Sequence[Poll], path: str) -> tuple[Poll, str]:
    """Return the name of an operation that a call of this path starts, and the poll that takes it.

    It is the one whose resource has the longest beginning in common with the path.
    """
    names = [(poll, filled(poll.pattern) if poll.pattern else "operations/one") for poll in polls]
    decoded = unquote(path).lstrip("/").partition("/")[2]
    return max(names, key=lambda each: len(posixpath.commonpath([decoded, each[1]])))
