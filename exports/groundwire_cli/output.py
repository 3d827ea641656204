"""Data on stdout: a table, JSON lines, names or CSV."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import sys
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Any, Final, TypeAlias, cast

import click
from attrs import frozen

from .exit_codes import BROKEN_PIPE, UNWRITTEN

FORMATS: Final = ("table", "json", "names", "csv")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""Starts of a text that a spreadsheet would run."""
_STYLES: Final = {
    "SUCCEEDED": "green",
    "FAILED": "red",
    "REFUSED": "red",
    "HELD": "red",
    "CANCELLED": "yellow",
    "RUNNING": "cyan",
    "ACTIVE": "cyan",
}
Row: TypeAlias = Mapping[str, Any]


def plain(text: str) -> str:
    """Return a text in one line, with escapes for what a terminal would obey."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


@contextmanager
def written() -> Generator[None]:
    """End the command with its exit code when its output cannot be written."""
    try:
        yield
    except BrokenPipeError:
        _discard(sys.stdout)
        raise click.exceptions.Exit(BROKEN_PIPE) from None
    except OSError as error:
        _discard(sys.stdout)
        with suppress(OSError):
            click.echo(f"error: the output cannot be written: {error.strerror or error}", err=True)
        raise click.exceptions.Exit(UNWRITTEN) from None


def _discard(stream: IO[str] | None) -> None:
    """Lead a stream to nowhere: what it still holds would fail again when the process ends."""
    with suppress(OSError, ValueError):
        if stream is not None:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def _write(text: str) -> None:
    """Write a text to stdout, with `?` for characters that its encoding lacks."""
    with written():
        if sys.stdout is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        encoding = sys.stdout.encoding or "utf-8"
        click.echo(text.encode(encoding, "replace").decode(encoding), nl=False)


@frozen
class Output:
    """Writes rows to stdout in one of `FORMATS`."""

    form: str

    def rows(self, rows: Iterable[Row], *, name: str = "name", columns: Sequence[str] = ()) -> None:
        """Write rows. `name`: the member that `names` prints. `columns`: those of a table; JSON and CSV have all."""
        if self.form == "json":
            for row in rows:
                _write(f"{json.dumps(row)}\n")
        elif self.form == "names":
            for row in rows:
                if row[name]:
                    _write(f"{plain(str(row[name]))}\n")
        elif self.form == "csv":
            _write(_csv(list(rows)))
        else:
            _print_table(list(rows), columns)

    def line(self, row: Row, columns: Sequence[str]) -> None:
        """Write one row of many that come over time, at once and without a header."""
        if self.form == "table":
            _write("  ".join(plain(_cell(row[column])) for column in columns) + "\n")
        elif self.form == "csv":
            _write(_csv([row]).partition("\n")[2])
        else:
            self.rows([row])

    def value(self, value: Row, *, name: str = "name") -> None:
        """Write one value: in a table, a line for each member."""
        if self.form == "table":
            lines = [{"member": key, "value": each} for key, each in value.items()]
            _print_table(lines, ("member", "value"))
        else:
            self.rows([value], name=name)


def _csv(rows: list[Row]) -> str:
    if not rows:
        return ""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0])
    for row in rows:
        values = [_cell(each) for each in row.values()]
        writer.writerow([f"'{each}" if each.startswith(_FORMULA) else each for each in values])
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(map(str, cast("list[object]", value)))
    return json.dumps(value) if isinstance(value, dict) else str(value)


def _print_table(rows: Sequence[Row], columns: Sequence[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    shown = list(columns or (rows[0] if rows else ()))
    for column in shown:
        table.add_column(column.upper().replace("_", " "), overflow="fold")
    for row in rows:
        # Text, since labels and messages are the words of others: no markup in them counts.
        cells = [plain(_cell(row.get(column))) for column in shown]
        table.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in cells))
    console = Console(highlight=False)
    with console.capture() as printed:
        console.print(table)
    _write(printed.get())
