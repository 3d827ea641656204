"""Reports of a verification as text and JSON, written while records are read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from attrs import frozen

from ..exchange import JsonObject
from .recording import Record, UnreadableError
from .rest import RestVerifier
from .verify import Verifier
from .violation import Violation

Write: TypeAlias = Callable[[str], None]


@frozen(kw_only=True)
class Summary:
    """Counts of records, of skipped records (not calls of the API), and of violations.

    `unreadable` tells why the file could not be read to its end.
    """

    records: int = 0
    passed_over: int = 0
    violations: int = 0
    unreadable: UnreadableError | None = None

    @property
    def exit_code(self) -> int:
        """0 without violations, 1 with, or with no record at all; 2 for an unreadable file."""
        if self.unreadable is not None:
            return 2
        return 1 if self.violations or not self.records else 0

    @property
    def text(self) -> str:
        """The counts in words."""
        passed = f", {self.passed_over} passed over" if self.passed_over else ""
        nothing = "" if self.records or self.unreadable else ": nothing was verified"
        return (
            f"{_counted(self.records, 'record')}{passed}, {_counted(self.violations, 'violation')}{nothing}"
        )

    @property
    def json(self) -> JsonObject:
        """The counts, and where and why reading stopped early."""
        error = self.unreadable
        return {
            "records": self.records,
            "passed_over": self.passed_over,
            "unreadable": None if error is None else {"line": error.line, "message": error.message},
        }


class Verification:
    """An iterator over the violations of a file's records. The summary is complete after the last."""

    def __init__(self, records: Iterable[Record | None], verifier: Verifier | RestVerifier) -> None:
        self._records = records
        self._verifier = verifier
        self.summary = Summary()

    def __iter__(self) -> Iterator[Violation]:
        read = passed_over = violations = 0
        unreadable: UnreadableError | None = None
        try:
            for record in self._records:
                if record is None or record.is_preflight:
                    passed_over += 1
                    continue
                read += 1
                violations_here = self._verifier.violations(record)
                violations += len(violations_here)
                yield from violations_here
        except UnreadableError as error:
            unreadable = error
        self.summary = Summary(
            records=read, passed_over=passed_over, violations=violations, unreadable=unreadable
        )


def write_text(verification: Verification, write: Write) -> None:
    """Write three lines or more per violation, then the counts."""
    for violation in verification:
        write(violation.text + "\n")
    write(verification.summary.text + "\n")


def write_json(verification: Verification, write: Write) -> None:
    """Write one JSON object: `violations`, one per line, then `records`, `passed_over` and `unreadable`."""
    write('{"violations": [')
    between = "\n"
    for violation in verification:
        write(between + json.dumps(violation.json))
        between = ",\n"
    write(f"\n], {json.dumps(verification.summary.json).removeprefix('{')}\n")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
