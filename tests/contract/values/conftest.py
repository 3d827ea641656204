"""The official Python client, set up with the functions that it carries for its own tests; it makes no request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


def _nothing() -> None:
    """Connect to no service."""


@pytest.fixture(scope="module")
def ee() -> Iterator[Any]:
    """The client without a connection: expressions are built and never sent."""
    client = pytest.importorskip("ee")
    apitestcase, deprecation = pytest.importorskip("ee.apitestcase"), pytest.importorskip("ee.deprecation")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(client.data, "_install_cloud_api_resource", _nothing)
        patched.setattr(client.data, "getAlgorithms", apitestcase.GetAlgorithms)
        # The client fetches its catalogue of data sets from an address of its own.
        patched.setattr(deprecation, "_FetchDataCatalogStac", dict)
        client.Reset()
        client.Initialize(None, "", project="my-project")
        yield client
        client.Reset()
