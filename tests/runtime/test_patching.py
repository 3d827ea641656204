"""Fields that a PATCH empties: null in its JSON, or a name in its update mask; for both kinds of descriptions."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from attrs import frozen
from groundwire_runtime.auth import Anonymous
from groundwire_runtime.codec import Codecs
from groundwire_runtime.contents import RestAnswer, RestContent, WithMediaType
from groundwire_runtime.errors import ArgumentError
from groundwire_runtime.google_client import GoogleClient
from groundwire_runtime.http import Request
from groundwire_runtime.json_scalars import NUMBER
from groundwire_runtime.masks import set_paths
from groundwire_runtime.messages import ABSENT, EMPTY, Message, keep_containers
from groundwire_runtime.method import Method
from groundwire_runtime.options import RestCallOptions
from groundwire_runtime.parameters import Parameter
from groundwire_runtime.patching import clearing
from groundwire_runtime.rest_client import RestClient
from groundwire_runtime.rest_method import RestMethod
from groundwire_runtime.schema import ANY, STRING, STRUCT, Case, Extra, Field, ListOf, MapOf, OneOf, Ref
from groundwire_runtime.servers import RestServer
from groundwire_runtime.unions import Alias, Nullable, Union

from .doubles import Script, Time, answer, rest_client


@frozen(kw_only=True, eq=False, repr=False, field_transformer=keep_containers)
class Place(Message):
    city: str | None = None
    zip_code: str | None = None


@frozen(kw_only=True, eq=False, repr=False, field_transformer=keep_containers)
class Event(Message):
    name: str | None = None
    summary: str | None = None
    height: Any = None
    place: Place | None = None
    attendees: Any = ABSENT
    labels: Any = EMPTY
    rooms: Any = EMPTY
    free: Any = None
    either: Any = None
    link: Any = None
    etag: str | None = None


@frozen(kw_only=True, eq=False, repr=False, field_transformer=keep_containers)
class Open(Message):
    title: str | None = None
    more: Any = EMPTY


CODECS = Codecs(
    SimpleNamespace(Place=Place, Event=Event, Open=Open),
    {
        "Place": lambda: (Field("city", STRING), Field("zip_code", STRING)),
        "Event": lambda: (
            Field("name", STRING),
            Field("summary", Nullable(STRING)),
            Field("height", NUMBER),
            Field("place", Nullable(Ref("Place"))),
            Field("attendees", ListOf(STRING)),
            Field("labels", MapOf(STRING)),
            Field("rooms", MapOf(Ref("Place"))),
            Field("free", STRUCT),
            Field("either", Union((STRING, Alias("Loop")))),
            OneOf("link", (Case("placeLink", Ref("Place")),)),
            Field("etag", STRING),
        ),
        "Open": lambda: (Field("title", STRING), Extra("more", STRING)),
    },
    {"Loop": lambda: ListOf(ANY)},
)
JSON = RestContent(media_type="application/json", type=Union((Ref("Event"), Ref("Open"))))
ANSWERS = (RestAnswer(204, 204),)
PLAIN = RestMethod[Any](id="patch", verb="PATCH", path="/x", bodies=(JSON,), answers=ANSWERS)
MERGE = RestMethod[Any](
    id="patch",
    verb="PATCH",
    path="/x",
    bodies=(
        RestContent(media_type="application/json-patch+json", type=ListOf(STRUCT)),
        JSON,
        RestContent(media_type="application/merge-patch+json", type=Ref("Event")),
    ),
    answers=ANSWERS,
)


def patched(body: Any, *clear: str, method: RestMethod[Any] = PLAIN, **options: Any) -> Request:
    script = Script([answer(b"", 204)])
    client = RestClient(
        CODECS,
        servers=(RestServer("https://calendar.example"),),
        methods={"patch": method},
        schemes={},
        held={},
        transport=script,
        clock=Time().clock(),
        **options,
    )
    client.call(clearing(method, clear), {}, body, {})
    return script.requests[0]


@pytest.mark.parametrize(
    ("body", "clear", "text"),
    [
        (Event(), ("summary",), b'{"summary":null}'),
        (Event(name="a"), ("summary", "attendees"), b'{"name":"a","summary":null,"attendees":null}'),
        (Event(), ("place.city",), b'{"place":{"city":null}}'),
        (Event(), ("place.zip_code", "place.city"), b'{"place":{"zipCode":null,"city":null}}'),
        (Event(), ("place.zipCode",), b'{"place":{"zipCode":null}}'),
        (Event(place=Place(city="a")), ("place.zip_code",), b'{"place":{"city":"a","zipCode":null}}'),
        (Event(place=Place()), ("place.city",), b'{"place":{"city":null}}'),
        (Event(), ("labels.a.b/c",), b'{"labels":{"a.b/c":null}}'),
        (Event(labels={"k": "}\\"}), ("labels.a",), b'{"labels":{"k":"}\\\\","a":null}}'),
        (Event(labels={}), ("labels",), b'{"labels":null}'),
        (Event(attendees=[]), ("attendees",), b'{"attendees":null}'),
        (Event(null_fields={"summary"}), ("summary",), b'{"summary":null}'),
        (Event(), ("rooms.red.zip_code",), b'{"rooms":{"red":{"zipCode":null}}}'),
        (Event(), ("rooms.red",), b'{"rooms":{"red":null}}'),
        (Event(), ("free.a.b",), b'{"free":{"a":{"b":null}}}'),
        (
            Event(free={"a": {"c": [1, {"d": 2}]}}),
            ("free.a.b",),
            b'{"free":{"a":{"c":[1,{"d":2}],"b":null}}}',
        ),
        (Event(), ("placeLink.city",), b'{"placeLink":{"city":null}}'),
        (Event(height=1.0), ("summary", "summary"), b'{"height":1.0,"summary":null}'),
        (Open(title="a"), ("x.y",), b'{"title":"a","x.y":null}'),
        (Open(), ("title",), b'{"title":null}'),
        (Event(unknown_fields={"new": 1}), ("summary",), b'{"new":1,"summary":null}'),
    ],
)
def test_a_name_is_null_in_the_json(body: Any, clear: tuple[str, ...], text: bytes) -> None:
    assert patched(body, *clear).body == text


def test_nothing_to_clear_changes_nothing() -> None:
    assert clearing(PLAIN, ()) is PLAIN
    request = patched(Event(name="a"))
    assert (request.body, request.headers["content-type"]) == (b'{"name":"a"}', "application/json")


def test_a_merge_patch_is_sent_where_the_method_takes_one() -> None:
    request = patched(Event(name="a"), "summary", method=MERGE)
    assert request.headers["content-type"] == "application/merge-patch+json"
    request = patched(WithMediaType(Event(name="a"), "application/json"), "summary", method=MERGE)
    assert (request.headers["content-type"], request.body) == (
        "application/json",
        b'{"name":"a","summary":null}',
    )
    request = patched(Open(title="a"), "x", method=MERGE)
    assert (request.headers["content-type"], request.body) == ("application/json", b'{"title":"a","x":null}')
    with pytest.raises(ArgumentError, match="expected a message as the body of patch, got tuple"):
        patched(({"op": "remove"},), "summary", method=MERGE)


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("sumary", "'sumary': Event has no field 'sumary'", "It has summary."),
        ("place.town", "'place.town': Place has no field 'town'", "It has city, zip_code."),
        ("", "'': Event has no field ''", "It has attendees, "),
        ("rooms.red.size", "'rooms.red.size': Place has no field 'size'", "It has "),
        ("summary.x", "'summary.x' leads into a value that has no fields", ""),
        ("attendees.0", "'attendees.0' leads into a value that has no fields", ""),
        ("link", "'link': Event has no field 'link'", "It has placeLink"),
    ],
)
def test_a_name_that_is_no_field_is_refused_with_those_that_are(name: str, message: str, hint: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        patched(Event(), name)
    assert caught.value.message == f"clear: {message}"
    assert (caught.value.own_hint or "").startswith(hint)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (Event(summary="a"), "summary"),
        (Event(attendees=["a"]), "attendees"),
        (Event(labels={"a": "b"}), "labels.a"),
        (Event(place=Place(city="a")), "place"),
        (Event(null_fields={"place"}), "place.city"),
    ],
)
def test_a_field_is_not_set_and_cleared(body: Any, name: str) -> None:
    with pytest.raises(ArgumentError, match=f"the request sets '{name}' too"):
        patched(body, name)


def test_one_text_is_no_sequence_of_names() -> None:
    with pytest.raises(ArgumentError, match="expected a sequence of names"):
        clearing(PLAIN, "summary")


def test_an_endpoint_of_ones_own_stands_for_a_server_of_the_method() -> None:
    away = RestMethod[Any](
        id="patch", verb="PATCH", path="/x", bodies=(JSON,), answers=ANSWERS, server="https://cdn.example"
    )
    assert patched(Event(), "summary", method=away).url == "https://cdn.example/x"
    assert (
        patched(Event(), "summary", method=away, endpoint="https://own.example").url
        == "https://own.example/x"
    )


def test_a_media_type_of_the_answer_is_asked_for_beside_what_is_emptied() -> None:
    contents = (JSON, RestContent(media_type="text/plain", encoding="text"))
    both = RestMethod[Any](
        id="patch", verb="PATCH", path="/x", bodies=(JSON,), answers=(RestAnswer(200, 200, contents),)
    )
    script = Script([answer({})])
    options: RestCallOptions = {"accept": "text/plain"}
    with rest_client(CODECS, both, endpoint="https://a.example", transport=script) as client:
        client.call(clearing(both, ("summary",)), {}, Event(), options)
    assert script.requests[0].headers["accept"] == "text/plain"
    assert script.requests[0].body == b'{"summary":null}'


# --- methods of a Discovery document


def google(body: Any, *clear: str, masked: bool = True, **facts: Any) -> tuple[bytes, Any]:
    """Return the body and the update mask of a call; `mask` is the caller's."""
    parameters = (
        Parameter(name="name", location="path", kind="string", required=True),
        Parameter(name="readMask", location="query", kind="fieldmask"),
        *((Parameter(name="updateMask", location="query", kind="fieldmask"),) if masked else ()),
    )
    method = Method[None](
        id="events.patch",
        verb="PATCH",
        path="v1/{+name}",
        parameters=parameters,
        request_type=Event,
        envelope=facts.get("envelope"),
    )
    script = Script([answer()])
    client = GoogleClient(
        CODECS,
        base_url="https://calendar.googleapis.com/",
        methods={method.id: method},
        held={},
        transport=script,
        auth=Anonymous(),
        clock=Time().clock(),
    )
    mask = {"updateMask": facts["mask"]} if "mask" in facts else {}
    client.call(clearing(method, clear), {"name": "events/1", **mask}, body, {})
    sent = script.requests[0]
    assert isinstance(sent.body, bytes)
    return sent.body, parse_qs(urlsplit(sent.url).query).get("updateMask", [None])[0]


def test_without_a_mask_null_empties_a_field() -> None:
    assert google(Event(), "summary", "labels.k", masked=False) == (
        b'{"summary":null,"labels":{"k":null}}',
        None,
    )
    assert google(Event(), "summary", masked=False, envelope="data") == (b'{"data":{"summary":null}}', None)


@pytest.mark.parametrize(
    ("body", "clear", "stated", "mask"),
    [
        (Event(name="a", etag="e", summary="s"), ("attendees",), None, "summary,attendees"),
        (Event(place=Place(city="a")), ("place.zip_code",), None, "place.city,place.zipCode"),
        (
            Event(place=Place(), labels={"a": "b"}, attendees=[]),
            ("summary",),
            None,
            "place,attendees,labels,summary",
        ),
        (Event(null_fields={"height"}), ("summary",), None, "height,summary"),
        (Event(link=Place(city="a")), ("summary",), None, "placeLink.city,summary"),
        (Event(summary="s"), ("attendees",), "summary", "summary,attendees"),
        (Event(), ("place.city",), "place", "place"),
        (Event(), ("place.city",), "placeLink", "placeLink,place.city"),
        (Event(), ("summary",), "*", "*"),
        (Event(), ("summary",), "summary", "summary"),
        (Event(summary="s"), (), None, None),
    ],
)
def test_an_update_mask_names_what_is_set_and_what_is_cleared(
    body: Any, clear: tuple[str, ...], stated: str | None, mask: str | None
) -> None:
    facts: dict[str, Any] = {} if stated is None else {"mask": stated}
    data, sent = google(body, *clear, **facts)
    assert sent == mask
    assert data == CODECS.encode(body)


def test_a_map_is_replaced_whole_under_a_mask() -> None:
    with pytest.raises(ArgumentError, match=r"'labels\.k' is a key of a map"):
        google(Event(), "labels.k")
    for key in ("rooms.red", "rooms.red.city", "rooms.red,name"):
        with pytest.raises(ArgumentError, match="is a key of a map"):
            google(Event(), key)
    assert google(Event(), "labels")[1] == "labels"
    with pytest.raises(ArgumentError, match="sets 'summary' too"):
        google(Event(summary="a"), "summary")


def test_an_unknown_field_puts_no_other_name_into_a_mask() -> None:
    with pytest.raises(ArgumentError, match="an update mask would divide"):
        google(Event(unknown_fields={"new,name": 1}), "summary")


def test_a_mask_of_a_message_names_its_fields_on_the_wire() -> None:
    place = Place(zip_code="1", unknown_fields={"x": 1})
    assert set_paths(Event(place=place, free={"a": 1}), CODECS) == ["place.zipCode", "place.x", "free"]


@pytest.mark.parametrize("clear", [5, (1,), (None,), (b"name",), (["name"],), ("free.\ud800",)])
def test_what_is_no_name_is_refused(clear: Any) -> None:
    with pytest.raises(ArgumentError, match="clear: expected"):
        clearing(PLAIN, clear)
