"""Access control: bearer tokens, their callers and scopes."""

from __future__ import annotations

import enum
import tomllib
from collections.abc import Collection, Mapping
from typing import Any, Final, cast

from attrs import field, frozen
from groundwire_codegen.ir import Api, Method

from ..exchange import Exchange
from ..rules.error_bodies import Refusal
from ..rules.refusals import credentials_missing, scope_insufficient, unauthenticated
from .issued_tokens import Grant, IssuedTokens

__all__ = ["OPEN", "PREFIX", "Access", "AccessError", "Grant", "Mode", "admitted", "read_grants", "rpc"]

PREFIX: Final = "https://www.googleapis.com/auth/"
"""The prefix of Google's scopes; a table of tokens may omit it."""


class Mode(enum.StrEnum):
    """Modes of access control."""

    ANY = "any"
    """Admit all requests, even without credentials."""
    REQUIRED = "required"
    """Admit requests with any bearer token."""
    SCOPED = "scoped"
    """Admit requests whose token is in the table with a scope of the method."""


class AccessError(ValueError):
    """A table of tokens that cannot be read."""


@frozen(kw_only=True)
class Access:
    """The mode, and the grants by token.

    Only `SCOPED` enforces grants; the other modes take just the caller from them.
    """

    mode: Mode = Mode.ANY
    grants: Mapping[str, Grant] = field(factory=dict[str, Grant], repr=False)
    issued: IssuedTokens = field(factory=IssuedTokens, repr=False, eq=False)
    """Tokens of the token endpoint, which count beside `grants`."""


OPEN: Final = Access()
"""Admits everybody."""
ANYONE: Final = "anyone"
"""The caller of all tokens without a grant: a refreshed token is not another user."""


def admitted(
    access: Access,
    exchange: Exchange,
    method: Method,
    version: str,
    api: Api,
    relaxed: Collection[str] = (),
) -> str | Refusal:
    """Return the caller of a request, or its refusal. Credentials are not kept."""
    token = _token(exchange)
    grant = (access.grants.get(token) or access.issued.get(token)) if token else None
    refusal = _refusal(access.mode, token, grant, method)
    if refusal is not None and refusal.rule not in relaxed:
        named = rpc(method, version, api)
        return scope_insufficient(named) if refusal.rule == "scope-insufficient" else refusal
    return ANYONE if grant is None else grant.caller


def _refusal(mode: Mode, token: str | None, grant: Grant | None, method: Method) -> Refusal | None:
    if mode is Mode.ANY:
        return None
    if token is None:
        return credentials_missing()
    if mode is Mode.REQUIRED:
        return None
    if grant is None or grant.expired:
        return unauthenticated()
    lacks = method.scopes and not grant.scopes.intersection(method.scopes)
    return scope_insufficient() if lacks else None


def rpc(method: Method, version: str, api: Api) -> str:
    """Return the full method name in the service's errors, such as
    google.earthengine.v1.EarthEngine.ExportImage.

    It is derived from the method id and the API's title. That matches what was seen for exports; for others
    it is inferred.
    """
    service = "".join(word for word in api.title.split() if word not in ("Google", "API")) or api.name
    thing = method.resource[-1] if method.resource else ""
    if method.name != "list":
        thing = thing.removesuffix("s")
    verb = method.id.rpartition(".")[2]
    return f"google.{api.name}.{version}.{service}.{verb[:1].upper()}{verb[1:]}{thing[:1].upper()}{thing[1:]}"


def read_grants(text: bytes) -> Mapping[str, Grant]:
    """Parse a table of tokens: TOML with a `[[token]]` each, with `value`, `caller`, `scopes` and `expired`.

    Scopes may omit `https://www.googleapis.com/auth/`. Raises AccessError.
    """
    try:
        document: dict[str, Any] = tomllib.loads(text.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AccessError(f"not TOML: {error}") from error
    rows = _list(document.get("token"))
    if not rows:
        raise AccessError("there is no [[token]] in it")
    grants: dict[str, Grant] = {}
    for number, row in enumerate(rows, 1):
        try:
            value, grant = _grant(row)
        except ValueError as error:
            raise AccessError(f"[[token]] {number}: {error}") from error
        if value in grants:
            raise AccessError(f"[[token]] {number}: the value was given before")
        grants[value] = grant
    return grants


def _grant(row: object) -> tuple[str, Grant]:
    if not isinstance(row, dict):
        raise ValueError("it is no table")
    table = cast("dict[str, object]", row)
    other = sorted(set(table) - {"value", "caller", "scopes", "expired"})
    if other:
        raise ValueError(f"{other[0]!r} is none of value, caller, scopes, expired")
    value, caller = table.get("value"), table.get("caller")
    if not isinstance(value, str) or not value or not isinstance(caller, str) or not caller:
        raise ValueError("value and caller are texts, and needed")
    scopes = _list(table.get("scopes", []))
    if scopes is None or not all(isinstance(scope, str) for scope in scopes):
        raise ValueError("scopes is a list of texts")
    expired = table.get("expired", False)
    if not isinstance(expired, bool):
        raise ValueError("expired is true or false")
    full = frozenset(scope if "/" in scope else PREFIX + scope for scope in map(str, scopes))
    return value, Grant(caller=caller, scopes=full, expired=expired)


def _list(value: object) -> list[object] | None:
    return cast("list[object]", value) if isinstance(value, list) else None


def _token(exchange: Exchange) -> str | None:
    kind, _, token = exchange.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token.strip():
        return token.strip()
    return dict(exchange.query).get("access_token") or None if exchange.query else None
