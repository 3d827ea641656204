"""An export that is too large as four."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve
from groundwire import ExportImageRequest, ImageFileExportOptions
from groundwire_runtime.errors import ArgumentError

from .parts import extent_of, part


def split_in_four(key: str, request: ExportImageRequest) -> list[tuple[str, ExportImageRequest]]:
    """Return the exports of the quarters of an export's grid with their keys, for `on_too_large` of a batch.

    Keys and file names get `-y0x0`, `-y0x1`, `-y1x0` and `-y1x1`, from the upper left. A side of one pixel is not split.
    The quarters together have the pixels of the whole, in the same places. The request id is left out: each is an export
    of its own. Raises ArgumentError for a request without a grid of at least two pixels, or to an asset, whose name
    cannot be given four times.
    """
    if request.grid is None:
        hint = "The pixels are in the expression; make the request with grid(bounds, crs=..., scale=...)."
        raise ArgumentError(f"{key!r} cannot be split: it has no grid", hint=hint)
    extent = extent_of(request.grid, f"{key!r} cannot be split: grid")
    options = request.export_options
    if not isinstance(options, ImageFileExportOptions) or options.destination is None:
        hint = "Export to Cloud Storage or Drive, or export smaller tiles to assets of their own."
        raise ArgumentError(f"{key!r} cannot be split: it does not export to files", hint=hint)
    destination = options.destination
    prefix = destination.filename_prefix or ""
    quarters = [
        (
            key + name,
            evolve(
                request,
                grid=part(request.grid, extent, left, top, width, height),
                request_id=None,
                export_options=evolve(
                    options, destination=evolve(destination, filename_prefix=prefix + name)
                ),
            ),
        )
        for row, (top, height) in enumerate(_halves(extent.height))
        for column, (left, width) in enumerate(_halves(extent.width))
        for name in [f"-y{row}x{column}"]
    ]
    if len(quarters) < 2:
        raise ArgumentError(f"{key!r} cannot be split: it has one pixel")
    return quarters


def _halves(length: int) -> Iterator[tuple[int, int]]:
    """Iterate over the offset and length of each half; one pixel has one."""
    half = length // 2
    if half:
        yield 0, half
    yield half, length - half
