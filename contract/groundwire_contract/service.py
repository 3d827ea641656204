"""The whole contract as one function of a request: route, read, validate, behave, remember.

No socket and no thread of its own: the clock, the source of random bytes and the state are handed in.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from .behaviour import export, operations
from .behaviour.call import Answer, Behaviour, Call, World
from .behaviour.operation import Script
from .clock import Clock, RealClock
from .contract import Contract
from .errors import Fault, Refusal, bad_request
from .exchange import Exchange, Hold, JsonObject, JsonValue, Recorded, Reply, json_reply
from .front_end.body import read_body
from .front_end.parameters import read_query
from .front_end.route import Route, find
from .front_end.validate import validate
from .refusals import PAYLOAD_LIMIT, payload_too_large
from .rules import RULES
from .state.memory import Memory

DISCOVERY: Final = "/$discovery/rest"
"""Where the official Python client asks for the Discovery document before anything else."""


def algorithms(call: Call, _: World) -> Answer:
    """The functions that expressions may call, as the official Python client carries them; 501 where it is absent."""
    return _carried_algorithms() or _no_behaviour(call.method.id)


BEHAVIOURS: Final[Mapping[str, Behaviour]] = {
    "earthengine.projects.algorithms.list": algorithms,
    "earthengine.projects.image.export": export.start,
    "earthengine.projects.operations.get": operations.get,
    "earthengine.projects.operations.list": operations.list_,
    "earthengine.projects.operations.wait": operations.wait,
    "earthengine.projects.operations.cancel": operations.cancel,
    "earthengine.projects.operations.delete": operations.delete,
}
"""What answers a valid request, by method id. A method without behaviour is validated and gets 501."""


class Service:
    """A contract with a state: `handle` answers one request. Safe to call from several threads.

    `script` is what operations do that are started from now on, and `held` whether they stand still; both may be
    replaced at any time.
    """

    def __init__(
        self,
        contract: Contract,
        *,
        state: Memory | None = None,
        clock: Clock | None = None,
        draw: Callable[[int], bytes] = os.urandom,
        script: Script | None = None,
        behaviours: Mapping[str, Behaviour] = BEHAVIOURS,
    ) -> None:
        self.contract = contract
        self.state = state if state is not None else Memory()
        self.clock: Clock = clock if clock is not None else RealClock()
        self.script = script if script is not None else Script()
        self.draw = draw
        self.held = False
        self._behaviours = behaviours

    def handle(self, exchange: Exchange, arrived: datetime | None = None) -> Reply | Hold:
        """Answer a request, or ask for it to be handled again later, with the `arrived` of the first time."""
        at = arrived if arrived is not None else self.clock.now()
        route = find(self.contract.routes, exchange.verb, exchange.path)
        if route is None:
            return self._remembered(
                exchange, at, None, None, self._document(exchange) or not_found(exchange.path)
            )
        parsed, answer = self._answer(exchange, route, at)
        if isinstance(answer, Hold):
            return answer
        pretty = ("prettyPrint", "false") not in exchange.query
        reply = (
            answer.reply(pretty=pretty)
            if isinstance(answer, Refusal)
            else json_reply(200, answer, pretty=pretty)
        )
        return self._remembered(exchange, at, route.method.id, parsed, reply)

    def _document(self, exchange: Exchange) -> Reply | None:
        """The Discovery document, whichever of the versions served is asked for; None for any other request."""
        asked = dict(exchange.query).get("version", self.contract.api.version)
        if (exchange.verb, exchange.path) != ("GET", DISCOVERY) or asked not in self.contract.shapes:
            return None
        return Reply(status=200, body=self.contract.document) if self.contract.document else None

    def _answer(self, exchange: Exchange, route: Route, arrived: datetime) -> tuple[JsonValue, Answer]:
        """The body as it was parsed, and the answer."""
        method, shapes = route.method, self.contract.shapes[route.version]
        with self.state.lock:
            ordered = self.state.next_refusal(method.id)
            relaxed = self.state.relaxed
        parsed: JsonObject | Refusal = {}
        if exchange.length > PAYLOAD_LIMIT and "payload-too-large" not in relaxed:
            parsed = payload_too_large()
        elif method.request is not None:
            parsed = read_body(exchange.body)
        if ordered is not None:
            return (None if isinstance(parsed, Refusal) else parsed), ordered
        if isinstance(parsed, Refusal):
            return None, parsed
        query = read_query(method, exchange.query)
        value, faults, breaches = parsed, query.faults, tuple[Fault, ...]()
        if method.request is not None:
            read = validate(shapes.records[method.request], parsed)
            value, faults, breaches = read.value, (*faults, *read.faults), read.breaches
        refusal = _refused(faults, breaches, relaxed)
        if refusal is not None:
            return parsed, refusal
        behaviour = self._behaviours.get(method.id)
        if behaviour is None:
            return parsed, _no_behaviour(method.id)
        call = Call(
            method=method,
            version=route.version,
            package=shapes.package,
            variables=route.variables,
            query=query.values,
            body=value,
            caller=_caller(exchange),
            arrived=arrived,
        )
        with self.state.lock:
            return parsed, behaviour(call, self._world())

    def _world(self) -> World:
        return World(state=self.state, clock=self.clock, draw=self.draw, script=self.script, held=self.held)

    def _remembered(
        self, exchange: Exchange, at: datetime, method: str | None, body: JsonValue, reply: Reply
    ) -> Reply:
        recorded = Recorded(
            method=method,
            verb=exchange.verb,
            path=exchange.path,
            query=exchange.public_query,
            headers=exchange.public_headers,
            body=body if exchange.body else None,
            status=reply.status,
            verdict=reply.rule or "accepted",
            at=at,
        )
        with self.state.lock:
            self.state.record(recorded)
        return reply


def not_found(path: str) -> Reply:
    """The page that the front end sends for a path or a verb that no method has."""
    shown = html.escape(path)
    page = (
        "<!DOCTYPE html>\n<html lang=en>\n  <meta charset=utf-8>\n  <title>Error 404 (Not Found)!!1</title>\n"
        f"  <p><b>404.</b> <ins>That\u2019s an error.</ins>\n  <p>The requested URL <code>{shown}</code> was not "
        "found on this server.  <ins>That\u2019s all we know.</ins>\n"
    )
    return Reply(
        status=404,
        body=page.encode("utf-8", "replace"),
        content_type="text/html; charset=UTF-8",
        rule="unknown-path",
        mark=RULES["unknown-path"].mark.value,
    )


def _refused(
    faults: tuple[Fault, ...], breaches: tuple[Fault, ...], relaxed: frozenset[str]
) -> Refusal | None:
    """The front end refuses what is malformed, all at once; the service then the first bound that is broken."""
    malformed = tuple(fault for fault in faults if fault.rule not in relaxed)
    if malformed:
        return bad_request(malformed)
    broken = next((fault for fault in breaches if fault.rule not in relaxed), None)
    return None if broken is None else Refusal(rule=broken.rule, code=400, message=broken.message)


@cache
def _carried_algorithms() -> JsonObject:
    """The list that an installed earthengine-api has for its own tests; empty when there is none."""
    package = find_spec("ee")
    if package is None or package.origin is None:
        return {}
    path = Path(package.origin).parent / "tests" / "algorithms.json"
    return json.loads(path.read_bytes()) if path.is_file() else {}


def _no_behaviour(method: str) -> Refusal:
    return Refusal(
        rule="no-behaviour",
        code=501,
        message=f"The request of {method} is valid; this contract server has no answer to it.",
    )


def _caller(exchange: Exchange) -> str:
    """A caller is known by its credentials, which are not kept."""
    return hashlib.sha256(exchange.headers.get("authorization", "").encode()).hexdigest()
