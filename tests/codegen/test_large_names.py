"""The names of a document do no harm in the modules of a large client."""

from __future__ import annotations

import json
from typing import Any

from groundwire_codegen.ir import Alias, Api, Message, Scalar
from groundwire_codegen.ir.types import Kind
from groundwire_codegen.pipeline import generate
from groundwire_codegen.render.modules import module_name, types_by_module

from tests.codegen.conftest import Load
from tests.codegen.packages import ROOT, inputs
from tests.runtime.doubles import Script, answer


def test_no_name_of_a_document_hides_what_a_stub_uses(load: Load) -> None:
    case = ROOT / "tests" / "codegen" / "cases" / "large_discovery"
    document = json.loads((case / "spec.json").read_text("utf-8"))
    pots = document["resources"]["pots"]
    arguments = ("pots_list_method", "operation_view", "cache")
    pots["methods"]["list"]["parameters"] |= {
        argument: {"type": "string", "location": "query"} for argument in arguments
    }
    get: dict[str, Any] = pots["resources"]["kilns"]["methods"]["get"]
    for resource in ("cached_property", "once", "messages"):
        pots["resources"][resource] = {"methods": {"get": {**get, "id": f"kiln.pots.{resource}.get"}}}
    overlay = (case / "overlay.toml").read_text("utf-8")
    kiln = load(generate(inputs(document, overlay, large_above=0)).files)
    script = Script([answer({"pots": []}), answer({"name": "a"})])
    client = kiln.Client(credentials=kiln.credentials.anonymous(), transport=script)
    assert list(client.pots.list(**dict.fromkeys(arguments, "x"))) == []
    assert "pots_list_method=x" in script.urls[0]
    assert client.pots.cached_property.get("a") == kiln.Kiln(name="a")
    assert type(client.pots.once) is kiln.client.PotsOnce


def test_no_stub_hides_a_type_of_its_class() -> None:
    case = ROOT / "tests" / "codegen" / "cases" / "large_openapi"
    document = json.loads((case / "openapi.json").read_text("utf-8"))
    document["paths"]["/owners"]["get"]["operationId"] = "tuple"
    document["paths"]["/status"]["get"]["operationId"] = "dt"
    names = generate(inputs(document, name="openapi.json", large_above=0)).lock.names
    assert (names["method:tuple"], names["method:dt"]) == ("tuple_", "dt_")


def test_what_is_inside_a_schema_is_in_its_module() -> None:
    def message(name: str, place: str) -> Message:
        return Message(name=name, place=place)

    found = types_by_module(
        Api(
            id="a",
            title="",
            name="a",
            version="1",
            messages={
                "PodSpec": message("PodSpec", "io.k8s.PodSpec"),
                "Pod": message("Pod", "io.k8s.Pod"),
                "PodPart": message("PodPart", "io.k8s.Pod.parts[].size"),
                "Get": message("Get", "pods/get.response"),
            },
            aliases={"Any_": Alias(name="Any", place="Any", type=Scalar(Kind.ANY))},
        )
    )
    assert found == {
        "_any": {"Any_"},
        "_get": {"Get"},
        "_pod": {"Pod", "PodPart"},
        "_pod_spec": {"PodSpec"},
    }


def test_a_module_has_a_name_that_file_systems_take() -> None:
    assert [module_name(each) for each in ("HTTPServer", "Class", "V1Pod", "Init")] == [
        "_http_server",
        "_class",
        "_v1_pod",
        "_init",
    ]
    long, other = module_name("A" + "b" * 300), module_name("A" + "b" * 301)
    assert long != other
    assert len(long) == len(other) <= 81
