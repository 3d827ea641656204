"""Links of an answer to the next page: in its body (STAC, OGC APIs, HAL), or in the header `Link` (RFC 8288)."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urldefrag, urljoin

from attrs import field, frozen

from .errors import ArgumentError, ProtocolError, shortened
from .http import place, split_url
from .wire_paths import plain, value_at

if TYPE_CHECKING:
    from .codec import Codecs

NEXT: Final = "next"
"""The relation of the next page (RFC 8288, RFC 5005)."""
_VERBS: Final = ("GET", "POST")
_QUOTED: Final = r'"((?:[^"\\]|\\.)*+)"'
_PARAMETER: Final = re.compile(rf"\s*+;\s*+([^\s=;,\"]++)(?:\s*+=\s*+(?:{_QUOTED}|([^\s;,\"]*+)))?+")
_ITEM: Final = re.compile(rf"\s*+<([^>]*+)>((?:{_PARAMETER.pattern})*+)\s*+(?:,|$)")
_MAX_HEADER: Final = 16_384
"""Characters of a header that are read."""
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f\\]")
_KEPT: Final = "!#$%&'()*+,/:;=?@[]~"
_PORTS: Final = {"https": 443, "http": 80}


@frozen
class Link:
    """A link to a page. `body` is plain JSON; with `merge`, it and the headers are laid over those of the first request."""

    url: str = field(repr=False)
    verb: str = "GET"
    body: Any = field(default=None, eq=json.dumps, repr=False)
    headers: Mapping[str, str] = field(factory=dict[str, str], repr=False)
    merge: bool = False

    def __hash__(self) -> int:
        return hash((self.url, self.verb))


def origin(url: str) -> tuple[str, str, int | None]:
    """Return the scheme, the host and the port of a URL (RFC 6454). Raises ValueError where two readers may differ on it."""
    scheme, host = place(url)
    if not host or scheme not in _PORTS:
        raise ValueError("no URL of a host")
    return scheme, host, split_url(url).port or _PORTS[scheme]


def followed(link: Link, base: str) -> str:
    """Return the URL of a link that was found at `base`, which has its origin. Raises ProtocolError for any other."""
    try:
        if _UNSAFE.search(link.url):
            raise ValueError("a control character or a backslash")
        url = urldefrag(urljoin(base, quote(link.url.strip(), safe=_KEPT)))[0]
        target, own = origin(url), origin(base)
    except ValueError as error:
        raise ProtocolError(f"the link of an answer is not followed: {error}") from None
    if target != own:
        raise ProtocolError(
            f"the link of an answer is not followed: it leads to {_shown(target)}, the client uses {_shown(own)}",
            hint="Credentials stay on the client's origin. If both are the service, use the one that it names: "
            "Client(endpoint=...).",
        )
    return url


def _shown(target: tuple[str, str, int | None]) -> str:
    scheme, host, port = target
    return f"{scheme}://{host[:255]}{'' if port == _PORTS[scheme] else f':{port}'}"


def next_link(stated: Any, codecs: Codecs) -> Link | None:
    """Return the link to the next page: from a list of links, one link, or its URL; None where there is none."""
    if stated is None or stated == "":
        return None
    if isinstance(stated, str):
        return Link(stated)
    if isinstance(stated, Sequence):
        found = (each for each in stated if NEXT in _relations(value_at(each, ("rel",), codecs)))
        return next((_link(each, codecs) for each in found), None)
    return _link(stated, codecs)


def _relations(rel: Any) -> Sequence[str]:
    """Return the relations of a link, in lower case: one text may name several."""
    if isinstance(rel, str):
        return str(rel).lower().split()
    return [str(each).lower() for each in rel] if isinstance(rel, Sequence) else ()


def _link(stated: Any, codecs: Codecs) -> Link | None:
    """Read a link of a body. Raises ProtocolError for one that cannot be followed."""

    def member(wire: str) -> Any:
        return plain(value_at(stated, (wire,), codecs), codecs)

    href = member("href")
    if href is None or href == "":
        return None
    method, body = member("method"), member("body")
    verb = str(method or "GET").upper()
    headers = member("headers") or {}
    if body and not method:
        words = "it has a `body` and no `method`, and a GET would leave the body out"
        raise ProtocolError(f"the link to the next page is not followed: {words}")
    wrong = (
        "its `href` is no text"
        if not isinstance(href, str)
        else f"its `method` is {shortened(verb)}, neither GET nor POST"
        if verb not in _VERBS
        else "its `headers` are no object"
    )
    if not isinstance(href, str) or verb not in _VERBS or not isinstance(headers, Mapping):
        raise ProtocolError(f"the link to the next page is not followed: {wrong}")
    return Link(
        href,
        verb,
        body,
        {str(name).lower(): _joined(value) for name, value in headers.items()},
        merge=member("merge") is True,
    )


def _joined(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def header_link(text: str) -> Link | None:
    """Return the link to the next page of a header `Link`, None where there is none. What is malformed is passed over."""
    for url, parameters in _header_links(text[:_MAX_HEADER]):
        rel = next((value for name, value in parameters if name == "rel"), "")
        # An anchor makes it a link of something else.
        if NEXT in rel.lower().split() and all(name != "anchor" for name, _ in parameters):
            return Link(url)
    return None


def _header_links(text: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    end = 0
    while end < len(text):
        item = _ITEM.match(text, end)
        if item is None:
            end = text.find(",", end) + 1 or len(text)
            continue
        end = item.end()
        found = _PARAMETER.finditer(item[2])
        yield (
            item[1],
            [(each[1].lower(), re.sub(r"\\(.)", r"\1", each[2] or each[3] or "")) for each in found],
        )


def checked_start(start: object, codecs: Codecs) -> Link:
    """Return the link that a caller starts at: a URL, or a link of an answer. Raises ArgumentError."""
    link = (
        next_link(start, codecs)
        if isinstance(start, (str, Mapping)) or hasattr(start, "unknown_fields")
        else None
    )
    if link is None:
        raise ArgumentError("start: expected the URL of a page, or a link with href")
    try:
        json.dumps(link.body, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ArgumentError(f"start: the body of the link is no JSON: {error}") from None
    return link
