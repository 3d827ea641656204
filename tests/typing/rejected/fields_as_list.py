"""The parts of an answer as a list: they are one text."""

from __future__ import annotations

from groundwire import Client


def read(client: Client) -> None:
    client.projects.operations.get("projects/p/operations/o", fields=["name"])  # error
