"""A request of another method."""

from __future__ import annotations

from groundwire import Client, WaitOperationRequest


def start(client: Client) -> None:
    client.projects.image.export(WaitOperationRequest())  # error
