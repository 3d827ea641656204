"""The handlers of the methods that this server simulates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from . import algorithms, asset_changes, asset_policies, assets, export, project_config
from . import compute as values
from . import methods as operations
from .call import Handler
from .starts import STARTS

HANDLERS: Final[Mapping[str, Handler]] = {
    **dict.fromkeys(STARTS, export.start),
    "earthengine.projects.algorithms.list": algorithms.list_,
    "earthengine.projects.getConfig": project_config.get,
    "earthengine.projects.updateConfig": project_config.update,
    "earthengine.projects.listAssets": assets.list_,
    "earthengine.projects.assets.get": assets.get,
    "earthengine.projects.assets.listAssets": assets.list_,
    "earthengine.projects.assets.listFeatures": assets.list_features,
    "earthengine.projects.assets.create": asset_changes.create,
    "earthengine.projects.locations.assets.create": asset_changes.create,
    "earthengine.projects.assets.delete": asset_changes.delete,
    "earthengine.projects.assets.copy": asset_changes.copy,
    "earthengine.projects.assets.move": asset_changes.move,
    "earthengine.projects.assets.patch": asset_changes.patch,
    "earthengine.projects.assets.getIamPolicy": asset_policies.get_policy,
    "earthengine.projects.assets.setIamPolicy": asset_policies.set_policy,
    "earthengine.projects.assets.testIamPermissions": asset_policies.granted_permissions,
    "earthengine.projects.operations.get": operations.get,
    "earthengine.projects.operations.list": operations.list_,
    "earthengine.projects.operations.wait": operations.wait,
    "earthengine.projects.operations.cancel": operations.cancel,
    "earthengine.projects.operations.delete": operations.delete,
    "earthengine.projects.table.computeFeatures": values.compute_features,
    "earthengine.projects.value.compute": values.compute,
}
"""Handlers of valid requests by method id."""
