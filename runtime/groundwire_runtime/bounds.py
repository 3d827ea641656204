"""Bounds on the values of a request. They are checked when it is written, never when an answer is read."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Context, Decimal
from functools import cached_property
from typing import Any, Final, cast

import attrs

from .errors import EncodeError
from .jsontext import Codec
from .parameters import CAP, matcher
from .scalars import whole

_EXACT: Final = Context(prec=1_000, traps=[])
"""Divides any two floats exactly; the remainder of larger quotients is NaN, which is no zero."""


@attrs.frozen(kw_only=True, slots=False)
class Bounds:
    """The bounds of one field; an absent one is None. `pattern` is one that the generator found safe to run.

    `items` are those of each item of a list, and of each value of a map.
    """

    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: float | None = None
    exclusive_maximum: float | None = None
    multiple_of: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    pattern: str | None = None
    items: Bounds | None = None

    @cached_property
    def search(self) -> Callable[[str], object]:
        """Searches a text for the pattern; without one, finds it in any. Compiled when it is first needed."""
        return matcher(self.pattern or "").search

    @cached_property
    def hint(self) -> str:
        """All bounds of the field, as what to do."""
        items = _limits({"at least": self.min_items, "at most": self.max_items})
        if items:
            return f"Pass {items} items."
        numbers = _limits(
            {
                "at least": self.minimum,
                "more than": self.exclusive_minimum,
                "at most": self.maximum,
                "less than": self.exclusive_maximum,
                "a multiple of": self.multiple_of,
            }
        )
        lengths = _limits({"at least": self.min_length, "at most": self.max_length})
        if numbers:
            return f"Pass a number of {numbers}."
        text = f"text of {lengths} characters" if lengths else "text"
        return f"Pass {text}{'' if self.pattern is None else f' that matches {self.pattern}'}."

    def broken(self, value: Any) -> str | None:
        """Return the rule that a value breaks, in words, or None."""
        if isinstance(value, str):
            return self._broken_by_text(value)
        if hasattr(value, "__len__"):
            if self.max_items is not None and len(value) > self.max_items:
                return f"must have at most {self.max_items} items"
            if self.min_items is not None and len(value) < self.min_items:
                return f"must have at least {self.min_items} items"
            return None
        # What is no number, such as a value that no member of a union fits, breaks no bound of numbers.
        is_number = hasattr(value, "__float__") and not isinstance(value, bool)
        return self._broken_by_number(value) if is_number else None

    def check(self, value: Any) -> None:
        """Raise EncodeError for the first value that breaks a bound, with its place."""
        rule = self.broken(value)
        if rule is not None:
            raise EncodeError("", value, rule, hint=self.hint)
        if self.items is None or isinstance(value, (str, bytes)):
            return
        for key, item in _contents(value):
            try:
                self.items.check(item)
            except EncodeError as error:
                raise error.under(key) from None

    def _broken_by_number(self, value: Any) -> str | None:
        if not isinstance(value, (int, float)) and not (isinstance(value, Decimal) and value.is_finite()):
            value = float(value)
        # Written so that NaN, which compares with nothing, keeps no bound.
        if self.minimum is not None and not value >= self.minimum:
            return f"must be at least {self.minimum}"
        if self.maximum is not None and not value <= self.maximum:
            return f"must be at most {self.maximum}"
        if self.exclusive_minimum is not None and not value > self.exclusive_minimum:
            return f"must be more than {self.exclusive_minimum}"
        if self.exclusive_maximum is not None and not value < self.exclusive_maximum:
            return f"must be less than {self.exclusive_maximum}"
        if self.multiple_of is not None and _EXACT.remainder(
            Decimal(str(value)), Decimal(str(self.multiple_of))
        ):
            return f"must be a multiple of {self.multiple_of}"
        return None

    def _broken_by_text(self, value: str) -> str | None:
        if self.min_length is not None and len(value) < self.min_length:
            return f"must have at least {self.min_length} characters"
        if self.max_length is not None and len(value) > self.max_length:
            return f"must have at most {self.max_length} characters, has {len(value)}"
        if self.pattern is not None and (len(value) > CAP or not self.search(value)):
            return f"must match {self.pattern}"
        return None


def _contents(value: Any) -> Iterable[tuple[str | int, Any]]:
    """Return the places and the items of a list, or the keys and the values of a map; nothing of another value."""
    if isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value).items()
    return enumerate(value) if isinstance(value, Sequence) else ()


def _limits(limits: Mapping[str, float | None]) -> str:
    return " and ".join(f"{words} {limit}" for words, limit in limits.items() if limit is not None)


def bounded(item: Codec, bounds: Bounds) -> Codec:
    """Return the codec of a field with bounds: what is written keeps first the type, then the bounds."""
    write_item, search = item.write, bounds.search
    low, high = bounds.min_length or 0, CAP if bounds.max_length is None else min(bounds.max_length, CAP)

    def write(value: Any, depth: int) -> str:
        text = write_item(value, depth)
        if value.__class__ is str and low <= len(value) <= high and search(value):
            return text
        bounds.check(value)
        return text

    return Codec(item.read, write)


def only(item: Codec, classes: tuple[type, ...]) -> Codec:
    """Return the codec of a field whose type is a family, some variants of which may be sent."""

    def write(value: Any, depth: int) -> str:
        text = item.write(value, depth)
        if value.__class__ not in classes:
            names = " or ".join(cls.__qualname__ for cls in classes)
            raise EncodeError("", value, f"must be {names} here")
        return text

    return Codec(item.read, write)


def check_multiple(value: Any, names: Mapping[str, str], divisor: int | None, of: str) -> None:
    """Refuse a message if one of its whole numbers is not a multiple of a sibling field.

    `names` maps the attributes to look at to their wire names; `divisor` is the sibling's value or default.
    """
    for attribute, wire in names.items():
        number = getattr(value, attribute, None)
        if number is None or not divisor:
            continue
        try:
            rest = whole(number) % whole(divisor)
        except EncodeError:
            continue  # the encoder of the field itself refuses it, with its own path
        if rest:
            step = whole(divisor)
            below = whole(number) // step * step
            nearest = f"{below} or {below + step}" if below > 0 else f"{step} or {2 * step}"
            raise EncodeError(
                f"/{wire}",
                number,
                f"must be a multiple of {of} ({divisor})",
                hint=f"Pass {nearest}, for example.",
            )
