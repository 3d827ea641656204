"""Global options, and what follows from them: a client, an output, a log on stderr."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, Protocol, TypeAlias

import click
import groundwire as gw
from attrs import define, evolve, field, frozen
from groundwire_runtime.errors import GroundwireError

from .exit_codes import INTERRUPTED, exit_code_of
from .output import FORMATS, Output, plain


class MakeClient(Protocol):
    """Makes a client; tests pass another one."""

    def __call__(self, *, project: str, endpoint: str | None, credentials: Any) -> gw.Client:
        """Return a client."""
        ...


@frozen(kw_only=True)
class Options:
    """Global options, from before or behind the command's name."""

    project: str | None = None
    endpoint: str | None = None
    credentials: str | None = None
    form: str | None = None
    quiet: bool = False
    verbose: int = 0

    def over(self, others: Options) -> Options:
        """Return these options, with `others` for those that are not given."""
        return Options(
            project=self.project or others.project,
            endpoint=self.endpoint or others.endpoint,
            credentials=self.credentials or others.credentials,
            form=self.form or others.form,
            quiet=self.quiet or others.quiet,
            verbose=max(self.verbose, others.verbose),
        )


def make_client(*, project: str, endpoint: str | None, credentials: Any) -> gw.Client:
    """Return a client of Earth Engine."""
    if endpoint is None:
        return gw.Client(project=project, credentials=credentials)
    return gw.Client(project=project, credentials=credentials, endpoint=endpoint)


@define
class Session:
    """A run of the command."""

    options: Options = field(factory=Options)
    make: MakeClient = make_client
    _client: gw.Client | None = field(default=None, init=False)

    @property
    def client(self) -> gw.Client:
        """The client, made when it is first used. Raises UsageError without a project, and ArgumentError."""
        if self._client is None:
            if not self.options.project:
                raise click.UsageError("No project: pass --project, or set GOOGLE_CLOUD_PROJECT.")
            self._client = self.make(
                project=self.options.project,
                endpoint=self.options.endpoint,
                credentials=_credentials(self.options.credentials),
            )
        return self._client

    @property
    def output(self) -> Output:
        """Where data goes."""
        return Output(form=self.options.form or ("table" if sys.stdout and sys.stdout.isatty() else "json"))

    def tell(self, text: str) -> None:
        """Write a sentence to stderr, unless --quiet."""
        if not self.options.quiet:
            click.echo(plain(text), err=True)


def _credentials(text: str | None) -> Any:
    if text == "earthengine":
        return gw.credentials.earthengine()
    return gw.credentials.anonymous() if text == "none" else text


_OPTIONS: Final = (
    click.option("--project", "-p", help="Google Cloud project [GOOGLE_CLOUD_PROJECT]."),
    click.option("--endpoint", help="URL of a server that stands for Earth Engine [GROUNDWIRE_ENDPOINT]."),
    click.option(
        "--credentials",
        help="A credentials file, or `earthengine` for that of `earthengine authenticate`, or `none`."
        " Default: application default credentials.",
    ),
    click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        help="Default: table on a terminal, JSON lines in a pipe.",
    ),
    click.option("--quiet", "-q", is_flag=True, help="No progress on stderr."),
    click.option("--verbose", "-v", count=True, help="Log calls on stderr; -vv logs requests and polls."),
)
Command: TypeAlias = Callable[..., Any]


def with_global_options(command: Command) -> Command:
    """Add the global options to a command, and pass it the session first. It returns its exit code.

    An error becomes a message on stderr and its exit code.
    """

    @wraps(command)
    def run(
        project: str | None,
        endpoint: str | None,
        credentials: str | None,
        form: str | None,
        quiet: bool,
        verbose: int,
        **given: Any,
    ) -> None:
        context = click.get_current_context()
        session: Session = context.obj
        own = Options(
            project=project,
            endpoint=endpoint,
            credentials=credentials,
            form=form,
            quiet=quiet,
            verbose=verbose,
        )
        session = evolve(session, options=own.over(session.options))
        context.with_resource(_LogOnStderr(session.options))
        context.exit(_reported(lambda: command(session, **given)))

    for option in reversed(_OPTIONS):
        run = option(run)
    return run


def with_root_options(group: Command) -> Command:
    """Add the global options to the root, with the environment as default, and pass them as `options`."""

    @wraps(group)
    def run(*given: Any, project: str | None, endpoint: str | None, **others: Any) -> Any:
        names = ("credentials", "form", "quiet", "verbose")
        options = Options(
            project=project or os.environ.get("GOOGLE_CLOUD_PROJECT"),
            endpoint=endpoint or os.environ.get("GROUNDWIRE_ENDPOINT"),
            **{name: others.pop(name) for name in names},
        )
        return group(*given, options=options, **others)

    for option in reversed(_OPTIONS):
        run = option(run)
    return run


def _reported(command: Callable[[], int | None]) -> int:
    """Run a command, and return its exit code. An error is written to stderr."""
    try:
        return command() or 0
    except KeyboardInterrupt as interrupt:
        notes = getattr(interrupt, "__notes__", ())
        click.echo("interrupted" + "".join(f"; {plain(note)}" for note in notes), err=True)
        return INTERRUPTED
    except click.Abort:
        click.echo("interrupted; nothing was done", err=True)
        return INTERRUPTED
    except GroundwireError as error:
        tell_error(error)
        return exit_code_of(error)


def tell_error(error: GroundwireError, place: str = "") -> None:
    """Write an error with its hint and notes to stderr."""
    where = f"{place}: " if place else ""
    click.echo(f"error: {plain(f'{where}{error.message}')}", err=True)
    if error.hint:
        click.echo(f"  {plain(error.hint)}", err=True)
    for note in getattr(error, "__notes__", ()):
        click.echo(f"  {plain(note)}", err=True)


class _LogOnStderr:
    """Writes the log to stderr while a command runs: progress and failures, with -v each call, with -vv each send."""

    def __init__(self, options: Options) -> None:
        calls = (logging.WARNING, logging.INFO, logging.DEBUG)[min(options.verbose, 2)]
        self._levels = {
            logging.getLogger("groundwire"): calls,
            logging.getLogger("groundwire.exports"): logging.ERROR if options.quiet else logging.INFO,
        }
        self._before = {logger: logger.level for logger in self._levels}
        self._handler = logging.StreamHandler(sys.stderr)
        self._handler.setFormatter(_Plain())

    def __enter__(self) -> None:
        logging.getLogger("groundwire").addHandler(self._handler)
        for logger, level in self._levels.items():
            logger.setLevel(level)

    def __exit__(self, *_: object) -> None:
        logging.getLogger("groundwire").removeHandler(self._handler)
        for logger, level in self._before.items():
            logger.setLevel(level)


class _Plain(logging.Formatter):
    """Formats records without characters that a terminal obeys: messages repeat what others wrote."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, or several for a traceback. Warnings and errors have their level in front."""
        text = "\n".join(map(plain, super().format(record).split("\n")))
        return f"{record.levelname.lower()}: {text}" if record.levelno > logging.INFO else text
