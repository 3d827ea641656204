from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

import pytest
from attrs import asdict, evolve, frozen
from groundwire_runtime.errors import ArgumentError, DecodeError
from groundwire_runtime.http import Request
from groundwire_runtime.method import ExtraScope, Method, Preconditions
from groundwire_runtime.parameters import Parameter

T = TypeVar("T")
BASE = "https://shop.test/"


@frozen(kw_only=True)
class Crate:
    weight: int = 1


@frozen(kw_only=True)
class Pigeon:
    name: str = "p"


@frozen(kw_only=True)
class Order:
    title: str = "t"
    request_id: str | None = None
    carrier: Crate | Pigeon | None = None


class Plain:
    def encode(self, message: Any) -> bytes:
        return json.dumps(asdict(message)).encode()

    def decode(self, type_: type[T], data: bytes) -> T:
        return type_(**json.loads(data))


SHOP = Parameter(
    name="shop", location="path", required=True, prefix="shops/", pattern="^shops/[^/]+$", held="shop"
)
LIST: Method[Order] = Method(
    id="shop.orders.list",
    verb="GET",
    path="v2/{+shop}/orders",
    parameters=(
        SHOP,
        Parameter(name="filter", location="query"),
        Parameter(name="tag", location="query", repeated=True),
        Parameter(name="max", location="query", kind="int32", minimum="1"),
    ),
    scopes=("read",),
)
PLACE: Method[Order] = Method(
    id="shop.orders.place",
    verb="POST",
    path="v2/{+shop}/orders",
    parameters=(SHOP,),
    request_type=Order,
    scopes=("write", "both"),
    extra_scopes=(
        ExtraScope(scope="birds", attributes=("carrier",), type=Pigeon),
        ExtraScope(scope="both", attributes=("carrier",), type=Pigeon),
        ExtraScope(scope="never", attributes=("carrier", "name", "x"), type=Pigeon),
    ),
    request_id="request_id",
)
IN_QUERY = evolve(
    PLACE,
    parameters=(SHOP, Parameter(name="requestId", location="query")),
    request_id="requestId",
    request_id_in_query=True,
)


def request(method: Method[Any], parameters: Mapping[str, object], body: object = None) -> Request:
    return method.request(parameters, body, base_url=BASE, codecs=Plain())


@pytest.mark.parametrize(
    ("parameters", "tail"),
    [
        ({}, ""),
        ({"filter": None, "tag": None}, ""),
        ({"filter": ""}, "?filter="),
        ({"filter": "a&b=c#d e+\u00e9"}, "?filter=a%26b%3Dc%23d+e%2B%C3%A9"),
        ({"tag": []}, ""),
        ({"tag": ["a", "b&", "a"]}, "?tag=a&tag=b%26&tag=a"),
        ({"max": 5, "filter": "x"}, "?filter=x&max=5"),
    ],
)
def test_url(parameters: dict[str, object], tail: str) -> None:
    assert request(LIST, {"shop": "s", **parameters}).url == f"https://shop.test/v2/shops/s/orders{tail}"


def test_a_request_is_the_same_each_time_and_changes_nothing() -> None:
    parameters, body = {"shop": "s"}, Order(request_id="r")
    first, second = request(PLACE, parameters, body), request(PLACE, parameters, body)
    assert first == second
    assert (parameters, body) == ({"shop": "s"}, Order(request_id="r"))
    assert (first.verb, first.headers) == ("POST", {"content-type": "application/json"})
    assert json.loads(first.body or b"") == {"title": "t", "request_id": "r", "carrier": None}


def test_a_method_without_a_body_sends_none() -> None:
    found = request(LIST, {"shop": "s"})
    assert (found.body, found.headers) == (None, {})


@pytest.mark.parametrize(
    ("method", "parameters", "body", "says"),
    [
        (LIST, {}, None, r"^shop: .*\(Pass it, or give the client one: Client\(shop=\.\.\.\)\.\)$"),
        (LIST, {"shop": None}, None, r"^shop: shop.orders.list needs it"),
        (LIST, {"shop": ""}, None, "^shop: empty"),
        (LIST, {"shop": 5}, None, "^shop: expected a str, got 5"),
        (LIST, {"shop": b"s"}, None, "^shop: expected a str"),
        (LIST, {"shop": "s", "flter": "x"}, None, r"^flter: .* \(It has filter\.\)$"),
        (LIST, {"shop": "s", "fr": "x"}, None, r"^fr: .* \(It has filter\.\)$"),
        (evolve(LIST, parameters=(evolve(SHOP, held=None),)), {}, None, r" needs it \(Pass it\.\)$"),
        (LIST, {"shop": "s", "zzzz": None}, None, r"^zzzz: .* \(It has filter, max, shop, tag\.\)$"),
        (LIST, {"shop": "s", "max": 0}, None, "^max: must be at least 1, got 0"),
        (LIST, {"shop": "s"}, Order(), "takes no body"),
        (LIST, {"shop": "shops/.."}, None, "dot segment"),
        (LIST, {"shop": "shops/s?x"}, None, "^shop: "),
        (PLACE, {"shop": "s"}, None, "takes Order, got NoneType"),
        (PLACE, {"shop": "s"}, {"title": "t"}, "takes Order, got dict"),
        (PLACE, {"shop": "s"}, Crate(), "takes Order, got Crate"),
    ],
)
def test_refused(method: Method[Any], parameters: dict[str, object], body: object, says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        request(method, parameters, body)


def test_in_an_envelope_bodies_travel_under_one_key() -> None:
    method = evolve(PLACE, envelope="the data", response_type=Order)
    sent = request(method, {"shop": "s"}, Order(title="a"))
    assert json.loads(sent.body or b"") == {"the data": {"title": "a", "request_id": None, "carrier": None}}
    assert method.response(b'{"the data": {"title": "b"}, "kind": "x"}', Plain()) == Order(title="b")


@pytest.mark.parametrize(
    ("envelope", "data", "value", "rule"),
    [
        ("data", b"[]", [], "expected an object with 'data'"),
        ("data", b'["data"]', ["data"], "expected an object with 'data'"),
        ("data", b'{"title": "b"}', {"title": "b"}, "expected an object with 'data'"),
    ],
)
def test_an_answer_without_what_it_must_hold_is_refused(
    envelope: str | None, data: bytes, value: object, rule: str
) -> None:
    with pytest.raises(DecodeError) as caught:
        evolve(PLACE, envelope=envelope, response_type=Order).response(data, Plain())
    assert (caught.value.path, caught.value.value, caught.value.rule) == ("", value, rule)


@pytest.mark.parametrize("envelope", [None, "data"])
@pytest.mark.parametrize("data", [b"", b" ", b"\r\n\t"])
def test_a_success_without_a_body_is_an_empty_message(envelope: str | None, data: bytes) -> None:
    assert evolve(PLACE, envelope=envelope, response_type=Order).response(data, Plain()) == Order()
    assert evolve(PLACE, envelope=envelope, response_type=None).response(data, Plain()) is None


SHELVES = Parameter(name="shelves", location="path", required=True, repeated=True)
SHELF: Method[Any] = Method(
    id="shop.shelves.get",
    verb="GET",
    path="v2/shelves/{shelves}/books",
    parameters=(SHELVES, Parameter(name="tag", location="query", repeated=True, required=True)),
)


@pytest.mark.parametrize(
    ("shelves", "path"),
    [(["a"], "a"), (["a", "b"], "a,b"), (("b", "a", "b"), "b,a,b"), (["a,b", "c/d"], "a%2Cb,c%2Fd")],
)
@pytest.mark.parametrize("template", ["v2/shelves/{shelves}/books", "v2/shelves/{+shelves}/books"])
def test_a_repeated_path_parameter_is_sent_whole(shelves: list[str], path: str, template: str) -> None:
    path = path.replace("%2F", "/") if "+" in template else path
    sent = request(evolve(SHELF, path=template), {"shelves": shelves, "tag": ["t"]})
    assert sent.url == f"{BASE}v2/shelves/{path}/books?tag=t"


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"shelves": [], "tag": ["t"]}, "^shelves: shop.shelves.get needs it"),
        ({"shelves": ["a"], "tag": []}, "^tag: shop.shelves.get needs it"),
        ({"shelves": ["a", ""], "tag": ["t"]}, "^shelves: empty"),
        ({"shelves": ["a", ".."], "tag": ["t"]}, "^shelves: .* dot segment"),
        ({"shelves": ["a", "b\nc"], "tag": ["t"]}, "^shelves: .* control character"),
        ({"shelves": "ab", "tag": ["t"]}, "^shelves: expected a sequence"),
    ],
)
def test_what_a_path_cannot_hold_is_refused_and_never_left_out(
    parameters: dict[str, object], says: str
) -> None:
    with pytest.raises(ArgumentError, match=says):
        request(SHELF, parameters)


def test_a_value_that_the_path_has_no_place_for_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"^shelves: .* has no place for it"):
        request(evolve(SHELF, path="v2/books"), {"shelves": ["a"], "tag": ["t"]})


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("a = 1\nAND b", "a+%3D+1%0AAND+b"),
        ("a\r\nx-evil: 1", "a%0D%0Ax-evil%3A+1"),
        ("\t\0\x1b\x7f\x85", "%09%00%1B%7F%C2%85"),
        ("\U0001f600", "%F0%9F%98%80"),
    ],
)
def test_control_characters_of_a_query_are_percent_encoded(text: str, sent: str) -> None:
    assert request(LIST, {"shop": "s", "filter": text}).url.endswith(f"/orders?filter={sent}")
    assert request(LIST, {"shop": "s", "tag": ["x", text]}).url.endswith(f"/orders?tag=x&tag={sent}")


def test_a_lone_surrogate_is_refused_in_a_query_too() -> None:
    for parameters in ({"filter": "a\ud800"}, {"tag": ["x", "\udfff"]}):
        with pytest.raises(ArgumentError, match="lone surrogate"):
            request(LIST, {"shop": "s", **parameters})


@pytest.mark.parametrize(
    ("verb", "idempotent"),
    [("GET", True), ("PUT", True), ("DELETE", True), ("HEAD", True), ("POST", False), ("PATCH", False)],
)
def test_only_an_idempotent_verb_alone_is_safe_to_send_again(verb: str, idempotent: bool) -> None:
    assert request(evolve(LIST, verb=verb), {"shop": "s"}).safe_to_retry is idempotent


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE", "POST", "PATCH"])
@pytest.mark.parametrize("stated", [True, False])
def test_what_a_method_states_counts_before_its_verb_and_its_request_id(verb: str, stated: bool) -> None:
    assert request(evolve(LIST, verb=verb, idempotent=stated), {"shop": "s"}).safe_to_retry is stated
    method = evolve(PLACE, verb=verb, idempotent=stated)
    found = request(method, {"shop": "s"}, Order(request_id="r"))
    assert (found.request_id, found.safe_to_retry) == ("r", stated)


ANY_OF = Preconditions(parameters=("filter", "max"), attributes=(("title",), ("carrier", "name")))


@pytest.mark.parametrize("verb", ["DELETE", "POST"])
@pytest.mark.parametrize(
    ("parameters", "body", "safe"),
    [
        ({}, Order(title=""), False),
        ({"filter": None}, Order(title=""), False),
        ({"filter": ""}, Order(title=""), False),
        ({"tag": ["a"]}, Order(title=""), False),
        ({"filter": "a"}, Order(title=""), True),
        ({"max": 1}, Order(title=""), True),
        ({}, Order(title="t"), True),
        ({}, Order(title="", carrier=Pigeon(name="p")), True),
        ({}, Order(title="", carrier=Pigeon(name="")), False),
        ({}, Order(title="", request_id="r"), True),
    ],
)
def test_a_precondition_that_is_set_makes_a_call_safe_to_send_again_and_the_verb_does_not(
    verb: str, parameters: dict[str, object], body: Order, safe: bool
) -> None:
    wide = evolve(PLACE, verb=verb, parameters=LIST.parameters, idempotent=ANY_OF)
    assert request(wide, {"shop": "s", **parameters}, body).safe_to_retry is safe


@pytest.mark.parametrize(
    ("value", "is_set"),
    [(None, False), (False, False), ("", False), (b"", False), (0, True), (0.0, True), (True, True), (b"0", True)],
)  # fmt: skip
def test_zero_is_a_precondition_and_what_stands_for_nothing_is_none(value: object, is_set: bool) -> None:
    assert ANY_OF.any_set({"max": value}, None) is is_set


@pytest.mark.parametrize(
    ("method", "parameters", "body", "id_"),
    [
        (PLACE, {}, Order(), None),
        (PLACE, {}, Order(request_id=""), None),
        (PLACE, {}, Order(request_id="r"), "r"),
        (IN_QUERY, {}, Order(request_id="r"), None),
        (IN_QUERY, {"requestId": "q"}, Order(), "q"),
        (evolve(PLACE, request_id=None), {}, Order(request_id="r"), None),
    ],
)
def test_a_request_id_makes_a_call_safe_to_send_again(
    method: Method[Any], parameters: dict[str, object], body: Order, id_: str | None
) -> None:
    found = request(method, {"shop": "s", **parameters}, body)
    assert (found.request_id, found.safe_to_retry) == (id_, id_ is not None)


@pytest.mark.parametrize(
    ("method", "parameters", "body", "expected"),
    [
        (PLACE, {}, Order(), ({}, Order(request_id="new"))),
        (PLACE, {}, Order(request_id="mine"), ({}, Order(request_id="mine"))),
        (PLACE, {}, Order(request_id=""), ({}, Order(request_id="new"))),
        (PLACE, {}, Order(request_id=5), ({}, Order(request_id=5))),  # type: ignore[arg-type] # on purpose
        (PLACE, {}, None, ({}, None)),
        (IN_QUERY, {}, Order(), ({"requestId": "new"}, Order())),
        (IN_QUERY, {"requestId": "mine"}, Order(), ({"requestId": "mine"}, Order())),
        (LIST, {"shop": "s"}, None, ({"shop": "s"}, None)),
        (PLACE, {}, {"title": "t"}, ({}, {"title": "t"})),
        (PLACE, {}, Crate(), ({}, Crate())),
    ],
)
def test_a_new_request_id_goes_only_where_there_is_none(
    method: Method[Any], parameters: dict[str, object], body: Any, expected: tuple[Any, Any]
) -> None:
    assert method.with_request_id(parameters, body, lambda: "new") == expected


@pytest.mark.parametrize(
    ("body", "scopes"),
    [
        (None, ("write", "both")),
        (Order(), ("write", "both")),
        (Order(carrier=Crate()), ("write", "both")),
        (Order(carrier=Pigeon()), ("write", "both", "birds")),
    ],
)
def test_a_scope_is_added_once_and_only_for_what_needs_it(body: object, scopes: tuple[str, ...]) -> None:
    assert PLACE.scopes_for(body) == scopes
