"""Expressions that are made to be slow, large or endless: each is refused, and soon."""

from __future__ import annotations

from typing import Any

import pytest
from groundwire_contract.values.problem import ExpressionError

from .declared import body, call, constant, value


def reference(name: str) -> dict[str, Any]:
    return {"valueReference": name}


def function(names: list[str], of: str) -> dict[str, Any]:
    return {"functionDefinitionValue": {"argumentNames": names, "body": of}}


def chain(length: int, name: str, argument: str, **more: object) -> dict[str, Any]:
    values = {
        str(place): call(name, **{argument: reference(str(place + 1))}, **more) for place in range(length)
    }
    return {"result": "0", "values": {**values, str(length): constant(1)}}


def doubled(name: str, left: str, right: str, start: object, length: int = 60) -> dict[str, Any]:
    values = {
        str(place): call(name, **{left: reference(str(place + 1)), right: reference(str(place + 1))})
        for place in range(length)
    }
    return {"result": "0", "values": {**values, str(length): constant(start)}}


def features(count: int, *, index: str = "a", **properties: object) -> dict[str, Any]:
    """A node of a collection of the same feature."""
    one = call("Feature", geometry=constant(POINT), metadata=constant({"system:index": index, **properties}))
    return call("Collection", features=call("List.repeat", value=one, count=constant(count)))


def often(node: dict[str, Any], times: int) -> dict[str, Any]:
    """An expression that computes a node many times; each of its arguments once."""
    name, arguments = (
        node["functionInvocationValue"]["functionName"],
        node["functionInvocationValue"]["arguments"],
    )
    once = call(name, **{key: reference(f"argument {key}") for key in arguments})
    size = call("List.size", list={"arrayValue": {"values": [call("ObjectType", value=once)] * times}})
    return body(size, **{f"argument {key}": item for key, item in arguments.items()})


POINT = {"type": "Point", "coordinates": [0, 0]}
LINE = call(
    "GeometryConstructors.LineString",
    coordinates=constant([[x % 100 / 10, x % 160 / 10] for x in range(20_000)]),
)
TEXT = constant("a" * 1_000_000)
NUMBERS = call("List.sequence", start=constant(0), end=constant(99_999))
BAND = call("Image.constant", value=constant([1]))
SAME_NAMES = call(
    "Image.select", input=BAND, bandSelectors=call("List.repeat", value=constant(0), count=constant(9_000))
)
LISTS = call("List.repeat", value=constant([0] * 500), count=constant(500))
OFTEN: dict[str, dict[str, Any]] = {
    "a long text": call("String.length", string=TEXT),
    "an expression on a long text": call("String.index", target=TEXT, pattern=constant("b")),
    "a long list": call("List.contains", list=NUMBERS, element=constant(-1)),
    "a list that is sorted": call("List.sort", list=NUMBERS),
    "the bounds of a line": call("Geometry.bounds", geometry=LINE),
    "many features": call("AggregateFeatureCollection.total_sd", collection=features(30_000, p=2**62), property=constant("p")),
    "filters of many features": call("Collection.filter", collection=features(30_000, p=1), filter=call("Filter.eq", leftField=constant("p"), rightValue=constant(2))),
    "filters by many values": call("Collection.filter", collection=features(100, p=-1), filter=call("Filter.inList", leftField=constant("p"), rightValue=NUMBERS)),
    "many bands": call("Image.bandNames", image=SAME_NAMES),
}  # fmt: skip
"""Calls of which one is computed, and a thousand are not."""


@pytest.mark.parametrize("node", OFTEN.values(), ids=OFTEN)
def test_a_function_costs_what_it_is_given(node: dict[str, Any]) -> None:
    assert value(often(node, 1)) == 1
    with pytest.raises(ExpressionError, match="so many steps"):
        value(often(node, 1000))


LOOP = call(
    "List.map",
    list=call("List.sequence", start=constant(0), end=constant(99_999)),
    baseAlgorithm=reference("f"),
)
HOSTILE: dict[str, dict[str, Any]] = {
    "cycle": body(call("Number.abs", input=reference("0"))),
    "two in a cycle": body(reference("1"), **{"1": reference("0")}),
    "no such value": body(reference("nope")),
    "no result": {"values": {}},
    "empty": {},
    "unknown argument": body({"argumentReference": "x"}),
    "not a node": body({}),
    "deep": chain(50_000, "Number.abs", "input"),
    "deep lists": {"result": "0", "values": {**{str(p): {"arrayValue": {"values": [reference(str(p + 1))]}} for p in range(3000)}, "3000": constant(1)}},
    "doubled text": doubled("String.cat", "string1", "string2", "x" * 100),
    "doubled list": doubled("List.cat", "list", "other", [1, 2]),
    "doubled within": doubled("List.zip", "list", "other", [1, 2]),
    "long list": body(call("List.repeat", value=constant(1), count=constant(10**9))),
    "long sequence": body(call("List.sequence", start=constant(0), end=constant(1e15))),
    "loop in a loop": body(LOOP, f=function(["a"], "g"), g=LOOP | {}),
    "recursion": body(call("List.map", list=constant([1]), baseAlgorithm=reference("f")), f=function(["a"], "0")),
    "power": body(call("Number.pow", left=constant(1e300), right=constant(10))),
    "huge integer": body({"integerValue": "9" * 5000}),
    "slow expression": body(call("String.match", input=constant("a" * 5000), regex=constant("(a+)+$"))),
    "slow repeats": body(call("String.match", input=constant("a" * 5000), regex=constant("a*a*a*a*a*b"))),
    "called value": body({"functionInvocationValue": {"functionReference": "1", "arguments": {}}}, **{"1": constant(1)}),
    "wrong argument": body(call("Number.abs", input=constant(1), nope=constant(1))),
    "no coordinates": body(call("GeometryConstructors.Polygon", coordinates=constant([["a"]]))),
    "far date": body(call("Date.format", date=constant(1e17))),
    "far advance": body(call("Date.advance", date=constant(0), delta=constant(1e9), unit=constant("year"))),
    "long pattern": body(call("Number.format", number=constant(1), pattern=constant("%999999999d"))),
    "unfinished quote": body(call("Date.format", date=constant(0), format=constant("'yyyy"))),
    "two repeats of a long text": body(call("String.match", input=constant("a" * 5000), regex=constant("a+a+b"))),
    "optional parts": body(call("String.match", input=constant("a" * 28), regex=constant("a?" * 28 + "b"))),
    "alternatives": body(call("String.match", input=constant("a" * 30), regex=constant("(a|a)" * 30 + "b"))),
    "long replacements": body(call("String.replace", input=constant("a" * 100_000), regex=constant("a"), replacement=constant("b" * 100_000), flags=constant("g"))),
    "long separators": body(call("List.join", list=call("List.repeat", value=constant("a"), count=constant(100_000)), separator=constant("b" * 100_000))),
    "a long list, often": body(call("List.repeat", value=constant(list(range(100_000))), count=constant(100_000))),
    "deep filters": body(call("List.filter", list=constant([1]), filter=reference("0f")), **{f"{p}f": call("Filter.not", filter=reference(f"{p + 1}f")) for p in range(5000)}, **{"5000f": call("Filter.always")}),
    "doubled filters": body(call("List.filter", list=constant([1]), filter=reference("0f")), **{f"{p}f": call("Filter.and", filters={"arrayValue": {"values": [reference(f"{p + 1}f")] * 2}}) for p in range(40)}, **{"40f": call("Filter.always")}),
    "deep geometries": {"result": "0", "values": {**{str(p): call("GeometryConstructors.MultiGeometry", geometries={"arrayValue": {"values": [reference(str(p + 1))]}}) for p in range(5000)}, "5000": call("GeometryConstructors.Point", coordinates=constant([1, 2]))}},
    "doubled geometries": {"result": "0", "values": {**{str(p): call("GeometryConstructors.MultiGeometry", geometries={"arrayValue": {"values": [reference(str(p + 1))] * 2}}) for p in range(40)}, "40": call("GeometryConstructors.Point", coordinates=constant([1, 2]))}},
    "doubled negations": body(call("List.filter", list=constant([1]), filter=reference("0f")), **{f"{p}f": call("Filter.and", filters={"arrayValue": {"values": [call("Filter.not", filter=reference(f"{p + 1}f"))] * 2}}) for p in range(40)}, **{"40f": call("Filter.never")}),
    "many bands": body(call("Image.bandNames", image=call("Image.select", input=call("Image.constant", value=constant([1] * 3000)), bandSelectors=call("List.repeat", value=constant(".*"), count=constant(3000))))),
    "bands of many images": body(call("Image.bandNames", image=call("ImageCollection.toBands", collection=call("ImageCollection.fromImages", images=call("List.repeat", value=call("Image.constant", value=constant([1] * 10_000)), count=constant(100_000)))))),
    "doubled features": {"result": "0", "values": {**{str(p): call("Element.set", object=call("Element.set", object=call("Feature", geometry=constant(POINT)), key=constant("a"), value=reference(str(p + 1))), key=constant("b"), value=reference(str(p + 1))) for p in range(40)}, "40": constant(1)}},
    "chained bands": {"result": "0", "values": {**{str(p): call("Image.addBands", dstImg=reference(str(p + 1)), srcImg=BAND) for p in range(2000)}, "2000": BAND}},
    "lines that meet": body(call("Geometry.intersects", left=LINE, right=LINE)),
    "more bands than an image has": body(call("Image.bandNames", image=call("Image.constant", value=NUMBERS))),
    "long names": body(call("Collection.merge", collection1=features(10_000, index="i" * 100_000), collection2=features(1))),
    "product": body(call("AggregateFeatureCollection.product", collection=features(100_000, p=2**62), property=constant("p"))),
    "lists within lists": body(call("List.containsAll", list=LISTS, other=call("List.map", list=LISTS, baseAlgorithm=reference("f"))), f=function(["x"], "g"), g=call("List.add", list={"argumentReference": "x"}, element=constant(1))),
    "long date pattern": body(call("Date.format", date=constant(0), format=constant("y-" * 500_000))),
    "long expression": body(call("String.match", input=constant("a"), regex=constant("a" * 500_000))),
    "far sequence": body(call("List.sequence", start=constant(1e308), end=constant(-1e308), step=constant(-1e-300))),
    "integer beyond a double": body(call("List.get", list=constant([10**400]), index=constant(0))),
}  # fmt: skip


@pytest.mark.parametrize("expression", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_expression_is_refused_soon(expression: dict[str, Any]) -> None:
    with pytest.raises(ExpressionError):
        value(expression)


def test_bands_of_one_name_get_names_of_their_own() -> None:
    added = call("Image.addBands", dstImg=BAND, srcImg=SAME_NAMES)
    assert len(set(value(body(call("Image.bandNames", image=added))))) == 9001


def test_a_long_expression_is_computed() -> None:
    assert value(chain(2000, "Number.abs", "input")) == 1
    wide = {"arrayValue": {"values": [constant(number) for number in range(5000)]}}
    assert value(body(call("List.size", list=wide))) == 5000


def test_a_value_that_is_used_often_is_computed_once() -> None:
    assert value(doubled("Number.add", "left", "right", 1, 50)) == 2**50


def reduced(items: dict[str, Any], reducer: dict[str, Any]) -> dict[str, Any]:
    return call("List.reduce", list=items, reducer=reducer)


def copies(count: int, feature: dict[str, Any]) -> dict[str, Any]:
    return call("Collection", features=call("List.repeat", value=feature, count=constant(count)))


def joined(join: str, condition: dict[str, Any], **more: object) -> dict[str, Any]:
    made = call(join, **{key: constant(item) for key, item in more.items()})
    both = {"primary": reference("features"), "secondary": reference("features")}
    return call("Collection.size", collection=call("Join.apply", join=made, condition=condition, **both))


def pair(name: str, **more: object) -> dict[str, Any]:
    return call(name, leftField=constant("p"), rightField=constant("p"), **more)


MANY = call("List.sequence", start=constant(1), end=constant(99_999))
SUMS = {"sums 0": call("Reducer.sum")} | {
    f"sums {level + 1}": call(
        "Reducer.combine",
        reducer1=reference(f"sums {level}"),
        reducer2=reference(f"sums {level}"),
        outputPrefix=constant(chr(97 + level)),
        sharedInputs=constant(True),
    )
    for level in range(9)
}
WIDE, WIDEST = (
    call(
        "Feature", geometry=constant(POINT), metadata=constant({"p": 1, **{f"p{n}": n for n in range(count)}})
    )
    for count in (1_000, 6_000)
)
NOTED = call("Feature", geometry=constant(POINT), metadata=constant({"p": "a" * 100_000}))
CLOSE = pair("Filter.maxDifference", difference=constant(1))
WORK: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a product": (reduced(MANY, call("Reducer.product")), {}),
    "many sums of a list": (call("ObjectType", value=reduced(MANY, reference("sums 9"))), SUMS),
    "distances as properties": (joined("Join.saveAll", CLOSE, matchesKey="m", measureKey="d"), {"features": copies(250, WIDE)}),
    "nearest ones as properties": (joined("Join.saveBest", CLOSE, matchKey="m", measureKey="d"), {"features": copies(440, WIDEST)}),
    "a join by texts": (joined("Join.simple", pair("Filter.stringContains")), {"features": copies(440, NOTED)}),
    "a filter by texts": (call("Collection.size", collection=call("Collection.filter", collection=reference("features"), filter=pair("Filter.stringContains"))), {"features": copies(90_000, NOTED)}),
    "a filter by many names": (call("Collection.size", collection=call("Collection.filter", collection=features(9_000, p=1), filter=call("Filter.notNull", properties=call("List.repeat", value=constant("p"), count=constant(9_000))))), {}),
}  # fmt: skip


@pytest.mark.parametrize(("node", "more"), WORK.values(), ids=WORK)
def test_reducers_joins_and_filters_count_what_they_look_at(
    node: dict[str, Any], more: dict[str, Any]
) -> None:
    with pytest.raises(ExpressionError, match="does not compute"):
        value(body(node, **more))


def test_a_percentile_that_is_asked_for_often_is_computed_once() -> None:
    names = call("List.sequence", start=constant(1), end=constant(3_000))
    often = call("List.repeat", value=constant(50), count=constant(3_000))
    found = value(body(reduced(MANY, call("Reducer.percentile", percentiles=often, outputNames=names))))
    assert len(found) == 3_000
    assert {*found.values()} == {50_000}
