"""Read the requests of uploads: a medium alone, two parts, and the requests of a session."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Final

from attrs import evolve, frozen
from groundwire_codegen.ir import Method, media_size

from ..exchange import Exchange, Reply
from ..front import ParsedRequest
from ..rest.media import matches, media_type
from ..rest.multipart import MalformedError
from ..rules.error_bodies import Refusal, invalid_argument
from .checksums import checksum_refusal
from .related import related_parts
from .routes import UploadRoute, UploadRoutes
from .sessions import ID, Session, Sessions

UNIT: Final = 256 * 1024
"""A chunk is a multiple of these bytes, but for the last one."""
MEDIA_LIMIT: Final = 64 * 1024 * 1024
"""Bytes of a medium, and of a body that has one."""
_RANGE: Final = re.compile(r"bytes (?:(\d{1,18})-(\d{1,18})|\*)/(\d{1,18}|\*)", re.ASCII)
_LENGTH: Final = re.compile(r"\d{1,18}", re.ASCII)
_OWN: Final = ("uploadType", ID)
Read = Callable[[Exchange], ParsedRequest]
"""Reads a request with the metadata of an upload as its body."""


@frozen(eq=False)
class Uploads:
    """The uploads of an API: their routes and sessions."""

    routes: UploadRoutes
    sessions: Sessions

    def find(self, exchange: Exchange) -> UploadRoute | Reply | None:
        """Return the route of a request of an upload, or the refusal of one of an unknown session; None for any other request."""
        if any(name == ID for name, _ in exchange.query):
            session = self.sessions.of(exchange)
            if session is not None and exchange.verb == "PUT":
                return session.route
            known = any(self.routes.find(verb, exchange.path) for verb in ("POST", "PUT", "PATCH"))
            message = "There is no such upload session: begin again."
            return (
                Refusal(rule="upload-session-unknown", code=404, message=message).reply() if known else None
            )
        return self.routes.find(exchange.verb, exchange.path)

    def read(
        self, exchange: Exchange, route: UploadRoute, read: Read, relaxed: Collection[str]
    ) -> ParsedRequest:
        """Read a request of an upload; `read` reads its metadata. Rules in `relaxed` are not enforced."""
        if exchange.length > MEDIA_LIMIT:
            return _refused(_too_large(MEDIA_LIMIT))
        session = self.sessions.of(exchange)
        if session is not None:
            return self._continued(exchange, session, relaxed)
        protocol = dict(exchange.query).get("uploadType", "")
        if protocol not in route.protocols:
            known = ", ".join(route.protocols)
            message = f"Upload requests must include an uploadType URL parameter: {known}."
            return _refused(invalid_argument("upload-type", message))
        if protocol == "resumable":
            return self._begun(exchange, route, read, relaxed)
        return (
            _whole(exchange, route.method, read, relaxed)
            if protocol == "media"
            else _two(exchange, route.method, read, relaxed)
        )

    def _begun(
        self, exchange: Exchange, route: UploadRoute, read: Read, relaxed: Collection[str]
    ) -> ParsedRequest:
        """Begin a session: the answer has its address."""
        kind = exchange.headers.get("x-upload-content-type", "")
        stated = exchange.headers.get("x-upload-content-length")
        if stated is not None and not _LENGTH.fullmatch(stated):
            message = f"X-Upload-Content-Length is no number of bytes: {stated[:40]!r}."
            return _refused(invalid_argument("upload-range", message))
        total = None if stated is None else int(stated)
        refusal = _type_refusal(route.method, kind, relaxed) if kind else None
        refusal = refusal or (None if total is None else _size_refusal(route.method, total, relaxed))
        if refusal is not None:
            return _refused(refusal)
        begun = read(_metadata(exchange, exchange.body, exchange.headers.get("content-type")))
        if begun.refusal is not None:
            return begun
        session = Session(path=exchange.path, route=route, begun=begun, media_type=kind, total=total)
        id_ = self.sessions.begin(session)
        host = exchange.headers.get("host")
        origin = "" if host is None else f"http://{host}"
        address = f"{origin}{exchange.path}?{exchange.raw_query or 'uploadType=resumable'}&{ID}={id_}"
        headers = (("location", address), ("x-guploader-uploadid", id_))
        return evolve(begun, reply=Reply(status=200, body=b"", content_type="text/plain", headers=headers))

    def _continued(self, exchange: Exchange, session: Session, relaxed: Collection[str]) -> ParsedRequest:
        """Take the bytes of a request of a session: the last ones make a request of the method."""
        with self.sessions.lock:
            if session.reply is not None:
                return ParsedRequest(caller=session.begun.caller, reply=session.reply)
            refusal = _take(exchange, session, self.sessions, relaxed)
            if refusal is not None:
                return evolve(session.begun, request=None, sent=b"", refusal=refusal)
            if session.total != len(session.kept):
                return ParsedRequest(
                    caller=session.begun.caller, reply=_incomplete(exchange, len(session.kept))
                )
            medium = bytes(session.kept)
        # Not under the lock: checksums of a large medium take seconds, and others ask for their sessions.
        kind = session.media_type or exchange.headers.get("content-type", "application/octet-stream")
        return _with_medium(session.begun, medium, kind, exchange, relaxed)


def _take(
    exchange: Exchange, session: Session, sessions: Sessions, relaxed: Collection[str]
) -> Refusal | None:
    """Keep the bytes of a request; return the refusal of one that breaks the rules of chunks, which keeps none."""
    size, kept = len(exchange.body), len(session.kept)
    stated = exchange.headers.get("content-range", f"bytes 0-{size - 1}/{size}" if size else "bytes */0")
    found = _RANGE.fullmatch(stated)
    if found is None:
        return _range(f"Content-Range is no range of bytes: {stated[:80]!r}.")
    total = None if found[3] == "*" else int(found[3])
    if total is not None and session.total not in (None, total):
        return _range(f"The upload has {session.total} bytes, and Content-Range states {total}.")
    total = session.total if total is None else total
    if total is not None and (refusal := _size_refusal(session.route.method, total, relaxed)) is not None:
        return refusal
    if found[1] is None:
        if size:
            return _range("A request that asks for the state of an upload has no body.")
        # A stated size of what was kept ends an upload whose size was unknown.
        session.total = total
        return None
    first, last = int(found[1]), int(found[2])
    if last - first + 1 != size:
        return _range(f"Content-Range states {last - first + 1} bytes, and {size} came.")
    if first != kept:
        return _range(f"{kept} bytes are kept, and bytes from {first} on came.")
    if total is not None and last >= total:
        return _range(f"The upload has {total} bytes, and byte {last} came.")
    if last + 1 != total and size % UNIT:
        return _range(f"A chunk has a multiple of {UNIT} bytes (256 KiB), but for the last one: {size} came.")
    if kept + size > MEDIA_LIMIT:
        return _too_large(MEDIA_LIMIT)
    session.total = total
    sessions.keep(session, exchange.body)
    return None


def _incomplete(exchange: Exchange, kept: int) -> Reply:
    """Return the answer to a chunk that is not the last: 308, or 200 for clients whose transport follows a 308.

    Source: google-api-go-client, gensupport/resumable.go.
    """
    found = (("range", f"bytes=0-{kept - 1}"),) if kept else ()
    if exchange.headers.get("x-guploader-no-308") != "yes":
        return Reply(status=308, body=b"", content_type="text/plain", headers=found)
    override = ("x-http-status-code-override", "308")
    return Reply(status=200, body=b"", content_type="text/plain", headers=(*found, override))


def _whole(exchange: Exchange, method: Method, read: Read, relaxed: Collection[str]) -> ParsedRequest:
    """Read a medium that travels alone."""
    kind = exchange.headers.get("content-type", "")
    return _checked(exchange, method, read(_metadata(exchange, b"", None)), exchange.body, kind, relaxed)


def _two(exchange: Exchange, method: Method, read: Read, relaxed: Collection[str]) -> ParsedRequest:
    """Read a medium behind its metadata."""
    try:
        first, second = related_parts(exchange.body, exchange.headers.get("content-type", ""))
    except MalformedError as error:
        return _refused(invalid_argument("upload-parts", f"Malformed multipart body: {error}."))
    parsed = read(_metadata(exchange, first.content, first.headers.get("content-type")))
    headers = {
        **exchange.headers,
        **{each: second.headers[each] for each in ("content-md5",) if each in second.headers},
    }
    with_headers = evolve(exchange, headers=headers)
    kind = second.headers.get("content-type", "")
    return _checked(with_headers, method, parsed, second.content, kind, relaxed)


def _checked(
    exchange: Exchange,
    method: Method,
    parsed: ParsedRequest,
    medium: bytes,
    kind: str,
    relaxed: Collection[str],
) -> ParsedRequest:
    refusal = (
        parsed.refusal or _type_refusal(method, kind, relaxed) or _size_refusal(method, len(medium), relaxed)
    )
    if refusal is not None:
        return evolve(parsed, refusal=refusal)
    return _with_medium(parsed, medium, kind, exchange, relaxed)


def _with_medium(
    parsed: ParsedRequest, medium: bytes, kind: str, exchange: Exchange, relaxed: Collection[str]
) -> ParsedRequest:
    """Return the request of a method with its medium, held to the checksums that it states."""
    is_checked = "upload-checksum" not in relaxed
    refusal = checksum_refusal(medium, parsed.body, exchange.headers) if is_checked else None
    made = parsed.request
    request = None if made is None else lambda: evolve(made(), media=medium, media_type=kind)
    return evolve(parsed, request=request, refusal=refusal)


def _metadata(exchange: Exchange, body: bytes, content_type: str | None) -> Exchange:
    """Return the request that has the metadata of an upload alone."""
    headers = {name: text for name, text in exchange.headers.items() if name != "content-type"}
    if content_type is not None:
        headers["content-type"] = content_type
    query = tuple((name, text) for name, text in exchange.query if name not in _OWN)
    return evolve(exchange, body=body, length=len(body), headers=headers, query=query)


def _type_refusal(method: Method, kind: str, relaxed: Collection[str]) -> Refusal | None:
    if "upload-media-type" in relaxed:
        return None
    accept = () if method.media is None else method.media.accept
    name = media_type(kind).name
    if name and (not accept or any(matches(media_type(each).name, name) for each in accept)):
        return None
    known = ", ".join(accept or ("*/*",))
    message = f"Media type '{name[:100]}' is not supported. Valid media types: [{known}]"
    return invalid_argument("upload-media-type", message)


def _size_refusal(method: Method, size: int, relaxed: Collection[str]) -> Refusal | None:
    most = None if method.media is None else media_size(method.media.max_size)
    return None if most is None or size <= most or "upload-size" in relaxed else _too_large(most)


def _too_large(most: int) -> Refusal:
    return Refusal(rule="upload-size", code=413, message=f"The upload is larger than {most} bytes.")


def _range(message: str) -> Refusal:
    return invalid_argument("upload-range", message)


def _refused(refusal: Refusal) -> ParsedRequest:
    return ParsedRequest(refusal=refusal)
