"""Reasons for which an accepted export fails in its operation, as far as the request shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from attrs import frozen

from ..assets.names import parent_of
from ..exchange import JsonObject
from ..rules.asset_refusals import asset_overwrite
from ..rules.asset_refusals import asset_parent_missing as refused_parent
from .asset_changes import has_parent
from .call import Call, Context
from .exported_image import ExportedImage
from .starts import STARTS, Target, bucket, member

DEFAULT_MAX_PIXELS: Final = 100_000_000


@frozen
class Failure:
    """The error message of an operation that will fail, and the id of the rule."""

    rule: str
    message: str


@frozen(eq=False)
class Asked:
    """A start: its body, the image of its expression, and the asset that it makes, if it makes one."""

    body: JsonObject
    image: ExportedImage
    made: Target | None


Check: TypeAlias = Callable[[Asked, Context], "str | None"]


def failure(asked: Asked, call: Call, context: Context) -> Failure | None:
    """Return the first failure whose rule is enforced; None if the export will succeed."""
    checks = CHECKS if STARTS[call.method.id].kind == "EXPORT_IMAGE" else EVERY_START
    for rule, check in checks.items():
        if rule not in context.relaxed:
            message = check(asked, context)
            if message is not None:
                return Failure(rule, message)
    return None


def crs_unknown(asked: Asked, _: Context) -> str | None:
    """Check for a CRS that does not exist."""
    return asked.image.crs_problem


def too_many_pixels(asked: Asked, _: Context) -> str | None:
    """Check width times height against maxPixels; bands do not count.

    `grid` has them, or the expression, as official clients write it.
    """
    size = _dimensions(asked.body)
    counted = None if size else asked.image.pixels
    pixels = integer(size, "width", 0) * integer(size, "height", 0) if counted is None else counted.count
    most = integer(asked.body, "maxPixels", DEFAULT_MAX_PIXELS)
    if (pixels if counted is None else counted.least) <= most:
        return None
    return (
        f"Export too large: specified {pixels} pixels (max: {most}). "
        "Specify higher maxPixels value if you intend to export a large area."
    )


def band_types_differ(asked: Asked, _: Context) -> str | None:
    """Check for bands of different types in one GeoTIFF, one of them floating-point, as in all reports."""
    if not _is_geotiff(asked.body):
        return None
    types = asked.image.cast_types or asked.image.types
    if len(types) < 2 or not any(name.startswith("Float") for name in types):
        return None
    return f"Exported bands must have compatible data types; found inconsistent types: {' and '.join(types[:2])}."


def unbounded_image(asked: Asked, _: Context) -> str | None:
    """Check for an image of constants without dimensions."""
    is_unbounded = asked.image.is_unbounded and not _dimensions(asked.body)
    return "Unable to export unbounded image." if is_unbounded else None


def band_type_unsupported(asked: Asked, _: Context) -> str | None:
    """Check for whole numbers of 64 bits in a GeoTIFF."""
    is_unsupported = "Int64" in asked.image.types and _is_geotiff(asked.body)
    return "Unable to export bands of type Int64 as GeoTIFF." if is_unsupported else None


def asset_exists(asked: Asked, context: Context) -> str | None:
    """Check for an asset that exists."""
    made = asked.made
    if made is None or made.overwrite or not context.catalog.has(made.name):
        return None
    return asset_overwrite(made.name).message


def asset_parent_missing(asked: Asked, context: Context) -> str | None:
    """Check for a folder or collection that does not exist."""
    made = asked.made
    if made is None or has_parent(context.catalog, made.name):
        return None
    return refused_parent(parent_of(made.name)).message


def bucket_unwritable(asked: Asked, context: Context) -> str | None:
    """Check for a bucket that was declared unwritable."""
    unwritable = context.environment.unwritable
    name = bucket(asked.body) if unwritable else ""
    return f"Unable to write to bucket {name} (permission denied)." if name in unwritable else None


EVERY_START: Final[Mapping[str, Check]] = {
    "asset-exists": asset_exists,
    "asset-parent-missing": asset_parent_missing,
    "bucket-unwritable": bucket_unwritable,
}
"""Checks of every start by rule id, in the order in which they run."""
CHECKS: Final[Mapping[str, Check]] = {
    "crs-unknown": crs_unknown,
    "too-many-pixels": too_many_pixels,
    "band-types-differ": band_types_differ,
    "band-type-unsupported": band_type_unsupported,
    "unbounded-image": unbounded_image,
    **EVERY_START,
}
"""Checks of image exports: the first ones are about pixels."""


def integer(holder: JsonObject, name: str, default: int) -> int:
    """Return an integer of a message, or the default."""
    value = holder.get(name)
    return value if isinstance(value, int) else default


def _dimensions(request: JsonObject) -> JsonObject:
    return member(member(request, "grid"), "dimensions")


def _is_geotiff(request: JsonObject) -> bool:
    files = request.get("fileExportOptions")
    return isinstance(files, dict) and files.get("fileFormat", "GEO_TIFF") == "GEO_TIFF"
