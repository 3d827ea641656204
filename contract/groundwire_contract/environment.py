"""Server-side state that a test or the command line declares."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from attrs import Factory, field, frozen
from attrs.validators import deep_iterable, ge, instance_of, le, optional

from .assets.catalog import DeclaredAssets
from .assets.names import check_declared
from .assets.record import Asset
from .rules.refusals import QUEUE_LIMIT

_LONGEST_LAG: Final = 1e9


def _names(names: Iterable[str]) -> frozenset[str]:
    """Return names as a set. One text is no set of names, though it has letters."""
    if isinstance(names, str):
        raise TypeError(f"expected several names, such as {{{names!r}}}, not the text {names!r}")
    return frozenset(names)


def _assets(assets: Iterable[Asset]) -> tuple[Asset, ...]:
    known = tuple(assets)
    for asset in known:
        if not isinstance(asset, Asset):  # pyright: ignore[reportUnnecessaryIsInstance] # tests have no types
            raise TypeError(f"expected an Asset(...), not {asset!r}; `declare` takes JSON too")
    return known


def _asset_name(_: object, __: object, name: str) -> None:
    check_declared(name)


def _bucket(_: object, __: object, name: str) -> None:
    if "/" in name:
        raise ValueError(f"bucket {name!r}: expected its name alone, such as my-bucket")


@frozen(kw_only=True)
class Environment:
    """Server-side state a test can declare: existing assets, read-only buckets, limits and lag."""

    assets: frozenset[str] = field(
        factory=frozenset[str], converter=_names, validator=deep_iterable(_asset_name)
    )
    """Names of images that exist, of which nothing else is known."""
    catalog: tuple[Asset, ...] = field(default=(), converter=_assets)
    """Assets that exist, with what is known of each."""
    unwritable: frozenset[str] = field(
        factory=frozenset[str], converter=_names, validator=deep_iterable(_bucket)
    )
    """Names of buckets that refuse exports."""
    rate: int | None = field(default=None, validator=optional([instance_of(int), ge(0)]))
    """Requests per minute and caller. None is no limit: the service publishes no figure."""
    queue_limit: int = field(default=QUEUE_LIMIT, validator=[instance_of(int), ge(0)])
    """Unfinished operations that a project may have."""
    listing_lag: float = field(default=0.0, validator=[ge(0), le(_LONGEST_LAG)])
    """Seconds for which a new operation is missing from listings; `get` finds it at once."""
    declared: DeclaredAssets = field(
        init=False, eq=False, repr=False, default=Factory(lambda self: _declared(self), takes_self=True)
    )
    """All declared assets."""


def _declared(environment: Environment) -> DeclaredAssets:
    return DeclaredAssets((*(Asset(name=name) for name in environment.assets), *environment.catalog))


Surroundings = Environment
"""The name that tests have used so far, as in `earthengine_contract.surroundings = Surroundings(rate=7)`."""
NOTHING: Final = Environment()
"""The environment in which nothing is declared."""


class Meter:
    """A counter of each caller's requests in the current minute."""

    def __init__(self) -> None:
        self._minute: datetime | None = None
        self._made: dict[str, int] = {}

    def admits(self, caller: str, now: datetime, rate: int) -> bool:
        """Count a request, or return False if the caller has made `rate` requests in this minute."""
        minute = now.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute, self._made = minute, {}
        count = self._made.get(caller, 0)
        if count >= rate:
            return False
        self._made[caller] = count + 1
        return True
