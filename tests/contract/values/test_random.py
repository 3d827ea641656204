"""Expressions at random, of all functions and of values of every kind: each has a value in JSON, or is refused."""

from __future__ import annotations

import json
import random
from typing import Any, Final

import pytest
from groundwire_contract.values.expression import compute, facts
from groundwire_contract.values.functions import FUNCTIONS
from groundwire_contract.values.problem import ExpressionError

from .declared import SCENES, TABLE, Held, call, constant

CONSTANTS: Final[list[Any]] = [
    *(None, True, 0, 1, -1, 2.5, 1e300, -1e18, 10**15, 1e22),
    *(
        "",
        "a",
        "B4",
        "cloud",
        "system:index",
        "EPSG:4326",
        "2014-05-12",
        "%d",
        "[a",
        "yyyy-MM",
        "month",
        "UTC",
        "../x",
    ),
    *([], [1, 2], ["a", "b"], [[0, 0], [1, 1], [1, 0]], [0, 0, 1, 1], [1e308, 1e308], [None], {}, {"a": 1}),
    *({"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon", "coordinates": [[]]}),
    *({"type": "Polygon", "coordinates": []}, {"type": "GeometryCollection", "geometries": [1]}),
]
IMAGE: Final = call("Image.load", id=constant(f"{SCENES}/S_20140511"))
IMAGES: Final = call("ImageCollection.load", id=constant(SCENES))
FEATURES: Final = call("Collection.loadTable", tableId=constant(TABLE))
FITTING: Final[dict[str, list[Any]]] = {
    "FeatureCollection": [IMAGES, FEATURES],
    "ImageCollection": [IMAGES],
    "Image": [IMAGE],
    "Element": [IMAGE],
    "Algorithm": [{"functionDefinitionValue": {"argumentNames": ["x"], "body": body}} for body in ("f", "g")],
}
NAMES: Final = sorted(FUNCTIONS)


def called(draw: random.Random, name: str, deep: int) -> dict[str, Any]:
    function = FUNCTIONS[name]
    wanted = [each for each in function.arguments if not each.optional or draw.random() < 0.5]
    return call(name, **{each.name: node(draw, deep - 1, each.type) for each in wanted})


def node(draw: random.Random, deep: int, type_: str = "") -> dict[str, Any]:
    if type_ in FITTING and draw.random() < 0.6:
        return draw.choice(FITTING[type_])
    choice = draw.random()
    if deep <= 0 or choice < 0.4:
        return constant(draw.choice(CONSTANTS))
    if choice < 0.5:
        return draw.choice([{"argumentReference": "x"}, {"valueReference": draw.choice(["f", "g", "0"])}])
    if choice < 0.58:
        return {"arrayValue": {"values": [node(draw, deep - 1) for _ in range(draw.randint(0, 3))]}}
    return called(draw, draw.choice(NAMES), deep)


@pytest.mark.parametrize("seed", range(4))
def test_an_expression_at_random_has_a_value_or_is_refused(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - a test that can be repeated
    values = 0
    for name in NAMES:
        expression = {
            "result": "0",
            "values": {"0": called(draw, name, 3), "f": node(draw, 2), "g": node(draw, 1)},
        }
        for run in (compute, facts):
            try:
                value = run(expression, Held())
            except ExpressionError:
                continue
            values += 1
            if run is compute:
                json.dumps(value, allow_nan=False)
    assert values > len(NAMES) / 20
