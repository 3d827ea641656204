"""One visit of the page over HTTP: who may read it, whether it is new, and what a browser may do with it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from ..exchange import Exchange, Reply
from ..rules.refusals import state_unwritable
from ..server.host import is_ours
from ..state.problem import StateError
from .asset import SCRIPT, STYLE
from .choice import Choice
from .document import document
from .snapshot import Source

_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        f"style-src {STYLE.source}",
        f"script-src {SCRIPT.source}",
        "img-src data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final = (
    ("content-security-policy", _POLICY),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cache-control", "no-cache"),
)


def visit(source: Source, exchange: Exchange, address: str, allow_hosts: Collection[str] = ()) -> Reply:
    """Answer a visit that reached the server at `address`: the page, or that it is the one the visitor has."""
    host = exchange.headers.get("host", "")
    if not is_ours(host, address, allow_hosts):
        return _misdirected(address)
    try:
        page = document(source, Choice.read(dict(exchange.query)), f"http://{host}")
    except StateError as error:
        return state_unwritable(str(error)).reply()
    tag = f'"{page.version}"'
    headers = (*_HEADERS, ("etag", tag), ("x-groundwire-clock", page.clock))
    if tag in exchange.headers.get("if-none-match", ""):
        return Reply(status=304, body=b"", content_type="text/html; charset=UTF-8", headers=headers)
    # A lone surrogate may stand in what a request said; it has no UTF-8 form.
    text = page.html.encode("utf-8", "replace")
    return Reply(status=200, body=text, content_type="text/html; charset=UTF-8", headers=headers)


def _misdirected(address: str) -> Reply:
    """The page is for this machine: a name of somebody's own may have been pointed here, to read it from their page."""
    text = (
        f"The status page is shown at this server's own address only ({address}, or localhost on this machine), "
        "not under the name that was asked for; --allow-host allows others.\n"
    )
    return Reply(
        status=421, body=text.encode("utf-8"), content_type="text/plain; charset=UTF-8", headers=_HEADERS
    )
