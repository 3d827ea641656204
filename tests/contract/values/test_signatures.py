"""The signatures of all functions that are computed, beside the list of functions that the official client carries."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from groundwire_contract.values.functions import FUNCTIONS

WIDER = {
    ("Feature", "geometry"),
    ("Image.unmask", "value"),
    ("Image.clipToBoundsAndScale", "geometry"),
    ("Collection.filter", "filter"),
}
"""Arguments of another type here: numbers and elements that the service would convert first."""
COMPUTED_DEFAULTS = {"ErrorMargin", "Projection"}


def official() -> dict[str, Any]:
    ee = pytest.importorskip("ee")
    path = Path(ee.__file__).parent / "tests" / "algorithms.json"
    return {each["name"].partition("/")[2]: each for each in json.loads(path.read_bytes())["algorithms"]}


def test_every_function_has_the_arguments_of_the_official_list() -> None:
    listed = official()
    for name, function in FUNCTIONS.items():
        arguments = listed[name].get("arguments", [])
        assert [(each["argumentName"], bool(each.get("optional"))) for each in arguments] == [
            (each.name, each.optional) for each in function.arguments
        ], name
        for theirs, ours in zip(arguments, function.arguments, strict=True):
            type_ = re.sub("<.*>", "", theirs["type"]) or "Object"
            # A function does not look at an argument of any type, or converts it itself.
            assert ours.type in ("Any", type_) or (name, ours.name) in WIDER, name
            if ours.type not in COMPUTED_DEFAULTS:
                default = theirs.get("defaultValue")
                assert ours.default == (tuple(default) if isinstance(default, list) else default), (
                    name,
                    ours.name,
                )
