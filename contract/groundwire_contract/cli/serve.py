"""`groundwire-contract serve`: run the server."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

import click

from .admission import access, admission_of
from .declarations import answer_as_declared, declarations, declared_assets
from .documents import documents, fail, served_contract
from .running import listening, run

if TYPE_CHECKING:
    from ..clock import Clock
    from ..contract import Contract
    from ..environment import Environment
    from ..operations.script import Script
    from ..operations.store import Store
    from ..overrides import Change, Overrides
    from ..rest.contract import RestContract
    from ..server.control_token import ControlToken
    from ..service import Service
    from ..validate.access import Access

_SPEEDS: Final = {"fast": 10.0, "real": 1.0, "frozen": 1.0, "stepped": 1.0}
"""The factor by which operations run faster than scripted, by clock."""


class _Options(TypedDict):
    """The options of the command, as click passes them."""

    port: int
    host: str
    allow_remote: bool
    allow_host: frozenset[str]
    allow_origin: frozenset[str]
    control_token: ControlToken | None
    document: Path | None
    spec: Path | None
    overlay: Path | None
    root: Path | None
    examples: bool
    auth: str
    tokens: Path | None
    clock: str
    speed: float | None
    file: Path | None
    script: str
    relax: tuple[str, ...]
    enforce: tuple[str, ...]
    answer: tuple[str, ...]
    asset: tuple[str, ...]
    assets: tuple[Path, ...]
    answers: tuple[Path, ...]
    unwritable_bucket: tuple[str, ...]
    rate: int | None
    queue_limit: int | None
    listing_lag: float


@click.command()
@listening(": whoever does may start, read and delete operations.")
@access
@documents
@click.argument("document", required=False, type=click.Path(path_type=Path))
@click.option(
    "--examples",
    is_flag=True,
    help="Let methods of an OpenAPI document answer with its own examples, marked.",
)
@click.option(
    "--auth",
    default="any",
    show_default=True,
    type=click.Choice(["any", "required", "scoped"]),
    help="Whom to let in: all, those with a bearer token, those whose token is in --tokens with a scope of the method.",
)
@click.option(
    "--tokens",
    type=click.Path(path_type=Path),
    help="TOML: a [[token]] each, with value, caller, scopes, expired. Several tokens may have one caller; all "
    "tokens that are not in it are one caller too.",
)
@click.option(
    "--clock",
    type=click.Choice(["fast", "real", "frozen", "stepped"]),
    default="fast",
    show_default=True,
    help="fast: operations live ten times as fast as scripted; real: as scripted; frozen: time moves only by "
    "POST /$contract/advance; stepped: by 2 seconds too with each look at an operation that has not ended.",
)
@click.option("--speed", type=float, help="How many times as fast as scripted operations live: 10 when fast.")
@click.option(
    "--state",
    "file",
    type=click.Path(path_type=Path),
    help="Keep everything, request bodies too, in this SQLite file; in memory otherwise. A new file is its owner's alone.",
)
@click.option(
    "--script", default="standard", show_default=True, help="What operations do, by name; see below."
)
@click.option(
    "--relax", multiple=True, metavar="RULE", help="Do not enforce a rule; `rules` lists them. Repeatable."
)
@click.option("--enforce", multiple=True, metavar="RULE", help="Enforce a rule that is off. Repeatable.")
@click.option(
    "--answer",
    multiple=True,
    metavar="RULE=STATUS[:MESSAGE]",
    help="Let a rule answer with another status, and another message. Repeatable.",
)
@declarations
@click.option("--rate", type=click.IntRange(0), help="Requests a minute that each caller may make.")
@click.option(
    "--queue-limit",
    type=click.IntRange(0),
    metavar="N",
    help="Unfinished operations that a project may hold: 3000 unless another number is given.",
)
@click.option(
    "--listing-lag",
    default=0.0,
    show_default=True,
    type=click.FloatRange(0, 1e9),
    metavar="SECONDS",
    help="How long after its start no listing has an operation.",
)
def serve(**options: Unpack[_Options]) -> None:
    """Serve the contract of DOCUMENT, Discovery or OpenAPI, until interrupted; without one, of Earth Engine.

    The first line printed ends with the endpoint. Under an OpenAPI document, a valid request is answered with what a test
    gave, with the document's examples (`--examples`), or with 501: no answer is invented.

    With the standard script, an operation is PENDING for 1 second and RUNNING for 4, then it succeeds. Other
    scripts are instant, stall, retried, sparse, odd-times, drive-quota, reprojection, timed-out, out-of-memory
    and internal. A method that only the service can answer is refused by name with 400, unless --answers has its
    answer.
    """
    from ..server.http import server
    from ..server.listener import RemoteAddressError, descriptors, endpoint, listen
    from ..state.problem import StateError

    settings = _settings(options)
    contract = _contract(options)
    host, port = options["host"], options["port"]
    try:
        state = _state(options["file"])
        listener = listen(host, port, allow_remote=options["allow_remote"])
    except (RemoteAddressError, StateError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or f'{host}:{port}'}: {error.strerror or error}")
    service = settings(contract, state=state, clock=_clock(options["clock"], state))
    answer_as_declared(service, options["answers"])
    if options["allow_remote"]:
        click.echo(
            "Whoever reaches this address may start, read and delete operations; control stays with this machine"
            f"{'.' if options['control_token'] is None else ' and holders of the control token.'}",
            err=True,
        )
    admission = admission_of(
        options["allow_host"] | {host.lower()}, options["allow_origin"], options["control_token"]
    )
    run(
        server(service, admission=admission, max_connections=descriptors()),
        listener,
        f"{contract.api.id} contract at {endpoint(listener)}",
        state.close,
    )


def _contract(options: _Options) -> Contract | RestContract:
    names = options["document"], options["spec"], options["overlay"], options["root"]
    return served_contract(*names, examples=options["examples"])


def _settings(options: _Options) -> Callable[..., Service]:
    """Check the options that need no document; return the constructor of a service with them."""
    from ..service import Service

    clock, speed = options["clock"], options["speed"]
    if clock in ("frozen", "stepped") and speed is not None:
        raise click.UsageError(f"--speed does not go with --clock {clock}.")
    return partial(
        Service,
        script=_script(options["script"], _SPEEDS[clock] if speed is None else speed),
        overrides=_overrides(options["relax"], options["enforce"], options["answer"]),
        environment=_environment(options),
        access=_access(options["auth"], options["tokens"]),
    )


def _environment(options: _Options) -> Environment:
    from ..environment import Environment
    from ..rules.refusals import QUEUE_LIMIT

    limit = options["queue_limit"]
    try:
        return Environment(
            assets=frozenset(options["asset"]),
            catalog=declared_assets(options["assets"]),
            unwritable=frozenset(options["unwritable_bucket"]),
            rate=options["rate"],
            listing_lag=options["listing_lag"],
            queue_limit=QUEUE_LIMIT if limit is None else limit,
        )
    except ValueError as error:
        raise click.UsageError(str(error).replace("'listing_lag'", "--listing-lag")) from error


def _access(auth: str, tokens: Path | None) -> Access:
    """Return who may call."""
    from ..validate.access import Access, AccessError, Mode, read_grants

    if auth == "scoped" and tokens is None:
        raise click.UsageError("--auth scoped needs --tokens.")
    if tokens is None:
        return Access(mode=Mode(auth))
    try:
        return Access(mode=Mode(auth), grants=read_grants(tokens.read_bytes()))
    except AccessError as error:
        fail(f"{tokens}: {error}")
    except OSError as error:
        fail(f"{tokens}: {error.strerror or error}")


def _script(name: str, speed: float) -> Script:
    """Return a named script, sped up."""
    from ..operations.script_library import script_named

    try:
        script = script_named(name)
    except LookupError as error:
        raise click.BadParameter(str(error), param_hint="--script") from error
    try:
        return script.at_speed(speed)
    except ValueError as error:
        raise click.BadParameter("must be above 0", param_hint="--speed") from error


def _overrides(relax: tuple[str, ...], enforce: tuple[str, ...], answer: tuple[str, ...]) -> Overrides:
    """Return the rules that are off, on, or answer differently."""
    from ..overrides import Overrides

    try:
        try:
            Overrides(relaxed=relax)
        except ValueError as error:
            raise click.BadParameter(f"{error}.", param_hint="--relax") from error
        return Overrides(relaxed=relax, enforced=enforce, changes=dict(map(_change, answer)))
    except LookupError as error:
        raise click.UsageError(f"{error.args[0]}. `groundwire-contract rules` lists them.") from error
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--answer") from error


def _change(text: str) -> tuple[str, Change]:
    from ..overrides import Change

    rule, _, answer = text.partition("=")
    code, _, message = answer.partition(":")
    if not code.isascii() or not code.isdigit():
        raise ValueError(f"{text!r} is not RULE=STATUS or RULE=STATUS:MESSAGE.")
    return rule, Change(code=int(code[:4]), message=message or None)


def _state(file: Path | None) -> Store:
    """Open the state in a file; in memory if there is none."""
    if file is None:
        from ..state.memory import Memory

        return Memory(remembered=1000)
    from ..state.sqlite import Sqlite

    return Sqlite(file)


def _clock(name: str, state: Store) -> Clock:
    """Return a named clock. A stepped clock resumes at the state's last instant."""
    from ..clock import POLL_SECONDS, START, FrozenClock, RealClock, SteppedClock

    if name in ("fast", "real"):
        return RealClock()
    clock = FrozenClock() if name == "frozen" else SteppedClock(poll_seconds=POLL_SECONDS)
    last = [each.created for each in state.newest(None, None, lambda _: True, 1)]
    clock.advance((max([START, state.time() or START, *last]) - START).total_seconds())
    return clock
