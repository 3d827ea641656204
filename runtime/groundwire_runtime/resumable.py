"""Resumable uploads: begin a session, send chunks, and continue where the service stopped.

Source: https://developers.google.com/workspace/drive/api/guides/manage-uploads, https://cloud.google.com/storage/docs/resumable-uploads
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, cast
from urllib.parse import parse_qsl, urljoin, urlsplit

from attrs import define, evolve, field, frozen

from .auth import Anonymous, AuthTransport
from .errors import ApiError, GroundwireError, ProtocolError, TransportError
from .events import emit_retry
from .http import Request, Response, Transport, place, split_url
from .media import CHUNK, MediaFile, MediaRequest
from .retry import RetryTransport, next_delay
from .uploads import Upload

RESTARTS: Final = 3
"""Sessions after the first one that one call begins, where the service lost one."""
_UPLOAD_HOSTS: Final = ".googleapis.com"
_ENCRYPTION: Final = "x-goog-encryption-"
_RANGE: Final = re.compile(r"(?:bytes=)?0-(\d{1,18})", re.ASCII)
_ADDRESS: Final = re.compile(r"[!-~]{1,8192}", re.ASCII)


class UploadSessionError(GroundwireError):
    """The service ended the session of an upload (404, 410), and the upload cannot begin again by itself.

    `size` bytes were kept. `finished` is True where all bytes were sent: the service may have acted on them.
    """

    def __init__(self, message: str, *, size: int, finished: bool, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.size = size
        self.finished = finished


@frozen
class Chunk:
    """Bytes from an offset on; `total` is the size of the medium, None where it is not known yet."""

    body: bytes | Upload
    offset: int
    size: int
    total: int | None

    @property
    def content_range(self) -> str | None:
        """The header that says which bytes these are; None for a medium without any."""
        if self.size:
            last = self.offset + self.size - 1
            return f"bytes {self.offset}-{last}/{'*' if self.total is None else self.total}"
        return None if not self.total else f"bytes */{self.total}"


@frozen
class _Seekable:
    """The chunks of a medium of known size that can seek."""

    file: MediaFile
    chunk_size: int | None

    def at(self, offset: int) -> Chunk:
        """Return the chunk from an offset on."""
        total = self.file.length or 0
        size = min(self.chunk_size or total, total - offset)
        body = Upload([self.file.part(offset, size)]) if size else b""
        return Chunk(body, offset, size, total)


@define(eq=False)
class _Streamed:
    """The chunks of a medium that can be read once. The latest one is held, so that it can be sent again."""

    file: MediaFile
    chunk_size: int
    total: int | None = None
    _start: int = 0
    _held: bytearray = field(factory=bytearray)
    _pieces: Iterator[bytes] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._pieces = self.file.pieces()

    def at(self, offset: int) -> Chunk:
        """Return the chunk from an offset on. Raises ProtocolError for bytes that are gone."""
        if not self._start <= offset <= self._start + len(self._held):
            raise ProtocolError(
                "the service lost bytes of an upload that it had kept, and they cannot be read again"
            )
        del self._held[: offset - self._start]
        self._start = offset
        # The last chunk says how large the medium is: whether more follows has to be known.
        while self.total is None and len(self._held) <= self.chunk_size:
            piece = next(self._pieces, None)
            if piece is None:
                self.total = offset + len(self._held)
            else:
                self._held += piece
        size = min(self.chunk_size, len(self._held))
        return Chunk(bytes(self._held[:size]), offset, size, self.total)


@define(eq=False)
class _Session:
    """An upload in progress: the address that takes its bytes, and how many of them the service kept."""

    transport: Transport
    request: Request
    """A request to the address, without a body."""
    retry: RetryTransport
    chunks: _Seekable | _Streamed
    total: int | None
    kept: int = 0
    _furthest: int = 0
    """The end of the bytes that were sent at least once."""
    _most: int = 0
    """The most bytes that the service ever kept."""

    def send_all(self) -> Response:
        """Send every chunk, and return the answer to the last one. Raises UploadSessionError."""
        failures, asks = 0, False
        while True:
            chunk = Chunk(b"", self.kept, 0, self._total) if asks else self.chunks.at(self.kept)
            request = self._put(chunk, asks=asks)
            before = self.kept
            outcome = self._outcome(request)
            if isinstance(outcome, Response):
                return outcome
            if self.kept > self._most:
                failures, self._most = 0, self.kept
            elif self.kept <= before and (not asks or outcome is not None):
                failures += 1
                self._wait(request, outcome or self._stuck(), failures)
            asks = outcome is not None or (not asks and self.kept <= before)

    @property
    def _total(self) -> int | None:
        return self.chunks.total if isinstance(self.chunks, _Streamed) else self.total

    def _put(self, chunk: Chunk, *, asks: bool) -> Request:
        """Return the request that sends a chunk, or that asks how many bytes were kept."""
        self._furthest = max(self._furthest, chunk.offset + chunk.size)
        unknown = "*" if self._total is None else self._total
        stated = f"bytes */{unknown}" if asks else chunk.content_range
        headers = {**self.request.headers, **({} if stated is None else {"content-range": stated})}
        return evolve(self.request, headers=headers, body=chunk.body)

    def _outcome(self, request: Request) -> Response | GroundwireError | None:
        """Send a request. Return the answer that ends the upload, what failed, or None where it goes on."""
        try:
            response = self.transport.send(request)
        except TransportError as fault:
            return fault
        if 200 <= response.status < 300:
            return response
        if response.status == 308:
            self.kept = _kept(response, self._furthest)
            return None
        error = self.retry.error_of(response, request, self.retry.clock)
        if response.status in (404, 410):
            raise self._lost(error)
        return error

    def _wait(self, request: Request, error: GroundwireError, failures: int) -> None:
        """Wait as the policy says. Raises the error where it gives up."""
        delay = next_delay(failures, error, request, self.retry.clock)
        if delay is None:
            raise error
        emit_retry(request, error, delay)
        self.retry.clock.sleep(delay)

    def _stuck(self) -> TransportError:
        return TransportError(f"{self.request.method_id}: the service kept no more bytes", sent=True)

    def _lost(self, error: ApiError) -> UploadSessionError:
        finished = self._total is not None and self._furthest >= self._total
        lost = UploadSessionError(
            f"{self.request.method_id}: the service ended the upload after {self.kept} bytes ({error.http_status})",
            size=self.kept,
            finished=finished,
            hint="All bytes were sent: look for what the call creates before you upload again."
            if finished
            else "Upload again.",
        )
        lost.__cause__ = error
        return lost


@frozen
class ResumableTransport:
    """Sends an upload in a session; `retry` sends the request that begins it."""

    retry: RetryTransport

    def send(self, request: Request) -> Response:
        """Upload a medium. Raises UploadSessionError, TransportError, ApiError or AuthError."""
        upload = cast("MediaRequest", request)
        for left in reversed(range(RESTARTS + 1)):
            session = self._begun(upload)
            try:
                return session.send_all()
            except UploadSessionError as lost:
                if lost.finished or not left or not upload.media.rewinds:
                    raise
        raise AssertionError

    def _begun(self, upload: MediaRequest) -> _Session:
        """Begin a session. A session that nobody uses has no effect, so that it may be begun once more."""
        response = self.retry.send(evolve(upload, safe_to_retry=True))
        url, media = session_url(response, upload.url), upload.media
        transport = self.retry.inner
        left_out = {"content-type", "x-upload-content-type", "x-upload-content-length"}
        if _origin(url) != _origin(upload.url) and isinstance(transport, AuthTransport):
            # The address is a secret of its own; credentials go to the client's own origin alone.
            transport = evolve(transport, authorizer=Anonymous())
            left_out |= {name for name, text in upload.headers.items() if _is_credential(name, text, upload)}
        return _Session(
            transport=transport,
            request=evolve(
                upload,
                verb="PUT",
                url=url,
                headers={name: text for name, text in upload.headers.items() if name not in left_out},
                body=None,
                safe_to_retry=True,
                secrets=(*upload.secrets, *_secrets(url)),
            ),
            retry=self.retry,
            chunks=_Seekable(media, upload.chunk_size)
            if media.rewinds and media.length is not None
            else _Streamed(media, upload.chunk_size or CHUNK),
            total=media.length,
        )


def session_url(response: Response, start: str) -> str:
    """Return the address of a session. Raises ProtocolError for one at a host that is not to get the bytes.

    It is on the origin that was asked, or, for a service of Google's, on a host of Google's APIs.
    """
    location = response.headers.get("location", "")
    if not _ADDRESS.fullmatch(location):
        raise ProtocolError("the service began no upload session: it named no address for one")
    url = urljoin(start, location)
    scheme, host = place(url)
    own = place(start)[1]
    is_google = scheme == "https" and host.endswith(_UPLOAD_HOSTS) and own.endswith(_UPLOAD_HOSTS)
    if not host or (
        _origin(url) != _origin(start) and not (is_google and split_url(url).port in (None, 443))
    ):
        raise ProtocolError(
            f"the service named an upload session at another host, {host[:80]!r}; nothing was sent there"
        )
    return url


def _is_credential(name: str, text: str, request: Request) -> bool:
    """Return True for a header that is a secret, but for the key that the service encrypts the medium with."""
    return text in request.secrets and not name.startswith(_ENCRYPTION)


def _origin(url: str) -> tuple[str, str, int | None]:
    """Return the scheme, the host and the port of a URL."""
    scheme, host = place(url)
    port = split_url(url).port if host else None
    return scheme, host, port or {"http": 80, "https": 443}.get(scheme)


def _secrets(url: str) -> tuple[str, ...]:
    """Return what of an address is a secret: the id of the upload, else the whole query."""
    query = urlsplit(url).query
    ids = tuple(text for name, text in parse_qsl(query) if name == "upload_id")
    return ids or ((query,) if query else ())


def _kept(response: Response, furthest: int) -> int:
    """Return how many bytes a service kept. Raises ProtocolError for more than were sent."""
    text = response.headers.get("range")
    if text is None:
        return 0
    found = _RANGE.fullmatch(text.strip())
    if found is None or int(found[1]) >= furthest:
        raise ProtocolError("the service states that it kept bytes of an upload that were not sent")
    return int(found[1]) + 1
