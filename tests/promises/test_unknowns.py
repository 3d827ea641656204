"""Row 35: what the service says beyond what the client knows is kept."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from groundwire import ExportImageRequest, ListOperationsResponse, Operation, decode, encode
from groundwire_runtime.messages import Message

from .plugin import Measured

TYPE = "type.googleapis.com/google.earthengine.v1beta.OperationMetadata"
KNOWN = "an enum value"
"""Stands where a name of an enum does."""

NODE: dict[str, Any] = {
    "functionInvocationValue": {
        "functionName": "Image.constant",
        "arguments": {"value": {"integerValue": "9007199254740993"}, "x": {"valueReference": "1"}},
    }
}
FILES: dict[str, Any] = {
    "expression": {"result": "0", "values": {"0": NODE}},
    "description": "d",
    "maxPixels": "9007199254740993",
    "grid": {
        "dimensions": {"width": 1, "height": 2},
        "affineTransform": {"scaleX": 1.5},
        "crsCode": "EPSG:4326",
    },
    "fileExportOptions": {
        "fileFormat": KNOWN,
        "cloudStorageDestination": {"bucket": "b", "permissions": KNOWN},
        "geoTiffOptions": {"noData": {"floatValue": -9999.5}, "cloudOptimized": False},
    },
}
ASSET: dict[str, Any] = {
    "requestId": "r",
    "assetExportOptions": {
        "earthEngineDestination": {"name": "projects/p/assets/a"},
        "pyramidingPolicy": KNOWN,
        "pyramidingPolicyOverrides": {"b1": KNOWN, "b2": KNOWN},
    },
}
RUNNING: dict[str, Any] = {
    "name": "projects/p/operations/A",
    "metadata": {
        "@type": TYPE,
        "state": KNOWN,
        "type": KNOWN,
        "priority": 100,
        "createTime": "2024-01-01T00:00:00.123456789Z",
        "progress": 0.5,
        "stages": [{"displayName": "s", "completeWorkUnits": 1.5}, {"totalWorkUnits": "2"}],
    },
}
FAILED: dict[str, Any] = {
    "name": "projects/p/operations/B",
    "done": True,
    "error": {"code": 3, "message": "m", "details": [{"@type": "of/Tomorrow", "a": [None, {"b": 1}]}]},
}
TEMPLATES: list[tuple[type[Message], dict[str, Any]]] = [
    (ExportImageRequest, FILES),
    (ExportImageRequest, ASSET),
    (Operation, RUNNING),
    (Operation, FAILED),
    (ListOperationsResponse, {"operations": [RUNNING, FAILED], "nextPageToken": "t"}),
]
MAPS = {"values", "arguments", "pyramidingPolicyOverrides"}
"""Objects whose keys are data, where a further key is no unknown field."""


class Stranger:
    """Makes a document of a service newer than the client, and counts what is new in it."""

    def __init__(self, source: random.Random) -> None:
        self._source = source
        self.fields = 0
        self.names = 0

    def newer(self, value: Any, key: str = "") -> Any:
        if value == KNOWN:
            self.names += 1
            return f"OF_TOMORROW_{self._source.randrange(10**6)}"
        if isinstance(value, list):
            return [self.newer(each) for each in value]
        if not isinstance(value, dict):
            return value
        members = [(name, self.newer(each, name)) for name, each in value.items()]
        for _ in range(0 if key in MAPS else self._source.choice((0, 0, 1, 2))):
            self.fields += 1
            place = self._source.randrange(len(members) + 1)
            members.insert(place, (f"newer{self._source.randrange(10**6)}", self._json(2)))
        return dict(members)

    def _json(self, depth: int) -> Any:
        source = self._source
        kind = source.randrange(8 if depth else 6)
        if kind == 6:
            return [self._json(depth - 1) for _ in range(source.randrange(3))]
        if kind == 7:
            return {f'k{number}\u2028"': self._json(depth - 1) for number in range(source.randrange(3))}
        scalars = (None, True, source.randrange(-(2**70), 2**70), source.random(), "", 'a\u00e9\U0001f600\\"')
        return scalars[kind]


@pytest.mark.promise(35)
def test_nothing_unknown_is_lost(measured: Measured, full: bool) -> None:
    cases = 100_000 if full else 5_000
    stranger = Stranger(random.Random(35))  # noqa: S311 - a seeded source
    for number in range(cases):
        cls, template = TEMPLATES[number % len(TEMPLATES)]
        document = stranger.newer(template)
        again = json.loads(encode(decode(cls, json.dumps(document).encode())))
        assert again == document, f"case {number} of {cls.__name__}"
    assert min(stranger.fields, stranger.names) > cases
    measured(
        f"0 lost in {cases:,} cases: {stranger.fields:,} unknown fields, {stranger.names:,} unknown names"
    )
