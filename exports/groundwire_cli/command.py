"""The command `groundwire` and its groups."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Any

import click

from .exports.cancel import cancel as cancel_exports
from .exports.control import pause, resume, retry
from .exports.explain import explain
from .exports.run import run
from .exports.start import start
from .exports.status import report, status
from .operations.cancel import cancel
from .operations.list import describe, list_operations
from .operations.wait import wait, watch
from .output import written
from .session import Options, Session, with_root_options

_OF_OUTPUT = (errno.EPIPE, errno.ENOSPC)
"""Errors that only a write raises: of help, a version or a message."""


class _Root(click.Group):
    """The group of all commands. It ends them alike when nobody reads what they write."""

    def make_context(self, *given: Any, **others: Any) -> click.Context:
        context: click.Context = _ended(super().make_context, *given, **others)
        return context

    def invoke(self, ctx: click.Context) -> Any:
        return _ended(super().invoke, ctx)


def _ended(step: Callable[..., Any], *given: Any, **others: Any) -> Any:
    try:
        return step(*given, **others)
    except OSError as error:
        if error.errno not in _OF_OUTPUT:
            raise
        with written():
            raise


@click.group(cls=_Root)
@click.version_option(package_name="groundwire")
@with_root_options
@click.pass_context
def main(context: click.Context, options: Options) -> None:
    """Exports and operations of Earth Engine.

    Data goes to stdout, progress to stderr. Exit codes: 0 all succeeded, 1 some failed or were refused, 2 usage,
    3 some still run, 4 cannot know, 5 signed out or not allowed, 74 output cannot be written, 130 Ctrl-C,
    141 the reader of the output is gone.
    """
    session: Session = context.obj or Session()
    session.options = options
    context.obj = session


@main.group()
def exports() -> None:
    """Start exports, and run many of them from a ledger."""


@main.group()
def operations() -> None:
    """List, wait for and cancel operations."""


for each in (start, run, status, report, retry, cancel_exports, pause, resume, explain):
    exports.add_command(each)
for each in (list_operations, describe, wait, watch, cancel):
    operations.add_command(each)
