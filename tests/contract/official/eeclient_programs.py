"""Programs of ee-client. Its address is a constant of its module, which each program replaces."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import ee
from eeclient import client
from eeclient.client import EESession

from tests.contract.official.server import HOME, Server, equal

CI = ("exports", "assets", "tasks")


def _session(server: Server) -> EESession:
    client.EARTH_ENGINE_API_URL = f"{server.endpoint}/v1alpha"
    return EESession.from_service_account(server.key())


def _run(server: Server, program: Callable[[EESession], Awaitable[None]]) -> None:
    async def main() -> None:
        session = _session(server)
        try:
            await program(session)
        finally:
            await session.aclose()

    asyncio.run(main())


def exports(server: Server) -> None:
    """Export images and tables."""
    region = ee.Geometry.Rectangle([116.2, 39.8, 116.3, 39.9])
    towns = ee.FeatureCollection([ee.Feature(ee.Geometry.Point([8.5, 47.4]), {"name": "Zug"})])

    async def program(session: EESession) -> None:
        to = session.export
        await to.image_to_drive_async(ee.Image(1), "p", "f", description="drive", region=region, scale=100)
        await to.image_to_asset_async(
            ee.Image(1), f"{HOME}/made", description="asset", region=region, scale=100
        )
        await to.table_to_drive_async(towns, "CSV", "p", "f", description="table")
        await to.table_to_asset_async(towns, f"{HOME}/towns", description="towns")

    _run(server, program)
    equal(
        server.kinds(),
        [
            ("EXPORT_IMAGE", "drive"),
            ("EXPORT_IMAGE", "asset"),
            ("EXPORT_FEATURES", "table"),
            ("EXPORT_FEATURES", "towns"),
        ],
    )


def assets(server: Server) -> None:
    """Create folders, look at assets, and delete them."""

    async def program(session: EESession) -> None:
        does = session.operations
        equal(await does.get_asset_async(f"{HOME}/missing"), None)
        equal((await does.get_asset_async(f"{HOME}/scenes"))["type"], "IMAGE_COLLECTION")
        await does.create_folder_async("work/deep")
        equal((await does.get_asset_async(f"{HOME}/work/deep"))["type"], "FOLDER")
        await does.delete_asset_async(f"{HOME}/work/deep")
        equal(await does.get_asset_async(f"{HOME}/work/deep"), None)

    _run(server, program)


def tasks(server: Server) -> None:
    """List tasks and follow one to its end."""
    region = ee.Geometry.Rectangle([116.2, 39.8, 116.3, 39.9])

    async def program(session: EESession) -> None:
        made = await session.export.image_to_drive_async(
            ee.Image(1), "p", "f", description="followed", region=region, scale=100
        )
        listed = await session.tasks.get_tasks_async()
        equal([each.name for each in listed.operations], [made.name])
        for _ in range(8):
            task = await session.tasks.get_task_async(made.id)
        equal((task.metadata.state, task.done), ("SUCCEEDED", True))

    _run(server, program)
