"""Servers of an API that OpenAPI describes: base URLs with variables (4.8.5)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from attrs import frozen

from .errors import ArgumentError
from .options import checked_endpoint

_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")
_NOT_IN_VARIABLE: Final = re.compile(r"[\x00-\x20\x7f/?#@\\]")


@frozen
class RestServer:
    """A base URL: absolute, or relative to where the description was found. `{name}` stands for a variable.

    `variables` are names, each with its default and with all values that it may have; () is: any.
    """

    url: str
    variables: tuple[tuple[str, str, tuple[str, ...]], ...] = ()

    def resolved(self, values: Mapping[str, str]) -> str:
        """Return the URL with a value for each variable. Raises ArgumentError for an unknown one, or another value."""
        known = {name: (default, allowed) for name, default, allowed in self.variables}
        for name, value in values.items():
            if name not in known:
                near = get_close_matches(str(name), known, cutoff=0.5) or sorted(known)
                raise ArgumentError(
                    f"server_variables: {self.url} has no variable {str(name)[:80]!r}",
                    hint=f"It has {', '.join(near) or 'none'}.",
                )
            allowed = known[name][1]
            if value not in allowed if allowed else _NOT_IN_VARIABLE.search(str(value)):
                expected = f"one of {', '.join(allowed)}" if allowed else "a text without / ? # @ and spaces"
                raise ArgumentError(f"server_variables: {name}: expected {expected}, got {str(value)[:80]!r}")
        chosen = {name: str(values.get(name, default)) for name, (default, _) in known.items()}
        return _VARIABLE.sub(lambda found: chosen.get(found[1], found[0]), self.url)


def checked_server(url: str) -> str:
    """Return a server's URL with one slash at its end. Raises ArgumentError for a relative one, and as for an endpoint."""
    if "://" not in url:
        path = url if url.startswith("/") else f"/{url}"
        raise ArgumentError(
            f"server: {url[:200]!r} is relative, and the description does not say to what",
            hint=f'Pass the base URL: Client(endpoint="https://HOST{path[:200].rstrip("/")}").',
        )
    return checked_endpoint(url)


def chosen_server(servers: Sequence[RestServer], server: int | str) -> RestServer:
    """Return a server by its index or its URL; where none is stated, it is relative (4.8.1). Raises ArgumentError."""
    servers = servers or (RestServer("/"),)
    if isinstance(server, int) and 0 <= server < len(servers):
        return servers[server]
    found = next((each for each in servers if each.url == server), None)
    if found is None:
        stated = ", ".join(f"{index}: {each.url}" for index, each in enumerate(servers)) or "none"
        raise ArgumentError(
            f"server: the description has no server {str(server)[:200]!r}, it has {stated[:1_000]}",
            hint="A base URL of your own is passed as endpoint=.",
        )
    return found
