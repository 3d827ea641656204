"""A contract in the middle of a day's work, made without a socket."""

from __future__ import annotations

import json
import random

from attrs import evolve
from groundwire_contract.clock import SteppedClock
from groundwire_contract.contract import Contract, load
from groundwire_contract.exchange import Exchange, Reply
from groundwire_contract.operations import state as op
from groundwire_contract.operations.script import Script
from groundwire_contract.operations.state import Operation
from groundwire_contract.operations.store import Store
from groundwire_contract.overrides import read_step
from groundwire_contract.server.pages import status_page
from groundwire_contract.service import Service
from groundwire_contract.state.memory import Memory
from groundwire_pages.status_page import Query

from ..wire import EXPORT, JSON, OPERATIONS, export

AGENT = "groundwire/0.1.0 python/3.13"
EARTH_ENGINE = load()
LONG = Script(pending=5, running=40)


def service(
    contract: Contract = EARTH_ENGINE, *, script: Script = LONG, state: Store | None = None
) -> Service:
    """A service whose clock stands still, and whose operations take a while and have names that are always alike."""
    return Service(
        contract,
        clock=SteppedClock(),
        state=state or Memory(),
        draw=random.Random(7).randbytes,  # noqa: S311 - names that are alike in every run
        script=script,
    )


def send(
    to: Service,
    verb: str,
    path: str,
    body: object = None,
    *,
    query: tuple[tuple[str, str], ...] = (),
    headers: dict[str, str] | None = None,
) -> Reply:
    raw = b"" if body is None else json.dumps(body).encode()
    sent = {**JSON, "user-agent": AGENT, "authorization": "Bearer secret-token", **(headers or {})}
    answer = to.handle(Exchange(verb=verb, path=path, query=query, headers=sent, body=raw, length=len(raw)))
    assert isinstance(answer, Reply)
    return answer


def start(at: Service, description: str = "small", **more: object) -> Operation:
    """Start an export, and the operation that it made."""
    send(at, "POST", EXPORT, export(description=description, **more))
    return newest(at)


def newest(of: Service) -> Operation:
    """The operation that was started last."""
    return of.state.newest(None, None, lambda _: True, 1)[0]


def page(of: Service, choice: Query | None = None) -> str:
    """The page as it is written for a visitor."""
    return status_page(of, choice or Query(), "http://127.0.0.1:8085").html


def working_day() -> Service:
    """Operations in every state, and requests that were accepted and refused."""
    day = service()
    state, clock = day.state, day.clock
    start(day, "sentinel2-ndvi-2026-w01")
    clock.elapse(12.25)
    failed = start(day, "landsat9-mosaic-alps")
    clock.elapse(20)
    state.put(op.fail(failed, clock.now(), "User memory limit exceeded."))
    start(day, "elevation-30m-country", grid={"dimensions": {"width": 40000, "height": 31000}})
    send(day, "POST", EXPORT, export(description="night-lights", maxPixel=10, fileFormat="GEO_TIFF"))
    clock.elapse(8.4)
    stopped = start(day, "soil-moisture-smap")
    clock.elapse(9)
    send(day, "POST", f"/v1beta/{stopped.name}:cancel", {})
    clock.elapse(3)
    drive = {"fileFormat": "GEO_TIFF", "driveDestination": {"folder": "exports", "filenamePrefix": "water"}}
    start(day, "surface-water-occurrence", fileExportOptions=drive)
    clock.elapse(11)
    send(day, "POST", EXPORT, export(description="snow cover!"))
    start(day, "forest-loss-year", requestId="job-17")
    day.overrides.add(read_step(503, "contract-project"), "image.export")
    send(day, "POST", EXPORT, export(description="burnt-area-monthly"))
    clock.elapse(14)
    start(day, "cropland-probability")
    send(day, "POST", EXPORT, export(description="forest-loss-year", requestId="job-17"))
    clock.elapse(6)
    slow = start(day, "ndwi-composite-delta")
    clock.elapse(5.5)
    send(day, "POST", f"/v1beta/{slow.name}:cancel", {})
    state.put(evolve(newest(day), script=evolve(LONG, cancelling=60)))
    send(day, "GET", OPERATIONS, query=(("pageSize", "20"), ("filter", "state=RUNNING")))
    start(day, "canopy-height-gedi")
    held = start(day, "bathymetry-coast")
    state.put(op.hold(held, clock.now()))
    return day
