"""Contract servers that run already, elsewhere on this machine or in another container."""

from __future__ import annotations

import os
from typing import Final

from .api_fixture import ApiContract
from .fixture import EarthEngineContract
from .server.controls import Served
from .server.remote import RemoteControls
from .service_account import checked_endpoint

TOKEN_VARIABLE: Final = "GROUNDWIRE_CONTROL_TOKEN"  # noqa: S105 - the name of a variable


def attach(endpoint: str, *, token: str | None = None) -> EarthEngineContract:
    """Return the controls of a server of Earth Engine that runs at an endpoint, such as `http://contract:8085`.

    `token` is its control token, from the environment (GROUNDWIRE_CONTROL_TOKEN) if it is None; a server on this machine
    needs none. Nothing changes at the server until `reset()` or another call; `stop()` lets it run on. Clients of `client()`
    sleep unless its clock is frozen or stepped.

    Raises ValueError for an endpoint that has another server or another API, PermissionError without the right token, and
    OSError if nothing answers.
    """
    controls, served = _controls(endpoint, token)
    if not served.api.startswith("earthengine:"):
        raise ValueError(f"{endpoint} serves {served.api}: attach to it with attach_api")
    return EarthEngineContract(checked_endpoint(endpoint), controls, _leave_running)


def attach_api(endpoint: str, *, token: str | None = None) -> ApiContract:
    """Return the controls of a server of any API, as `attach` does. `endpoint` is without the paths of the API."""
    controls, served = _controls(endpoint, token)
    return ApiContract(checked_endpoint(endpoint), controls, _leave_running, base=served.base)


def _controls(endpoint: str, token: str | None) -> tuple[RemoteControls, Served]:
    address = checked_endpoint(endpoint)
    controls = RemoteControls(address, token or os.environ.get(TOKEN_VARIABLE) or None)
    try:
        return controls, controls.served()
    except PermissionError as error:
        raise PermissionError(f"{address}: {error} Pass token=, or set {TOKEN_VARIABLE}.") from error
    except OSError as error:
        raise ConnectionError(f"{address}: no contract server answers: {error}") from error


def _leave_running() -> None:
    """Stop nothing: the server belongs to somebody else."""
