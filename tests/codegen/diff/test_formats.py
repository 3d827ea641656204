"""The diff between a Discovery document and an OpenAPI document of one API."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from groundwire_codegen.diff import Change, Given, Verdict, compare, read_sides
from groundwire_codegen.reader import read_api
from groundwire_codegen.schema import document, json_text

from tests.codegen.packages import ROOT

SPEC = ROOT / "spec/earthengine.v1beta.json"
OVERLAY = SPEC.with_suffix(".overlay.toml").read_bytes()
RULES = (Path(__file__).parents[1] / "openapi/earthengine/rules.toml").read_bytes()
EXPORT = "/v1beta/projects/{projectsId}/image:export"
PUBLISHED = ("tasks.v1", "pubsub.v1", "translate.v3", "run.v2")


@cache
def written(data: bytes, overlay: bytes | None) -> bytes:
    """The OpenAPI document that the generator writes of a Discovery document."""
    return json_text(document(read_api(data, overlay))).encode()


def changes(
    old: bytes, new: bytes, overlay: bytes | None = None, old_overlay: bytes | None = None
) -> list[Change]:
    sides = read_sides(
        Given(name="old", document=old, overlay=old_overlay or overlay),
        Given(name="new", document=new, overlay=overlay),
    )
    return [each for each in compare(sides.old, sides.new).changes if each.verdict is not Verdict.COMPATIBLE]


@pytest.mark.parametrize("overlay", [None, OVERLAY], ids=["all methods", "with the overlay"])
def test_the_document_that_the_generator_writes_is_the_same_api(overlay: bytes | None) -> None:
    discovery = SPEC.read_bytes()
    other = written(discovery, overlay)
    assert changes(discovery, other, overlay) == []
    assert changes(other, discovery, overlay) == []


def test_the_overlay_may_say_itself_what_openapi_cannot() -> None:
    other = written(SPEC.read_bytes(), OVERLAY)
    assert changes(SPEC.read_bytes(), other, OVERLAY + RULES) == []
    assert changes(SPEC.read_bytes(), other, OVERLAY + RULES, OVERLAY) == []


def drop(*path: str) -> Callable[[dict[str, Any]], None]:
    def edit(found: dict[str, Any]) -> None:
        for key in path[:-1]:
            found = found[key]
        del found[path[-1]]

    return edit


def put(*path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def edit(found: dict[str, Any]) -> None:
        for key in path[:-1]:
            found = found[key]
        found[path[-1]] = value

    return edit


def moved(found: dict[str, Any]) -> None:
    found["paths"]["/v1/projects/{projectsId}/image:export"] = found["paths"].pop(EXPORT)


SCHEMAS = ("components", "schemas")


@pytest.mark.parametrize(
    ("edit", "rule", "path"),
    [
        (
            drop(*SCHEMAS, "ExportImageRequest", "properties", "description"),
            "field.removed",
            "ExportImageRequest.description",
        ),
        (
            put(*SCHEMAS, "ExportImageRequest", "properties", "description", value={"type": "boolean"}),
            "field.type",
            "ExportImageRequest.description",
        ),
        (drop("paths", EXPORT), "method.removed", "earthengine.projects.image.export"),
        (moved, "method.path", "earthengine.projects.image.export"),
        (
            put("servers", value=[{"url": "https://eu-earthengine.googleapis.com"}]),
            "api.base-url",
            "baseUrl",
        ),
    ],
)
def test_a_change_of_the_openapi_document_shows(edit: Any, rule: str, path: str) -> None:
    other = json.loads(written(SPEC.read_bytes(), OVERLAY))
    edit(other)
    found = {
        (each.rule.id, each.place.path)
        for each in changes(SPEC.read_bytes(), json.dumps(other).encode(), OVERLAY)
    }
    assert (rule, path) in found


def test_a_change_of_the_discovery_document_shows() -> None:
    other = written(SPEC.read_bytes(), OVERLAY)
    discovery = json.loads(SPEC.read_bytes())
    properties = discovery["schemas"]["ExportImageRequest"]["properties"]
    properties["description"]["type"] = "boolean"
    properties["gift"] = {"type": "string"}
    found = changes(other, json.dumps(discovery).encode(), OVERLAY)
    assert [(each.rule.id, each.place.path) for each in found] == [
        ("field.type", "ExportImageRequest.description")
    ]


def test_a_path_whose_pattern_is_another_is_another_argument() -> None:
    other = json.loads(written(SPEC.read_bytes(), OVERLAY))
    parameters = other["paths"][EXPORT]["post"]["parameters"]
    next(each for each in parameters if each["name"] == "projectsId")["schema"]["pattern"] = "^[a-z]+$"
    found = changes(SPEC.read_bytes(), json.dumps(other).encode(), OVERLAY)
    assert ("parameter.removed", "earthengine.projects.image.export.project") in {
        (each.rule.id, each.place.path) for each in found
    }


@pytest.mark.parametrize("name", PUBLISHED)
def test_nothing_breaks_from_a_published_document_to_the_openapi_document_of_it(name: str) -> None:
    api_client = pytest.importorskip("googleapiclient")
    folder = Path(next(iter(api_client.__path__))) / "discovery_cache/documents"
    data = (folder / f"{name}.json").read_bytes()
    # OpenAPI has one kind of number and no media, and the document states no defaults of parameters.
    assert {each.rule.id for each in changes(data, written(data, None))} <= {
        "parameter.default",
        "field.form",
        "method.media-removed",
    }
