"""The official Python client, set up with the functions that it carries for its own tests; it makes no request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def ee() -> Iterator[Any]:
    """The client without a connection: expressions are built and never sent."""
    client = pytest.importorskip("ee")
    from ee import apitestcase

    apitestcase.ApiTestCase().InitializeApi()
    yield client
    client.Reset()
