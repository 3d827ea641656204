"""What is there, and what is missing, of the files of an export to Cloud Storage."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from attrs import frozen
from groundwire import (
    CloudStorageDestination,
    ExportImageRequest,
    GeoTiffImageExportOptions,
    ImageFileExportOptions,
    ImageFileFormat,
    TfRecordImageExportOptions,
)
from groundwire_runtime.errors import ArgumentError, shortened

from .expected import Found, geo_tiff_files, tf_record_files
from .names import geo_tiff, tf_record

_HINT: Final = "List the objects of Cloud Storage that begin with the prefix of the export."


@frozen(kw_only=True)
class OutputFile:
    """A file of an export. `size` in bytes and `crc32c` are those of the listing, None where it has none."""

    uri: str
    name: str
    size: int | None = None
    crc32c: str | None = None
    offset: tuple[int, int] | None = None
    """Pixels (y, x) of the upper left corner in the export; None for a file that is not split."""
    band: str | None = None
    """The band, where each band is a file."""


@frozen(kw_only=True)
class Outputs:
    """The files of one export. Names are those of objects; `uris` begin with `gs://`."""

    files: tuple[OutputFile, ...]
    """The files that are there, by offset."""
    missing: tuple[str, ...]
    """Names of files that must be there and are not, or are empty."""
    skipped: tuple[str, ...]
    """Names of files that are not there, as `skip_empty_files` allows."""
    conflicting: tuple[str, ...]
    """Names of files that belong to another export with the same prefix, such as an earlier one."""
    strange: tuple[str, ...]
    """Other names below the prefix: `dem/berlin2.tif` for `dem/berlin`."""
    complete: bool
    """Whether nothing is missing or conflicts. False too where a split export has one file, without `skip_empty_files`."""

    @property
    def uris(self) -> tuple[str, ...]:
        """The files' URIs, `gs://bucket/name`."""
        return tuple(file.uri for file in self.files)

    @property
    def gdal(self) -> tuple[str, ...]:
        """The GeoTIFFs' paths for GDAL and rasterio, `/vsigs/bucket/name`."""
        uris = (uri for uri in self.uris if uri.endswith(".tif"))
        return tuple("/vsigs/" + uri.removeprefix("gs://") for uri in uris)

    @property
    def bytes(self) -> int:
        """The size of all files, as far as the listing has sizes."""
        return sum(file.size or 0 for file in self.files)

    def gdalbuildvrt(self, path: str) -> str:
        """Return the command line that joins the GeoTIFFs into a virtual raster."""
        return shlex.join(["gdalbuildvrt", path, *self.gdal])


def outputs(request: ExportImageRequest, objects: Iterable[Any], *, bands: Iterable[str] = ()) -> Outputs:
    """Return what is there of the files of an export to Cloud Storage.

    `objects`: what `storage.objects.list(bucket=..., prefix=...)` gives, or objects of another library with `name` and
    maybe `size` and `crc32c`, or mappings with these keys, or names. Names may be URIs of the bucket. `bands`: the bands
    of an export that writes a file for each; without them it is never complete, as a missing band would not show.

    With `grid` and `tile_dimensions` in the request every file is known. Without, the files must be all combinations of
    the offsets that are there. Contents are not read. Raises ArgumentError for a request to Drive or to an asset, without
    a prefix, or in another format.
    """
    if isinstance(bands, str):
        raise ArgumentError(f"outputs: expected bands, got {shortened(bands)}", hint='Pass bands=("B4",).')
    _check_listing(objects)
    options, bucket, prefix = _place(request)
    root = f"gs://{bucket}/"
    found: list[Found] = []
    strange: list[str] = []
    listed = {item.name: item for item in _files(objects, root)}
    for name in sorted(listed):
        parts = _parsed(options, name, prefix)
        if parts is None:
            strange.append(name)
        else:
            found.append(Found(name=name, parts=parts, empty=listed[name].size == 0))
    if options.file_format == ImageFileFormat.TF_RECORD_IMAGE:
        result = tf_record_files(_records(options), found, prefix)
    else:
        result = geo_tiff_files(request.grid, _tiffs(options), found, prefix, tuple(bands))
    return Outputs(
        files=tuple(_placed(listed[each.name], each) for each in result.there),
        missing=result.missing,
        skipped=result.skipped,
        conflicting=result.conflicting,
        strange=tuple(sorted([*strange, *result.strange])),
        complete=result.complete,
    )


def _place(request: ExportImageRequest) -> tuple[ImageFileExportOptions, str, str]:
    """Return the options, the bucket and the prefix of an export to Cloud Storage."""
    options = request.export_options
    if not isinstance(options, ImageFileExportOptions):
        raise ArgumentError(
            "outputs: the request writes no files", hint="An asset is one; look it up by its name."
        )
    if not isinstance(options.destination, CloudStorageDestination):
        raise ArgumentError("outputs: the request does not write to Cloud Storage", hint=_HINT)
    bucket, prefix = options.destination.bucket, options.destination.filename_prefix
    if not bucket or not prefix:
        name = "filename_prefix" if bucket else "bucket"
        raise ArgumentError(f"outputs: the request has no {name}", hint="Give each export its own.")
    if options.file_format not in (ImageFileFormat.GEO_TIFF, ImageFileFormat.TF_RECORD_IMAGE):
        problem = f"the names of {shortened(options.file_format, 40)} files are not known"
        raise ArgumentError(f"outputs: {problem}", hint="GEO_TIFF and TF_RECORD_IMAGE are.")
    return options, bucket, prefix


def _parsed(options: ImageFileExportOptions, name: str, prefix: str) -> Any:
    if options.file_format == ImageFileFormat.TF_RECORD_IMAGE:
        return tf_record(name, prefix, compressed=bool(_records(options).compress))
    return geo_tiff(name, prefix)


def _tiffs(options: ImageFileExportOptions) -> GeoTiffImageExportOptions:
    chosen = options.format_options
    return chosen if isinstance(chosen, GeoTiffImageExportOptions) else GeoTiffImageExportOptions()


def _records(options: ImageFileExportOptions) -> TfRecordImageExportOptions:
    chosen = options.format_options
    return chosen if isinstance(chosen, TfRecordImageExportOptions) else TfRecordImageExportOptions()


def _files(objects: Iterable[Any], root: str) -> Iterator[OutputFile]:
    """Iterate over objects of any listing, as files without a place in the export."""
    for item in objects:
        name, size, crc32c = (_field(item, key) for key in ("name", "size", "crc32c"))
        if not isinstance(name, str) or not name:
            raise ArgumentError(f"outputs: {shortened(item, 80)} has no name", hint=_HINT)
        name = name.removeprefix(root)
        yield OutputFile(
            uri=root + name,
            name=name,
            size=_size(name, size),
            crc32c=crc32c if isinstance(crc32c, str) else None,
        )


def _check_listing(objects: object) -> None:
    """Raise ArgumentError for what is no listing: a single name would be read as its letters."""
    kind = type(objects).__name__
    is_one = isinstance(objects, (str, bytes, Mapping))
    if is_one or not isinstance(objects, Iterable):
        raise ArgumentError(f"outputs: expected objects of a listing, got {kind}", hint=_HINT)


def _size(name: str, size: Any) -> int | None:
    """Return the size of an object, which JSON has as text. Raises ArgumentError."""
    if size is None or (type(size) is int and size >= 0):
        return size
    if isinstance(size, str) and size.isascii() and size.isdecimal() and len(size) < 20:
        return int(size)
    raise ArgumentError(f"outputs: the size of {shortened(name, 80)} is none: {shortened(size)}", hint=_HINT)


def _field(item: Any, key: str) -> Any:
    if isinstance(item, str):
        return item if key == "name" else None
    return cast("Mapping[str, Any]", item).get(key) if isinstance(item, Mapping) else getattr(item, key, None)


def _placed(file: OutputFile, found: Found) -> OutputFile:
    return OutputFile(
        uri=file.uri,
        name=file.name,
        size=file.size,
        crc32c=file.crc32c,
        offset=found.parts.offset,
        band=found.parts.band,
    )
