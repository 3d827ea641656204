"""Media types of requests and answers (RFC 9110, 8.3 and 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from attrs import frozen

from .operations import DescribedContent

_PARAMETER: Final = re.compile(r';\s*+([^\s=;"]++)\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"|([^;"]*+))')
"""A parameter: its name, with its value as a quoted text or as it stands."""


@frozen
class MediaType:
    """A media type, in lower case, with its parameters."""

    name: str
    parameters: tuple[tuple[str, str], ...] = ()

    def parameter(self, name: str) -> str | None:
        """Return a parameter."""
        return dict(self.parameters).get(name)


def media_type(text: str) -> MediaType:
    """Parse a media type, or another header of that form. What is malformed among the parameters is passed over."""
    name, _, rest = text.partition(";")
    found = (
        (each[1].lower(), each[3] if each[2] is None else re.sub(r"\\(.)", r"\1", each[2]))
        for each in _PARAMETER.finditer(f";{rest}")
    )
    return MediaType(name.strip().lower(), tuple((key, value.strip()) for key, value in found))


def matches(range_: str, name: str) -> bool:
    """Return True for a media type within a range, `image/*` for instance."""
    if range_ in ("*", "*/*", name):
        return True
    kind, _, subtype = range_.partition("/")
    return subtype == "*" and name.startswith(f"{kind}/")


def chosen(contents: Sequence[DescribedContent], text: str) -> DescribedContent | None:
    """Return the content that a body of this type is, the most exact first."""
    asked = media_type(text)
    by_exactness = sorted(contents, key=lambda each: each.content.media_type.count("*"))
    exact = [each for each in by_exactness if media_type(each.content.media_type) == asked]
    return next(
        (
            each
            for each in (*exact, *by_exactness)
            if matches(media_type(each.content.media_type).name, asked.name)
        ),
        None,
    )


def accepted(contents: Iterable[DescribedContent], accept: str | None) -> list[DescribedContent]:
    """Return the contents that an Accept header takes, the most wanted first; all where there is none."""
    described = list(contents)
    if accept is None or not accept.strip():
        return described
    ranges: list[tuple[str, float]] = []
    for part in accept.split(","):
        asked = media_type(part)
        try:
            weight = float(asked.parameter("q") or 1)
        except ValueError:
            weight = 1.0
        ranges.append((asked.name, weight))
    weighed = [(_weight(each, ranges), each) for each in described]
    return [each for weight, each in sorted(weighed, key=lambda pair: -pair[0]) if weight > 0]


def _weight(content: DescribedContent, ranges: list[tuple[str, float]]) -> float:
    """Return the weight of the most exact range that has a content; a described range meets one that overlaps it."""
    name = media_type(content.content.media_type).name
    fitting = [
        (range_.count("*"), weight)
        for range_, weight in ranges
        if matches(range_, name) or matches(name, range_)
    ]
    return min(fitting, key=lambda each: each[0], default=(0, 0.0))[1]
