from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.modules import forget

from .classes import Classes, classes
from .files import document
from .own import EVERYTHING, REQUIRED


def _forget(made: Classes) -> None:
    forget([made.package.__name__])


@pytest.fixture(scope="session")
def conformance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classes]:
    """The classes of the conformance schema."""
    made = classes(document("proto3_conformance_discovery.json"), tmp_path_factory.mktemp("conformance"))
    yield made
    _forget(made)


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classes]:
    """The classes of a schema of our own that has one field of each kind."""
    made = classes(EVERYTHING, tmp_path_factory.mktemp("everything"), REQUIRED)
    yield made
    _forget(made)
