"""Coordinate reference systems: which codes exist, and forward and inverse formulas of the commonest.

The codes are those of the EPSG registry. Formulas: USGS Professional Paper 1395 (web mercator), and Krueger's series in the third
flattening for transverse Mercator, exact to less than a millimetre within a zone.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, Protocol, TypeAlias

from attrs import Factory, field, frozen

from .ellipsoid import Azimuthal, Conic, Cylindrical, Polar, Sinusoidal, turned
from .problem import CRS_UNKNOWN, ExpressionError

WGS84: Final = "EPSG:4326"
_RADIUS: Final = 6378137.0
METRES_PER_DEGREE: Final = _RADIUS * math.pi / 180
_WIDEST: Final = 70
"""Degrees from the meridian at which the series are wrong by less than ten metres."""
_MODIS: Final = "SR-ORG:6974"
"""The sinusoidal grid of MODIS: the only code of SR-ORG in Earth Engine's guide."""
UNPARSED: Final = "Projection: The CRS of a map projection could not be parsed."


class Model(Protocol):
    """A CRS whose coordinates can be computed."""

    @property
    def metres(self) -> float:
        """Metres of one unit, at the point of true scale."""
        ...

    @property
    def centre(self) -> float | None:
        """The longitude in the middle of a map that is cut on the other side of the Earth; None if it is not cut."""
        ...

    def forward(self, lon: float, lat: float) -> tuple[float, float]:
        """Return coordinates of degrees."""
        ...

    def inverse(self, x: float, y: float) -> tuple[float, float]:
        """Return degrees of coordinates."""
        ...


@frozen
class Degrees:
    """Longitude and latitude."""

    metres: float = METRES_PER_DEGREE
    centre: float | None = 0.0

    def forward(self, lon: float, lat: float) -> tuple[float, float]:
        """Return the degrees."""
        return lon, lat

    def inverse(self, x: float, y: float) -> tuple[float, float]:
        """Return the degrees."""
        return x, y


@frozen
class WebMercator:
    """EPSG:3857."""

    metres: float = 1.0
    centre: float | None = 0.0

    def forward(self, lon: float, lat: float) -> tuple[float, float]:
        """Return metres; latitudes end at 89.9 degrees."""
        bounded = max(-89.9, min(89.9, lat))
        return math.radians(lon) * _RADIUS, math.asinh(math.tan(math.radians(bounded))) * _RADIUS

    def inverse(self, x: float, y: float) -> tuple[float, float]:
        """Return degrees."""
        return math.degrees(x / _RADIUS), math.degrees(
            math.atan(math.sinh(max(-50.0, min(50.0, y / _RADIUS))))
        )


Series: TypeAlias = "tuple[float, float, float]"


@frozen
class Krueger:
    """The coefficients of Krueger's series of an ellipsoid. Angles are complex: north and, as imaginary part, east of the
    meridian."""

    eccentricity: float
    rectified: float
    """Metres of a radian of the meridian."""
    alpha: Series
    """Of the way to metres."""
    beta: Series
    """Of the way back."""
    delta: Series
    """From the conformal latitude to the geographic one."""


def _krueger(flattening: float) -> Krueger:
    n = flattening / (2 - flattening)
    return Krueger(
        eccentricity=2 * math.sqrt(n) / (1 + n),
        rectified=0.9996 * _RADIUS / (1 + n) * (1 + n**2 / 4 + n**4 / 64),
        alpha=(n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16, 13 * n**2 / 48 - 3 * n**3 / 5, 61 * n**3 / 240),
        beta=(n / 2 - 2 * n**2 / 3 + 37 * n**3 / 96, n**2 / 48 + n**3 / 15, 17 * n**3 / 480),
        delta=(2 * n - 2 * n**2 / 3 - 2 * n**3, 7 * n**2 / 3 - 8 * n**3 / 5, 56 * n**3 / 15),
    )


def _sines(series: Series, angle: complex) -> complex:
    """Return the sum of a series of the sines of 2, 4 and 6 times an angle, all from one sine and one cosine."""
    sin, cos = cmath.sin(2 * angle), cmath.cos(2 * angle)
    return sin * (series[0] + series[1] * 2 * cos + series[2] * (4 * cos * cos - 1))


@frozen
class TransverseMercator:
    """A zone of UTM on an ellipsoid of 6378137 metres."""

    meridian: float
    northing: float
    flattening: float = 1 / 298.257223563
    metres: float = 1.0
    centre: float | None = None
    series: Krueger = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(lambda self: _krueger(self.flattening), takes_self=True),
    )

    def forward(self, lon: float, lat: float) -> tuple[float, float]:
        """Return easting and northing; infinite more than 70 degrees from the meridian."""
        away = turned(lon - self.meridian)
        if abs(away) > _WIDEST:
            return math.inf, math.inf
        series = self.series
        sin = math.sin(math.radians(max(-89.9, min(89.9, lat))))
        t = math.sinh(math.atanh(sin) - series.eccentricity * math.atanh(series.eccentricity * sin))
        away = math.radians(away)
        angle = complex(math.atan2(t, math.cos(away)), math.atanh(math.sin(away) / math.sqrt(1 + t * t)))
        angle += _sines(series.alpha, angle)
        return 500_000 + series.rectified * angle.imag, self.northing + series.rectified * angle.real

    def inverse(self, x: float, y: float) -> tuple[float, float]:
        """Return degrees."""
        series = self.series
        xi, eta = (y - self.northing) / series.rectified, (x - 500_000) / series.rectified
        angle = complex(xi, max(-10.0, min(10.0, eta)))
        angle -= _sines(series.beta, angle)
        chi = math.asin(max(-1.0, min(1.0, math.sin(angle.real) / math.cosh(angle.imag))))
        lat = chi + _sines(series.delta, chi).real
        away = math.degrees(math.atan2(math.sinh(angle.imag), math.cos(angle.real)))
        return turned(self.meridian + away), math.degrees(lat)


_GRS80: Final = 1 / 298.257222101
_ZONES: Final = (
    (32600, 1, 60, 0.0, 1 / 298.257223563),
    (32700, 1, 60, 10_000_000.0, 1 / 298.257223563),
    (25800, 28, 38, 0.0, _GRS80),
    (26900, 1, 23, 0.0, _GRS80),
    (28300, 48, 58, 10_000_000.0, _GRS80),
    (7800, 46, 59, 10_000_000.0, _GRS80),
)
"""Base code, first and last zone, false northing and flattening: WGS 84, ETRS89, NAD83, GDA94 and GDA2020."""


_ALBERS_USA: Final = Conic(29.5, 45.5, 23, -96)
_OTHERS: Final[Mapping[int, Model]] = {
    3035: Azimuthal(52, 10, 4_321_000, 3_210_000),
    5070: _ALBERS_USA, 6350: _ALBERS_USA,
    3005: Conic(50, 58.5, 45, -126, 1_000_000), 3310: Conic(34, 40.5, 0, -120, 0, -4_000_000),
    3338: Conic(55, 65, 50, -154), 3577: Conic(-18, -36, 0, 132),
    2154: Conic(49, 44, 46.5, 3, 700_000, 6_600_000, conformal=True),
    3034: Conic(35, 65, 52, 10, 4_000_000, 2_800_000, conformal=True),
    3978: Conic(49, 77, 49, -95, conformal=True),
    3031: Polar(-71, 0), 3976: Polar(-70, 0), 3413: Polar(70, -45), 3995: Polar(71, 0), 3996: Polar(75, 0),
    6933: Cylindrical(),
}  # fmt: skip
"""Maps of continents, of the poles and of the world, by code."""


@lru_cache(maxsize=1024)
def _model(crs: str) -> Model | None:
    """Return the formulas of a code; None if they are not known."""
    if crs == _MODIS:
        return Sinusoidal()
    authority, _, text = crs.partition(":")
    if authority != "EPSG" or not text.isdecimal() or len(text) > _LONGEST_CODE:
        return None
    code = int(text)
    if code in (3857, 3785, 900913):
        return WebMercator()
    for base, first, last, northing, flattening in _ZONES:
        if first <= code - base <= last:
            return TransverseMercator((code - base) * 6 - 183, northing, flattening)
    return Degrees() if code in _codes("geographic") else _OTHERS.get(code)


def model(crs: str) -> Model | None:
    """Return the formulas of a code; None if they are not known. A WKT is not kept."""
    return None if len(crs) > len("SR-ORG:") + _LONGEST_CODE else _model(crs)


def normalized(crs: str) -> str:
    """Return a code in upper case, or the WKT. Raises ExpressionError for a CRS that cannot be parsed."""
    text = crs.strip()
    if "[" in text:
        return text
    authority, _, code = text.upper().partition(":")
    if authority == "EPSG" and code.isdecimal() and len(code) <= _LONGEST_CODE and is_code(int(code)):
        return f"EPSG:{int(code)}"
    if text.upper() == _MODIS:
        return _MODIS
    raise ExpressionError(UNPARSED, CRS_UNKNOWN)


_LONGEST_CODE: Final = 6


def is_code(code: int) -> bool:
    """Return True if the EPSG registry has a CRS of this code."""
    return code in _codes("geographic") or code in _codes("other")


@cache
def _codes(kind: str) -> frozenset[int]:
    """Return the codes of a kind: the table has a line each, of ranges."""
    table = files("groundwire_contract.values").joinpath("epsg.txt").read_text("ascii")
    line = next(line for line in table.splitlines() if line.startswith(f"{kind} "))
    ranges = (part.partition("-") for part in line.split()[1:])
    return frozenset(
        code for first, dash, last in ranges for code in range(int(first), int(last if dash else first) + 1)
    )
