"""Images of which the documentation says what their bands are called: their pixels and types are not computed."""

# Values are of any type.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from typing import Final

from attrs import evolve

from ..elements import Band, Collection, Image, PixelType, Unknown, Value
from ..problem import ExpressionError
from ..projection import Projection
from ..reducer import Reducer
from ..signature import Library
from .pixelwise import composite, shared

LIBRARY: Final = Library()
Names = tuple[str, ...]
_TRUTH: Final = PixelType("int", 0, 1)
_TRUTHS: Final = frozenset({"Reducer.allNonZero", "Reducer.and", "Reducer.anyNonZero", "Reducer.or"})
_VISUAL: Final = ("vis-red", "vis-green", "vis-blue")
_FOCAL: Final = (
    'radius?: Float = 1.5, kernelType?: String = "circle", units?: String = "pixels", iterations?: Integer = 1, '
    "kernel?: Any"
)


def _bands(image: Image, names: Names, name: str) -> Image:
    """Return an image with bands of these names, whose types are not computed."""
    return evolve(image, layers=tuple(Band(each, Unknown(name), image.projection) for each in names))


def _kept(name: str, arguments: str, first: str = "image") -> None:
    """Register a function whose result has the bands of its image."""

    def compute(image: Image, *_: Value) -> Image:
        result = image.computed(name)
        return _bands(result, _names(image), name) if isinstance(image.layers, tuple) else result

    LIBRARY.add(f"{name}({first}: Image{arguments})")(compute)


def _names(image: Image) -> Names:
    return tuple(band.id for band in image.bands)


for _name in (
    "abs", "acos", "asin", "atan", "bitCount", "bitwiseNot", "bitwise_not", "cbrt", "ceil", "cos", "cosh", "erf", "erfc",
    "exp", "floor", "gamma", "log", "log10", "round", "signum", "sin", "sinh", "sqrt", "tan", "tanh",
):  # fmt: skip
    _kept(f"Image.{_name}", "", "value")
for _name in ("Min", "Max", "Median", "Mode", "Mean"):
    _kept(f"Image.focal{_name}", f", {_FOCAL}")
    _kept(f"Image.focal_{_name.lower()}", f", {_FOCAL}")
_kept("Image.convolve", ", kernel: Any")
_kept("Image.clamp", ", low: Float, high: Float", "input")
_kept("Image.unitScale", ", low: Float, high: Float", "input")
_kept("Image.changeProj", ", srcProj: Any, dstProj: Any", "input")
_kept("Image.translate", ', x: Float, y: Float, units?: String = "meters", proj?: Any', "input")
_kept("Image.displace", ', displacement: Image, mode?: String = "bicubic", maxOffset?: Float')
_kept("Image.paint", ", featureCollection: Any, color?: Any = 0, width?: Any")


def _fixed(name: str, arguments: str, *names: str) -> None:
    """Register a function whose result always has the same bands."""

    def compute(*values: Value) -> Image:
        image = values[0] if values and isinstance(values[0], Image) else Image(projection=Projection())
        return _bands(image.computed(name), names, name)

    LIBRARY.add(f"{name}({arguments})")(compute)


_fixed("Image.pixelLonLat", "", "longitude", "latitude")
_fixed("Image.pixelArea", "", "area")
_fixed("Image.rgbToHsv", "image: Image", "hue", "saturation", "value")
_fixed("Terrain.slope", "input: Image", "slope")
_fixed("Terrain.aspect", "input: Image", "aspect")
_fixed("Terrain.hillshade", "input: Image, azimuth?: Float = 270, elevation?: Float = 45", "hillshade")
_fixed("Image.pixelCoordinates", "projection: Projection", "x", "y")
_fixed("Image.gradient", "input: Image", "x", "y")
_fixed("Image.random", 'seed?: Long = 0, distribution?: String = "uniform"', "random")
_fixed("Image.toArray", "image: Image, axis?: Integer = 0", "array")
_fixed("Image.hsvToRgb", "image: Image", "red", "green", "blue")
_fixed("Image.remap", "image: Image, from: Any, to: Any, defaultValue?: Any, bandName?: String", "remapped")


@LIBRARY.add('Image.classify(image: Image, classifier: Any, outputName?: String = "classification")')
def classify(image: Image, _: Value, name: str) -> Image:
    """Return an image of one band."""
    return _bands(image.computed("Image.classify"), (name,), "Image.classify")


@LIBRARY.add("Image.derivative(image: Image)")
def derivative(image: Image) -> Image:
    """Return an image with two bands for each."""
    result = image.computed("Image.derivative")
    if not isinstance(image.layers, tuple):
        return result
    names = tuple(f"{name}_{axis}" for name in _names(image) for axis in "xy")
    return _bands(result, names, "Image.derivative")


@LIBRARY.add("Image.normalizedDifference(input: Image, bandNames?: List)")
def normalized_difference(image: Image, _: Value) -> Image:
    """Return an image of one band, without the properties of its input."""
    name = "Image.normalizedDifference"
    result = image.computed(name)
    band = Band("nd", PixelType("float", -1, 1), result.projection)
    return evolve(result, layers=(band,), rest=None)


@LIBRARY.add("Image.where(input: Image, test: Image, value: Image)")
def where(image: Image, _: Image, __: Image) -> Image:
    """Return an image with other pixels: its bands, its metadata and its footprint stay."""
    if not isinstance(image.layers, tuple):
        return image
    return evolve(image, layers=tuple(evolve(band, type=Unknown("Image.where")) for band in image.layers))


@LIBRARY.add("Image.cast(image: Image, bandTypes: Dictionary, bandOrder?: List)")
def cast(image: Image, types: dict[str, Value], order: tuple[Value, ...] | None) -> Image:
    """Return an image with other types of some bands; those that it lacks are added, in the order of their names."""
    bands = {band.id: band for band in image.bands}
    for name in sorted(types.keys() - bands.keys()):
        bands[name] = Band(name, None, image.default_projection)
    chosen = [*bands] if order is None else [str(name) for name in order]
    if sorted(chosen) != sorted(bands):
        raise ExpressionError("Image.cast: The order must have all bands of the result.")
    unseen = Unknown("Image.cast")
    out = (evolve(bands[name], type=unseen) if name in types else bands[name] for name in chosen)
    return evolve(image, layers=tuple(out))


@LIBRARY.add("Image.metadata(image: Image, property: String, name?: String)")
def metadata(image: Image, property_: str, name: str | None) -> Image:
    """Return an image of a property."""
    return _bands(image.computed("Image.metadata"), (name or property_,), "Image.metadata")


@LIBRARY.add(
    "Image.visualize(image: Image, bands?: Any, gain?: Any, bias?: Any, min?: Any, max?: Any, gamma?: Any, "
    "opacity?: Any, palette?: Any, forceRgbOutput?: Boolean = false)"
)
def visualize(image: Image, bands: Value, *values: Value) -> Image:
    """Return an image of three bands of bytes. Of a single band without a palette, the names are not documented."""
    name = "Image.visualize"
    *_, palette, forced = values
    count = len(bands) if isinstance(bands, tuple) and bands else 1 if isinstance(bands, str) else None
    if count is None and isinstance(image.layers, tuple):
        count = min(3, len(image.layers))
    result = image.computed(name)
    if palette is None and not forced and count != 3:
        return result
    byte = PixelType("int", 0, 255)
    return evolve(result, layers=tuple(Band(each, byte, result.projection) for each in _VISUAL))


@LIBRARY.add("Terrain.products(input: Image)")
def products(image: Image) -> Image:
    """Return an image with slope, aspect and hillshade as bands more. Its other metadata are kept."""
    added = tuple(
        Band(each, Unknown("Terrain.products"), image.default_projection)
        for each in ("slope", "aspect", "hillshade")
    )
    if not isinstance(image.layers, tuple):
        return evolve(image, layers=Unknown("Terrain.products"))
    return evolve(image, layers=(*image.layers, *added))


@LIBRARY.add("Image.slice(image: Image, start: Integer, end?: Integer)")
def slice_(image: Image, start: int, end: int | None) -> Image:
    """Return an image with the bands of a range of places."""
    return evolve(image, layers=image.bands[start:end]) if isinstance(image.layers, tuple) else image


@LIBRARY.add(
    "Image.linkCollection(input: Image, imageCollection: ImageCollection, linkedBands?: Object, "
    'linkedProperties?: Object, matchPropertyName?: String = "system:index")'
)
def link(image: Image, collection: Collection, bands: Value, properties: Value, key: str) -> Image:
    """Return an image with bands and properties of the image whose property is the same."""
    wanted, names = _texts(bands), _texts(properties)
    value = image.get(key)
    matches = (item for item in collection.elements if value is not None and item.get(key) == value)
    found = next((item for item in matches if isinstance(item, Image)), None)
    linked = image.with_properties({name: found and found.get(name) for name in names})
    if not isinstance(image.layers, tuple):
        return linked
    # Without a match the bands are there, and masked.
    masked = Unknown("Image.linkCollection")
    source = (
        {name: Band(name, masked, image.default_projection) for name in wanted}
        if found is None
        else {band.id: band for band in found.bands}
    )
    if not set(wanted) <= source.keys():
        raise ExpressionError("Image.linkCollection: The linked image lacks one of the bands.")
    added = {name: source[name] for name in wanted}
    old = tuple(added.pop(band.id, band) for band in image.layers)
    return evolve(linked, layers=(*old, *added.values()))


def _texts(value: Value) -> Names:
    items = () if value is None else (value,) if isinstance(value, str) else value
    if not isinstance(items, tuple) or not all(isinstance(item, str) for item in items):
        raise ExpressionError("Image.linkCollection: Names of bands and properties are texts.")
    return items


@LIBRARY.add("Image.reduce(image: Image, reducer: Reducer)")
def reduce(image: Image, reducer: Reducer) -> Image:
    """Return an image with a band for each output. Only whether bands are not 0 is known to be 0 or 1."""
    result = _bands(image.computed("Image.reduce"), reducer.outputs, "Image.reduce")
    if reducer.name not in _TRUTHS:
        return result
    return evolve(result, layers=tuple(evolve(band, type=_TRUTH) for band in result.bands))


def _reduced(bands: Names | None, reducer: Reducer, *, single: bool = False) -> Names | None:
    """Return the names of the bands that a reducer makes of bands: prefixed, unless it takes all bands at once."""
    if reducer.inputs > 1:
        return reducer.outputs
    if bands is None or (single and len(reducer.outputs) == 1):
        return bands
    return tuple(f"{band}_{output}" for band in bands for output in reducer.outputs)


def _reduction(name: str, arguments: str, *, single: bool = False) -> None:
    def compute(image: Image, reducer: Reducer, *_: Value) -> Image:
        names = _reduced(_names(image) if isinstance(image.layers, tuple) else None, reducer, single=single)
        result = image.computed(name)
        return result if names is None else _bands(result, names, name)

    LIBRARY.add(f"{name}(image: Image, reducer: Reducer{arguments})")(compute)


_reduction("Image.reduceResolution", ", bestEffort?: Boolean = false, maxPixels?: Integer = 64", single=True)
_reduction(
    "Image.reduceNeighborhood",
    ', kernel: Any, inputWeight?: String = "kernel", skipMasked?: Boolean = true, optimization?: String',
)


@LIBRARY.add(
    "ImageCollection.reduce(collection: ImageCollection, reducer: Reducer, parallelScale?: Float = 1)"
)
def reduce_images(collection: Collection, reducer: Reducer, _: float) -> Image:
    """Return an image of the outputs of a reducer for each band."""
    bands = shared(collection)
    names = _reduced(None if bands is None else tuple(band.id for band in bands), reducer)
    image = composite("ImageCollection.reduce", collection)
    return _bands(image, names, "ImageCollection.reduce") if names is not None else image


@LIBRARY.add("Collection.reduceToImage(collection: FeatureCollection, properties: List, reducer: Reducer)")
def reduce_to_image(_: Collection, __: tuple[Value, ...], reducer: Reducer) -> Image:
    """Return an image of the outputs of a reducer."""
    image = Image(projection=Projection()).computed("Collection.reduceToImage")
    return _bands(image, reducer.outputs, "Collection.reduceToImage")
