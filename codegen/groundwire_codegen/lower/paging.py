"""Paging: recognize a list method by the fields of its request and answer (AIP-158)."""

from __future__ import annotations

from typing import Final

from ..ir import InBody, InParameter, ListOf, Message, MessageRef, Method, Paging
from .naming import Naming

PAGE_TOKEN: Final = "pageToken"  # noqa: S105 - a field's name
NEXT_PAGE_TOKEN: Final = "nextPageToken"  # noqa: S105 - a field's name
NONE: Final = "-"
"""In the lock: the method returns one answer."""


def paging(method: Method, body: Message | None, answer: Message | None, naming: Naming) -> Paging | None:
    """Return how a method pages; None when the document leaves the items in doubt.

    A method that was published with one answer keeps it, and one with a pager keeps its items.
    """
    key = f"pager:{method.id}"
    found = _paging(method, body, answer, naming.before(key))
    naming.decide(key, NONE if found is None else found.items[0])
    return found


def _paging(
    method: Method, body: Message | None, answer: Message | None, before: str | None
) -> Paging | None:
    if before == NONE or answer is None or not any(field.wire == NEXT_PAGE_TOKEN for field in answer.fields):
        return None
    in_query = any(each.wire == PAGE_TOKEN for each in method.parameters)
    in_body = body is not None and any(field.wire == PAGE_TOKEN for field in body.fields)
    lists = {field.wire: field.type for field in answer.fields if isinstance(field.type, ListOf)}
    of_messages = {wire: each for wire, each in lists.items() if isinstance(each.item, MessageRef)}
    one = lists if len(lists) == 1 else of_messages
    items = before if before in lists else next(iter(one), "") if len(one) == 1 else "items"
    if items not in (lists if items == before else one) or not (in_query or in_body):
        return None
    return Paging(
        place=InParameter(PAGE_TOKEN) if in_query else InBody((PAGE_TOKEN,)),
        items=(items,),
        next=(NEXT_PAGE_TOKEN,),
        item=lists[items].item,
    )
