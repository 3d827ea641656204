"""Options that open a server to web pages and to the holders of a control token."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from ..server.admission import Admission
    from ..server.control_token import ControlToken

Command = TypeVar("Command", bound=Callable[..., Any])


def access(command: Command) -> Command:
    """Add `--allow-origin` and `--control-token` to a command."""
    command = click.option(
        "--control-token",
        metavar="TOKEN",
        envvar="GROUNDWIRE_CONTROL_TOKEN",
        show_envvar=True,
        callback=_token,
        help="Let holders of this token use /$contract/ and the page from other machines. Prefer the variable: other users of "
        "this machine can see options.",
    )(command)
    return click.option(
        "--allow-origin",
        multiple=True,
        metavar="ORIGIN",
        callback=_origins,
        help="Let web pages of this origin, such as http://localhost:3000, call the API (CORS); * is every origin. Repeatable.",
    )(command)


def admission_of(hosts: frozenset[str], origins: frozenset[str], token: ControlToken | None) -> Admission:
    """Return who is answered."""
    from ..server.admission import Admission

    return Admission(hosts=hosts, origins=origins, token=token)


def _origins(_: click.Context, __: click.Parameter, origins: tuple[str, ...]) -> frozenset[str]:
    from ..server.origins import parse_origin

    try:
        return frozenset(map(parse_origin, origins))
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _token(_: click.Context, __: click.Parameter, text: str | None) -> ControlToken | None:
    from ..server.control_token import ControlToken

    if text is None:
        return None
    try:
        return ControlToken(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
