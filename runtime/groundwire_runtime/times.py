"""Instants and spans of time with nanoseconds, as `google.protobuf.Timestamp` and `Duration` have them in JSON."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
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


@final
class Timestamp(datetime):
    """An aware `datetime` that keeps the last three digits of a nanosecond.

    `nanosecond` is 0..999, the part below a microsecond. Two timestamps compare, and hash, by the
    exact instant; beside a plain `datetime`, the missing digits count as zero.
    """

    _nanosecond: int

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

    @property
    def nanosecond(self) -> int:
        """The part below a microsecond, 0..999 ns."""
        return self._nanosecond

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

    def _exact(self, other: datetime) -> tuple[int, int] | None:
        """Nanoseconds since the epoch of both, or None when they cannot be compared."""
        if self.utcoffset() is None or other.utcoffset() is None:
            return None
        return _nanoseconds(self), _nanoseconds(other)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, datetime):
            return NotImplemented
        exact = self._exact(other)
        return exact is not None and exact[0] == exact[1]

    def __ne__(self, other: object) -> bool:
        # The base class has its own, which knows no nanoseconds.
        same = self.__eq__(other)
        return same if same is NotImplemented else not same

    def __hash__(self) -> int:
        return datetime.__hash__(self) if not self._nanosecond else hash(_nanoseconds(self))

    def _compared(self, other: date) -> int:
        exact = self._exact(other) if isinstance(other, datetime) else None
        if exact is None:
            raise TypeError("a timestamp compares with aware datetimes only")
        return (exact[0] > exact[1]) - (exact[0] < exact[1])

    def __lt__(self, other: date) -> bool:
        return self._compared(other) < 0

    def __le__(self, other: date) -> bool:
        return self._compared(other) <= 0

    def __gt__(self, other: date) -> bool:
        return self._compared(other) > 0

    def __ge__(self, other: date) -> bool:
        return self._compared(other) >= 0

    def __repr__(self) -> str:
        # Without a zone (`Timestamp.now()`) it is no instant, and has no text.
        return super().__repr__() if self.utcoffset() is None else f"Timestamp.parse({self.text()!r})"

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return Timestamp.parse, (self.text(),)


def _nanoseconds(instant: datetime) -> int:
    since: timedelta = datetime.__sub__(instant, _EPOCH)
    extra = instant.nanosecond if isinstance(instant, Timestamp) else 0
    return since // _MICROSECOND * 1000 + extra


@final
class Duration(timedelta):
    """A `timedelta` that keeps the last three digits of a nanosecond (`nanosecond`, 0..999)."""

    _nanosecond: int

    def __new__(
        cls, days: float = 0, seconds: float = 0, microseconds: float = 0, *, nanosecond: int = 0
    ) -> Self:
        """Make one from its parts; `nanosecond` is 0..999 and is added."""
        if not 0 <= nanosecond <= 999:
            raise ValueError("nanosecond must be in 0..999")
        self = super().__new__(cls, days, seconds, microseconds)
        self._nanosecond = nanosecond
        return self

    @property
    def nanosecond(self) -> int:
        """The part below a microsecond, 0..999 ns."""
        return self._nanosecond

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

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, timedelta):
            return NotImplemented
        return _span_nanoseconds(self) == _span_nanoseconds(other)

    def __ne__(self, other: object) -> bool:
        # The base class has its own, which knows no nanoseconds.
        same = self.__eq__(other)
        return same if same is NotImplemented else not same

    def __hash__(self) -> int:
        return timedelta.__hash__(self) if not self._nanosecond else hash(_span_nanoseconds(self))

    def __lt__(self, other: timedelta) -> bool:
        return _span_nanoseconds(self) < _span_nanoseconds(other)

    def __le__(self, other: timedelta) -> bool:
        return _span_nanoseconds(self) <= _span_nanoseconds(other)

    def __gt__(self, other: timedelta) -> bool:
        return _span_nanoseconds(self) > _span_nanoseconds(other)

    def __ge__(self, other: timedelta) -> bool:
        return _span_nanoseconds(self) >= _span_nanoseconds(other)

    def __repr__(self) -> str:
        return f"Duration.parse({self.text()!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Duration.parse, (self.text(),)


def _span_nanoseconds(span: timedelta) -> int:
    extra = span.nanosecond if isinstance(span, Duration) else 0
    return span // _MICROSECOND * 1000 + extra
