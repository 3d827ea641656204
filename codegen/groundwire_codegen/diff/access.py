"""Compare how an API is reached: its servers, its security schemes, and what a method requires of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from ..ir import Api, ErrorShape, Method, SchemeKind, SchemeRequirement, Security, SecurityScheme, Server
from ..read.discovery.methods import GOOGLE
from ..read.openapi.security import filled
from .change import Change, Place

_BEARER = frozenset({SchemeKind.BEARER, SchemeKind.OAUTH2, SchemeKind.OPENID})
"""Kinds whose credential is a token that travels in the same way."""


def access_changes(old: Api, new: Api) -> Iterator[Change]:
    """Yield the changes of servers and of security schemes."""
    if old.errors is not new.errors:
        place = Place(subject="api", path="service", name="Client")
        yield place.change("api.service", old.errors, new.errors)
    yield from _server_changes(old.servers, new.servers, is_google=new.errors is ErrorShape.GOOGLE)
    yield from _scheme_changes(old.schemes, new.schemes)


def _server_changes(old: tuple[Server, ...], new: tuple[Server, ...], *, is_google: bool) -> Iterator[Change]:
    """Yield the changes of servers. A client of one of Google's APIs is not given any of them by its URL."""
    first = [" ".join(map(filled, servers[:1])) for servers in (old, new)]
    place = Place(
        subject="api", path="baseUrl", name="Client", pointer="/rootUrl" if is_google else "/servers"
    )
    if first[0] != first[1]:
        yield place.change("api.base-url", *first)
    before, after = ({each.url: each for each in servers} for servers in (old, new))
    if not is_google:
        for url in before.keys() - after.keys():
            yield place.change("api.server-removed", old=url)
        for url in after.keys() - before.keys():
            yield place.change("api.server-added", new=url)
        kept = [
            [each.url for each in servers if each.url in before and each.url in after]
            for servers in (old, new)
        ]
        if kept[0] != kept[1]:
            yield place.change("api.server-order", *(" ".join(urls) for urls in kept))
    for url in before.keys() & after.keys():
        yield from _variable_changes(before[url], after[url])


def _variable_changes(old: Server, new: Server) -> Iterator[Change]:
    before, after = ({each.name: each for each in server.variables} for server in (old, new))
    for name in sorted(before.keys() | after.keys()):
        place = Place(
            subject="api", path=f"baseUrl.{name}", name="Client(server_variables)", pointer="/servers"
        )
        one, other = before.get(name), after.get(name)
        words = ["" if each is None else " | ".join(each.values) or "any" for each in (one, other)]
        if one is None or other is None:
            yield place.change(
                "api.server-variable-removed" if other is None else "api.server-variable-added", *words
            )
            continue
        if one.default != other.default:
            yield place.change("api.server-default", one.default, other.default)
        if {*one.values} != {*other.values}:
            kept = not other.values or (bool(one.values) and {*one.values} <= {*other.values})
            yield place.change("api.server-variable-added" if kept else "api.server-variable-removed", *words)


def _scheme_changes(old: Mapping[str, SecurityScheme], new: Mapping[str, SecurityScheme]) -> Iterator[Change]:
    for name in sorted(old.keys() | new.keys()):
        place = Place(
            subject="api",
            path=f"auth.{name}",
            name=f"Client(auth={{{name!r}: ...}})",
            pointer=f"/components/securitySchemes/{name}",
        )
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            rule = "scheme-removed" if after is None else "scheme-added"
            yield place.change(f"api.{rule}", _kind(before), _kind(after))
        elif before.kind is not after.kind:
            rule = "scheme-token" if {before.kind, after.kind} <= _BEARER else "scheme-kind"
            yield place.change(f"api.{rule}", before.kind, after.kind)
        elif _facts(before) != _facts(after):
            yield place.change("api.scheme-place", _words(before), _words(after))


def _kind(scheme: SecurityScheme | None) -> str:
    return "" if scheme is None else scheme.kind


def _facts(scheme: SecurityScheme) -> Mapping[str, object]:
    """Return what is stated of a scheme, but for its docs and for the scopes that there are."""
    return attrs.asdict(scheme, filter=lambda each, _: each.name not in ("doc", "scopes"))


def _words(scheme: SecurityScheme) -> str:
    return " ".join(str(value) for value in _facts(scheme).values() if value)


def security_changes(place: Place, old: Method, new: Method) -> Iterator[Change]:
    """Yield the changes of what a method requires: which schemes, and which scopes of them."""
    before, after = _schemes(old.security), _schemes(new.security)
    if before != after:
        words = (_required(each) for each in (old.security, new.security))
        yield place.change(f"method.{_security_rule(before, after)}", *words)
    elif _scopes(old) != _scopes(new):
        yield place.change("method.scopes", _scopes(old), _scopes(new))


def _schemes(security: Security | None) -> tuple[tuple[str, ...], ...] | None:
    """Return the names of required schemes; those of Google's APIs are one, which every client has."""
    if security is None or all(each.scheme == GOOGLE for schemes in security for each in schemes):
        return None if security is None or any(security) else ()
    return tuple(dict.fromkeys(tuple(each.scheme for each in schemes) for schemes in security))


def _security_rule(old: tuple[tuple[str, ...], ...] | None, new: tuple[tuple[str, ...], ...] | None) -> str:
    """Return the rule: a client that holds credentials chooses the first alternative of which it holds all."""
    if not new:
        return "security-dropped"
    before, after = ([each for each in schemes if each] for schemes in (old or (), new))
    if before and after[: len(before)] == before and (() not in (old or ()) or () in new):
        return "security-alternative"
    return "security"


def _scopes(method: Method) -> str:
    extra = [f"{each.scope} (for {'.'.join(each.path)})" for each in method.extra_scopes]
    stated = [_requirement(each) for each in method.security or ()]
    return " ".join([*(stated if stated or method.security is None else ["none"]), *extra])


def _required(security: Security | None) -> str:
    if security is None:
        return "not stated"
    return (
        " or ".join(" and ".join(each.scheme for each in schemes) or "none" for schemes in security) or "none"
    )


def _requirement(schemes: tuple[SchemeRequirement, ...]) -> str:
    """Return all schemes of one requirement; Google's is the one whose scopes need no name before them."""
    return " and ".join(
        " ".join([*([] if each.scheme == GOOGLE else [each.scheme]), *each.scopes]) for each in schemes
    )
