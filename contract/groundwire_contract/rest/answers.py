"""Answers that the document allows: its own examples, and what a test gives."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from groundwire_codegen.ir import Encoding
from groundwire_codegen.read.cursor import Cursor
from groundwire_codegen.read.openapi.references import Documents

from ..exchange import Reply
from ..given import MARK, AnswerError, Given
from .bodies import read_content
from .media import accepted, chosen, matches, media_type
from .multipart import MalformedError
from .operations import DescribedContent, DescribedResponse, Operation, below
from .schemas import flaws
from .views import View, view

EXAMPLE: Final = (("x-groundwire-example", "true"),)
"""Marks an answer as an example of the document."""
_NONE: Final = object()
_DEEPEST: Final = 8
_JSON: Final = (Encoding.JSON, Encoding.LINES)


def example(documents: Documents, operation: Operation, accept: str | None) -> Reply | None:
    """Return the document's own example of a success; None where it has none, or none that its schema allows."""
    success = operation.success
    if success is None:
        return None
    status = success.response.low
    if not success.contents:
        return Reply(status=status, body=b"", headers=EXAMPLE)
    for content in accepted(success.contents, accept):
        for value in _examples(documents, content):
            if content.content.encoding in _JSON and flaws(documents, content.schema, value, sent=False):
                continue
            if content.content.encoding not in _JSON and not isinstance(value, str):
                continue
            kind = _concrete(content)
            if kind is None:
                continue
            is_text = content.content.encoding not in _JSON
            body = (
                value.encode()
                if is_text
                else json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
            )
            return Reply(status=status, body=body, content_type=kind, headers=EXAMPLE)
    return None


def _concrete(content: DescribedContent) -> str | None:
    """Return a media type that a body may have; None for a range that has no usual one, such as `image/*`."""
    stated = content.content.media_type
    if "*" not in stated:
        return stated
    usual = "application/json" if content.content.encoding is Encoding.JSON else "application/octet-stream"
    return usual if matches(stated, usual) else None


def _examples(documents: Documents, content: DescribedContent) -> Iterator[Any]:
    """Yield the examples of a media type, then those of its schema, then one of the examples of its parts."""
    yield from _stated(documents, content.media)
    found = _of_schema(view(documents, content.schema), 0)
    if found is not _NONE:
        yield found


def _stated(documents: Documents, media: Cursor | None) -> Iterator[Any]:
    if media is None:
        return
    if "example" in media.value:
        yield media.value["example"]
    rows = below(media, "examples")
    for name in rows.value if rows is not None and isinstance(rows.value, dict) else ():
        node = below(rows, name)
        row = None if node is None or not isinstance(node.value, dict) else documents.resolve(node)
        if row is not None and isinstance(row.value, dict) and "value" in row.value:
            yield row.value["value"]


def _of_schema(seen: View, depth: int) -> Any:
    """Return the example that a schema states, or one that the examples of its parts make."""
    for node in seen.nodes:
        if "example" in node.value:
            return node.value["example"]
        stated = node.value.get("examples")
        if isinstance(stated, list) and stated:
            return stated[0]
    if depth >= _DEEPEST:
        return _NONE
    parts = {name: _of_schema(seen.below(nodes), depth + 1) for name, nodes in seen.properties.items()}
    found = {name: value for name, value in parts.items() if value is not _NONE}
    if found:
        return found
    item = _NONE if seen.is_free or "array" not in seen.kinds else _of_schema(seen.item(0), depth + 1)
    return _NONE if item is _NONE else [item]


def given_reply(documents: Documents, operation: Operation, given: Given, accept: str | None) -> Reply:
    """Return an answer of a test that the document allows. Raises AnswerError for any other."""
    id_ = operation.method.id
    status = given.status or (operation.success.response.low if operation.success is not None else 200)
    described = operation.response(status)
    if described is None:
        if status < 400:
            raise AnswerError(f"{id_} states no answer of status {status}: {_statuses(operation)}")
        # A description need not name every error that may occur (OpenAPI 3.1.1, 4.8.16).
        described_contents: tuple[DescribedContent, ...] = ()
        kind = given.content_type or ("application/json" if given.is_json else "application/octet-stream")
    else:
        described_contents = described.contents
        kind = _content_type(id_, described, given, accept)
    body = given.body or b""
    if described is not None and not described_contents and body not in (b"", b"null"):
        raise AnswerError(f"{id_} answers {status} without a body")
    if described_contents:
        _check(documents, operation, described_contents, given, kind)
    empty = not described_contents and body in (b"", b"null")
    return Reply(
        status=status, body=b"" if empty else body, content_type=kind, headers=(*MARK, *given.headers)
    )


def _statuses(operation: Operation) -> str:
    ranges = [each.response for each in operation.responses]
    return ", ".join(
        str(each.low) if each.low == each.high else f"{each.low} to {each.high}" for each in ranges
    )


def _content_type(id_: str, described: DescribedResponse, given: Given, accept: str | None) -> str:
    """Return the media type of an answer: the one given, else the first of its kind that the client accepts."""
    if given.content_type is not None:
        return given.content_type
    if not described.contents:
        return "application/json"
    wanted = accepted(described.contents, accept) or list(described.contents)
    fitting = [each for each in wanted if (each.content.encoding in _JSON) is given.is_json]
    if not fitting and given.is_json:
        # A text may stand for itself.
        fitting = [each for each in wanted if each.content.encoding is Encoding.TEXT]
    if not fitting:
        names = ", ".join(each.content.media_type for each in described.contents)
        raise AnswerError(
            f"{id_} answers with {names}: give {'bytes' if given.is_json else 'a value'}, or a content_type"
        )
    kind = _concrete(fitting[0])
    if kind is None:
        raise AnswerError(f"{id_} answers with {fitting[0].content.media_type}: give a content_type")
    return kind


def _check(
    documents: Documents,
    operation: Operation,
    contents: tuple[DescribedContent, ...],
    given: Given,
    kind: str,
) -> None:
    id_ = operation.method.id
    content = chosen(contents, kind)
    if content is None:
        names = ", ".join(each.content.media_type for each in contents)
        raise AnswerError(f"{id_} does not answer with {kind}: {names}")
    if given.body is None:
        raise AnswerError(f"{id_} answers with a body of {kind}: give a value")
    try:
        _, faults = read_content(documents, content, given.body, media_type(kind), sent=False)
    except MalformedError as error:
        raise AnswerError(f"{id_}: {error}") from error
    if faults:
        lines = [f"{fault.pointer or '/'}: {fault.message}" for fault in faults]
        raise AnswerError("\n".join([f"{id_} does not answer so:", *lines]))
