"""Instants and durations in words."""

from __future__ import annotations

from datetime import UTC, date, datetime

from .element import Html, element


def format_time(instant: datetime, today: date) -> Html:
    """Return an instant in UTC: without the date when it is `today`, with milliseconds when it has a fraction."""
    text = instant.strftime("%H:%M:%S")
    if instant.microsecond:
        text += f".{instant.microsecond // 1000:03d}"
    if instant.date() != today:
        text = f"{instant:%Y-%m-%d} {text}"
    stamp = instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return element("time", text, datetime=stamp, title=stamp)


def format_duration(seconds: float) -> str:
    """Return a duration in its two largest units."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"
