"""Fuzzing: whatever arrives, nothing but the project's own errors is raised.

A target takes bytes from anywhere: from hypothesis in the suite, from atheris (`fuzzing.py`) without end.
"""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import groundwire
from groundwire import messages
from groundwire_codegen.read.safe_regex import is_linear
from groundwire_codegen.read.uri_template import read_template
from groundwire_runtime.errors import ApiError, ArgumentError, DecodeError, EncodeError
from groundwire_runtime.google_errors import api_error
from groundwire_runtime.http import Response
from groundwire_runtime.messages import Message
from groundwire_runtime.parameters import Parameter, expand
from groundwire_runtime.retry import retry_after

RECORDINGS: Final = Path(__file__).parents[1] / "client" / "recordings.jsonl"
CLASSES: Final[tuple[type[Message], ...]] = tuple(
    sorted(
        (
            each
            for each in vars(messages).values()
            if isinstance(each, type) and issubclass(each, Message) and each is not Message
        ),
        key=lambda cls: cls.__name__,
    )
)
"""Every message of the closure."""
STATUSES: Final = (200, 301, 307, 400, 401, 403, 404, 409, 412, 429, 499, 500, 501, 503, 504, 599)


def decoding(data: bytes) -> None:
    """Any bytes as any message; what is read is written, and means the same again."""
    if not data:
        return
    cls = CLASSES[data[0] % len(CLASSES)]
    try:
        message = groundwire.decode(cls, data[1:])
    except DecodeError as error:
        assert error.rule
        assert str(error)
        return
    try:
        again = groundwire.encode(message)
    except EncodeError as error:  # bounds are kept when a message is sent, not when it is read
        assert error.rule
        return
    assert groundwire.encode(groundwire.decode(cls, again)) == again


ODD: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1.5, 2**31, 2**63, 2**64, 1e308, "", "a", "NaN", "1e3", "1e999999999", "-0"),
    *(
        "2024-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
        "3.5s",
        "-315576000001s",
        "YQ==",
        "====",
        "\ud800",
    ),
    *(
        [],
        {},
        [None],
        [[]],
        {"value": 1},
        {"value": None},
        {"@type": "x"},
        {"@type": "t/google.protobuf.Any", "value": {}},
    ),
)
"""Values that are wrong somewhere."""


def mutated(data: bytes) -> None:
    """A recorded body with values, keys and members changed here and there."""
    source = random.Random(data)  # noqa: S311 - the same bytes, the same body
    body = copy.deepcopy(source.choice(_recorded()))
    for _ in range(1 + source.randrange(4)):
        _change(body, source)
    head = bytes([CLASSES.index(groundwire.ExportImageRequest)])
    decoding(head + json.dumps(body).encode())


def _change(body: Any, source: random.Random) -> None:
    """Walk down at random, and change one member of what is found there."""
    at = body
    while True:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        if not keys:
            return
        key = source.choice(keys)
        if isinstance(at[key], (dict, list)) and at[key] and source.random() < 0.8:
            at = at[key]
            continue
        kind = source.randrange(4) if isinstance(at, dict) else 0
        value = copy.deepcopy(source.choice(ODD))
        if kind == 0:
            at[key] = value
        elif kind == 1:
            at[source.choice(("x", key.upper(), re.sub("([A-Z])", r"_\1", key).lower(), f"{key}_"))] = at[key]
        elif kind == 2:
            at[source.choice(("values", "constantValue", "valueReference", "error", "tileSize"))] = value
        else:
            del at[key]
        return


@cache
def _recorded() -> list[Any]:
    return [json.loads(line)["body"] for line in RECORDINGS.read_text("utf-8").splitlines()]


def error_body(data: bytes) -> None:
    """Any bytes as the body of an answer that says no."""
    status = STATUSES[data[0] % len(STATUSES)] if data else 500
    head, _, body = data[1:].partition(b"\0")
    headers = {"retry-after": head.decode("latin-1"), "location": head.decode("latin-1")}
    error = api_error(
        Response(status=status, headers=headers, body=body), method_id="a.b", attempts=1, now=1.7e9
    )
    assert isinstance(error, ApiError)
    assert error.http_status == status
    assert error.retry_after is None or error.retry_after >= 0
    assert str(error)


def waiting(data: bytes) -> None:
    """Any text as the header Retry-After."""
    seconds = retry_after(data.decode("latin-1"), 1.7e9)
    assert seconds is None or 0 <= seconds < float("inf")


def template(data: bytes) -> None:
    """Any text as a URI template, filled with itself."""
    text = data.decode("utf-8", "surrogatepass" if len(data) % 2 else "replace") if _is_text(data) else ""
    names, fault = read_template(text)
    if fault is not None:
        return
    try:
        path = expand(text, dict.fromkeys(names, text))
    except ArgumentError:
        return
    assert not {".", ".."} & set(path.split("/"))


def value(data: bytes) -> None:
    """Any text as the value of a path parameter, and any pattern that may be run."""
    if not _is_text(data):
        return
    text = data.decode("utf-8", "surrogatepass")
    pattern, _, given = text.partition("\0")
    checked = pattern if is_linear(pattern) else None
    parameter = Parameter(name="p", location="path", pattern=checked)
    for shape in ("v1/{p}:x", "v1/{+p}/y"):
        try:
            (found,) = parameter.texts(given or text)
            path = expand(shape, {"p": found})
        except ArgumentError as error:
            assert len(str(error)) < 2_000
            continue
        assert path.isascii()
        assert not set(path) & set("?# \r\n\0")
        assert not {".", "..", ""} & set(path.split("/"))


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    "decoding": decoding,
    "error_body": error_body,
    "mutated": mutated,
    "template": template,
    "value": value,
    "waiting": waiting,
}


def seeds(target: str) -> list[bytes]:
    """Inputs to begin with: recorded bodies and what each target is about."""
    if target == "decoding":
        head = CLASSES.index(groundwire.ExportImageRequest)
        bodies = [bytes([head]) + json.dumps(body).encode() for body in _recorded()]
        return bodies + [bytes([index]) + b"{}" for index in range(len(CLASSES))]
    return [each.encode("utf-8") for each in _SEEDS[target]]


_SEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "error_body": (
        (
            '\x075\0{"error":{"code":403,"message":"m","status":"PERMISSION_DENIED","details":'
            '[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"r","domain":"d"},'
            '{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.5s"}]}}'
        ),
        "\x00\0<html><title>no</title></html>",
        "\x01https://a@evil.test/\0[]",
    ),
    "mutated": ("a", "b"),
    "template": ("v1/{+name}:wait", "v1beta/{project}/b/{bucket}", "a/{x.y}"),
    "value": ("^projects/[^/]+$\0projects/p", "^[a-z]{1,9}$\0../..", "a%2Fb?c#d"),
    "waiting": (
        "120",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ),
}
