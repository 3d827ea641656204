"""`groundwire exports start`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal

import click
from attrs import define, evolve, field
from groundwire import ExportImageRequest, Operation
from groundwire_exports import Export, QueueFull, start_export
from groundwire_exports.states import state_of
from groundwire_exports.watch import progress, wait_all
from groundwire_runtime.errors import (
    ApiError,
    GroundwireError,
    OperationTimeout,
    OutcomeUnknown,
    PermissionDenied,
    Unauthenticated,
)

from ..exit_codes import FAILED, SUCCEEDED, UNFINISHED, UNKNOWN, exit_code_of_states
from ..inputs.sources import read_exports
from ..operations.rows import COLUMNS, row_of
from ..seconds import Seconds
from ..session import Session, tell_error, with_global_options


@click.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--wait/--async", "waits", default=False, help="Wait for the end; --async, the default, does not."
)
@click.option("--timeout", type=Seconds(above=True), help="Seconds to wait; then exit code 3.")
@click.option("--request-id", help="Your own id: the same one starts nothing twice. For one export.")
@click.option(
    "--on-full", type=click.Choice(["raise", "wait"]), default="raise", help="What a full queue does."
)
@click.option("--template", help="FILE.py:FUNCTION that makes the request of a tile.")
@click.option("--key-field", help="Property or column with a tile's key.")
@with_global_options
def start(
    session: Session,
    file: Path,
    waits: bool,
    timeout: float | None,
    request_id: str | None,
    on_full: Literal["raise", "wait"],
    template: str | None,
    key_field: str | None,
) -> int:
    """Start the exports of FILE, each exactly once, and print their operations.

    FILE: a request as JSON or YAML, a folder of them, a script with exports(), or tiles (.geojson, .csv).
    """
    wanted = read_exports(file, template=template, key_field=key_field)
    if request_id is not None:
        if len(wanted) != 1:
            raise click.UsageError(f"--request-id is for one export, and {file} has {len(wanted)}.")
        wanted = [(wanted[0][0], evolve(wanted[0][1], request_id=request_id))]
    starts = _Starts(session=session, on_full=on_full, timeout=timeout)
    try:
        starts.run(wanted)
        return max(starts.code, starts.wait()) if waits and starts.exports else starts.code
    finally:
        # Also after an interrupt: what was started goes on.
        session.output.rows([row_of(export.operation) for export in starts.exports], columns=COLUMNS)


@define(kw_only=True)
class _Starts:
    """The starts of one command. `code` is the exit code so far."""

    session: Session
    on_full: Literal["raise", "wait"]
    timeout: float | None
    exports: list[Export] = field(factory=list[Export])
    code: int = SUCCEEDED

    def run(self, wanted: list[tuple[str, ExportImageRequest]]) -> None:
        """Start exports one after the other. A refusal is told, and the next one is started.

        Raises errors of the account, and those of calls that never left.
        """
        for key, request in wanted:
            try:
                described = request if request.description else evolve(request, description=key)
                timeout = self.timeout if self.on_full == "wait" else None
                export = start_export(self.session.client, described, on_full=self.on_full, timeout=timeout)
                self.exports.append(export)
            except QueueFull as error:
                self._tell(key, error, FAILED)
                left = len(wanted) - len(self.exports)
                self.session.tell(f"{left} not started; exports run with a --ledger waits for room")
                return
            except OutcomeUnknown as error:
                self._tell(key, error, UNKNOWN)
                self.session.tell(f"again with: --request-id {error.request_id}")
            except (PermissionDenied, Unauthenticated):
                raise
            except ApiError as error:
                self._tell(key, error, FAILED)

    def _tell(self, key: str, error: GroundwireError, code: int) -> None:
        tell_error(error, key)
        self.code = max(self.code, code)

    def wait(self) -> int:
        """Wait for all that were started, and return the exit code of their ends."""
        ended: tuple[Operation, ...]
        try:
            with progress() as shown:
                on_progress = None if self.session.options.quiet else shown
                ended = asyncio.run(
                    wait_all(self.session.client, self.exports, timeout=self.timeout, on_progress=on_progress)
                )
        except OperationTimeout as late:
            self.session.tell(late.message)
            return UNFINISHED
        return exit_code_of_states(map(state_of, ended))
