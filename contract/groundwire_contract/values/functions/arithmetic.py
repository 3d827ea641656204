"""Functions on numbers."""

from __future__ import annotations

import math
import operator
import re
import struct
from collections.abc import Callable
from typing import Final, TypeAlias

from ..coercion import is_number
from ..elements import Value
from ..problem import ExpressionError, unsupported
from ..signature import Library

Number: TypeAlias = "int | float"
LIBRARY: Final = Library()
_BITS: Final = 63
_CASTS: Final = {
    "byte": (0, 2**8), "uint8": (0, 2**8), "int8": (-(2**7), 2**7), "short": (-(2**15), 2**15), "int16": (-(2**15), 2**15),
    "uint16": (0, 2**16), "int": (-(2**31), 2**31), "int32": (-(2**31), 2**31), "uint32": (0, 2**32),
    "long": (-(2**63), 2**63), "int64": (-(2**63), 2**63),
}  # fmt: skip
_PATTERN: Final = re.compile(r"([^%]*)%([-#+ 0,(]*)(\d{1,3})?(?:\.(\d{1,2}))?([sdoxXeEfgG])([^%]*)")


def checked(number: Number, name: str) -> Number:
    """Return a number, a whole one of 64 bits as int. Raises ExpressionError for what is not finite."""
    if isinstance(number, float) and not math.isfinite(number):
        raise unsupported(f"{name} with a result that is not finite")
    return float(number) if isinstance(number, int) and abs(number) >> _BITS else number


def _two(*names: str) -> Callable[[Callable[[Number, Number], Number]], None]:
    def register(test: Callable[[Number, Number], Number]) -> None:
        for name in names:
            full = f"Number.{name}"

            def compute(left: Number, right: Number, full: str = full) -> Number:
                try:
                    return checked(test(left, right), full)
                except (ZeroDivisionError, ValueError, OverflowError) as error:
                    raise unsupported(f"{full} of {left!r} and {right!r}") from error

            LIBRARY.add(f"{full}(left: Number, right: Number)")(compute)

    return register


def _one(*names: str) -> Callable[[Callable[[Number], Number]], None]:
    def register(test: Callable[[Number], Number]) -> None:
        for name in names:
            full = f"Number.{name}"

            def compute(input_: Number, full: str = full) -> Number:
                try:
                    return checked(test(input_), full)
                except (ValueError, OverflowError) as error:
                    raise unsupported(f"{full} of {input_!r}") from error

            LIBRARY.add(f"{full}(input: Number)")(compute)

    return register


def _mod(left: Number, right: Number) -> Number:
    whole = isinstance(left, int) and isinstance(right, int)
    return math.fmod(left, right) if not whole else abs(left) % abs(right) * (-1 if left < 0 else 1)


_two("add")(operator.add)
_two("subtract")(operator.sub)
_two("multiply")(operator.mul)
_two("divide")(lambda left, right: left / right)
_two("mod")(_mod)
_two("pow")(lambda left, right: math.pow(left, right))
_two("min")(min)
_two("max")(max)
_two("eq")(lambda left, right: int(left == right))
_two("neq")(lambda left, right: int(left != right))
_two("lt")(lambda left, right: int(left < right))
_two("lte")(lambda left, right: int(left <= right))
_two("gt")(lambda left, right: int(left > right))
_two("gte")(lambda left, right: int(left >= right))
_two("and")(lambda left, right: int(bool(left) and bool(right)))
_two("or")(lambda left, right: int(bool(left) or bool(right)))
_one("not")(lambda number: int(not number))
_one("abs")(abs)
_one("ceil")(math.ceil)
_one("floor")(math.floor)
_one("round")(lambda number: math.floor(number + 0.5))
_one("sqrt")(math.sqrt)
_one("exp")(math.exp)
_one("log")(math.log)
_one("log10")(math.log10)
for _name in (
    "acos", "asin", "atan", "cbrt", "cos", "cosh", "erf", "erfc", "gamma", "sin", "sinh", "tan", "tanh",
):  # fmt: skip
    _one(_name)(getattr(math, _name))
_one("signum")(lambda number: (number > 0) - (number < 0))
_one("double", "toDouble")(lambda number: number)
_two("atan2")(math.atan2)
_two("hypot")(math.hypot)
_two("first")(lambda left, _: left)
_two("firstNonZero", "first_nonzero")(lambda left, right: left or right)


def _whole(*numbers: Number) -> list[int]:
    """Return whole numbers. Raises ValueError for another."""
    whole = [int(number) for number in numbers]
    if [*numbers] != whole:
        raise ValueError(numbers)
    return whole


def _bitwise(test: Callable[[int, int], int]) -> Callable[[Number, Number], Number]:
    """Return a function of the bits of two numbers. Raises OverflowError for a result beyond 64 bits."""

    def compute(left: Number, right: Number) -> Number:
        one, other = _whole(left, right)
        value = test(one, other)
        if not -(2**_BITS) <= value < 2**_BITS:
            raise OverflowError(value)
        return value

    return compute


def _shifted(number: int, places: int) -> int:
    if not 0 <= abs(places) < _BITS:
        raise ValueError(places)
    return number << places if places >= 0 else number >> -places


def _inverted(number: Number) -> Number:
    return ~_whole(number)[0]


def _ones(number: Number) -> Number:
    return (_whole(number)[0] & ((1 << (_BITS + 1)) - 1)).bit_count()


_two("bitwiseAnd", "bitwise_and")(_bitwise(lambda one, other: one & other))
_two("bitwiseOr", "bitwise_or")(_bitwise(lambda one, other: one | other))
_two("bitwiseXor", "bitwise_xor")(_bitwise(lambda one, other: one ^ other))
_two("leftShift", "left_shift")(_bitwise(_shifted))
_two("rightShift", "right_shift")(_bitwise(lambda number, places: _shifted(number, -places)))
_one("bitwiseNot", "bitwise_not")(_inverted)
_one("bitCount")(_ones)


@LIBRARY.add("Number.clamp(number: Number, min: Float, max: Float)")
def clamp(number: Number, low: Number, high: Number) -> Number:
    """Return a number, or the end of the range that it lies beyond."""
    return min(max(number, low), high)


@LIBRARY.add("Number.unitScale(number: Number, min: Float, max: Float)")
def unit_scale(number: Number, low: Number, high: Number) -> Number:
    """Return the place of a number between two others, which become 0 and 1."""
    if low == high:
        raise unsupported("Number.unitScale of an empty range")
    return checked((number - low) / (high - low), "Number.unitScale")


def _single(number: Number) -> Number:
    """Return a number that 32 bits hold; how the service rounds another is not known."""
    if struct.unpack("f", struct.pack("f", number))[0] != number:
        raise ValueError(number)
    return number


_one("float", "toFloat")(_single)


def _cast(name: str) -> None:
    low, high = _CASTS[name]

    def compute(number: Number) -> Number:
        return min(max(math.trunc(number), low), high - 1)

    _one(name, f"to{name.capitalize()}")(compute)


for _name in _CASTS:
    _cast(_name)


@LIBRARY.add("Number.parse(input: String, radix?: Integer = 10)")
def parse(text: str, radix: int) -> Number:
    """Return the number of a text."""
    try:
        if radix != 10:
            return checked(int(text, radix), "Number.parse") if len(text) <= _BITS else _raise(text)
        return int(text) if re.fullmatch(r"[+-]?\d{1,18}", text) else checked(float(text), "Number.parse")
    except ValueError:
        return _raise(text)


def _raise(text: str) -> Number:
    raise ExpressionError(f"Number.parse: Cannot parse '{text[:100]}' as a number.")


@LIBRARY.add('Number.format(number: Number, pattern?: String = "%s")')
def format_(number: Number, pattern: str) -> str:
    """Return a number by a pattern of printf."""
    match = _PATTERN.fullmatch(pattern)
    if match is None or any(flag in match[2] for flag in "(,"):
        raise unsupported(f"the pattern {pattern[:100]!r} of Number.format")
    before, flags, width, digits, kind, after = match.groups()
    if kind in "doxX":
        if number != int(number):
            raise ExpressionError(f"Number.format: The pattern '{pattern[:100]}' needs a whole number.")
        shown: Value = int(number)
    elif kind == "s":
        shown = text_of(number)
    else:
        shown = float(number)
    precision = "" if digits is None else f".{digits}"
    text: str = f"%{flags}{width or ''}{precision}{kind}" % shown
    return before + text + after


def text_of(value: Value) -> str:
    """Return the text of a number or a text, as String and %s have it. Raises ExpressionError for other values."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and (value.is_integer() or not 1e-3 <= abs(value) < 1e7):
        raise unsupported(f"the text of the number {value!r}")
    if not is_number(value):
        raise unsupported(f"the text of a {type(value).__name__}")
    return str(value)
