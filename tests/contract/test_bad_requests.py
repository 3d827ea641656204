"""Bad requests: the rows of the area `server`, by their numbers; row 98 is in `test_front_end`."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from groundwire_codegen.ir import Kind
from groundwire_contract.contract import load
from groundwire_contract.exchange import JsonValue
from groundwire_contract.fixture import EarthEngineContract
from groundwire_contract.rules.refusals import PAYLOAD_LIMIT
from groundwire_contract.server.http import ServerThread
from groundwire_contract.server.listener import RemoteAddressError, listen
from groundwire_contract.service import Service
from groundwire_contract.validate.access import Access, Grant, Mode
from groundwire_contract.validate.shapes import (
    EnumShape,
    FieldShape,
    ListShape,
    MapShape,
    MessageShape,
    ScalarShape,
    Shape,
)
from groundwire_contract.validate.values import validate

from .wire import EXPORT, OPERATIONS, ask, export

ROOT = load().shapes["v1beta"].records["ExportImageRequest"]
WRONG: dict[str, JsonValue] = {
    "object": {"x": 1},
    "list": [[1]],
    "text": "\u00e9!",
    "true": True,
    "number": 1.5,
}
NUMBERS = (Kind.INT32, Kind.UINT32, Kind.INT64, Kind.UINT64)


def wrong_values(shape: Shape) -> Iterator[tuple[str, JsonValue]]:
    """Values that are none of a shape, by their kinds."""
    match shape:
        case ScalarShape() if shape.takes_objects or shape.takes_anything:
            right = {*WRONG}
        case ScalarShape(Kind.STRING):
            right = {"text"}
        case ScalarShape(Kind.BOOLEAN):
            right = {"true"}
        case ScalarShape(kind):
            right = set[str]() if kind in NUMBERS else {"number"}
        case EnumShape():
            right = set[str]()
        case MessageShape() | MapShape():
            right = {"object"}
        case ListShape():
            right = {*WRONG} - {"list"}
    yield from ((name, value) for name, value in WRONG.items() if name not in right)


def slots(record: MessageShape, within: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], FieldShape]]:
    """Every field of a message and of those in it, each message once on a way, with the keys that lead there."""
    if record.name in within[::2]:
        return
    for name, slot in record.slots.items():
        if name != slot.wire:
            continue
        yield (*within, record.name, name), slot
        inner = slot.shape
        while isinstance(inner, ListShape):
            inner = inner.item
        if isinstance(inner, MessageShape) and len(within) < 6:
            yield from slots(inner, (*within, record.name, name))


CASES = [
    (keys[1::2], slot, kind, value)
    for keys, slot in slots(ROOT)
    for kind, value in wrong_values(slot.shape)
    if not slot.field.wrapped or kind != "object"
]


def nested(keys: tuple[str, ...], value: JsonValue) -> dict[str, JsonValue]:
    first, *rest = keys
    return {first: nested(tuple(rest), value) if rest else value}


def test_row_92_an_unknown_field(earthengine_contract: EarthEngineContract) -> None:
    answer = ask(earthengine_contract.endpoint, "POST", EXPORT, export(grid={"colour": 1}))
    assert (answer.status, answer.error["status"]) == (400, "INVALID_ARGUMENT")
    assert answer.error["details"][0]["fieldViolations"][0]["field"] == "grid"


def test_row_93_a_wrong_type_anywhere_is_refused_and_named() -> None:
    missed: list[object] = []
    for keys, slot, kind, value in CASES:
        found = validate(ROOT, nested(keys, value))
        named = any(slot.proto in fault.path or slot.wire in fault.message for fault in found.faults)
        if not named:
            missed.append((keys, kind, found.faults))
    assert missed == []
    assert len(CASES) > 150


def test_row_93_such_a_request_changes_nothing(earthengine_contract: EarthEngineContract) -> None:
    for keys, _, _, value in CASES[::10]:
        body = {**export(requestId="once"), **nested(keys, value)}
        assert ask(earthengine_contract.endpoint, "POST", EXPORT, body).status == 400
    assert earthengine_contract.operations == ()
    assert ask(earthengine_contract.endpoint, "POST", EXPORT, export(requestId="once")).status == 200


@pytest.mark.parametrize(
    "path",
    [
        EXPORT.replace("/v1beta/", "/v1beta//"),
        f"{EXPORT}/",
        EXPORT.replace("projects/", "projects%2F"),
        EXPORT.replace(":export", ":unknownVerb"),
        EXPORT.replace("image:export", "image%2Fexport"),
    ],
)
def test_row_94_a_path_that_is_no_method(earthengine_contract: EarthEngineContract, path: str) -> None:
    answer = ask(earthengine_contract.endpoint, "POST", path, export())
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=UTF-8")
    assert earthengine_contract.requests[-1].method is None


@pytest.mark.parametrize("mode", [Mode.REQUIRED, Mode.SCOPED])
def test_row_95_no_authorization(mode: Mode) -> None:
    access = Access(mode=mode, grants={"t": Grant(caller="a", scopes=frozenset())})
    with ServerThread(Service(load(), access=access)) as server:
        answer = ask(server.endpoint, "GET", OPERATIONS)
    assert (answer.status, answer.error["status"]) == (401, "UNAUTHENTICATED")
    assert answer.headers["www-authenticate"].startswith("Bearer ")


@pytest.mark.parametrize("kind", ["text/plain", "", "application/json; charset=utf-16"])
def test_row_96_another_content_type(earthengine_contract: EarthEngineContract, kind: str) -> None:
    answer = ask(earthengine_contract.endpoint, "POST", EXPORT, export(), {"content-type": kind})
    assert (answer.status, answer.rule) == (400, "media-type")
    assert earthengine_contract.operations == ()


def test_row_97_a_body_of_100_mb(earthengine_contract: EarthEngineContract) -> None:
    host, _, port = urlsplit(earthengine_contract.endpoint).netloc.rpartition(":")
    head = f"POST {EXPORT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {10**8}\r\n\r\n"
    said = b""
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head.encode())
        piece = b" " * 2**20
        # It may hang up before all is sent.
        with suppress(OSError):
            for _ in range(95):
                connection.sendall(piece)
        with suppress(OSError):
            said = connection.recv(65536)
    assert said.startswith(b"HTTP/1.1 400 ")
    assert f"exceeds the limit: {PAYLOAD_LIMIT} bytes".encode() in said
    assert ask(earthengine_contract.endpoint, "GET", OPERATIONS).status == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104 - what is refused
def test_row_99_an_address_that_others_reach(host: str) -> None:
    with pytest.raises(RemoteAddressError, match="--allow-remote"):
        listen(host)
