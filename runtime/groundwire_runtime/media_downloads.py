"""Calls that download a medium: its bytes, or a file that they go to, which continues where it was cut."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, Final, TypeVar, cast

from attrs import define, evolve, field, frozen

from .checksums import Digests, check, stated_in_headers
from .clock import Clock
from .downloads import SavedRequest, Target, part_size, written
from .errors import ArgumentError, ProtocolError, shortened
from .http import Described, RawBody, Request, Response
from .wrapped_method import WrappedMethod, extended

T = TypeVar("T")
_NAMES: Final = ("etag", "x-goog-generation", "x-goog-hash", "last-modified")
"""Headers that name the version of a medium, the best first."""
_TOTAL: Final = re.compile(r"bytes [\d*-]+/(\d{1,18})", re.ASCII)
_OTHER_BYTES: Final = "Download it again."


def downloading(
    method: Described[Any], byte_range: tuple[int, int | None] | None = None
) -> Described[RawBody]:
    """Return a method whose call downloads the medium of a resource in place of its JSON.

    `byte_range`: the first byte, from 0, and the last one, or None for all that follow. Raises ArgumentError.
    """
    if byte_range is None:
        return Downloading(method)
    first, last = byte_range if _is_pair(byte_range) else (-1, None)
    if not _is_count(first) or not (last is None or (_is_count(last) and last >= first)):
        raise ArgumentError(
            f"byte_range: expected the numbers of the first and the last byte, or None for the last, got {shortened(byte_range)}"
        )
    return Downloading(method, (first, last))


def _range(byte_range: tuple[int, int | None]) -> str:
    """Return the header that asks for a part."""
    first, last = byte_range
    return f"bytes={first}-{'' if last is None else last}"


def _is_pair(value: object) -> bool:
    return isinstance(value, tuple) and len(cast("tuple[object, ...]", value)) == 2


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


@frozen(kw_only=True)
class DownloadRequest(SavedRequest):
    """A request for a medium, or for a part of it."""

    first: int = 0
    last: int | None = None
    version: tuple[str, str] | None = None
    """Where it asks for the rest of a medium: the header and the value that name it; "" and the size where none does."""

    @property
    def is_part(self) -> bool:
        """True where the caller asked for some of the bytes."""
        return self.first > 0 or self.last is not None

    def save(self, send: Callable[[Request], Response], target: Target, clock: Clock) -> Response:
        """Write the medium to a file. Raises ChecksumError, and ProtocolError where it changed and cannot begin again."""
        hashed = _Hashed(target.file)
        target.file = cast("BinaryIO", hashed)

        def checked_send(request: Request) -> Response:
            response = _as_part(send(request), request)
            version = getattr(request, "version", None)
            if response.status != 206 or version is None or version in _versions(response):
                return response
            if response.stream is not None:
                response.stream.close()
            if self.is_part:
                raise ProtocolError(f"{self.method_id}: the medium changed while a part of it was read")
            return send(evolve(cast("DownloadRequest", request), headers=self._headers(), version=None))

        response = written(checked_send, self, target, clock, self.rest_of)
        self.check(response, hashed.digests)
        return response

    def check(self, response: Response, digests: Digests) -> None:
        """Compare the bytes with the checksums of an answer. Raises ChecksumError and ProtocolError."""
        if self.is_part and response.status != 206:
            raise ProtocolError(f"{self.method_id}: a part was asked for, and the service sent the whole")
        if not self.is_part:
            check(digests, stated_in_headers(response.headers), self.method_id, _OTHER_BYTES)

    def _headers(self) -> dict[str, str]:
        return {**self.headers, "accept-encoding": "identity"}

    def rest_of(self, request: Request, response: Response, size: int) -> Request | None:
        """Return the request for the rest of a medium."""
        versions = _versions(response)
        if self.verb != "GET" or not size or not versions or "content-encoding" in response.headers:
            return None
        name, value = versions[0]
        last = "" if self.last is None else self.last
        headers = {**request.headers, "range": f"bytes={self.first + size}-{last}"}
        # A weak ETag, or one without quotes as some services have, is no validator (RFC 9110 13.1.5).
        if name == "etag" and value.startswith('"'):
            headers["if-range"] = value
        return evolve(cast("DownloadRequest", request), headers=headers, version=versions[0])


def _as_part(response: Response, request: Request) -> Response:
    """Return a response with the status 206 where it has the part that was asked for under 200, as Google's testbench has it."""
    asked = request.headers.get("range", "").partition("-")[0].replace("=", " ")
    stated = response.headers.get("content-range", "")
    is_part = response.status == 200 and asked not in ("", "bytes 0") and stated.startswith(f"{asked}-")
    return evolve(response, status=206) if is_part else response


def _versions(response: Response) -> list[tuple[str, str]]:
    """Return what names the version of a medium; its size where nothing else does."""
    headers = response.headers
    named = [(name, headers[name]) for name in _NAMES if headers.get(name)]
    if named:
        return named
    found = _TOTAL.fullmatch(headers.get("content-range", ""))
    total = found[1] if found else headers.get("content-length", "") if response.status == 200 else ""
    return [("", total)] if total else []


@define(eq=False)
class _Hashed:
    """A file whose bytes are hashed while they are written."""

    file: BinaryIO
    digests: Digests = field(factory=Digests)

    def write(self, data: bytes) -> int:
        """Write bytes, some of them where the file takes no more."""
        count = cast("int | None", self.file.write(data))
        taken = data if count is None else data[:count]
        self.digests.update(taken, self.digests.size)
        return len(taken)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go back to the start of the medium."""
        self.digests.clear()
        return self.file.seek(offset, whence)

    def truncate(self) -> int:
        """Cut the file where it is."""
        return self.file.truncate()


@define(eq=False)
class Downloading(WrappedMethod[RawBody]):
    """A method whose call downloads a medium."""

    byte_range: tuple[int, int | None] | None = None

    def request(
        self, parameters: Mapping[str, object], body: object = None, *, codecs: Any, **facts: Any
    ) -> Request:
        """Return the request of the call. Raises ArgumentError."""
        request = self.method.request(parameters, body, codecs=codecs, **facts)
        first, last = self.byte_range or (0, None)
        asked = {} if self.byte_range is None else {"range": _range((first, last))}
        address, _, query = request.url.partition("?")
        # A parameter `alt` of the method's own would be there twice.
        kept = [pair for pair in query.split("&") if pair and not pair.startswith("alt=")]
        return extended(
            request,
            DownloadRequest,
            url=f"{address}?{'&'.join([*kept, 'alt=media'])}",
            headers={**request.headers, "accept": "*/*", **asked},
            first=first,
            last=last,
        )

    def answer(self, response: Response, codecs: Any) -> RawBody:
        """Return the bytes of an answer with their type. Raises ChecksumError and ProtocolError."""
        del codecs
        digests = Digests()
        digests.update(response.body, 0)
        if response.status != 206:
            check(digests, stated_in_headers(response.headers), self.id, _OTHER_BYTES)
        elif self.byte_range and part_size(response, _range(self.byte_range)) != len(response.body):
            raise ProtocolError(f"{self.id}: a part has another size than it states")
        if response.status != 206 and self.byte_range not in (None, (0, None)):
            raise ProtocolError(f"{self.id}: a part was asked for, and the service sent the whole")
        return RawBody.of(response)
