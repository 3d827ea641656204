from __future__ import annotations

from pathlib import Path

import pytest
from groundwire_codegen.diff import Given, compare, read_sides

from tests.browser import tab, view
from tests.codegen.diff.scene import changed, diff_of, earth_engine
from tests.codegen.diff.shop import shop
from tests.codegen.diff.visitor import written

__all__ = ["tab", "view"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of a page with every verdict."""
    return written(earth_engine(), tmp_path_factory.mktemp("earth-engine"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of a page whose documents would run a script."""
    document = changed()
    document["schemas"]["Order"]["properties"]["w" * 600] = {"type": "string"}
    return written(diff_of(shop(), document), tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of a page with more than a thousand changes."""
    client = pytest.importorskip("googleapiclient", reason="google-api-python-client is not installed")
    folder = Path(client.__path__[0]) / "discovery_cache" / "documents"
    old, new = (
        Given(name=name, document=(folder / name).read_bytes())
        for name in ("compute.v1.json", "compute.beta.json")
    )
    sides = read_sides(old, new)
    return written(compare(sides.old, sides.new), tmp_path_factory.mktemp("compute"))
