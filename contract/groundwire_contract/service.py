"""The contract as one function of a request: route, parse, validate, handle, record.

It has no sockets and no threads. The clock, the source of random bytes and the state are passed in.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from attrs import evolve, frozen
from groundwire_codegen.ir import Method

from .assets.catalog import Catalog
from .clock import Clock, RealClock, SteppedClock
from .contract import Contract
from .environment import NOTHING, Environment, Meter
from .exchange import Delivery, Exchange, Hold, JsonObject, Recorded, Reply, public_query
from .front import ContractRequest, FrontEnd, ParsedRequest
from .given import AnswerError, Given, given_of
from .google_front import DISCOVERY, google_front
from .operations.call import Answer, Call, Context, Handler
from .operations.handlers import HANDLERS
from .operations.script import Script
from .operations.script_library import STANDARD
from .operations.store import Store
from .overrides import GivenAnswer, Overrides, Step
from .reasons import source_of, with_excerpts
from .rest.contract import RestContract
from .rules.asset_refusals import not_simulated
from .rules.error_bodies import Refusal
from .rules.refusals import rate_quota, state_unwritable
from .state.memory import Memory
from .state.problem import StateError
from .uploads.sessions import Sessions
from .validate.access import Access
from .validate.route import Route

__all__ = ["DISCOVERY", "HANDLERS", "Service"]


@frozen
class _Turn:
    """The arrival time of a request, and the step that a test queued for it."""

    arrived: datetime
    step: Step


_AS_USUAL: Final = Step()


class Service:
    """A contract with its state; `handle` answers one request. Thread-safe.

    `script` is the life of operations that are started from now on, `held` whether their progress is stopped,
    `environment` the declared server-side state, `access` who may call, `overrides` what a test overrides.
    Each may be replaced at any time.
    """

    def __init__(
        self,
        contract: Contract | RestContract,
        *,
        state: Store | None = None,
        clock: Clock | None = None,
        draw: Callable[[int], bytes] = os.urandom,
        script: Script = STANDARD,
        environment: Environment = NOTHING,
        access: Access | None = None,
        overrides: Overrides | None = None,
        handlers: Mapping[str, Handler] = HANDLERS,
    ) -> None:
        self.contract = contract
        self.uploads = Sessions(draw)
        self.front: FrontEnd = (
            google_front(contract, self.uploads) if isinstance(contract, Contract) else contract
        )
        self.state: Store = state if state is not None else Memory()
        self.clock: Clock = clock if clock is not None else RealClock()
        self.script, self.environment = self._usual = (script, environment)
        self._meter = Meter()
        self.draw = draw
        self.access = access if access is not None else Access()
        self.overrides = overrides if overrides is not None else Overrides()
        self.held = False
        self.wrong_answers: list[str] = []
        """What was wrong with answers of the test."""
        self._handlers = handlers
        self._behaves = any(id_ in handlers for id_ in contract.api.methods)
        """True for an API whose methods this server simulates: it answers none of them with an example."""

    def reset(self) -> None:
        """Forget everything and restore the initial settings."""
        with self.state.lock:
            self.state.clear()
            self.uploads.clear()
            self.overrides.reset()
            self.script, self.environment = self._usual
            self._meter = Meter()
            self.held = False
            self.wrong_answers.clear()
            if isinstance(self.clock, SteppedClock):
                self.clock.restart()

    def handle(self, exchange: Exchange, held: Hold | None = None) -> Reply | Hold:
        """Answer a request, or return a Hold: call again later, with that hold."""
        try:
            return self._handled(exchange, held)
        except StateError as error:
            return state_unwritable(str(error)).reply()

    def refuse(self, exchange: Exchange, refusal: Refusal) -> Reply:
        """Refuse a request before it reaches a method."""
        try:
            return self._unrouted(exchange, self.overrides.applied_to(refusal).reply())
        except StateError as error:
            return state_unwritable(str(error)).reply()

    def _otherwise(self, reply: Reply, exchange: Exchange) -> Reply:
        """Return the refusal of a request without a method as a test wants it."""
        if reply.rule is None or not self.overrides.changes(reply.rule):
            return reply
        refusal = Refusal(rule=reply.rule, code=reply.status, message=reply.reasons[0].message)
        return self.front.refused(self.overrides.applied_to(refusal), exchange, None)

    def _unrouted(self, exchange: Exchange, reply: Reply) -> Reply:
        with self.state.lock:
            return self._remembered(exchange, self.clock.now(), None, b"", reply)

    def _handled(self, exchange: Exchange, held: Hold | None) -> Reply | Hold:
        route = self.front.find(exchange)
        if isinstance(route, Reply):
            return self._unrouted(exchange, self._otherwise(route, exchange))
        method = route.method
        begun = held.again if held is not None else None
        turn = begun if isinstance(begun, _Turn) else self._turn(method)
        parsed = self._read(exchange, route, turn)
        # The lock covers the change and its record: a state in a file keeps both or neither.
        with self.state.lock:
            # A held request was counted when it arrived.
            over = begun is None and self._is_over_rate(parsed.caller, turn)
            answer = rate_quota() if over else self._answer(exchange, parsed, route, turn)
            if isinstance(answer, Hold):
                return Hold(answer.seconds, turn)
            reply = self._reply(exchange, route, turn.step, answer)
            about = _operation_of(route, answer)
            return self._remembered(exchange, turn.arrived, route, parsed.sent, reply, about)

    def _turn(self, method: Method) -> _Turn:
        if not self.overrides.has_steps:
            return _Turn(self.clock.now(), _AS_USUAL)
        with self.state.lock:
            return _Turn(self.clock.now(), self.overrides.take_step(method.id) or _AS_USUAL)

    def _read(self, exchange: Exchange, route: Route, turn: _Turn) -> ParsedRequest:
        if turn.step.effect:
            return self.front.read(exchange, route, self.access, self.overrides.relaxed)
        return ParsedRequest(sent=self.front.kept(exchange, route), refusal=turn.step.refusal)

    def _answer(self, exchange: Exchange, parsed: ParsedRequest, route: Route, turn: _Turn) -> Answer | Reply:
        if not turn.step.effect:
            return {}
        if parsed.refusal is not None:
            return parsed.refusal
        if parsed.reply is not None:
            return parsed.reply
        answer = self.overrides.answers.get(route.method.id)
        if answer is not None and parsed.request is not None:
            given = self._given(answer, parsed.request(), exchange, route)
            if given is not None:
                return given
        handler = self._handlers.get(route.method.id)
        if handler is None:
            if self._behaves and "not-simulated" not in self.overrides.relaxed:
                return not_simulated(route.method.id)
            return self.front.unanswered(exchange, route)
        call = Call(
            method=route.method,
            version=route.version,
            package=self.front.package_of(route.version),
            variables=route.variables,
            query=parsed.query,
            body=parsed.body,
            caller=parsed.caller,
            arrived=turn.arrived,
        )
        return handler(call, self._context())

    def _is_over_rate(self, caller: str, turn: _Turn) -> bool:
        """Return True if an admitted caller has used up the requests of this minute."""
        rate = self.environment.rate
        if rate is None or not caller or not turn.step.effect or "rate-quota" in self.overrides.relaxed:
            return False
        return not self._meter.admits(caller, turn.arrived, rate)

    def _context(self) -> Context:
        return Context(
            state=self.state,
            clock=self.clock,
            draw=self.draw,
            script=self.script,
            environment=self.environment,
            held=self.held,
            relaxed=self.overrides.relaxed,
            otherwise=self.overrides.applied_to,
        )

    def catalog(self) -> Catalog:
        """Return the assets that exist now."""
        return self._context().catalog

    def check_answer(self, method: Method, given: Given) -> None:
        """Raise AnswerError for an answer of a test that the description of a method does not allow."""
        exchange = Exchange(verb=method.verb, path=method.path)
        self.front.given(
            given, exchange, Route(method=method, version=self.contract.api.version, variables={})
        )

    def _given(
        self, answer: GivenAnswer, request: ContractRequest, exchange: Exchange, route: Route
    ) -> Reply | Refusal | None:
        """Return the answer of a test, None for NotImplemented; one that cannot be sent is kept in `wrong_answers`, and is a 500."""
        try:
            made = answer if isinstance(answer, Given) else answer(request)
            if made is NotImplemented:
                return None
            given = made if isinstance(made, Given) else given_of(made)
            return self.front.given(given, exchange, route)
        except KeyboardInterrupt:
            raise
        # Also what pytest.fail and sys.exit raise, which are no Exceptions: they would end the server.
        except BaseException as error:  # noqa: BLE001 - whatever the function of a test raises is shown to the test
            said = str(error) if isinstance(error, AnswerError) else f"{type(error).__name__}: {error}"
            is_named = said.startswith(route.method.id)
            self.wrong_answers.append(said if is_named else f"{route.method.id}: {said}")
            return Refusal(
                rule="answer-wrong", code=500, message=f"The answer of the test cannot be sent. {said}"
            )

    def _reply(
        self, exchange: Exchange, route: Route, step: Step, answer: JsonObject | Refusal | Reply
    ) -> Reply:
        shown = answer if step.refusal is None else step.refusal
        if isinstance(shown, Refusal):
            shown = self.front.refused(self.overrides.applied_to(shown), exchange, route)
        reply = shown if isinstance(shown, Reply) else self.front.answered(shown, exchange)
        return reply if step.delivery is Delivery.WHOLE else evolve(reply, delivery=step.delivery)

    def _remembered(
        self,
        exchange: Exchange,
        at: datetime,
        route: Route | None,
        sent: bytes,
        reply: Reply,
        operation: str = "",
    ) -> Reply:
        documented = self.front.query_names(exchange, route) if route is not None and exchange.query else ()
        self.state.record(
            Recorded(
                method=None if route is None else route.method.id,
                verb=exchange.verb,
                path=exchange.path,
                query=public_query(exchange.query, documented),
                headers=exchange.public_headers,
                sent=sent,
                status=reply.status,
                verdict=reply.rule or "accepted",
                at=at,
                reasons=with_excerpts(reply.reasons, sent) if reply.reasons else (),
                source=source_of(reply.headers, accepted=reply.rule is None),
                operation=operation,
            )
        )
        return reply


def _operation_of(route: Route, answer: JsonObject | Refusal | Reply) -> str:
    """Return the name of the operation that a request started or was about; empty for none."""
    named = answer.get("name") if isinstance(answer, dict) and "metadata" in answer else None
    name = named if isinstance(named, str) else route.variables.get("name", "")
    return name if name.split("/")[2:3] == ["operations"] and name.count("/") == 3 else ""
