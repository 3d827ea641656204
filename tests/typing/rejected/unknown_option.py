"""An option of a call that is not there."""

from __future__ import annotations

from groundwire import Client


def read(client: Client) -> None:
    client.projects.operations.get("projects/p/operations/o", retries=3)  # error
