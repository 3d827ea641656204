"""The handler of the status page: who may read it, whether it changed, and what a browser may do with it."""

from __future__ import annotations

from typing import Final

from groundwire_pages.kit.page import policy
from groundwire_pages.status_page import SCRIPT, Query, StatusPage, render

from ..exchange import Exchange, Reply
from ..rules.refusals import state_unwritable
from ..rules.registry import RULES
from ..service import Service
from ..state.problem import StateError
from .admission import Admission, challenge
from .status_view import take_snapshot

_HEADERS: Final = (
    (
        "content-security-policy",
        policy(SCRIPT, "img-src data:", "connect-src 'self'", "frame-ancestors 'none'", forms="'self'"),
    ),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cache-control", "no-cache"),
)
_CONTENT_TYPE: Final = "text/html; charset=UTF-8"


def status_page(service: Service, query: Query, endpoint: str, *, may_control: bool = False) -> StatusPage:
    """Return the page for a query. `endpoint` is the URL that it shows, `may_control` adds the controls. Raises StateError."""
    return render(take_snapshot(service, query, endpoint, may_control=may_control), query)


def handle(service: Service, exchange: Exchange, address: str, admission: Admission) -> Reply:
    """Answer a request for the page that reached the server at `address`: 200, or 304 when it has not changed."""
    host = exchange.headers.get("host", "")
    if not admission.may_read_page(exchange, address):
        return _misdirected(address) if admission.token is None else _unauthorized(exchange)
    try:
        query = Query.read(dict(exchange.query), RULES, exchange.path)
        may_control = admission.may_control(exchange)
        page = status_page(service, query, f"http://{host}", may_control=may_control)
    except StateError as error:
        return state_unwritable(str(error)).reply()
    tag = f'"{page.version}"'
    headers = (*_HEADERS, ("etag", tag), ("x-groundwire-clock", page.clock))
    if tag in exchange.headers.get("if-none-match", ""):
        return Reply(status=304, body=b"", content_type=_CONTENT_TYPE, headers=headers)
    # A request may hold a lone surrogate, which has no UTF-8 form.
    text = page.html.encode("utf-8", "replace")
    return Reply(status=200, body=text, content_type=_CONTENT_TYPE, headers=headers)


def _unauthorized(exchange: Exchange) -> Reply:
    """Ask for the control token, which also admits names of this server that it does not know."""
    text = "The status page needs the control token of this server: any user, the token as password.\n"
    headers = (*_HEADERS, ("www-authenticate", challenge(exchange)))
    return Reply(status=401, body=text.encode(), content_type="text/plain; charset=UTF-8", headers=headers)


def _misdirected(address: str) -> Reply:
    """Refuse a foreign Host with 421, to protect against DNS rebinding."""
    text = (
        f"The status page is shown at this server's own address only ({address}, or localhost on this machine), "
        "not under the name that was asked for; --allow-host allows others.\n"
    )
    return Reply(
        status=421, body=text.encode("utf-8"), content_type="text/plain; charset=UTF-8", headers=_HEADERS
    )
