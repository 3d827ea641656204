"""Instants and lengths of time as people read them."""

from __future__ import annotations

from datetime import date, datetime

from ..clock import timestamp
from .element import Html, element


def moment(instant: datetime, today: date) -> Html:
    """An instant: the time alone when it is of today, to the millisecond where it has a fraction."""
    text = instant.strftime("%H:%M:%S")
    if instant.microsecond:
        text += f".{instant.microsecond // 1000:03d}"
    if instant.date() != today:
        text = f"{instant:%Y-%m-%d} {text}"
    stamp = timestamp(instant)
    return element("time", text, datetime=stamp, title=stamp)


def length(seconds: float) -> str:
    """A length of time, in the two units that say most."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"
