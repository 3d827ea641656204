"""The Pager of a list method over two made pages: all items, in order, and the token of the second page."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from groundwire_codegen.ir import Api, InParameter, ListOf, MapOf, Method, Paging
from groundwire_runtime.http import Request

from .calls import OurClient
from .values import Values

TOKEN = "cGFnZSAvIDI="
"""Some tokens are of the format `byte`."""


def faults(api: Api, package: ModuleType, values: Values, client: OurClient, method: Method) -> list[str]:
    """Return what the Pager of a method does wrong."""
    paging = method.paging
    assert paging is not None and method.response is not None
    answer = api.messages[method.response]
    field = next(each for each in answer.fields if each.wire == paging.items[0])
    token = next(each for each in answer.fields if each.wire == paging.next[0])
    pages = [values.several(field.type) for _ in range(2)]
    made = [getattr(package, answer.name)(**{field.name: page}) for page in pages]
    first, second = (json.loads(package.encode(each)) for each in made)
    client.script({**first, token.wire: TOKEN}, second)
    body = None
    if method.request is not None:
        body = values.message(api.messages[method.request], share=0.0)
    pager, _ = client.invoke(method, body)
    got = list(pager)
    wanted = _items(field.type, [getattr(each, field.name) for each in made])
    found: list[str] = []
    if got != wanted:
        found.append(f"{method.id}: the pager gave {str(got)[:200]}, in the answers are {str(wanted)[:200]}")
    # Where the token is required, the caller gives the first one.
    if len(client.sent) != 2 or [_token(each, paging) == TOKEN for each in client.sent] != [False, True]:
        found.append(f"{method.id}: the second page was not asked for by the token of the first")
    return found


def _items(type_: object, pages: list[Any]) -> list[Any]:
    assert isinstance(type_, (ListOf, MapOf))
    return [item for page in pages for item in (page.items() if isinstance(type_, MapOf) else page)]


def _token(request: Request, paging: Paging) -> str | None:
    if isinstance(paging.place, InParameter):
        return dict(parse_qsl(urlsplit(request.url).query)).get(paging.place.wire)
    value: dict[str, str] = json.loads(request.body or b"{}")
    return value.get(paging.place.path[0])
