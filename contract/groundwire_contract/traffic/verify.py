"""Verification of recorded traffic against the contract, record by record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from groundwire_codegen.ir import InBody, InParameter
from groundwire_codegen.problem import visible

from ..contract import Contract
from ..discovery_document import batch_path
from ..rest.multipart import MalformedError
from ..rules.error_bodies import Fault
from ..rules.refusals import request_id_reused
from ..service import DISCOVERY
from ..validate.route import Route, find
from ..validate.shapes import snake
from .answer import Started, answer_faults
from .batch import calls_of
from .recording import Record
from .request import message_of, request_faults
from .violation import Place, Violation, violation

TOKENS: Final = "/token"
"""The path of the contract server's token endpoint, whose requests are none of the API."""


class Verifier:
    """Checks records against a contract; `relaxed` are the ids of rules to ignore.

    It keeps 16 bytes for each request id.
    """

    def __init__(self, contract: Contract, relaxed: frozenset[str] = frozenset()) -> None:
        self.contract = contract
        self._relaxed = relaxed
        self._batch = batch_path(contract.document)
        self._started = Started()
        self._sent: dict[bytes, bool] = {}
        """Digests of caller, project and request id; True if a start with them was accepted."""

    def violations(self, record: Record) -> tuple[Violation, ...]:
        """Return all violations of a record; of a batch, those of its calls."""
        if (record.verb, record.path) != ("POST", self._batch):
            return self._alone(record)
        try:
            return tuple(one for call in calls_of(record) for one in self._alone(call))
        except MalformedError as error:
            fault = Fault(rule="batch-malformed", message=f"Failed to parse batch request, error: {error}.")
            return () if fault.rule in self._relaxed else (violation(record, None, Place.REQUEST, fault),)

    def _alone(self, record: Record) -> tuple[Violation, ...]:
        route = find(self.contract.routes, record.verb, record.path)
        if route is None:
            violations = tuple(self._unrouted(record))
        else:
            faults = [*request_faults(self.contract, route, record)]
            faults += self._reused(route, record, sound=not faults)
            faults += (
                (Place.RESPONSE, fault)
                for fault in answer_faults(self.contract, route, record, self._started)
            )
            violations = tuple(violation(record, route.method.id, place, fault) for place, fault in faults)
        return tuple(one for one in violations if one.rule not in self._relaxed)

    def _unrouted(self, record: Record) -> Iterator[Violation]:
        """Report an unknown path, unless it is that of the document, or of tokens."""
        if (record.verb, record.path) not in (("GET", DISCOVERY), ("POST", TOKENS)):
            message = f"The requested URL {visible(record.path)} was not found on this server."
            yield violation(record, None, Place.PATH, Fault(rule="unknown-path", message=message))

    def _reused(self, route: Route, record: Record, *, sound: bool) -> Iterator[tuple[Place, Fault]]:
        """Report a request id that has started an operation before, or that the service reports as used.

        A start that was refused, or whose answer was lost, has not used its id as far as the record shows.
        """
        named = _request_id(route, record)
        if named is None:
            return
        place, name, value = named
        scope = "\0".join((record.caller, *route.variables.values(), value))
        key = hashlib.blake2b(scope.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        status = record.answer.status if record.answer is not None else None
        if self._sent.get(key, False) or (status == 409 and key in self._sent):
            fault = Fault(rule="request-id-reused", message=request_id_reused().message, pointer=name)
            yield place, fault
        started = (200 <= status < 300) if status is not None else sound and not record.answered
        self._sent[key] = self._sent.get(key, False) or started


def _request_id(route: Route, record: Record) -> tuple[Place, str, str] | None:
    """Return the place, name and value of a request id; None if there is none."""
    location = route.method.idempotency.request_id
    if location is None:
        return None
    wire = location.path[-1] if isinstance(location, InBody) else location.wire
    names = (wire, snake(wire))
    if isinstance(location, InParameter):
        sent = next(((name, value) for name, value in record.query if name in names and value), None)
        return None if sent is None else (Place.QUERY, *sent)
    body = message_of(record)
    if not isinstance(body, dict):
        return None
    for name in names:
        value = body.get(name)
        if isinstance(value, str) and value:
            return Place.REQUEST, f"/{name}", value
    return None
