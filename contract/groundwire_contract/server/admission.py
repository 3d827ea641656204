"""Who is answered: Host names, origins of web pages, and whoever has the control token."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from attrs import field, frozen

from ..exchange import Exchange
from .control_token import ControlToken
from .host import is_loopback_address, is_own_host, parse_host_name
from .origins import parse_origin


@frozen(kw_only=True)
class Admission:
    """The names under which the server answers, the origins that may read answers, and the control token, if there is one."""

    hosts: Collection[str] = ()
    origins: Collection[str] = ()
    token: ControlToken | None = field(default=None, repr=False)

    def may_control(self, exchange: Exchange) -> bool:
        """Return True for a caller of this machine, or one with the token, that is no page of another origin."""
        if _is_of_another_page(exchange):
            return False
        host = exchange.headers.get("host")
        is_local = is_loopback_address(exchange.peer) and (host is None or is_own_host(host, "127.0.0.1"))
        return is_local or self._has_token(exchange)

    def may_read_page(self, exchange: Exchange, address: str) -> bool:
        """Return True if the page is shown. With a control token, other machines need it; with it, every name will do."""
        if self._has_token(exchange):
            return True
        if self.token is not None and not is_loopback_address(exchange.peer):
            return False
        return is_own_host(exchange.headers.get("host", ""), address, self.hosts)

    def _has_token(self, exchange: Exchange) -> bool:
        return self.token is not None and self.token.admits(exchange)


_REALM: Final = 'realm="Groundwire contract: any user, the control token as password", charset="UTF-8"'


def challenge(exchange: Exchange) -> str:
    """Return what asks for the token. A browser shows a dialogue for it, but not for what the page's script asks in the background."""
    return f"{'Bearer' if 'x-requested-with' in exchange.headers else 'Basic'} {_REALM}"


EVERYBODY: Final = Admission()
"""Answers under this machine's names, without a token."""


def admission_of(
    hosts: Iterable[str] = (), origins: Iterable[str] = (), token: ControlToken | None = None
) -> Admission:
    """Return who is answered. Raises ValueError for what is no Host name or no origin."""
    return Admission(
        hosts=frozenset(map(parse_host_name, hosts)),
        origins=frozenset(map(parse_origin, origins)),
        token=token,
    )


def _is_of_another_page(exchange: Exchange) -> bool:
    """Return True if a browser sent this for a page of another origin; it may have the token from an earlier dialogue."""
    host, origin = exchange.headers.get("host"), exchange.headers.get("origin")
    if exchange.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return True
    return origin is not None and origin.partition("://")[2] != host
