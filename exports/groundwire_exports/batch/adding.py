"""Addition of exports to a ledger, in transactions of a few hundred."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, cast

from attrs import evolve
from groundwire_runtime.errors import ArgumentError, shortened

from ..arguments import sequence
from .ledger import Ledger
from .records import Entry
from .requests import check_digest, entry_of

_ADDED: Final = 200
"""Entries of one transaction."""


def add_entries(ledger: Ledger, uid: str, entries: Sequence[Entry]) -> None:
    """Add entries in one transaction. Raises ArgumentError for a key that has another request; then none is added."""
    now = ledger.now()
    wanted: dict[str, Entry] = {}
    for entry in entries:
        first = wanted.setdefault(entry.key, evolve(entry, created=now))
        check_digest(entry, first.digest)
    if not wanted:
        return
    digests = ledger.add(uid, list(wanted.values()))
    for entry in wanted.values():
        check_digest(entry, digests[entry.key])


def add_pairs(ledger: Ledger, uid: str, pairs: object) -> None:
    """Add the exports of pairs of a key and a request. What came before an error of the pairs is added."""
    chunk: list[Entry] = []
    try:
        for entry in _entries(pairs):
            chunk.append(entry)
            if len(chunk) == _ADDED:
                full, chunk = chunk, []
                add_entries(ledger, uid, full)
    except Exception:
        add_entries(ledger, uid, chunk)
        raise
    add_entries(ledger, uid, chunk)


def _is_source(pairs: object) -> bool:
    return isinstance(pairs, Iterable) and not isinstance(pairs, (str, bytes, Mapping))


def _entries(pairs: object) -> Iterator[Entry]:
    """Iterate over the entries of pairs. Raises ArgumentError for what is none."""
    hint = "Pass pairs: ((key, request_for(key)) for key in keys). Those of a dict are its items()."
    if not _is_source(pairs):
        raise ArgumentError(
            f"requests: expected pairs of a key and a request, got {shortened(pairs)}", hint=hint
        )
    for number, pair in enumerate(cast("Iterable[object]", pairs), 1):
        two = sequence(pair)
        if len(two) != 2:
            raise ArgumentError(
                f"requests: expected a key and a request as number {number}, got {shortened(pair)}", hint=hint
            )
        yield entry_of(*two)
