"""The faults of a document, each with the methods that it concerns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..ir import Api, Method, TypeRef, references
from ..problem import Problem


def attributed_faults(
    api: Api, by_type: Mapping[str, tuple[Problem, ...]], by_method: Mapping[str, tuple[Problem, ...]]
) -> tuple[dict[str, tuple[Problem, ...]], list[Problem]]:
    """Return the faults of each method, those of the types that it reaches included, and those that none reaches."""
    faults = {id_: list(problems) for id_, problems in by_method.items()}
    unreached = set(by_type)
    if by_type:
        reach = _Reach(api)
        for id_, method in api.methods.items():
            for key in sorted(reach.keys(method) & by_type.keys()):
                faults.setdefault(id_, []).extend(by_type[key])
                unreached.discard(key)
    lost = [problem for key in sorted(unreached) for problem in by_type[key]]
    return {id_: tuple(dict.fromkeys(problems)) for id_, problems in faults.items()}, lost


class _Reach:
    """The types that a method of a draft reaches, by key."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._below: dict[str, frozenset[str]] = {}

    def keys(self, method: Method) -> set[str]:
        """Return the keys of all types that a method reaches."""
        waiting = [name for type_ in _types(method) for name in references(type_)]
        found: set[str] = set()
        while waiting:
            key = waiting.pop()
            if key not in found:
                found.add(key)
                waiting.extend(self._direct(key))
        return found

    def _direct(self, key: str) -> frozenset[str]:
        if key not in self._below:
            types: list[TypeRef] = []
            message, alias = self._api.messages.get(key), self._api.aliases.get(key)
            if message is not None:
                types += [each.type for each in message.wire_fields]
                types += [] if message.extra is None else [message.extra]
            if alias is not None and alias.type is not None:
                types.append(alias.type)
            self._below[key] = frozenset(name for type_ in types for name in references(type_))
        return self._below[key]


def _types(method: Method) -> Iterator[TypeRef]:
    yield from (each.type for each in method.parameters)
    if method.body is not None:
        yield from (each.type for each in method.body.contents)
    yield from (content.type for response in method.responses for content in response.contents)
