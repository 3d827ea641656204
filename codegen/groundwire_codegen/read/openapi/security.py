"""Security schemes and requirements, and servers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, cast

from attrs import frozen
from groundwire_runtime.http import split_url

from ...ir import Location, SchemeKind, SchemeRequirement, Security, SecurityScheme, Server, ServerVariable
from ..cursor import Cursor, as_list
from .references import Documents
from .vocabulary import SCHEME, SERVER, VARIABLE

_HTTP: Final = {"bearer": SchemeKind.BEARER, "basic": SchemeKind.BASIC}
_OTHER: Final = {
    "oauth2": SchemeKind.OAUTH2,
    "openIdConnect": SchemeKind.OPENID,
    "mutualTLS": SchemeKind.MUTUAL_TLS,
}
_URL: Final = re.compile(r"[A-Za-z0-9:/._~@?#&=%+$!'()*,;\[\]{}-]*", re.ASCII)
_VARIABLE: Final = re.compile(r"\{([^{}]*)\}")


@frozen
class Access:
    """Reads how an API is reached: its security schemes, the requirements of operations, and servers."""

    documents: Documents

    def read_schemes(self, components: Cursor | None) -> dict[str, SecurityScheme]:
        """Return the security schemes by name. One of a kind that is not known is a warning."""
        found: dict[str, SecurityScheme] = {}
        for name, stated in () if components is None else components.children("securitySchemes"):
            node = self.documents.resolve(stated)
            scheme = None if node is None else self._scheme(node)
            if scheme is not None:
                found[name] = scheme
        return found

    def _scheme(self, node: Cursor) -> SecurityScheme | None:
        self.documents.check(node, SCHEME)
        kind, doc = node.required("type"), self.documents.words(node, "description")
        if kind == "apiKey":
            wire, where = node.required("name"), node.text("in")
            if where not in ("query", "header", "cookie"):
                node.at("in", where).refuse("unknown location of a key", "query, header or cookie")
                return None
            return SecurityScheme(kind=SchemeKind.API_KEY, location=Location(where), wire=wire, doc=doc)
        if kind == "http":
            scheme = node.required("scheme").lower()
            if scheme in _HTTP:
                return SecurityScheme(kind=_HTTP[scheme], doc=doc)
            self.documents.warn(
                node, f"HTTP authentication {scheme[:80]!r} is not known; the scheme is ignored"
            )
            return None
        if kind in _OTHER:
            return SecurityScheme(
                kind=_OTHER[kind], url=self._url(node), scopes=tuple(_scopes(node)), doc=doc
            )
        if kind:
            self.documents.warn(node, f"security scheme of type {kind[:80]!r} is not known; it is ignored")
        return None

    def _url(self, node: Cursor) -> str | None:
        """Return the token endpoint of client credentials, or the place of the discovery document; None for no such URL."""
        places = [(node, "openIdConnectUrl")]
        places += [(flow, "tokenUrl") for name, flow in node.children("flows") if name == "clientCredentials"]
        for place, key in places:
            url = place.text(key)
            if url and url_fault(url.partition("?")[0], {}):
                self.documents.warn(place.at(key, url), f"not a URL: {url[:200]!r}; name it in the client")
            elif url:
                return url
        return None

    def read_security(self, node: Cursor, schemes: Mapping[str, SecurityScheme]) -> Security | None:
        """Return the requirements of an operation, or of the document; None where it states none that is known."""
        if not node.has("security"):
            return None
        if not isinstance(node.any("security"), list):
            node.at("security", None).refuse("expected a list of requirements")
            return None
        rows: list[Any] = node.any("security")
        found: list[tuple[SchemeRequirement, ...]] = []
        for index, row in enumerate(rows):
            place = node.at("security", None).at(index, row)
            if not isinstance(row, dict):
                place.refuse("expected an object")
                continue
            stated = cast("dict[str, Any]", row)
            unknown = [name for name in stated if name not in schemes]
            if unknown:
                self.documents.warn(place, f"unknown security scheme {unknown[0][:80]!r}; ignored")
                continue
            found.append(
                tuple(SchemeRequirement(scheme=name, scopes=place.texts(name)) for name in sorted(stated))
            )
        return None if rows and not found else tuple(dict.fromkeys(found))

    def read_servers(self, node: Cursor) -> tuple[Server, ...]:
        """Return the servers of the document, of a path, or of an operation."""
        if node.any("servers") is None:
            return ()
        if not isinstance(node.any("servers"), list):
            node.at("servers", None).refuse("expected a list of servers")
            return ()
        rows: list[Any] = node.any("servers")
        places = (node.at("servers", None).at(index, row) for index, row in enumerate(rows))
        return tuple(server for place in places if (server := self._server(place)) is not None)

    def _server(self, node: Cursor) -> Server | None:
        self.documents.check(node, SERVER)
        url = node.text("url")
        if url is None:
            if node.members is not None:
                self.documents.warn(node, "'url' is missing; the server is ignored")
            return None
        variables = tuple(self._variable(name, child) for name, child in node.children("variables"))
        fault = url_fault(url, {each.name: each.default for each in variables})
        if fault:
            self.documents.warn(node.at("url", url), f"{fault}: {url[:200]!r}; the server is ignored")
            return None
        return Server(url=url, variables=variables, doc=self.documents.words(node, "description"))

    def _variable(self, name: str, node: Cursor) -> ServerVariable:
        self.documents.check(node, VARIABLE)
        return ServerVariable(
            name=name,
            default=_text(node.any("default")),
            values=tuple(_text(each) for each in as_list(node.any("enum"))),
            doc=self.documents.words(node, "description"),
        )


def filled(server: Server) -> str:
    """Return the URL of a server with the defaults of its variables."""
    values = {each.name: each.default for each in server.variables}
    return _VARIABLE.sub(lambda match: values.get(match[1], ""), server.url)


def url_fault(url: str, values: Mapping[str, str]) -> str:
    """Return what is wrong with the URL of a server; empty for nothing."""
    if any(name not in values for name in _VARIABLE.findall(url)):
        return "a variable of the URL is not declared"
    plain = _VARIABLE.sub(lambda match: values[match[1]], url)
    if not _URL.fullmatch(plain) or "{" in plain or "}" in plain:
        return "a character that does not belong in a URL"
    try:
        parts = split_url(plain)
        parts.port  # noqa: B018 # raises ValueError for one that is no number
    except ValueError:
        return "not a URL"
    if parts.scheme not in ("", "http", "https"):
        return "neither http nor https"
    if parts.username is not None or parts.password is not None:
        return "user information in a URL"
    if parts.query or parts.fragment:
        return "a query or a fragment in the URL of a server"
    return "" if parts.netloc or not parts.scheme else "a URL without a host"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _scopes(node: Cursor) -> list[str]:
    found: set[str] = set()
    for _, flow in node.children("flows"):
        scopes = flow.any("scopes")
        if isinstance(scopes, dict):
            found.update(cast("dict[str, Any]", scopes))
    return sorted(found)
