"""One asset as a value: what the catalog knows about it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from ..exchange import JsonValue
from .names import asset_id, asset_name, parent_of


class AssetType(enum.StrEnum):
    """The types of assets."""

    IMAGE = "IMAGE"
    IMAGE_COLLECTION = "IMAGE_COLLECTION"
    TABLE = "TABLE"
    FOLDER = "FOLDER"
    CLASSIFIER = "CLASSIFIER"
    FEATURE_VIEW = "FEATURE_VIEW"

    @property
    def holds_assets(self) -> bool:
        """True for a folder and an image collection."""
        return self in (AssetType.FOLDER, AssetType.IMAGE_COLLECTION)


@frozen(kw_only=True)
class Grid:
    """The pixel grid of a band: its CRS, its size in pixels, and the affine transform from pixels to the CRS.

    `transform` is `scaleX, shearX, translateX, shearY, scaleY, translateY`, the order of expressions.
    """

    crs: str = ""
    """The CRS code, such as `EPSG:32633`; empty if only `wkt` describes it."""
    wkt: str = ""
    width: int | None = None
    height: int | None = None
    transform: tuple[float, ...] = ()


@frozen(kw_only=True)
class Band:
    """One band of an image: its name, its type and its grid."""

    id: str
    precision: str = ""
    """`INT`, `FLOAT` or `DOUBLE`; empty if it is not declared."""
    minimum: float | None = None
    maximum: float | None = None
    dimensions: int = 0
    """Dimensions of the array in each pixel; 0 for a number."""
    grid: Grid | None = None
    pyramiding: str = ""
    missing: tuple[float, ...] | None = None
    """Values that stand for missing data; None if none are declared."""


@frozen(kw_only=True)
class Asset:
    """One asset. Names may be ids: `users/me/x` becomes the full name."""

    name: str = field(converter=asset_name)
    type: AssetType = AssetType.IMAGE
    properties: Mapping[str, JsonValue] = field(factory=dict[str, JsonValue])
    bands: tuple[Band, ...] = ()
    geometry: Mapping[str, JsonValue] | None = None
    """The footprint as GeoJSON."""
    start_time: datetime | None = None
    end_time: datetime | None = None
    update_time: datetime | None = None
    size_bytes: int | None = None
    feature_count: int | None = None
    features: tuple[Mapping[str, JsonValue], ...] | None = None
    """The features of a table as GeoJSON; None if they are not declared. The service's JSON has no such field."""
    policy: Mapping[str, JsonValue] | None = None
    """The IAM policy; None if nobody has set one."""
    computed: str = ""
    """The function that gave it other properties, which are not computed; empty if all are known."""
    others: Mapping[str, JsonValue] = field(factory=dict[str, JsonValue])
    """Other fields of the service's JSON, by wire name, such as `tilesets`."""

    @property
    def id(self) -> str:
        """The id as expressions have it: `users/me/x` for a legacy asset."""
        return asset_id(self.name)

    @property
    def parent(self) -> str:
        """The name of the folder or collection that holds it."""
        return parent_of(self.name)
