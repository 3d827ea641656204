"""A header whose value is bytes."""

from __future__ import annotations

from groundwire import Client


def read(client: Client) -> None:
    client.projects.operations.get("projects/p/operations/o", headers={"if-match": b"1"})  # error
