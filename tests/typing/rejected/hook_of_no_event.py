"""A hook that takes something else than an event."""

from __future__ import annotations

from groundwire import Client


def note(status: int) -> None:
    print(status)


client = Client(project="p", on_event=note)  # error
