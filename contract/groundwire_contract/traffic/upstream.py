"""The service to which a recording proxy forwards requests. Only this module imports urllib3."""

from __future__ import annotations

import logging
import tempfile
from contextvars import ContextVar
from typing import IO, Final

import urllib3
from attrs import frozen
from groundwire_runtime.http import is_loopback, split_url
from groundwire_runtime.transport import proxy_for
from urllib3.util import SKIP_HEADER

from ..exchange import Pairs
from ..rules.refusals import PAYLOAD_LIMIT

ANSWER_LIMIT: Final = 1024 * 1024 * 1024
"""Maximum bytes of an answer; above the payload limit it is spooled to disk."""
_PIECE: Final = 65536
_CONNECTIONS: Final = 64
_TIMEOUT: Final = urllib3.Timeout(connect=10, read=600)
_HOP_BY_HOP: Final = frozenset(
    {
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te",
        "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip
"""Hop-by-hop headers (RFC 9110 7.6.1)."""
_OWN: Final = frozenset({"host", "content-length", "expect"})
"""Request headers that each connection sets itself."""


_SENDING: Final = ContextVar("_SENDING", default=False)


def _is_not_ours(_: logging.LogRecord) -> bool:
    """Drop urllib3's log records of forwarded requests: their request lines may hold secrets."""
    return not _SENDING.get()


logging.getLogger("urllib3.connectionpool").addFilter(_is_not_ours)


class UpstreamAddressError(ValueError):
    """An address to which requests must not be forwarded."""


class NoAnswerError(Exception):
    """The service gave no answer that can be returned."""


@frozen(kw_only=True)
class ForwardedAnswer:
    """An answer to return unchanged; the body is a file, open at its start."""

    status: int
    headers: Pairs
    body: IO[bytes]
    length: int


class Upstream:
    """A service at a URL: https, or http on this machine. Thread-safe."""

    def __init__(self, url: str) -> None:
        try:
            parts = split_url(url)
            parts.port  # noqa: B018 - raises for a port that is no number
        except ValueError as error:
            raise UpstreamAddressError(f"{url} is no address: {error}") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UpstreamAddressError(f"{url} is no http or https address.")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise UpstreamAddressError("The address takes no login, query or fragment.")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise UpstreamAddressError(f"{url} is not on this machine: credentials go there over https only.")
        self.url = url.rstrip("/")
        self._prefix = parts.path.rstrip("/")
        self._pool = _pool(url)

    def send(self, verb: str, target: str, headers: Pairs, body: IO[bytes], length: int) -> ForwardedAnswer:
        """Forward a request and read the whole answer. Raises NoAnswerError."""
        sent = urllib3.HTTPHeaderDict(dict.fromkeys(("accept-encoding", "user-agent"), SKIP_HEADER))
        for name in {name.lower() for name, _ in headers} & {*sent}:
            del sent[name]
        for name, value in end_to_end(headers):
            if name.lower() not in _OWN:
                sent.add(name, value)
        if length:
            sent["content-length"] = str(length)
        sending = _SENDING.set(True)
        try:
            response = self._pool.urlopen(
                verb,
                self._prefix + target,
                body=body if length else None,
                headers=sent,
                retries=False,
                redirect=False,
                timeout=_TIMEOUT,
                preload_content=False,
                decode_content=False,
            )
            return _read(response)
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise NoAnswerError(f"No answer from {self.url}: {error}") from error
        finally:
            _SENDING.reset(sending)


def end_to_end(headers: Pairs) -> Pairs:
    """Return headers without hop-by-hop headers and those that `connection` names."""
    named = {
        name.strip().lower()
        for key, value in headers
        if key.lower() == "connection"
        for name in value.split(",")
    }
    return tuple((name, value) for name, value in headers if name.lower() not in _HOP_BY_HOP | named)


def _read(response: urllib3.BaseHTTPResponse) -> ForwardedAnswer:
    body = tempfile.SpooledTemporaryFile[bytes](max_size=PAYLOAD_LIMIT)
    try:
        for piece in response.stream(_PIECE, decode_content=False):
            body.write(piece)
            if body.tell() > ANSWER_LIMIT:
                response.close()
                raise NoAnswerError(f"An answer of more than {ANSWER_LIMIT} bytes is not passed back.")
    except BaseException:
        body.close()
        raise
    response.release_conn()
    length = body.tell()
    body.seek(0)
    return ForwardedAnswer(
        status=response.status, headers=end_to_end(tuple(response.headers.items())), body=body, length=length
    )


def _pool(url: str) -> urllib3.HTTPConnectionPool:
    proxy = proxy_for(url)
    if proxy is None:
        return urllib3.connection_from_url(url, maxsize=_CONNECTIONS)
    login = {} if proxy.authorization is None else {"proxy-authorization": proxy.authorization}
    manager = urllib3.ProxyManager(proxy.url, proxy_headers=login, maxsize=_CONNECTIONS)
    return manager.connection_from_url(url)
