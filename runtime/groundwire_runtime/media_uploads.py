"""Calls that upload a medium: alone (simple), behind its JSON (multipart/related, RFC 2387), or by the resumable protocol."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar, cast
from urllib.parse import urljoin

from attrs import define, frozen

from .checksums import check, stated_in_headers, stated_in_resource
from .errors import ArgumentError, shortened
from .http import BodySource, CallState, Described, Request, Response, Transport
from .media import SMALL, MediaFile, MediaRequest, MediaUpload, ProgressError
from .resumable import ResumableTransport
from .retry import RetryTransport
from .uploads import Upload
from .wrapped_method import WrappedMethod, extended

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")
_OTHER_BYTES: Final = (
    "The service holds other bytes than were sent: remove what the call created, and upload again."
)


def uploading(
    method: Described[T],
    media: MediaUpload | None,
    *,
    service_path: str,
    resumable: bool = False,
    accept: Sequence[str] = (),
    max_size: int | None = None,
) -> Described[T]:
    """Return a method whose call uploads a medium besides; the method itself without one. Raises ArgumentError.

    `service_path` is what its base URL has behind the root. `accept` and `max_size` (bytes) are what the document states.
    """
    if media is None:
        return method
    if not isinstance(cast("object", media), MediaUpload):
        raise ArgumentError(
            f"media: expected a MediaUpload, got {shortened(media)}",
            hint='Write MediaUpload("cat.png").',
        )
    if media.resumable and not resumable:
        raise ArgumentError(f"media: {method.id} has no resumable uploads", hint="Leave `resumable` out.")
    return Uploading(method, media, service_path, resumable, tuple(accept), max_size)


def _whole(transport: Transport) -> Transport:
    """Return a transport that sends an upload in one request."""
    return _Checked(transport)


def _resumable(transport: Transport) -> Transport:
    """Return a transport that sends all requests of a resumable upload."""
    return _Checked(ResumableTransport(cast("RetryTransport", transport)))


@frozen
class _Checked:
    """A transport that compares the checksums of an upload with those in its answer."""

    inner: Transport

    def send(self, request: Request) -> Response:
        """Send a request. Raises ChecksumError, and what `on_progress` raises."""
        try:
            response = self.inner.send(request)
        except ProgressError as stopped:
            error = stopped.error
        else:
            if isinstance(request, MediaRequest):
                stated = {**stated_in_resource(response.body), **stated_in_headers(response.headers)}
                check(request.media.sent.digests, stated, request.method_id, _OTHER_BYTES)
            return response
        raise error


@define(eq=False)
class Uploading(WrappedMethod[T_co]):
    """A method whose call uploads a medium."""

    media: MediaUpload
    service_path: str
    resumable: bool
    accept: tuple[str, ...]
    max_size: int | None

    def request(
        self, parameters: Mapping[str, object], body: object = None, *, codecs: Any, **facts: Any
    ) -> Request:
        """Return the request of the call. Without a body the medium travels alone. Raises ArgumentError."""
        type_: Callable[[], object] | None = getattr(self.method, "request_type", None)
        is_alone = body is None and type_ is not None
        sample = type_() if is_alone and type_ is not None else body
        request = self.method.request(parameters, sample, codecs=codecs, **facts)
        content_type, file = self.media.type_for(self.accept), MediaFile.of(self.media)
        if self.max_size is not None and file.length is not None and file.length > self.max_size:
            raise ArgumentError(
                f"media: {file.length:,} bytes are more than the {self.max_size:,} that {self.id} takes"
            )
        is_large = file.length is None or file.length > SMALL
        resumable = self.resumable and (is_large if self.media.resumable is None else self.media.resumable)
        metadata = None if is_alone else request.body
        if resumable:
            protocol, stated, sent = "resumable", _start_headers(content_type, file, metadata), metadata
        elif metadata is None:
            protocol, stated, sent = "media", {"content-type": content_type}, Upload([file])
        else:
            protocol, stated, sent = "multipart", *_multipart(metadata, file, content_type, request.call)
        plain = {name: text for name, text in request.headers.items() if name != "content-type"}
        return extended(
            request,
            MediaRequest,
            url=upload_url(request.url, facts["base_url"], self.service_path, protocol),
            headers={**plain, **stated},
            body=sent,
            media=file,
            chunk_size=self.media.chunk_size,
            over=_resumable if resumable else _whole,
        )


def upload_url(url: str, base_url: str, service_path: str, protocol: str) -> str:
    """Return the address of an upload: `upload/` is between the root and the service's own path.

    An endpoint that does not end with the service's path is the root of a host of its own.
    """
    separator = "&" if "?" in url else "?"
    below = url.removeprefix(base_url)
    root = base_url.removesuffix(service_path) if base_url.endswith(f"/{service_path}") else ""
    if not service_path:
        root = base_url
    return f"{root or urljoin(base_url, '/')}upload/{service_path}{below}{separator}uploadType={protocol}"


def _start_headers(content_type: str, file: MediaFile, metadata: object) -> dict[str, str]:
    return {
        **({} if metadata is None else {"content-type": "application/json"}),
        "x-upload-content-type": content_type,
        **({} if file.length is None else {"x-upload-content-length": str(file.length)}),
    }


def _multipart(
    metadata: bytes | BodySource, file: MediaFile, content_type: str, call: CallState
) -> tuple[dict[str, str], Upload]:
    """Return the headers and the body of two parts: the JSON, then the medium."""
    boundary = f"part_{call.new_id()}"
    json = metadata if isinstance(metadata, bytes) else b"".join(metadata)
    head = (
        f"--{boundary}\r\ncontent-type: application/json\r\n\r\n".encode()
        + json
        + f"\r\n--{boundary}\r\ncontent-type: {content_type}\r\ncontent-transfer-encoding: binary\r\n\r\n".encode()
    )
    tail = f"\r\n--{boundary}--\r\n".encode()
    return {"content-type": f'multipart/related; boundary="{boundary}"'}, Upload([head, file, tail])
