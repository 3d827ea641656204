"""What a test in another process asks of the server itself, under `/$contract/`, which no method of the API has.

    POST /$contract/advance      {"seconds": 3}   move a frozen clock; answers {"now": ...}
    POST /$contract/reset                         forget everything; answers {"now": ...}
    GET  /$contract/operations                    what was started and not deleted, oldest first
    GET  /$contract/requests                      what was answered, oldest first

Only for callers of this machine. Refusals have the shape of the service's own. None of this is recorded.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

import attrs

from .behaviour.shown import body
from .clock import FrozenClock, timestamp
from .errors import Refusal
from .exchange import Exchange, JsonObject, JsonValue, Recorded, Reply, json_reply
from .front_end.body import read_body
from .state.problem import StateError

if TYPE_CHECKING:
    from .service import Service

PREFIX: Final = "/$contract/"
MOST: Final = 10_000
"""Operations that are listed, the newest."""
_RULE: Final = "control"


class _RefusedError(Exception):
    def __init__(self, code: int, message: str) -> None:
        self.refusal = Refusal(rule=_RULE, code=code, message=message)
        super().__init__(message)


def answer(service: Service, exchange: Exchange) -> Reply:
    """Answer a request under `PREFIX`."""
    verb, name = exchange.verb, exchange.path.removeprefix(PREFIX)
    try:
        if not _is_near(exchange.peer):
            raise _RefusedError(403, f"{PREFIX} answers only callers of this machine.")
        action = _ACTIONS.get((verb, name))
        if action is None:
            known = ", ".join(f"{verb} {PREFIX}{name}" for verb, name in _ACTIONS)
            raise _RefusedError(404, f"{verb} {exchange.path} is none of {known}.")
        return json_reply(200, action(service, exchange), pretty=True)
    except _RefusedError as error:
        return error.refusal.reply()
    except StateError as error:
        return Refusal(rule=_RULE, code=503, message=str(error)).reply()


def operations(service: Service) -> JsonObject:
    """The operations of all projects as the service shows them, oldest first, and the instant `now`."""
    with service.state.lock:
        now = service.clock.now()
        found = service.state.before(None, None, lambda _: True, MOST)
    # The package of the version that the contract itself has; a path would say another.
    package = service.contract.shapes[service.contract.api.version].package
    kind = f"type.googleapis.com/{package}.OperationMetadata"
    bodies: list[JsonValue] = [body(each, now, kind) for each in reversed(found)]
    return {"now": timestamp(now), "operations": bodies}


def requests(service: Service) -> JsonObject:
    """The requests that are remembered, oldest first, without credentials, and the instant `now`."""
    with service.state.lock:
        now = service.clock.now()
        found = tuple(service.state.requests)
    return {"now": timestamp(now), "requests": [_request(each) for each in found]}


def _request(recorded: Recorded) -> JsonValue:
    out: JsonObject = attrs.asdict(recorded, recurse=False, filter=lambda field, _: field.name != "sent")
    out["body"] = recorded.body
    out["at"] = None if recorded.at is None else timestamp(recorded.at)
    out["query"] = [[name, value] for name, value in recorded.query]
    return out


def _advance(service: Service, exchange: Exchange) -> JsonObject:
    said = read_body(exchange.body)
    if isinstance(said, Refusal):
        raise _RefusedError(400, said.message)
    seconds = said.get("seconds")
    if said.keys() != {"seconds"} or isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise _RefusedError(400, 'Say how far, such as {"seconds": 3}.')
    with service.state.lock:
        clock = service.clock
        if not isinstance(clock, FrozenClock):
            raise _RefusedError(400, "Only a frozen clock is advanced: serve with --clock frozen.")
        try:
            clock.advance(seconds)
        except ValueError as error:
            raise _RefusedError(400, f"{error}.") from error
        service.state.keep_time(clock.now())
    return _now(service)


def _reset(service: Service, _: Exchange) -> JsonObject:
    service.reset()
    return _now(service)


def _now(service: Service) -> JsonObject:
    return {"now": timestamp(service.clock.now())}


def _is_near(peer: str) -> bool:
    """Whether a request came from a loopback address."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


_ACTIONS: Final[Mapping[tuple[str, str], Callable[[Service, Exchange], JsonObject]]] = {
    ("POST", "advance"): _advance,
    ("POST", "reset"): _reset,
    ("GET", "operations"): lambda service, _: operations(service),
    ("GET", "requests"): lambda service, _: requests(service),
}
