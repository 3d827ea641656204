"""What a copy keeps of the description gives the same API as the whole, and so the same verdicts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from groundwire_codegen.fetch.normal import normal
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.problem import SpecError
from groundwire_codegen.reader import read_api
from groundwire_codegen.vendor import between
from groundwire_codegen.vendor.manifest import description

from tests.codegen.packages import earth_engine

WANTED = {
    "drive.v3": ("drive.files.get", "drive.files.list"),
    "storage.v1": ("storage.objects.insert", "storage.buckets.getIamPolicy"),
    "compute.v1": ("compute.instances.insert", "compute.zoneOperations.wait"),
    "oauth2.v2": ("oauth2.userinfo.v2.me.get",),
}


def kept(inputs: Inputs) -> tuple[bytes, int]:
    """The document of a description, and how many characters the whole has."""
    text = description(inputs)
    return json.dumps(json.loads(text)["document"]).encode(), len(text)


@pytest.mark.parametrize("name", WANTED)
def test_the_part_is_read_as_the_whole_is(name: str) -> None:
    client = pytest.importorskip("googleapiclient", reason="google-api-python-client is not installed")
    path = Path(client.__path__[0]) / "discovery_cache" / "documents" / f"{name}.json"
    inputs = Inputs(name=name, document=path.read_bytes(), package="x", methods=WANTED[name])
    document, size = kept(inputs)
    whole = normal(inputs.document, name, prose=False)
    assert read_api(document, methods=inputs.methods) == read_api(whole, methods=inputs.methods)
    assert size < len(whole) or name == "oauth2.v2"
    assert between(description(inputs), description(inputs), {}).changes == ()


def test_the_part_that_an_overlay_asks_for_is_read_as_the_whole_is() -> None:
    inputs = earth_engine()
    document, size = kept(inputs)
    assert read_api(document, inputs.overlay) == read_api(inputs.document, inputs.overlay)
    assert size < 50_000


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"document": {}, "methods": 1, "overlay": null}', "[" * 9_999]
)
def test_what_is_no_description_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match="no description of a copy"):
        between(text, description(earth_engine()), {})
