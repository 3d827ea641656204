"""The value of the pytest fixture `earthengine_contract`: a running contract server and its controls.

The server's clock stands still. Three things move it:

* A client made by `client()` does not sleep. Each of its pauses, between polls or retries, advances the clock
  by as much and takes no real time, so `client.wait(operation)` ends at once and deterministically.
* Any other client advances it by `POLL_SECONDS` (2 seconds) with each poll of an unfinished operation (get,
  list, and wait, which lets its timeout pass). A polling loop therefore always ends: with the standard script
  it sees PENDING, RUNNING, RUNNING, and the end at the fourth poll.
* A test advances it with `advance(seconds)`.

`finish` and `fail` end an operation immediately. `hold` stops its progress until it is released.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final, cast

from attrs import evolve

from .api_fixture import ApiContract
from .assets.asset_json import declared_asset
from .assets.names import asset_name
from .assets.record import Asset
from .clock import POLL_SECONDS, SteppedClock
from .contract import load
from .environment import NOTHING, Environment
from .operations import state as op
from .operations.script import Script
from .operations.script_library import script_named
from .operations.state import Operation
from .overrides import Step, read_step
from .rules.error_bodies import Refusal
from .server.controls import Controls, operation_named

if TYPE_CHECKING:
    from typing import Unpack

    from groundwire import Client
    from groundwire_runtime.google_client import GoogleOptions

PROJECT: Final = "contract-project"
"""The project of clients that `client()` makes."""


class EarthEngineContract(ApiContract):
    """A running contract server of Earth Engine, reset for every test. Thread-safe."""

    __slots__ = ()

    def reset(self) -> None:
        """Forget everything, as at the start of a test. New operations get the same names again."""
        for client in self._made:
            client.started.clear()
        super().reset()

    def client(self, *, project: str = PROJECT, **options: Unpack[GoogleOptions]) -> Client:
        """Return a client of the server, without credentials, whose pauses advance the server's clock and
        take no time.

        `options` are those of `groundwire.Client`; they take precedence.
        """
        import groundwire

        settings: GoogleOptions = {
            **cast("GoogleOptions", self._way(options)),
            "credentials": groundwire.credentials.anonymous(),
            **options,
        }
        client = groundwire.Client(project=project, **settings)
        self._made.append(client)
        return client

    def service_account(self, project: str = PROJECT) -> dict[str, str]:
        """Return the key file of a service account that the server's token endpoint lets in, as parsed JSON.

        google-auth, earthengine-api and ee-client take it. Raises ImportError without `cryptography`.
        """
        from .service_account import service_account

        return service_account(self.endpoint, project)

    @property
    def operations(self) -> tuple[Operation, ...]:
        """All operations that were started and not deleted, in order."""
        return self._controls.operations()

    @property
    def life(self) -> Script:
        """The script of operations that are started from now on. May be set to a script or to the name of
        one."""
        return self._controls.script()

    @life.setter
    def life(self, life: Script | str) -> None:
        self._controls.set_script(script_named(life) if isinstance(life, str) else life)

    @property
    def surroundings(self) -> Environment:
        """Existing assets, read-only buckets, limits and lag. May be set."""
        return self._controls.environment()

    @surroundings.setter
    def surroundings(self, environment: Environment) -> None:
        if not isinstance(environment, Environment):  # pyright: ignore[reportUnnecessaryIsInstance] # tests have no types
            raise TypeError(f"surroundings are Surroundings(...), not {environment!r}")
        self._controls.set_environment(environment)

    @property
    def queue_limit(self) -> int:
        """Unfinished operations that a project may have: part of `surroundings`. May be set."""
        return self.surroundings.queue_limit

    @queue_limit.setter
    def queue_limit(self, limit: int) -> None:
        self.surroundings = evolve(self.surroundings, queue_limit=limit)

    @property
    def listing_lag(self) -> float:
        """Seconds for which a new operation is missing from listings: part of `surroundings`. May be set."""
        return self.surroundings.listing_lag

    @listing_lag.setter
    def listing_lag(self, seconds: float) -> None:
        self.surroundings = evolve(self.surroundings, listing_lag=seconds)

    @property
    def assets(self) -> tuple[Asset, ...]:
        """All assets that exist, ordered by name: declared, created, and made by exports that have succeeded."""
        return self._controls.assets()

    def asset(self, name: str) -> Asset:
        """Return an asset by its name or id. Raises LookupError if it does not exist."""
        match = next((asset for asset in self.assets if asset.name == asset_name(name)), None)
        if match is None:
            raise LookupError(f"the contract server has no asset {asset_name(name)!r}")
        return match

    def declare(self, *assets: Asset | Mapping[str, object] | str) -> None:
        """Let assets exist for the rest of the test: an `Asset`, the service's JSON of one, or an image's name.

        A table may have its `features`. Folders above an asset exist too. Raises AssetError, a ValueError.
        """
        self._controls.declare(tuple(map(_asset, assets)))

    def state(self, operation: object) -> op.State:
        """Return the state of an operation without polling it. Raises LookupError."""
        match = operation_named(_name(operation), self.operations)
        return op.state(match, self._controls.now())

    def finish(self, operation: object) -> Operation:
        """End an operation now, successfully. `operation` is its name or id, or anything with a `name`.

        Raises LookupError if the server has no such operation, ValueError if it has ended differently.
        """
        return self._controls.finish(_name(operation))

    def fail(self, operation: object, message: str = "Internal error.", *, code: int = 3) -> Operation:
        """End an operation now, with an error. Raises LookupError and ValueError as `finish` does."""
        return self._controls.fail(_name(operation), message, code)

    def cancel(self, operation: object) -> Operation:
        """Cancel an operation as its user would. Raises LookupError and ValueError as `finish` does."""
        return self._controls.cancel(_name(operation))

    def hold(self, operation: object | None = None) -> None:
        """Stop the progress of an operation until `release`, `finish`, `fail` or a cancel; without one, of
        all, including new ones."""
        self._controls.hold(None if operation is None else _name(operation))

    def release(self, operation: object | None = None) -> None:
        """Resume a held operation; without one, all."""
        self._controls.release(None if operation is None else _name(operation))

    def _step(self, step: str | int | Step | Refusal) -> Step:
        return read_step(step, PROJECT)


def _asset(asset: Asset | Mapping[str, object] | str) -> Asset:
    if isinstance(asset, Asset):
        return asset
    return declared_asset({"name": asset} if isinstance(asset, str) else asset)


def _name(operation: object) -> str:
    return operation if isinstance(operation, str) else str(getattr(operation, "name", None))


def running(
    environment: Environment = NOTHING,
    *,
    allow_hosts: Collection[str] = (),
    allow_origins: Collection[str] = (),
) -> EarthEngineContract:
    """Start a contract server of Earth Engine v1beta in a thread. The end of a `with` block, or `stop()`, stops it.

    It answers under the names of this machine and `allow_hosts`, and web pages of `allow_origins`. Raises ValueError for
    an invalid name or origin.
    """
    from .server.admission import admission_of
    from .server.http import ServerThread
    from .service import Service

    service = Service(load(), clock=SteppedClock(poll_seconds=POLL_SECONDS), environment=environment)
    admission = admission_of(allow_hosts, allow_origins)
    thread = ServerThread(service, admission=admission)
    contract = EarthEngineContract(thread.endpoint, Controls(service), thread.stop)
    contract.reset()
    return contract


def running_apart(
    environment: Environment = NOTHING, *, allow_hosts: Collection[str] = ()
) -> EarthEngineContract:
    """Start a contract server in its own process, which other processes may use too. It stops as that of `running` does."""
    from .server.remote import RemoteControls

    command = [sys.executable, "-m", "groundwire_contract", "serve", "--clock", "stepped"]
    command += (f"--allow-host={name}" for name in allow_hosts)
    command += [
        "--queue-limit",
        str(environment.queue_limit),
        "--listing-lag",
        str(environment.listing_lag),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own command
    line = "" if process.stdout is None else process.stdout.readline()

    def stop() -> None:
        with process:
            process.terminate()

    if not line:
        stop()
        raise RuntimeError("the contract server did not start; what it said is on stderr")
    endpoint = line.split()[-1]
    try:
        contract = EarthEngineContract(endpoint, RemoteControls(endpoint), stop)
        contract.reset()
        return contract
    except BaseException:
        stop()
        raise
