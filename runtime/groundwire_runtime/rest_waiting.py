"""Wait for jobs of APIs that OpenAPI describes: by their state, or by the HTTP status at a URL that `Location` names."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast
from urllib.parse import unquote

from attrs import evolve, frozen

from .answers import Answered
from .errors import ApiError, ArgumentError, OperationError, OperationTimeout, ProtocolError, shortened
from .http import split_url, without_query
from .linked_method import Fetched, LinkedMethod
from .links import Link, followed
from .polling import Polled, Polling
from .retry import retry_after
from .wire_paths import Path, value_at

if TYPE_CHECKING:
    from .codec import Codecs
    from .options import RestCallOptions
    from .rest_client import RestClient
    from .rest_method import RestMethod

JobT = TypeVar("JobT")
_RUNNING: Final = 202
_SEE_OTHER: Final = 303
_VARIABLE: Final = re.compile(r"\\\{[^{}]*\\\}")
_WORDS: Final = 1000
"""Characters of what a failed job says."""


@frozen(kw_only=True)
class JobMethod:
    """A method that reads a job, and how its answer tells of the end. Paths are wire names.

    `status` leads to the job's state, of which `done` and `failed` are ends; (): the HTTP status tells. `type` is the class of
    a job, for which `arguments` are pairs of a parameter of the method and the path of its value.
    """

    method: RestMethod[Any]
    status: Path = ()
    done: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    message: Path = ()
    progress: Path = ()
    arguments: tuple[tuple[str, Path], ...] = ()
    types: tuple[type, ...] = ()

    def parameters(self, job: object, codecs: Codecs) -> dict[str, object]:
        """Return the arguments that read a job again. Raises ArgumentError for one that lacks them."""
        found = {name: value_at(job, path, codecs) for name, path in self.arguments}
        for name, path in self.arguments:
            if found[name] in (None, ""):
                raise ArgumentError(f"job: it has no {'.'.join(path)!r}, by which {self.method.id} reads it")
        return found

    def leads_to(self, path: str, base_path: str) -> bool:
        """Return True if the path of a URL is one of the method."""
        template = re.escape(f"{base_path.rstrip('/')}{self.method.path}")
        return re.fullmatch(_VARIABLE.sub("[^/]+", template), path) is not None


@frozen
class JobMethods(Generic[JobT]):
    """The methods of a client that read jobs, and what they return."""

    methods: tuple[JobMethod, ...]

    def wait(
        self,
        client: RestClient,
        job: object,
        *,
        timeout: float | None,
        on_progress: Callable[[Any], object] | None,
    ) -> JobT:
        """Wait for a job to end well, and return its last state: `job` is a job, an answer with a `Location`, or a URL.

        Raises OperationError, OperationTimeout, ProtocolError, ArgumentError, and the errors of a call.
        """
        pause = None
        location = job if isinstance(job, str) else ""
        if isinstance(job, Answered):
            answered = cast("Answered[object]", job)
            pause = retry_after(answered.headers.get("retry-after"), client.clock.unix())
            location, job = answered.headers.get("location", ""), answered.value
        for each in self.methods:
            if each.arguments and isinstance(job, each.types):
                found = _Job(client, each, "", each.parameters(job, client.codecs))
                return cast("JobT", found.wait(Fetched(job, 200, "", {}), timeout, on_progress, pause))
        if not location:
            raise ArgumentError(
                f"job: expected a job, an answer with a Location, or a URL, got {shortened(job)}",
                hint="Pass client.with_response(...) of the call that started it.",
            )
        found = _Job(client, self._at(client, location), followed(Link(location), client.base_url))
        return cast("JobT", found.wait(None, timeout, on_progress, pause))

    def _at(self, client: RestClient, url: str) -> JobMethod:
        """Return the method that reads what is at a URL; the only one, wherever that is. Raises ArgumentError."""
        target = split_url(followed(Link(url), client.base_url)).path
        base = unquote(split_url(client.base_url).path)
        found = [each for each in self.methods if each.leads_to(unquote(target), base)]
        if len(found) != 1 and len(self.methods) > 1:
            paths = " or ".join(each.method.path for each in self.methods)
            raise ArgumentError(
                f"job: no method of this client reads {shortened(target)}", hint=f"They read {paths}."
            )
        return next(iter((*found, *self.methods)))


@frozen
class _Job:
    """One job that is waited for: read by its parameters, or at its URL."""

    client: RestClient
    how: JobMethod
    url: str
    parameters: dict[str, object] | None = None

    def wait(
        self,
        known: Fetched | None,
        timeout: float | None,
        on_progress: Callable[[Any], object] | None,
        pause: float | None,
    ) -> Any:
        name = without_query(self.url) or " ".join(
            str(each)[:200] for each in (self.parameters or {}).values()
        )
        polling = Polling[Fetched](
            poll=self._poll,
            is_done=lambda fetched: self._is_done(fetched, name),
            progress_of=self._progress,
            clock=self.client.clock,
            redact=self.client.redacted,
        )
        polling.check(timeout, on_progress)
        try:
            return polling.wait(name, known, timeout=timeout, on_progress=on_progress, pause=pause).value
        except OperationTimeout as error:
            error.operation = None if error.operation is None else error.operation.value
            raise

    def _poll(self, _: str, seconds: float | None) -> Polled[Fetched]:
        own = math.inf if self.client.timeout is None else self.client.timeout
        options: RestCallOptions = {} if seconds is None else {"timeout": min(seconds, own)}
        try:
            fetched = self._read(self.url, options)
        except ApiError as error:
            # The job has ended, and its result is elsewhere (RFC 9110 15.4.4).
            location = error.headers.get("location", "")
            if error.http_status != _SEE_OTHER or not location or self.how.status:
                raise
            fetched = self._read(followed(Link(location), self.url or self.client.base_url), options)
        return Polled(fetched, retry_after(fetched.headers.get("retry-after"), self.client.clock.unix()))

    def _read(self, url: str, options: RestCallOptions) -> Fetched:
        method = self.how.method
        if not url:
            return self.client.call(LinkedMethod(method), self.parameters or {}, None, options)
        anywhere = evolve(method, path="", parameters=(), server=None)
        return self.client.call(LinkedMethod(anywhere, Link(url)), {}, None, options)

    def _is_done(self, fetched: Fetched, name: str) -> bool:
        how = self.how
        if not how.status:
            return fetched.status != _RUNNING
        status = value_at(fetched.value, how.status, self.client.codecs)
        if status is None:
            raise ProtocolError(f"{name} has no {'.'.join(how.status)!r}")
        if str(status) in how.failed:
            said = value_at(fetched.value, how.message, self.client.codecs) if how.message else None
            words = f": {str(said)[:_WORDS].strip()}" if said else ""
            raise OperationError(f"{name} ended as {str(status)[:80]}{words}", operation=fetched.value)
        return str(status) in how.done

    def _progress(self, fetched: Fetched) -> Any:
        how = self.how
        return value_at(fetched.value, how.progress, self.client.codecs) if how.progress else fetched.value
