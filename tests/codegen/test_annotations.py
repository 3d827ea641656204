"""Two ways to an annotation agree: datamodel-code-generator's, and a direct walk of the IR."""

from __future__ import annotations

from pathlib import Path

import pytest
from groundwire_codegen.annotations import hint
from groundwire_codegen.compile import compile_types
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.ir import Api
from groundwire_codegen.reader import read_api

from tests.codegen.documents import bookshop, encoded
from tests.codegen.packages import CASES, case_inputs, earth_engine

NAMES = [
    "Model",
    "Field",
    "Optional",
    "List",
    "Dict",
    "Union",
    "Literal",
    "Annotated",
    "Enum",
    "UUID",
    "Date",
    "Type",
]
NAMES += [
    "Path",
    "Self",
    "Final",
    "Decimal",
    "Dataclass",
    "TypedDict",
    "BaseModel",
    "RootModel",
    "Number",
    "Set",
]
"""What the compiler has, or may have, names of its own for."""


def walked(api: Api) -> dict[tuple[str, str], str]:
    return {
        (message.name, field.wire): hint(field.type)
        for message in api.messages.values()
        for field in message.wire_fields
    }


def agree(inputs: Inputs) -> None:
    api = read_api(inputs.document, inputs.overlay)
    assert walked(api)
    assert dict(compile_types(api)) == walked(api)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_ways_agree_on_a_case(case: Path) -> None:
    agree(case_inputs(case))


def test_both_ways_agree_on_earth_engine() -> None:
    agree(earth_engine())


def test_both_ways_agree_on_all_of_earth_engine() -> None:
    api = read_api(earth_engine().document)
    assert len(api.methods) == 51
    assert dict(compile_types(api)) == walked(api)


def test_names_that_the_compiler_uses_itself_come_out_as_they_went_in() -> None:
    document = bookshop()
    for name in NAMES:
        document["schemas"][name] = {"id": name, "type": "object", "properties": {"self": {"$ref": name}}}
        place = document["schemas"]["Book"]["properties"]
        place[f"a{name}"] = {"$ref": name}
        place[f"b{name}"] = {"type": "array", "items": {"type": "array", "items": {"$ref": name}}}
        place[f"c{name}"] = {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"$ref": name}},
        }
    api = read_api(encoded(document))
    types = compile_types(api)
    assert dict(types) == walked(api)
    assert types["Book", "cModel"] == "Mapping[str, Sequence[Model]]"
