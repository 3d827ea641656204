"""Map projections of the GRS 80 ellipsoid beyond UTM: azimuthal, conic and cylindrical ones, and the sinusoidal grid of MODIS.

Formulas: USGS Professional Paper 1395. WGS 84 differs from GRS 80 by a tenth of a millimetre.
"""

from __future__ import annotations

import math
from typing import Final, TypeAlias

from attrs import Factory, field, frozen

XY: TypeAlias = "tuple[float, float]"
_A: Final = 6378137.0
_E2: Final = (2 - 1 / 298.257222101) / 298.257222101
_E: Final = math.sqrt(_E2)
SPHERE: Final = 6371007.181
"""The radius in metres of a sphere with the surface of the Earth."""
_NOWHERE: Final = (math.inf, math.inf)
_CLOSE: Final = 1e-12
_ROUNDS: Final = 8
"""Steps of an iteration that gains two digits or more with each."""


def turned(degrees: float) -> float:
    """Return a difference of longitudes from -180 to 180."""
    return degrees if abs(degrees) <= 180 else (degrees + 180) % 360 - 180


def _q(lat: float) -> float:
    """Return the authalic q of a latitude in radians: the area up to it."""
    sin = math.sin(lat)
    return (1 - _E2) * (sin / (1 - _E2 * sin * sin) + math.atanh(_E * sin) / _E)


_POLE: Final = _q(math.pi / 2)


def _latitude(q: float) -> float:
    """Return the latitude of an authalic q."""
    beta = math.asin(max(-1.0, min(1.0, q / _POLE)))
    return (
        beta
        + (_E2 / 3 + 31 * _E2**2 / 180 + 517 * _E2**3 / 5040) * math.sin(2 * beta)
        + (23 * _E2**2 / 360 + 251 * _E2**3 / 3780) * math.sin(4 * beta)
        + 761 * _E2**3 / 45360 * math.sin(6 * beta)
    )


def _psi(lat: float) -> float:
    """Return the isometric latitude; infinite at a pole."""
    if abs(lat) > math.pi / 2 - _CLOSE:
        return math.copysign(math.inf, lat)
    return math.asinh(math.tan(lat)) - _E * math.atanh(_E * math.sin(lat))


def _conformal(psi: float) -> float:
    """Return the latitude of an isometric latitude."""
    lat = math.atan(math.sinh(max(-300.0, min(300.0, psi))))
    for _ in range(_ROUNDS):
        lat = math.atan(math.sinh(max(-300.0, min(300.0, psi + _E * math.atanh(_E * math.sin(lat))))))
    return lat


def _m(lat: float) -> float:
    """Return the radius of a parallel, in semi-major axes."""
    return math.cos(lat) / math.sqrt(1 - _E2 * math.sin(lat) ** 2)


@frozen
class Azimuthal:
    """Lambert's equal-area map around a point in degrees."""

    lat: float
    lon: float
    east: float = 0.0
    north: float = 0.0
    metres: float = 1.0
    centre: float | None = None
    _beta: float = field(init=False, default=Factory(lambda self: math.asin(_q(math.radians(self.lat)) / _POLE), takes_self=True))  # fmt: skip
    _d: float = field(init=False, default=Factory(lambda self: self._stretch(), takes_self=True))

    def _stretch(self) -> float:
        return _A * _m(math.radians(self.lat)) / (self._radius * math.cos(self._beta))

    @property
    def _radius(self) -> float:
        return _A * math.sqrt(_POLE / 2)

    def forward(self, lon: float, lat: float) -> XY:
        """Return metres; infinite on the other side of the Earth."""
        away, beta = (
            math.radians(lon - self.lon),
            math.asin(max(-1.0, min(1.0, _q(math.radians(lat)) / _POLE))),
        )
        sin, cos = math.sin(self._beta), math.cos(self._beta)
        below = 1 + sin * math.sin(beta) + cos * math.cos(beta) * math.cos(away)
        if below < 1e-3:
            return _NOWHERE
        b = self._radius * math.sqrt(2 / below)
        x, y = math.cos(beta) * math.sin(away), cos * math.sin(beta) - sin * math.cos(beta) * math.cos(away)
        return self.east + b * self._d * x, self.north + b / self._d * y

    def inverse(self, x: float, y: float) -> XY:
        """Return degrees."""
        x, y, d = x - self.east, y - self.north, self._d
        rho = math.hypot(x / d, d * y)
        if rho < _CLOSE:
            return self.lon, self.lat
        c = 2 * math.asin(min(1.0, rho / (2 * self._radius)))
        sin, cos = math.sin(self._beta), math.cos(self._beta)
        q = _POLE * (math.cos(c) * sin + d * y * math.sin(c) * cos / rho)
        away = math.atan2(x * math.sin(c), d * rho * cos * math.cos(c) - d * d * y * sin * math.sin(c))
        return turned(self.lon + math.degrees(away)), math.degrees(_latitude(q))


@frozen
class Polar:
    """A polar stereographic map, true at a latitude, whose sign says around which pole."""

    true: float
    lon: float
    metres: float = 1.0
    centre: float | None = None

    @property
    def _k(self) -> float:
        lat = math.radians(abs(self.true))
        return _A * _m(lat) * math.exp(_psi(lat))

    def forward(self, lon: float, lat: float) -> XY:
        """Return metres; infinite at the other pole."""
        sign, away = math.copysign(1, self.true), math.radians(lon - self.lon)
        psi = _psi(math.radians(sign * lat))
        if psi < -20:
            return _NOWHERE
        rho = self._k * math.exp(-psi)
        return rho * math.sin(away), -sign * rho * math.cos(away)

    def inverse(self, x: float, y: float) -> XY:
        """Return degrees."""
        sign, rho = math.copysign(1, self.true), math.hypot(x, y)
        if rho < _CLOSE:
            return self.lon, sign * 90
        lat = _conformal(-math.log(rho / self._k))
        return turned(self.lon + math.degrees(math.atan2(x, -sign * y))), sign * math.degrees(lat)


@frozen
class Conic:
    """A conic map with two standard parallels, equal-area (Albers) or conformal (Lambert)."""

    first: float
    second: float
    lat: float
    lon: float
    east: float = 0.0
    north: float = 0.0
    conformal: bool = False
    metres: float = 1.0
    _n: float = field(init=False, default=Factory(lambda self: self._cone()[0], takes_self=True))
    _c: float = field(init=False, default=Factory(lambda self: self._cone()[1], takes_self=True))

    @property
    def centre(self) -> float:
        """The longitude in the middle of the map."""
        return self.lon

    def _cone(self) -> XY:
        """Return the constant of the cone and that of its radii."""
        one, two = math.radians(self.first), math.radians(self.second)
        if self.conformal:
            n = math.log(_m(one) / _m(two)) / (_psi(two) - _psi(one))
            return n, _m(one) * math.exp(n * _psi(one)) / n
        n = (_m(one) ** 2 - _m(two) ** 2) / (_q(two) - _q(one))
        return n, _m(one) ** 2 + n * _q(one)

    def _rho(self, lat: float) -> float:
        if not self.conformal:
            return _A * math.sqrt(max(0.0, self._c - self._n * _q(math.radians(lat)))) / self._n
        power = -self._n * _psi(math.radians(lat))
        return math.inf if power > 20 else _A * self._c * math.exp(power)

    def forward(self, lon: float, lat: float) -> XY:
        """Return metres; a conformal map does not end at the far pole."""
        theta, rho = self._n * math.radians(turned(lon - self.lon)), self._rho(lat)
        if math.isinf(rho):
            return _NOWHERE
        return self.east + rho * math.sin(theta), self.north + self._rho(self.lat) - rho * math.cos(theta)

    def inverse(self, x: float, y: float) -> XY:
        """Return degrees."""
        sign = math.copysign(1, self._n)
        x, y = sign * (x - self.east), sign * (self._rho(self.lat) + self.north - y)
        rho, theta = sign * math.hypot(x, y), math.atan2(x, y)
        if abs(rho) < _CLOSE:
            return self.lon, sign * 90
        if self.conformal:
            lat = _conformal(-math.log(rho / (_A * self._c)) / self._n)
        else:
            lat = _latitude((self._c - (rho * self._n / _A) ** 2) / self._n)
        return turned(self.lon + math.degrees(theta / self._n)), math.degrees(lat)


@frozen
class Cylindrical:
    """The equal-area cylindrical map of EASE-Grid 2.0, true at 30 degrees."""

    metres: float = 1.0
    centre: float | None = 0.0

    def forward(self, lon: float, lat: float) -> XY:
        """Return metres."""
        k = _m(math.radians(30))
        return _A * k * math.radians(lon), _A * _q(math.radians(lat)) / (2 * k)

    def inverse(self, x: float, y: float) -> XY:
        """Return degrees."""
        k = _m(math.radians(30))
        return math.degrees(x / (_A * k)), math.degrees(_latitude(2 * k * y / _A))


@frozen
class Sinusoidal:
    """The grid of MODIS, on a sphere."""

    metres: float = 1.0
    centre: float | None = 0.0

    def forward(self, lon: float, lat: float) -> XY:
        """Return metres."""
        phi = math.radians(lat)
        return SPHERE * math.radians(lon) * math.cos(phi), SPHERE * phi

    def inverse(self, x: float, y: float) -> XY:
        """Return degrees; beyond the edges of the map they are beyond 180."""
        phi = max(-math.pi / 2, min(math.pi / 2, y / SPHERE))
        return math.degrees(x / (SPHERE * max(math.cos(phi), _CLOSE))), math.degrees(phi)
