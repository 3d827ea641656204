"""The texts of refusals about assets, in Earth Engine's own words where they were seen."""

from __future__ import annotations

from .error_bodies import Refusal, invalid_argument


def asset_not_found(name: str) -> Refusal:
    """Refuse an asset that does not exist, or that holds none."""
    return Refusal(
        rule="asset-not-found",
        code=404,
        message=f"Asset '{name}' does not exist or doesn't allow this operation.",
    )


def asset_overwrite(name: str) -> Refusal:
    """Refuse to replace an asset."""
    return invalid_argument("asset-overwrite", f"Cannot overwrite asset '{name}'.")


def asset_not_empty(name: str) -> Refusal:
    """Refuse to delete a folder or collection that is not empty."""
    return invalid_argument(
        "asset-not-empty", f"Before trying to delete an asset, delete its children: '{name}'"
    )


def asset_copy_type(name: str) -> Refusal:
    """Refuse to copy a folder, a collection or a classifier."""
    return invalid_argument("asset-copy-type", f"Cannot copy asset '{name}'; can only copy images or tables.")


def asset_id_missing() -> Refusal:
    """Refuse a new asset without a name."""
    return invalid_argument("asset-id-missing", "If legacy or public asset, assetId must be present")


def asset_type_unsupported(type_: str) -> Refusal:
    """Refuse to create an asset that only an export or an import makes."""
    return invalid_argument(
        "asset-type-unsupported",
        f"Cannot create an asset of type {type_}: only folders and image collections.",
    )


def asset_parent_missing(name: str) -> Refusal:
    """Refuse an asset whose folder does not exist, or holds no assets."""
    return Refusal(
        rule="asset-parent-missing",
        code=404,
        message=f"Asset '{name}' does not exist or doesn't allow this operation.",
    )


def asset_field_fixed(path: str) -> Refusal:
    """Refuse to update a field that does not change."""
    return invalid_argument("asset-field-fixed", f"Invalid update mask: {path} cannot be updated.")


def not_simulated(method: str) -> Refusal:
    """Refuse a method without behaviour; the message names what to do."""
    return invalid_argument(
        "not-simulated",
        f"groundwire-contract does not simulate {method}, and invents no answer. Give one: "
        f'contract.answers("{method}", value) in a test, or `serve --answers FILE`.',
    )
