"""Rules about assets, about the other starts, and about what the server does not simulate."""

from __future__ import annotations

from typing import Final

from .evidence import Evidence, Rule, rule

ASSET_RULES: Final[tuple[Rule, ...]] = (
    rule(
        "asset-not-found",
        Evidence.SEEN,
        "An asset that does not exist, or that cannot be listed, is 404. The status is what the official client takes "
        "for none (ee/data.py getInfo). Relaxed, a listing is empty and a deletion does nothing; a call that needs the "
        "asset is refused all the same.",
        "public code that looks for these words after ee.data.getAsset",
    ),
    rule(
        "asset-overwrite",
        Evidence.SEEN,
        "A new asset, a copy or a move does not replace an asset unless `overwrite` asks for it. Words seen for "
        "createAsset; the status is inferred.",
        "public code that looks for these words after ee.data.createAsset",
    ),
    rule(
        "asset-not-empty",
        Evidence.SEEN,
        "A folder or collection is deleted only when it is empty. The status is inferred.",
        "openforis/pysepal#1047",
    ),
    rule(
        "asset-copy-type",
        Evidence.SEEN,
        "Only images and tables are copied. The status is inferred.",
        "gee-community/geetools#280",
    ),
    rule(
        "asset-id-missing",
        Evidence.SEEN,
        "A new asset has a name. Words seen for a legacy folder; the status is inferred.",
        "google/earthengine-api#117",
    ),
    rule(
        "asset-type-unsupported",
        Evidence.DOCUMENTED,
        "assets.create makes folders, image collections, and what is backed by a location. The words are inferred.",
        "v1beta projects.assets.create",
    ),
    rule(
        "asset-parent-missing",
        Evidence.INFERRED,
        "The folder or collection of a new asset exists: create, copy and move are refused, exports and imports fail "
        "inside. That it must exist is certain. Off unless it is enforced, for a server knows only the folders that were "
        "declared or made here, and would fail exports to those that exist for the user; without it, folders are made.",
        "google/weather-tools#532 and #541; healthysustainablecities/global-indicators#547; `earthengine create --parents`",
        enforced=False,
    ),
    rule(
        "asset-field-fixed",
        Evidence.DOCUMENTED,
        "An update changes startTime, endTime, properties and bands alone. The words are inferred.",
        "v1beta projects.assets.patch; ee/data.py updateAsset",
    ),
    rule(
        "policy-etag",
        Evidence.SEEN_ELSEWHERE,
        "A policy with the etag of an earlier one is refused.",
        "Policy of google.iam.v1",
    ),
    rule(
        "config-field-fixed",
        Evidence.SENT,
        "An update of the project's config changes what its mask names, and no name.",
        "ee/data.py updateProjectConfig",
    ),
)
UNSIMULATED: Final[tuple[Rule, ...]] = (
    rule(
        "not-simulated",
        Evidence.DOCUMENTED,
        "A method without behaviour is refused by name, unless a test gives its answer: none is invented. 400, for the "
        "official clients repeat a 501. Relaxed, it is answered with a marked example.",
        "a limit of this server",
    ),
    rule(
        "algorithms-missing",
        Evidence.DOCUMENTED,
        "The list of functions is that of an installed earthengine-api; without one it is refused.",
        "a limit of this server",
    ),
    rule(
        "features-undeclared",
        Evidence.DOCUMENTED,
        "Features of a table are listed only where they were declared.",
        "a limit of this server",
    ),
)
"""Rules by which a request is refused because this server does not simulate its answer."""
