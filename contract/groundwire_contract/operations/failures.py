"""Reasons for which an accepted export fails in its operation, as far as the request shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from attrs import frozen

from ..assets.names import parent_of
from ..exchange import JsonObject, JsonValue
from ..rules.asset_refusals import asset_overwrite
from ..rules.asset_refusals import asset_parent_missing as refused_parent
from .asset_changes import has_parent
from .bands import band_types, is_unbounded
from .call import Call, Context
from .exported_image import ExportedImage
from .starts import STARTS, bucket, target

DEFAULT_MAX_PIXELS: Final = 100_000_000


@frozen
class Failure:
    """The error message of an operation that will fail, and the id of the rule."""

    rule: str
    message: str


Check: TypeAlias = Callable[[JsonObject, Context, ExportedImage], "str | None"]


def failure(call: Call, context: Context) -> Failure | None:
    """Return the first failure whose rule is enforced; None if the export will succeed."""
    is_image = STARTS[call.method.id].kind == "EXPORT_IMAGE"
    image = ExportedImage(_object(call.body, "expression"), context)
    for rule, check in CHECKS.items():
        if rule not in context.relaxed and (is_image or rule in EVERY_START):
            message = check(call.body, context, image)
            if message is not None:
                return Failure(rule, message)
    return None


def crs_unknown(_: JsonObject, __: Context, image: ExportedImage) -> str | None:
    """Check for a CRS that does not exist."""
    return image.crs_problem


def too_many_pixels(request: JsonObject, _: Context, image: ExportedImage) -> str | None:
    """Check width times height against maxPixels; bands do not count.

    `grid` has them, or the expression, as official clients write it.
    """
    size = _object(_object(request, "grid"), "dimensions")
    counted = None if size else image.pixels
    pixels = integer(size, "width", 0) * integer(size, "height", 0) if counted is None else counted.count
    most = integer(request, "maxPixels", DEFAULT_MAX_PIXELS)
    if (pixels if counted is None else counted.least) <= most:
        return None
    return (
        f"Export too large: specified {pixels} pixels (max: {most}). "
        "Specify higher maxPixels value if you intend to export a large area."
    )


def band_types_differ(request: JsonObject, _: Context, image: ExportedImage) -> str | None:
    """Check for bands of different types in one GeoTIFF, one of them floating-point, as in all reports."""
    files = request.get("fileExportOptions")
    if not isinstance(files, dict) or files.get("fileFormat", "GEO_TIFF") != "GEO_TIFF":
        return None
    types = band_types(_object(request, "expression")) or image.types
    if len(types) < 2 or not any(name.startswith("Float") for name in types):
        return None
    return f"Exported bands must have compatible data types; found inconsistent types: {' and '.join(types[:2])}."


def unbounded_image(request: JsonObject, _: Context, __: ExportedImage) -> str | None:
    """Check for an image of constants without dimensions."""
    if _object(_object(request, "grid"), "dimensions") or not is_unbounded(_object(request, "expression")):
        return None
    return "Unable to export unbounded image."


def band_type_unsupported(request: JsonObject, _: Context, image: ExportedImage) -> str | None:
    """Check for whole numbers of 64 bits in a GeoTIFF."""
    files = request.get("fileExportOptions")
    if not isinstance(files, dict) or files.get("fileFormat", "GEO_TIFF") != "GEO_TIFF":
        return None
    return "Unable to export bands of type Int64 as GeoTIFF." if "Int64" in image.types else None


def asset_exists(request: JsonObject, context: Context, _: ExportedImage) -> str | None:
    """Check for an asset that exists."""
    made = target(request)
    if made is None or made.overwrite or not context.catalog.has(made.name):
        return None
    return asset_overwrite(made.name).message


def asset_parent_missing(request: JsonObject, context: Context, _: ExportedImage) -> str | None:
    """Check for a folder or collection that does not exist."""
    made = target(request)
    if made is None or has_parent(context.catalog, made.name):
        return None
    return refused_parent(parent_of(made.name)).message


def bucket_unwritable(request: JsonObject, context: Context, _: ExportedImage) -> str | None:
    """Check for a bucket that was declared unwritable."""
    name = bucket(request)
    if name not in context.environment.unwritable:
        return None
    return f"Unable to write to bucket {name} (permission denied)."


CHECKS: Final[Mapping[str, Check]] = {
    "crs-unknown": crs_unknown,
    "too-many-pixels": too_many_pixels,
    "band-types-differ": band_types_differ,
    "band-type-unsupported": band_type_unsupported,
    "unbounded-image": unbounded_image,
    "asset-exists": asset_exists,
    "asset-parent-missing": asset_parent_missing,
    "bucket-unwritable": bucket_unwritable,
}
"""Checks by rule id, in the order in which they run."""
EVERY_START: Final = frozenset({"asset-exists", "asset-parent-missing", "bucket-unwritable"})
"""Checks of every start; the others are about pixels, and of image exports alone."""


def integer(holder: JsonObject, name: str, default: int) -> int:
    """Return an integer of a message, or the default."""
    value = holder.get(name)
    return value if isinstance(value, int) else default


def _object(holder: JsonObject, name: str) -> JsonObject:
    value: JsonValue = holder.get(name)
    return value if isinstance(value, dict) else {}
