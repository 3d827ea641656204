"""The image of the demo as a typed expression: NDVI of a cloud-masked summer composite of Sentinel-2."""

from __future__ import annotations

from collections.abc import Mapping

from groundwire import ArrayValue, Expression, FunctionDefinition, FunctionInvocation, ValueNode


class Graph:
    """An expression under construction: each call adds a node and returns a reference to it."""

    def __init__(self) -> None:
        self._values: dict[str, ValueNode] = {}

    def add(self, node: ValueNode) -> ValueNode.ValueReference:
        """Add a node under the next free key."""
        key = str(len(self._values))
        self._values[key] = node
        return ValueNode.ValueReference(key)

    def call(self, name: str, **arguments: ValueNode | object) -> ValueNode.ValueReference:
        """Add a function invocation; a plain argument becomes a constant."""
        return self.add(
            ValueNode.FunctionInvocationValue(
                FunctionInvocation(
                    function=FunctionInvocation.FunctionName(name), arguments=_nodes(arguments)
                )
            )
        )

    def result(self, reference: ValueNode.ValueReference) -> Expression:
        """Return the expression with the result `reference`."""
        return Expression(values=self._values, result=reference.value)


def _nodes(arguments: Mapping[str, ValueNode | object]) -> dict[str, ValueNode]:
    return {
        name: value if isinstance(value, ValueNode) else ValueNode.ConstantValue(value)  # type: ignore[arg-type] # JSON
        for name, value in arguments.items()
    }


def composite(west: float, south: float, east: float, north: float) -> Expression:
    """Return the mean NDVI of summer 2024 over a rectangle in degrees, from scenes with few clouds."""
    graph = Graph()
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    region = graph.call("GeometryConstructors.Polygon", coordinates=[corners], geodesic=False)
    scenes = graph.call("ImageCollection.load", id="COPERNICUS/S2_SR_HARMONIZED")
    dates = graph.call("DateRange", start="2024-06-01", end="2024-09-01")
    in_time = graph.call("Filter.dateRangeContains", leftValue=dates, rightField="system:time_start")
    in_place = graph.call("Filter.intersects", leftField=".all", rightValue=region)
    clear = graph.call("Filter.lessThan", leftField="CLOUDY_PIXEL_PERCENTAGE", rightValue=20)
    wanted = scenes
    for each in (in_time, in_place, clear):
        wanted = graph.call("Collection.filter", collection=wanted, filter=each)
    masked = graph.call("Collection.map", collection=wanted, baseAlgorithm=_mask_clouds(graph))
    median = graph.call("reduce.median", collection=masked)
    bands = graph.add(
        ValueNode.ArrayValue(ArrayValue(values=[ValueNode.ConstantValue(band) for band in ("B8", "B4")]))
    )
    pair = graph.call("Image.select", input=median, bandSelectors=bands)
    ndvi = graph.call("Image.normalizedDifference", input=pair)
    named = graph.call("Image.rename", input=ndvi, names=["NDVI"])
    return graph.result(graph.call("Image.toFloat", value=named))


def _mask_clouds(graph: Graph) -> ValueNode.ValueReference:
    """Return a function that masks the clouds and shadows of a scene by its scene classification."""
    scene = ValueNode.ArgumentReference("scene")
    classes = graph.call("Image.select", input=scene, bandSelectors=["SCL"])
    kinds = graph.call(
        "Image.remap", image=classes, **{"from": [3, 8, 9, 10], "to": [0, 0, 0, 0]}, defaultValue=1
    )
    body = graph.call("Image.updateMask", image=scene, mask=kinds)
    return graph.add(
        ValueNode.FunctionDefinitionValue(FunctionDefinition(argument_names=["scene"], body=body.value))
    )
