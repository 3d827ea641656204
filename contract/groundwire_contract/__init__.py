"""A local server as strict as Earth Engine's image:export, or as any OpenAPI document, and the pytest fixtures that run it.

The names below are imported when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .api_fixture import ApiContract, serving
    from .assets.record import Asset, AssetType, Band, Grid
    from .attached import attach, attach_api
    from .environment import Environment, Surroundings
    from .fixture import EarthEngineContract, running, running_apart
    from .front import ContractRequest
    from .given import Answer
    from .operations.script import Script, Stage
    from .overrides import Step
    from .rules.error_bodies import Refusal

__all__ = [
    "Answer",
    "ApiContract",
    "Asset",
    "AssetType",
    "Band",
    "ContractRequest",
    "EarthEngineContract",
    "Environment",
    "Grid",
    "Refusal",
    "Script",
    "Stage",
    "Step",
    "Surroundings",
    "attach",
    "attach_api",
    "running",
    "running_apart",
    "serving",
]
_MODULES: Final = {
    "Answer": "given",
    "ApiContract": "api_fixture",
    "Asset": "assets.record",
    "AssetType": "assets.record",
    "Band": "assets.record",
    "ContractRequest": "front",
    "EarthEngineContract": "fixture",
    "Environment": "environment",
    "Grid": "assets.record",
    "Refusal": "rules.error_bodies",
    "Script": "operations.script",
    "Stage": "operations.script",
    "Step": "overrides",
    "Surroundings": "environment",
    "attach": "attached",
    "attach_api": "attached",
    "running": "fixture",
    "running_apart": "fixture",
    "serving": "api_fixture",
}


def __getattr__(name: str) -> object:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{module}", __name__), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
