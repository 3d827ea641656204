"""Split of an export that is too large into four."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve
from groundwire import AffineTransform, ExportImageRequest, GridDimensions, ImageFileExportOptions
from groundwire_runtime.errors import ArgumentError


def split_in_four(key: str, request: ExportImageRequest) -> list[tuple[str, ExportImageRequest]]:
    """Return four exports of the quarters of an export's grid, as `on_too_large` of a batch.

    Keys and file names get `-y0x0`, `-y0x1`, `-y1x0` and `-y1x1`. A side of one pixel is not split. Raises ArgumentError
    without a grid of at least two pixels, with dimensions and a transform, and for an asset, which has one name.
    """
    grid, options = request.grid, request.export_options
    if grid is None or grid.dimensions is None or grid.affine_transform is None:
        raise ArgumentError(f"{key!r} cannot be split: it needs a grid with dimensions and a transform")
    if not isinstance(options, ImageFileExportOptions) or options.destination is None:
        raise ArgumentError(f"{key!r} cannot be split: only exports to files can be written in parts")
    size, transform, destination = grid.dimensions, grid.affine_transform, options.destination
    prefix = destination.filename_prefix or ""
    parts = [
        (
            f"{key}{name}",
            evolve(
                request,
                grid=evolve(grid, dimensions=part, affine_transform=_moved(transform, left, top)),
                export_options=evolve(
                    options, destination=evolve(destination, filename_prefix=prefix + name)
                ),
            ),
        )
        for name, left, top, part in _quarters(size)
    ]
    if len(parts) < 2:
        raise ArgumentError(f"{key!r} cannot be split: it has one pixel")
    return parts


def _quarters(size: GridDimensions) -> Iterator[tuple[str, int, int, GridDimensions]]:
    """Iterate over the quarters: name, offsets in pixels, size."""
    for row, (top, height) in enumerate(_halves(size.height or 0)):
        for column, (left, width) in enumerate(_halves(size.width or 0)):
            yield f"-y{row}x{column}", left, top, GridDimensions(width=width, height=height)


def _halves(length: int) -> list[tuple[int, int]]:
    """Return the offset and length of each half."""
    half = length // 2
    return [(0, half), (half, length - half)] if half else [(0, length)]


def _moved(transform: AffineTransform, left: int, top: int) -> AffineTransform:
    """Return a transform whose origin is moved by pixels."""
    x = (transform.scale_x or 0.0) * left + (transform.shear_x or 0.0) * top + (transform.translate_x or 0.0)
    y = (transform.shear_y or 0.0) * left + (transform.scale_y or 0.0) * top + (transform.translate_y or 0.0)
    return evolve(transform, translate_x=x, translate_y=y)
