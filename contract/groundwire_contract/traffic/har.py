"""HAR 1.2, the format of browsers and proxies, as records.

Requests to other hosts than the API's or this machine are skipped, and so are CORS preflights.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import BinaryIO, Final

from groundwire_runtime.http import is_loopback, split_url

from ..exchange import JsonObject, JsonValue, Pairs
from .recording import Answer, Body, Record, UnreadableError, caller, parsed_json, split_target, text_of

HAR_LIMIT: Final = 256 * 1024 * 1024
"""Maximum bytes of a HAR file, which is read as a whole."""


def read_har(stream: BinaryIO, host: str, limit: int = HAR_LIMIT) -> Iterator[Record | None]:
    """Iterate over the entries of a HAR file; None for one that is not a call of the API at `host`. Raises
    UnreadableError."""
    text = stream.read(limit + 1)
    if len(text) > limit:
        raise UnreadableError(f"The HAR file has more than {limit} bytes.")
    try:
        root = parsed_json(text.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableError(f"Not UTF-8 at byte {error.start}.") from None
    log = root.get("log") if isinstance(root, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        raise UnreadableError("A HAR file has a list at `log.entries`.")
    for number, entry in enumerate(entries, 1):
        try:
            yield _record(entry, number, host)
        except UnreadableError as error:
            raise UnreadableError(f"entry {number}: {error.message}") from error


def _record(entry: JsonValue, number: int, host: str) -> Record | None:
    request = _object(_as_object(entry), "request")
    verb, url = text_of(request, "method"), text_of(request, "url")
    headers = _headers(request)
    if not _is_ours(url, host) or (
        verb == "OPTIONS" and any(name.lower() == "access-control-request-method" for name, _ in headers)
    ):
        return None
    path, query = split_target(url)
    body, length = _request_body(request)
    return Record(
        number=number,
        verb=verb,
        path=path,
        query=query,
        headers=headers,
        body=body,
        length=length,
        answer=_answer(_as_object(entry)),
        caller=caller(headers),
    )


def _is_ours(url: str, host: str) -> bool:
    """Return True for a URL of the API, of its `content-` alias, or of this machine."""
    try:
        asked = split_url(url).hostname or ""
    except ValueError as error:
        raise UnreadableError("The address of a request cannot be read.") from error
    return asked == host or asked.endswith(f"-{host}") or is_loopback(asked)


def _request_body(request: JsonObject) -> tuple[Body, int]:
    size = request.get("bodySize")
    length = size if isinstance(size, int) and size > 0 else 0
    if request.get("postData") is None:
        return (None if length else b""), length
    data = _object(request, "postData")
    if data.get("text") is None:
        return None, length
    body = text_of(data, "text").encode("utf-8", "surrogatepass")
    return body, max(length, len(body))


def _answer(entry: JsonObject) -> Answer | None:
    """Return the answer of an entry; status 0 means that none came."""
    response = _object(entry, "response")
    status = response.get("status")
    if not isinstance(status, int) or isinstance(status, bool):
        raise UnreadableError("`status` must be a whole number.")
    if status <= 0:
        return None
    content = response.get("content")
    text = content.get("text") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(text, str):
        return Answer(status=status)
    kind = content.get("mimeType")
    kind = kind if isinstance(kind, str) and kind else None
    if content.get("encoding") != "base64":
        return Answer(status=status, body=text.encode("utf-8", "surrogatepass"), content_type=kind)
    try:
        return Answer(status=status, body=base64.b64decode(text, validate=True), content_type=kind)
    except (binascii.Error, ValueError) as error:
        raise UnreadableError("The text of an answer is no base64.") from error


def _headers(request: JsonObject) -> Pairs:
    headers = request.get("headers", [])
    if not isinstance(headers, list):
        raise UnreadableError("`headers` must be a list.")
    return tuple((text_of(header, "name"), text_of(header, "value")) for header in map(_as_object, headers))


def _as_object(value: JsonValue) -> JsonObject:
    if not isinstance(value, dict):
        raise UnreadableError("An object is missing.")
    return value


def _object(holder: JsonObject, name: str) -> JsonObject:
    value = holder.get(name)
    if not isinstance(value, dict):
        raise UnreadableError(f"`{name}` must be an object.")
    return value
