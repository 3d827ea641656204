"""The control API under `/$contract/`, by which a test in another process controls the server.

    POST /$contract/advance      {"seconds": 3}   advance a frozen clock; returns {"now": ...}
    POST /$contract/reset                         forget everything; returns {"now": ...}
    GET  /$contract/operations                    operations that were started and not deleted, oldest first
    GET  /$contract/requests                      answered requests, oldest first
    POST /$contract/answers      {"method": ..., "value": ..., "status": ...}   what a method answers from now on
    POST /$contract/call/NAME    {...}            a method of `Controls`, as the pytest fixture calls it

    GET  /$contract/healthz                       {"status": "ok"}: the server answers; open to everybody

It serves only clients on this machine, or with the control token, and no foreign page in a browser. Refusals look like the
service's own. Control requests are not recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, cast

import attrs

from ..clock import timestamp
from ..exchange import Exchange, Hold, JsonObject, JsonValue, Pairs, Recorded, Reply, json_reply
from ..given import NO_VALUE, Answer, given_of
from ..operations.operation_json import operation_json
from ..rules.error_bodies import Refusal
from ..service import Service
from ..state.problem import StateError
from ..validate.bodies import read_body
from .admission import EVERYBODY, Admission, challenge
from .controls import Controls

PREFIX: Final = "/$contract/"
MOST: Final = 10_000
"""The newest operations that are listed."""
_RULE: Final = "control"


class _RefusedError(Exception):
    def __init__(self, code: int, message: str, headers: Pairs = ()) -> None:
        self.refusal = Refusal(rule=_RULE, code=code, message=message, headers=headers)
        super().__init__(message)


class ControlRouter:
    """Answers requests under `PREFIX` itself, and passes all others to the service."""

    def __init__(self, service: Service, admission: Admission = EVERYBODY) -> None:
        self._service = service
        self._admission = admission

    def handle(self, exchange: Exchange, held: Hold | None = None) -> Reply | Hold:
        """Answer a request, or return a Hold, as `Service.handle` does."""
        if exchange.path.startswith(PREFIX):
            return _answer(self._service, exchange, self._admission)
        return self._service.handle(exchange, held)


def _answer(service: Service, exchange: Exchange, admission: Admission) -> Reply:
    verb, name = exchange.verb, exchange.path.removeprefix(PREFIX)
    try:
        if not admission.may_control(exchange):
            raise _refused(admission, exchange)
        if verb == "POST" and name.startswith("call/"):
            return json_reply(200, _call(service, exchange, name.removeprefix("call/")), pretty=False)
        action = _ACTIONS.get((verb, name))
        if action is None:
            known = ", ".join(f"{verb} {PREFIX}{name}" for verb, name in _ACTIONS)
            raise _RefusedError(404, f"{verb} {exchange.path} is none of {known}.")
        return json_reply(200, action(service, exchange), pretty=True)
    except _RefusedError as error:
        return error.refusal.reply()
    except StateError as error:
        return Refusal(rule=_RULE, code=503, message=str(error)).reply()


def _refused(admission: Admission, exchange: Exchange) -> _RefusedError:
    if admission.token is None:
        message = f"{PREFIX} answers only callers of this machine, and no page of another."
        return _RefusedError(403, f"{message} A server with --control-token lets others in.")
    message = (
        f"{PREFIX} answers only callers of this machine, or with the control token, and no page of another."
    )
    return _RefusedError(401, message, (("www-authenticate", challenge(exchange)),))


def operations(service: Service) -> JsonObject:
    """Return the operations of all projects as the service shows them, oldest first, and the instant `now`."""
    with service.state.lock:
        now = service.clock.now()
        operations = service.state.newest(None, None, lambda _: True, MOST)
    # Paths have several versions; here the contract's own one names the type.
    package = service.front.package_of(service.contract.api.version)
    kind = f"type.googleapis.com/{package}.OperationMetadata"
    bodies: list[JsonValue] = [operation_json(each, now, kind) for each in reversed(operations)]
    return {"now": timestamp(now), "operations": bodies}


def requests(service: Service) -> JsonObject:
    """Return the recorded requests, oldest first, without credentials, and the instant `now`."""
    with service.state.lock:
        now = service.clock.now()
        requests = tuple(service.state.requests)
    return {"now": timestamp(now), "requests": [_request(each) for each in requests]}


def _request(recorded: Recorded) -> JsonValue:
    out: JsonObject = attrs.asdict(recorded, recurse=False, filter=lambda field, _: field.name != "sent")
    try:
        out["body"] = recorded.body
    except (ValueError, RecursionError) as error:  # Possible in a state file that was written elsewhere.
        raise _RefusedError(503, "The state holds a request whose body cannot be read.") from error
    out["reasons"] = [attrs.asdict(each) for each in recorded.reasons]
    out["at"] = None if recorded.at is None else timestamp(recorded.at)
    out["query"] = [[name, value] for name, value in recorded.query]
    return out


def _advance(service: Service, exchange: Exchange) -> JsonObject:
    arguments = _body(exchange)
    seconds = arguments.get("seconds")
    if arguments.keys() != {"seconds"} or isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise _RefusedError(400, 'Say how far, such as {"seconds": 3}.')
    try:
        Controls(service).advance(seconds)
    except ValueError as error:
        raise _RefusedError(400, f"{error}.") from error
    return _now(service)


def _answers(service: Service, exchange: Exchange) -> JsonObject:
    """Give a method its answer: a JSON value, or an error status alone."""
    arguments = _body(exchange)
    method, status = arguments.get("method"), arguments.get("status")
    if (
        not isinstance(method, str)
        or not arguments.keys() <= {"method", "value", "status", "content_type"}
        or isinstance(status, bool)
        or not isinstance(status, int | None)
        or not isinstance(arguments.get("content_type"), str | None)
        or not arguments.keys() & {"value", "status"}
    ):
        raise _RefusedError(
            400, 'Say what, such as {"method": "getHut", "value": {"id": "1"}, "status": 200}.'
        )
    try:
        answer = Answer(
            value=arguments.get("value", NO_VALUE),
            status=status,
            content_type=cast("str | None", arguments.get("content_type")),
        )
        Controls(service).set_answer(method, given_of(answer))
    except LookupError as error:
        raise _RefusedError(404, str(error.args[0])) from error
    except ValueError as error:
        raise _RefusedError(400, str(error)) from error
    return {"method": method}


def _call(service: Service, exchange: Exchange, name: str) -> JsonObject:
    from .remote import called

    try:
        return {"result": called(Controls(service), name, _body(exchange))}
    except LookupError as error:
        raise _RefusedError(404, str(error.args[0])) from error
    except ValueError as error:
        raise _RefusedError(400, str(error)) from error


def _reset(service: Service, _: Exchange) -> JsonObject:
    service.reset()
    return _now(service)


def _body(exchange: Exchange) -> JsonObject:
    body = read_body(exchange.body)
    if isinstance(body, Refusal):
        raise _RefusedError(400, body.message)
    return body


def _now(service: Service) -> JsonObject:
    return {"now": timestamp(service.clock.now())}


_ACTIONS: Final[Mapping[tuple[str, str], Callable[[Service, Exchange], JsonObject]]] = {
    ("POST", "advance"): _advance,
    ("POST", "answers"): _answers,
    ("POST", "reset"): _reset,
    ("GET", "operations"): lambda service, _: operations(service),
    ("GET", "requests"): lambda service, _: requests(service),
}
