"""The page with the result of every document: docs/corpus.md."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from .examine import Examination

HEAD = (
    *("document", "methods", "types", "seconds", "messages", "requests", "as official", "pagers"),
    *("operations", "waited for", "faults"),
)
INTRODUCTION = """\
# Google's published documents, one by one

`nox -s corpus` writes this page. For each document that google-api-python-client ships it

* generates the client, and imports every module of it with warnings as errors;
* writes and reads each message, with no, some and all of its fields set to random values;
* calls each method with a value for every parameter, and compares verb, host, path, query, content type, body and API version with
  google-api-python-client's request for the same call;
* iterates over each Pager, over two made pages;
* starts to `wait` for the operation of each method that returns one, under a name or a link that fits the method, and follows it to its end.

`seconds` is the CPU time to generate. Where `as official` is less than `requests`, google-api-python-client has no such method: a resource
of the same name hides it. Where `waited for` is less than `operations`, no method of the document reads an operation again.
"""


def page(found: Sequence[Examination], left_out: int = 0) -> str:
    """Return the page, with its date and the versions of what it was made with."""
    date = datetime.now(tz=UTC).date().isoformat()
    official = version("google-api-python-client")
    said = f"{date}, Python {platform.python_version()}, google-api-python-client {official}, groundwire {version('groundwire')}."
    part = f" A part of the documents: {left_out} were left out." if left_out else ""
    lines = [INTRODUCTION, f"{said}{part}", ""]
    lines += [_row(HEAD), _row(["---", *["---:"] * (len(HEAD) - 1)]), _row(_total(found))]
    lines += [_row(cells(each)) for each in found]
    faults = [fault for each in found for fault in each.faults]
    if faults:
        lines += ["", "## Faults", ""]
        lines += [f"* `{fault.replace('`', ' ').splitlines()[0][:300]}`" for fault in faults]
    return "\n".join(lines) + "\n"


def cells(found: Examination) -> tuple[object, ...]:
    """The figures of one document."""
    return (found.name, *_figures(found))


def _figures(found: Examination) -> tuple[object, ...]:
    return (
        *(found.methods, found.types, round(found.seconds, 2), found.round_trips, found.requests),
        *(found.compared, found.pagers, found.operations, found.waits, len(found.faults)),
    )


def _total(found: Sequence[Examination]) -> list[object]:
    columns = zip(*map(_figures, found), strict=True)
    return [f"**{len(found)} documents**", *(round(sum(map(float, column)), 1) for column in columns)]


def _row(values: Sequence[object]) -> str:
    texts = (
        f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value) for value in values
    )
    return f"| {' | '.join(texts)} |"
