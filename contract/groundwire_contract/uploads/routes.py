"""The routes of uploads: the paths that a description has for a medium, each to its method."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import evolve, frozen
from groundwire_codegen.ir import Api

from ..validate.route import Route, Routes, find, routes

SIMPLE: Final = "/upload/"
RESUMABLE: Final = "/resumable/"
"""How the paths of uploads begin."""


@frozen(kw_only=True)
class UploadRoute(Route):
    """The route of an upload. `protocols` are the values of `uploadType` that its path takes."""

    protocols: tuple[str, ...]


@frozen(eq=False)
class UploadRoutes:
    """The routes of all uploads of an API."""

    api: Api
    simple: Routes
    resumable: Routes

    def find(self, verb: str, path: str) -> UploadRoute | None:
        """Return the route of an upload; None for any other request."""
        is_simple = path.startswith(SIMPLE)
        if not is_simple and not path.startswith(RESUMABLE):
            return None
        found = find(self.simple if is_simple else self.resumable, verb, path)
        if found is None:
            return None
        method = self.api.methods[found.method.id]
        has_sessions = method.media is not None and method.media.resumable is not None
        simple = ("media", "multipart") if is_simple else ()
        return UploadRoute(
            method=method,
            version=found.version,
            variables=found.variables,
            protocols=(*simple, *(("resumable",) if has_sessions else ())),
        )


def upload_routes(api: Api, versions: Iterable[str]) -> UploadRoutes | None:
    """Return the routes of the uploads of an API; None where it has none."""
    served = tuple(versions)

    def table(name: str) -> Routes:
        paths = {
            each.id: getattr(each.media, name) for each in api.methods.values() if each.media is not None
        }
        methods = {id_: evolve(api.methods[id_], path=path) for id_, path in paths.items() if path}
        return routes(evolve(api, methods=methods), served, base="")

    simple, resumable = table("simple"), table("resumable")
    if not simple.templates and not resumable.templates:
        return None
    return UploadRoutes(api, simple, resumable)
