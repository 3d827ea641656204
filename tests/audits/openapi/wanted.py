"""Requests as their document says that they are, written apart from the runtime."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urljoin

from attrs import frozen

from . import styles
from .compare import ANY_KEY, filled, kind
from .documents import Operation
from .values import Pair

ENDPOINT: Final = "https://echo.example/base"
SECRET: Final = "s3cret"
IGNORED_HEADERS: Final = ("accept", "content-type", "authorization")
"""Header parameters that the specification says are ignored (4.8.12.1)."""


@frozen
class Wanted:
    """The requests of a document's operations. `schemes` are its security schemes, by name."""

    document: Any
    schemes: Mapping[str, Any]

    def base(self, servers: tuple[Mapping[str, Any], ...]) -> str:
        """Return the base URL of an operation with servers of its own, or of the document; "" if that is relative."""
        own = next(iter(self.document.get("servers") or ()), {"url": "/"})
        url = filled(own)
        if not url.startswith("https:"):
            return ""
        return urljoin(f"{url.rstrip('/')}/", filled(servers[0])) if servers else url

    def request(
        self, operation: Operation, given: Mapping[tuple[str, str], Pair], media_type: str, body: Any
    ) -> dict[str, Any]:
        """Return what the document says that the request must be."""
        path, query = operation.path.partition("#")[0], list[str]()
        headers: dict[str, Any] = {"content-type": media_type} if media_type else {}
        cookies: list[str] = []
        stated = {(each["in"], each["name"]): each for each in operation.parameters}
        for (location, wire), pair in sorted(given.items(), key=lambda each: each[0]):
            parameter = stated.get((location, wire), {"in": location, "name": wire})
            if location == "path":
                path = path.replace(f"{{{wire}}}", styles.path_text(parameter, pair.json))
            elif location == "header":
                text = styles.header_text(parameter, pair.json)
                headers |= {wire.lower(): text} if wire.lower() not in IGNORED_HEADERS else {}
            else:
                (query if location == "query" else cookies).extend(styles.query_pairs(parameter, pair.json))
        headers |= {
            wire.lower(): ANY_KEY
            for location, wire in stated
            if location == "header" and wire.lower() == "idempotency-key" and (location, wire) not in given
        }
        self._authorize(operation, headers, query, cookies)
        if cookies:
            headers["cookie"] = cookies  # a list, since their order is free
        own = self.base(operation.servers) if operation.servers else ""
        return {
            "verb": operation.verb,
            "base": f"{(own or ENDPOINT).rstrip('/')}{path}",
            "query": sorted(query),
            "headers": headers,
            "body": body,
        }

    def _authorize(
        self, operation: Operation, headers: dict[str, Any], query: list[str], cookies: list[str]
    ) -> None:
        """Add what the first alternative requires; where the document states nothing, any of all in `authorization`."""
        stated = operation.security
        known = [list(each) for each in stated or () if self.schemes.keys() >= each.keys()]
        if stated is None or (stated and not known):
            chosen = list(self.schemes)
        else:
            chosen = next(filter(None, known), [])
        base = self.base(operation.servers) if operation.servers else ""
        if base and not base.startswith("/".join(self.base(()).split("/")[:3])):
            return  # credentials go to the client's own origin alone
        bearers: list[str] = []
        for name in chosen:
            scheme = self.schemes.get(name, {})
            type_ = kind(scheme)
            if type_ == "apiKey":
                pair = f"{quote(scheme['name'], safe='')}={SECRET}"
                if scheme["in"] == "header":
                    headers[scheme["name"].lower()] = SECRET
                else:
                    (query if scheme["in"] == "query" else cookies).append(pair)
            elif type_ == "basic":
                bearers.append(f"Basic {base64.b64encode(f'user:{SECRET}'.encode()).decode()}")
            elif type_ != "mutualTLS":
                bearers.append(f"Bearer {SECRET}")
        if bearers:
            headers["authorization"] = bearers
