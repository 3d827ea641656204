"""Timestamps and durations with nanoseconds, as proto3 JSON writes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final, Self, SupportsIndex, final

_INSTANT: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)", re.ASCII
)
_SPAN: Final = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,9}))?s", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
MAX_SECONDS: Final = 315_576_000_000
"""The longest `google.protobuf.Duration`, in whole seconds: about 10,000 years either way."""
_MAX_NANOSECONDS: Final = MAX_SECONDS * 10**9 + 999_999_999


def _digits(nanoseconds: int) -> str:
    """The fraction in 0, 3, 6 or 9 digits, as proto3 JSON prints it."""
    if not nanoseconds:
        return ""
    text = f"{nanoseconds:09d}"
    while text.endswith("000"):
        text = text[:-3]
    return f".{text}"


class _Nanoseconds:
    """Comparison, hash and pickle of a value that counts nanoseconds. Goes before the class of `datetime`."""

    _nanosecond: int
    _comparable: type
    """Values of this class compare; a plain one has no nanoseconds."""
    _rule: str

    @property
    def nanosecond(self) -> int:
        """The part below a microsecond, 0..999 ns."""
        return self._nanosecond

    def _counted(self, value: Any) -> int | None:
        """Return the nanoseconds of a value, or None where it has no place in the order."""
        raise NotImplementedError

    def _difference(self, other: Any) -> int:
        own = self._counted(self)
        count = self._counted(other) if isinstance(other, self._comparable) else None
        if own is None or count is None:
            raise TypeError(self._rule)
        return own - count

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, self._comparable):
            return NotImplemented
        own, count = self._counted(self), self._counted(other)
        return own is not None and own == count

    def __ne__(self, other: object) -> bool:
        # The class of `datetime` has its own, which knows no nanoseconds.
        same = self.__eq__(other)
        return same if same is NotImplemented else not same

    def __hash__(self) -> int:
        return hash(self._counted(self)) if self._nanosecond else super().__hash__()

    def __lt__(self, other: Any) -> bool:
        return self._difference(other) < 0

    def __le__(self, other: Any) -> bool:
        return self._difference(other) <= 0

    def __gt__(self, other: Any) -> bool:
        return self._difference(other) > 0

    def __ge__(self, other: Any) -> bool:
        return self._difference(other) >= 0

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        own: Any = self
        cls: Any = type(self)
        return cls.parse, (own.text(),)


@final
class Timestamp(_Nanoseconds, datetime):
    """An aware `datetime` that keeps the last three digits of a nanosecond.

    `nanosecond` is 0..999, the part below a microsecond. Two timestamps compare, and hash, by the
    exact instant; beside a plain `datetime`, the missing digits count as zero.
    """

    _comparable = datetime
    _rule = "a timestamp compares with aware datetimes only"

    def __new__(
        cls,
        year: SupportsIndex,
        month: SupportsIndex = 1,
        day: SupportsIndex = 1,
        hour: SupportsIndex = 0,
        minute: SupportsIndex = 0,
        second: SupportsIndex = 0,
        microsecond: SupportsIndex = 0,
        tzinfo: tzinfo | None = UTC,
        *,
        fold: int = 0,
        nanosecond: int = 0,
    ) -> Self:
        """Make one from its parts; UTC unless told otherwise; `nanosecond` is 0..999."""
        if not 0 <= nanosecond <= 999:
            raise ValueError("nanosecond must be in 0..999")
        self = super().__new__(cls, year, month, day, hour, minute, second, microsecond, tzinfo, fold=fold)
        self._nanosecond = nanosecond
        return self

    @classmethod
    def of(cls, instant: datetime, nanosecond: int = 0) -> Self:
        """The same instant in UTC. Raises ValueError when `instant` is naive or outside the years 1 to 9999."""
        if instant.utcoffset() is None:
            raise ValueError("a timestamp needs a time zone")
        if isinstance(instant, cls):
            nanosecond = instant.nanosecond
        try:
            utc = instant.astimezone(UTC)
        except OverflowError:
            raise ValueError("a timestamp lies within the years 0001 to 9999") from None
        return cls(
            utc.year,
            utc.month,
            utc.day,
            utc.hour,
            utc.minute,
            utc.second,
            utc.microsecond,
            nanosecond=nanosecond,
        )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read RFC 3339 text with 0 to 9 digits of fraction. Raises ValueError."""
        found = _INSTANT.fullmatch(text)
        if found is None:
            raise ValueError("not an RFC 3339 timestamp")
        year, month, day, hour, minute, second, fraction, zone = found.groups()
        nanoseconds = int((fraction or "").ljust(9, "0"))
        parts = (int(year), int(month), int(day), int(hour), int(minute), int(second), nanoseconds // 1000)
        if zone == "Z":
            return cls(*parts, nanosecond=nanoseconds % 1000)
        local = datetime(*parts, tzinfo=UTC)
        hours, minutes = int(zone[1:3]), int(zone[4:6])
        if hours > 23 or minutes > 59:
            raise ValueError("not an RFC 3339 offset")
        offset = timedelta(hours=hours, minutes=minutes)
        try:
            local = local - offset if zone[0] == "+" else local + offset
        except OverflowError:
            raise ValueError("a timestamp lies within the years 0001 to 9999") from None
        return cls.of(local, nanoseconds % 1000)

    def text(self) -> str:
        """RFC 3339 in UTC with 0, 3, 6 or 9 digits of fraction."""
        utc = Timestamp.of(self)
        date = f"{utc.year:04d}-{utc.month:02d}-{utc.day:02d}"
        time = f"{utc.hour:02d}:{utc.minute:02d}:{utc.second:02d}"
        return f"{date}T{time}{_digits(utc.microsecond * 1000 + utc.nanosecond)}Z"

    def _counted(self, value: datetime) -> int | None:
        # Without a zone (`Timestamp.now()`) it is no instant.
        return None if value.utcoffset() is None else _nanoseconds(value)

    def __repr__(self) -> str:
        # Without a zone it has no text.
        return super().__repr__() if self.utcoffset() is None else f"Timestamp.parse({self.text()!r})"


def _nanoseconds(instant: datetime) -> int:
    since: timedelta = datetime.__sub__(instant, _EPOCH)
    extra = instant.nanosecond if isinstance(instant, Timestamp) else 0
    return since // _MICROSECOND * 1000 + extra


@final
class Duration(_Nanoseconds, timedelta):
    """A `timedelta` that keeps the last three digits of a nanosecond (`nanosecond`, 0..999)."""

    _comparable = timedelta
    _rule = "a duration compares with timedeltas only"

    def __new__(
        cls, days: float = 0, seconds: float = 0, microseconds: float = 0, *, nanosecond: int = 0
    ) -> Self:
        """Make one from its parts; `nanosecond` is 0..999 and is added."""
        if not 0 <= nanosecond <= 999:
            raise ValueError("nanosecond must be in 0..999")
        self = super().__new__(cls, days, seconds, microseconds)
        self._nanosecond = nanosecond
        return self

    @classmethod
    def of(cls, span: timedelta) -> Self:
        """The same span. Raises ValueError beyond 315,576,000,000 s either way."""
        return cls._nanoseconds(_span_nanoseconds(span))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read seconds with 0 to 9 digits of fraction and an `s`: `3.5s`. Raises ValueError."""
        found = _SPAN.fullmatch(text)
        if found is None:
            raise ValueError("not a duration such as 3.5s")
        sign, seconds, fraction = found.groups()
        total = int(seconds) * 10**9 + int((fraction or "").ljust(9, "0"))
        return cls._nanoseconds(-total if sign else total)

    @classmethod
    def _nanoseconds(cls, total: int) -> Self:
        if abs(total) > _MAX_NANOSECONDS:
            raise ValueError(f"a duration is at most {MAX_SECONDS} s either way")
        microseconds, nanosecond = divmod(total, 1000)
        seconds, microseconds = divmod(microseconds, 10**6)
        days, seconds = divmod(seconds, 86400)
        return cls(days, seconds, microseconds, nanosecond=nanosecond)

    def text(self) -> str:
        """Seconds with 0, 3, 6 or 9 digits of fraction and an `s`."""
        total = _span_nanoseconds(self)
        seconds, nanoseconds = divmod(abs(total), 10**9)
        return f"{'-' if total < 0 else ''}{seconds}{_digits(nanoseconds)}s"

    def _counted(self, value: timedelta) -> int:
        return _span_nanoseconds(value)

    def __repr__(self) -> str:
        return f"Duration.parse({self.text()!r})"


def _span_nanoseconds(span: timedelta) -> int:
    extra = span.nanosecond if isinstance(span, Duration) else 0
    return span // _MICROSECOND * 1000 + extra
