"""Joins of two collections."""

# Values are of any type.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attrs import evolve, field, frozen

from ..elements import Collection, Element, Feature, Image, Unknown, Value
from ..filter import Filter
from ..limits import own_parts
from ..problem import too_large, unsupported
from ..signature import Library
from ..steps import spend
from .bands import add_bands
from .lists import ordered

LIBRARY: Final = Library()
_MOST_PAIRS: Final = 200_000
_OWN: Final = 8
"""Parts that an element is, without its properties."""
_SHARE: Final = 4
"""Parts of an element whose copy costs one step."""
Matches = list[Element]
_ORDERED: Final = (
    "ordering?: String, ascending?: Boolean = true, measureKey?: String, outer?: Boolean = false"
)


@frozen(eq=False)
class Join:
    """A join: what becomes of an element and its matches. It may be several elements, or none."""

    name: str
    join: Callable[[Element, Matches], list[Element]] = field(repr=False)
    measure: str | None = None
    """The property of a match in which its distance is kept."""
    nearest: bool = False
    """True if only the nearest match counts."""


@LIBRARY.add("Join.simple()")
def simple() -> Join:
    """Return the join of elements that have a match."""
    return Join("Join.simple", lambda item, matches: [item] if matches else [])


@LIBRARY.add("Join.inverted()")
def inverted() -> Join:
    """Return the join of elements that have no match."""
    return Join("Join.inverted", lambda item, matches: [] if matches else [item])


def _saved(key: str, value: Callable[[Matches], Value], *, outer: bool) -> Callable[..., list[Element]]:
    def join(item: Element, matches: Matches) -> list[Element]:
        if not matches:
            return [item] if outer else []
        return [_with(item, key, value(matches))]

    return join


def _with(item: Element, key: str, value: Value) -> Element:
    """Return an element with another property. A copy of the others is work."""
    spend((own_parts(item) + _OWN) // _SHARE)
    return item.with_properties({key: value})


def _sorted(matches: Matches, name: str | None, ascending: bool) -> Matches:
    if name is None:
        return matches
    return [
        *ordered(tuple(matches), tuple(match.get(name) for match in matches), "Join", ascending=ascending)
    ]


@LIBRARY.add(f"Join.saveFirst(matchKey: String, {_ORDERED})")
def save_first(key: str, order: str | None, ascending: bool, measure: str | None, outer: bool) -> Join:
    """Return the join that keeps the first match as a property."""
    first = _saved(key, lambda matches: _sorted(matches, order, ascending)[0], outer=outer)
    return Join("Join.saveFirst", first, measure)


@LIBRARY.add(f"Join.saveAll(matchesKey: String, {_ORDERED})")
def save_all(key: str, order: str | None, ascending: bool, measure: str | None, outer: bool) -> Join:
    """Return the join that keeps all matches as a property."""
    return Join(
        "Join.saveAll",
        _saved(key, lambda matches: tuple(_sorted(matches, order, ascending)), outer=outer),
        measure,
    )


@LIBRARY.add("Join.saveBest(matchKey: String, measureKey: String, outer?: Boolean = false)")
def save_best(key: str, measure: str, outer: bool) -> Join:
    """Return the join that keeps the nearest match as a property."""
    best = _saved(key, lambda matches: matches[0], outer=outer)
    return Join("Join.saveBest", best, measure, nearest=True)


@LIBRARY.add(
    'Join.inner(primaryKey?: String = "primary", secondaryKey?: String = "secondary", measureKey?: String)'
)
def inner(primary: str, secondary: str, measure: str | None) -> Join:
    """Return the join of pairs. Of a pair, only the two elements are known."""
    if measure is not None:
        raise unsupported("Join.inner with a measure")
    unseen = Unknown("Join.inner")

    def join(item: Element, matches: Matches) -> list[Element]:
        return [
            Feature(facts={primary: item, secondary: match}, rest=unseen, geometry=unseen)
            for match in matches
        ]

    return Join("Join.inner", join)


@LIBRARY.add(
    "Join.apply(join: Any, primary: FeatureCollection, secondary: FeatureCollection, condition: Filter)"
)
def apply(join: Value, primary: Collection, secondary: Collection, condition: Filter) -> Collection:
    """Return what a join makes of two collections."""
    if not isinstance(join, Join):
        raise unsupported(join.name if isinstance(join, Unknown) else "Join.apply of what is no join")
    if condition.joins is None:
        raise unsupported(f"a join by {condition.name}")
    if len(primary.elements) * len(secondary.elements) * condition.tests > _MOST_PAIRS:
        raise too_large("a join of so many elements")
    out: list[Element] = []
    for item in primary.elements:
        matches = [other for other in secondary.elements if condition.joins(item, other)]
        out += join.join(item, _measured(join, item, matches, condition))
    of_images = primary.of_images and join.name != "Join.inner"
    return evolve(primary, elements=tuple(out), of_images=of_images)


def _measured(join: Join, item: Element, matches: Matches, condition: Filter) -> Matches:
    """Return matches with their distances, the nearest alone if only it counts."""
    key, measure = join.measure, condition.measure
    if key is None or not matches:
        return matches
    if measure is None:
        raise unsupported(f"{join.name} by a filter that does not measure")
    distances = [measure(item, match) for match in matches]
    pairs = list(zip(matches, distances, strict=True))
    kept = [pairs[distances.index(min(distances))]] if join.nearest else pairs
    return [_with(match, key, far) for match, far in kept]


@LIBRARY.add(
    "ImageCollection.combine(primary: ImageCollection, secondary: ImageCollection, overwrite?: Boolean = false)"
)
def combine(primary: Collection, secondary: Collection, overwrite: bool) -> Collection:
    """Return the images that have one of the same index in another collection, with its bands."""
    others = {item.index: item for item in secondary.elements if isinstance(item, Image)}
    images = tuple(
        add_bands(item, others[item.index], None, overwrite)
        for item in primary.elements
        if isinstance(item, Image) and item.index in others
    )
    return evolve(primary, elements=images)
