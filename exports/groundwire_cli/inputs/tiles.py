"""Tiles: the features of a GeoJSON file, or the rows of a CSV file, and a function that makes the request of one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

from attrs import frozen
from groundwire import ExportImageRequest

from .problem import InputError
from .requests import parse_json, read_text
from .scripts import function_of, request_of_value, script_problem

SUFFIXES: Final = (".geojson", ".csv")
_KEYS: Final = ("key", "id", "name")
_TEMPLATE: Final = "Add --template req.py:make, where make(tile) returns the request of a tile."


@frozen
class Tile:
    """A feature or a row: its place in the file, its key, and the value that `make` gets."""

    place: str
    key: str
    value: dict[str, Any]


def read_tiles(
    path: Path, template: str | None, key_field: str | None
) -> Iterator[tuple[str, ExportImageRequest]]:
    """Iterate over the keys and requests of tiles.

    `template`: `FILE.py:FUNCTION`; the function gets a feature, or a row as a dict of texts. `key_field`: the property, or
    column, with the key; by default `key`, `id` or `name`. Raises InputError.
    """
    if template is None:
        raise InputError(path, "", "tiles need a template", hint=_TEMPLATE)
    file, colon, name = template.rpartition(":")
    if not colon or not file.endswith(".py") or not name.isidentifier():
        raise InputError(template, "", "expected FILE.py:FUNCTION", hint=_TEMPLATE)
    script = Path(file)
    if not script.is_file():
        raise InputError(script, "", "no such file", hint=_TEMPLATE)
    tiles = list(_features(path, key_field) if path.suffix == ".geojson" else _rows(path, key_field))
    make = function_of(script, name)
    for tile in tiles:
        place = f"{path}, {tile.place}"
        try:
            value = make(tile.value)
        except (Exception, SystemExit) as error:
            raise script_problem(script, error, f"for {place}") from error
        yield tile.key, request_of_value(script, f"for {place}", value)


def _features(path: Path, key_field: str | None) -> Iterator[Tile]:
    document = parse_json(path, read_text(path))
    features = _member(document, "features")
    if not isinstance(features, list):
        raise InputError(path, "/features", "expected a FeatureCollection with a list of features")
    for index, feature in enumerate(cast("list[object]", features)):
        place = f"/features/{index}"
        if _member(feature, "type") != "Feature":
            raise InputError(path, place, "expected a Feature")
        properties = _member(feature, "properties")
        known = cast("dict[str, Any]", properties) if isinstance(properties, dict) else {}
        value = cast("dict[str, Any]", feature)
        yield Tile(place, _key(path, place, {"id": value.get("id"), **known}, key_field), value)


def _member(value: Any, name: str) -> Any:
    """Return a member of a parsed JSON object; None of anything else."""
    return cast("dict[str, Any]", value).get(name) if isinstance(value, dict) else None


def _rows(path: Path, key_field: str | None) -> Iterator[Tile]:
    reader = csv.DictReader(io.StringIO(read_text(path)), strict=True)
    try:
        names = reader.fieldnames or ()
        if len(set(names)) < len(names):
            raise InputError(path, "line 1", "the name of a column is there twice")
        for row in reader:
            place = f"line {reader.line_num}"
            if None in row or None in row.values():
                raise InputError(path, place, f"expected {len(names)} values, as the header has names")
            yield Tile(place, _key(path, place, row, key_field), dict(row))
    except csv.Error as error:
        raise InputError(path, f"line {reader.line_num}", f"not CSV: {error}") from None


def _key(path: Path, place: str, values: dict[str, Any], key_field: str | None) -> str:
    names = (key_field,) if key_field else _KEYS
    key = next((values[name] for name in names if values.get(name) not in (None, "")), None)
    if isinstance(key, (str, int)) and not isinstance(key, bool):
        return str(key)
    raise InputError(
        path,
        place,
        f"no key in {' or '.join(names)}",
        hint="Every tile needs a key of its own: --key-field NAME.",
    )
