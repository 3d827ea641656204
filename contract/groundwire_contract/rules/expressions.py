"""Rules about expressions: what they load and where, and values that this server does not compute."""

from __future__ import annotations

from typing import Final

from .evidence import Evidence, Rule, rule

EXPRESSIONS: Final[tuple[Rule, ...]] = (
    rule(
        "band-type-unsupported",
        Evidence.INFERRED,
        "A GeoTIFF with whole numbers of 64 bits fails inside. No report of the failure or of its words is known, so "
        "it is off unless it is enforced.",
        "none",
        enforced=False,
    ),
    rule(
        "crs-unknown",
        Evidence.SEEN,
        "A CRS that Earth Engine does not know fails inside, and is 400 in value:compute. Known are the codes of the "
        "EPSG registry, SR-ORG:6974 and WKT; codes of ESRI and other SR-ORG were seen to fail, and some of EPSG may. Relaxed, exports do not fail; "
        "value:compute has no value to give, and refuses all the same.",
        "public code that notes the failure of an export; gis.stackexchange.com 272818",
    ),
    rule(
        "asset-not-loaded",
        Evidence.SEEN,
        "An expression that loads an asset that is not there is refused at the start. Inferred: this server knows all "
        "assets of the caller's project, and all members of collections that exist here; others may exist.",
        "JiaxuanYou/crop_yield_prediction#10; landler-io/ecosystem-integrity-index#2",
    ),
)
UNCOMPUTED: Final[tuple[Rule, ...]] = (
    rule(
        "value-unsupported",
        Evidence.DOCUMENTED,
        "The contract server's own: a value that it does not compute, or a fact that no declaration has, is refused "
        "by name. A test can give value:compute an answer.",
        "a limit of this server",
    ),
    rule(
        "value-too-large",
        Evidence.DOCUMENTED,
        "The contract server's own: an expression of too many steps, or with a value too large, is refused.",
        "a limit of this server",
    ),
)
"""Rules of this server's own: a test whose requests met one is not valid."""
