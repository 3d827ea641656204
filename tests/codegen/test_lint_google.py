"""Candidates for the overlay of a Discovery document: unions, request ids, operations. What is pasted works."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from groundwire_codegen.fetch.normal import normal
from groundwire_codegen.lint import Linted, advise
from groundwire_codegen.reader import read_lowered

from tests.audits.corpus import documents
from tests.codegen.documents import encoded
from tests.codegen.test_cli import Shop, run
from tests.codegen.test_operations import PRINT, press, text


def candidates(document: dict[str, Any], overlay: str = "") -> list[str]:
    advice = advise(Linted(name="d.json", document=encoded(document), overlay=overlay.encode() or None))
    return ["\n".join(each.stub) for each in advice.candidates]


def unions(doc: str = "", **docs: str) -> dict[str, list[str]]:
    """Return the unions that candidates give a message with these descriptions."""
    document = press()
    document["schemas"]["Cover"] = {
        "type": "object",
        "description": doc,
        "properties": {wire: {"type": "string", "description": words} for wire, words in docs.items()},
    }
    found = tomllib.loads("\n".join(each for each in candidates(document) if "messages.Cover" in each))
    assert read_lowered(encoded(document), "\n".join(candidates(document)).encode()).warnings == ()
    tables = found.get("messages", {}).get("Cover", {}).get("unions", {})
    return {name: union["members"] for name, union in tables.items()}


@pytest.mark.parametrize(
    ("docs", "want"),
    [
        ({"a": "Only one of `a` or `b` may be set.", "b": ""}, ["a", "b"]),
        ({"cloudRun": "Only one of cloudRun,appEngine or cloudFunction may be set.", "appEngine": "", "cloudFunction": ""}, ["appEngine", "cloudFunction", "cloudRun"]),
        ({"gcsUri": "Exactly one of this or `raw_bytes` must be set.", "rawBytes": ""}, ["gcsUri", "rawBytes"]),
        ({"gcsUri": "A place. Mutually exclusive with\n raw_bytes.", "rawBytes": ""}, ["gcsUri", "rawBytes"]),
        ({"gcsUri": "Cannot be specified together with `rawBytes`.", "rawBytes": ""}, ["gcsUri", "rawBytes"]),
        ({"a": "If true, either `b` or `c` is available.", "b": "", "c": ""}, ["b", "c"]),
        ({"doc": "At most one of [a][x.Cover.a] and [b][x.Cover.b] is used.", "a": "", "b": ""}, ["a", "b"]),
        ({"a": "`a` and `b` are mutually exclusive.", "b": ""}, ["a", "b"]),
        ({"a": "Mutually exclusive with b and c.", "b": "Mutually exclusive with c.", "c": ""}, ["a", "b", "c"]),
        ({"a": "Mutually exclusive with b and c.", "b": "", "c": ""}, None),
        ({"a": "One of the following: `b`, `c`.", "b": "", "c": ""}, None),
        ({"a": "Must not be set if either `b` or `c` is set.", "b": "", "c": ""}, None),
        ({"a": "Either `a` or `b` must be set, not both; both shall be set when returned.", "b": ""}, None),
        ({"a": "Either a or b is required.", "b": ""}, None),
        ({"a": "At least one of a or b must be set.", "b": ""}, None),
        ({"a": "Only one of x and y may be set.", "b": ""}, None),
    ],
)  # fmt: skip
def test_unions_that_prose_states(docs: dict[str, str], want: list[str] | None) -> None:
    found = list(unions(**docs).values())
    assert found == ([] if want is None else [want])


@pytest.mark.parametrize(
    ("words", "want"),
    [
        ("Exactly one of `a` or `b` must be set.", True),
        ("A pair is needed: exactly one of `b` and this.", True),
        ("Required. One of a or b.", True),
        ("This is required. Only one of a or b may be set.", True),
        ("Only one of a or b may be set.", False),
        ("Optional, but exactly one of a or b must be set.", False),
        ("If c is set, exactly one of a or b must be set.", False),
        ("Exactly one of a or b will be set.", False),
        ("Exactly one of a, b or the other must be set.", False),
    ],
)
def test_a_union_of_which_one_has_to_be_set(words: str, *, want: bool) -> None:
    document = press()
    fields = {"a": {"type": "string", "description": words}, "b": {"type": "string"}}
    document["schemas"]["Cover"] = {"type": "object", "properties": fields}
    (found,) = [each for each in candidates(document) if "messages.Cover" in each]
    assert ("required = true" in found) is want
    made = read_lowered(encoded(document), found.encode())
    assert made.warnings == ()


@pytest.mark.parametrize("words", ["or or ", "and the ", "a, or and "])
def test_a_list_that_can_be_divided_in_many_ways_takes_no_time(words: str) -> None:
    # The words can be divided in more ways than there is time for.
    assert unions(a=f"Either a {words * 500}! It cannot be.", b="") == {}


@pytest.mark.parametrize(
    "words",
    [
        f"The metadata is {'to' * 10_000}!",
        f"The metadata is {'a ' * 10_000}!",
        f"The metadata is {'of type: ' * 2000}",
        "metadata: " * 2000,
        f"The response is {'a.' * 10_000}!",
        f"The response is {'[' * 10_000}A",
    ],
)
def test_words_before_a_schema_take_linear_time(words: str) -> None:
    document = press()
    document["resources"]["books"]["methods"]["print"]["description"] = words
    before = time.process_time()
    candidates(document)
    assert time.process_time() - before < 1


def test_names_of_metadata_take_linear_time() -> None:
    document = press()
    schema = {"type": "object", "description": "The metadata of an operation."}
    document["schemas"] |= {f"V{'1' * 50_000}_OperationMetadata": schema}
    before = time.process_time()
    candidates(document)
    assert time.process_time() - before < 1


def test_names_of_unions() -> None:
    assert [*unions(gcsSource="Mutually exclusive with driveSource.", driveSource="")] == ["source"]
    assert [*unions(a="Mutually exclusive with b.", b="")] == ["choice"]
    assert [*unions(aX="Mutually exclusive with bX.", bX="", x="")] == ["x_choice"]
    two = {"a": "Mutually exclusive with b.", "b": "", "c": "Mutually exclusive with d.", "d": ""}
    assert unions(**two) == {"choice": ["a", "b"], "choice_choice": ["c", "d"]}


def test_what_the_overlay_states_is_no_candidate() -> None:
    document = press()
    document["schemas"]["Edition"]["properties"]["isbn"]["description"] = "Mutually exclusive with ean."
    document["schemas"]["Edition"]["properties"]["ean"] = {"type": "string"}
    found = candidates(document)
    assert any(each.startswith("[messages.Edition.unions.") for each in found)
    assert candidates(document, "\n".join(found)) == []


def test_request_ids() -> None:
    document = press()
    methods = document["resources"]["books"]["methods"]
    document["schemas"] |= {"PrintRequest": text("requestId"), "ScanRequest": text("idempotencyToken")}
    methods["print"]["request"] = {"$ref": "PrintRequest"}
    methods["scan"]["request"] = {"$ref": "ScanRequest"}
    key = {"type": "string", "location": "query", "description": "A UUID, by which a repeat is recognised."}
    methods["scan"]["parameters"] = {"clientRequestId": key, "requestId": {**key, "description": ""}}
    found = candidates(document)
    assert "[messages.PrintRequest.fields.requestId]\nrequest_id = true" in found
    assert '[methods.scan]\nidempotent = { when = ["clientRequestId"] }' in found
    assert not any("idempotencyToken" in each for each in found)
    token = document["schemas"]["ScanRequest"]["properties"]["idempotencyToken"]
    token["description"] = "Makes the request idempotent."
    assert any("idempotencyToken" in each for each in candidates(document))
    made = read_lowered(encoded(document), "\n".join(found).encode()).api
    assert made.methods[PRINT].idempotency.request_id is not None


@pytest.mark.parametrize(
    ("words", "want"),
    [
        ("The metadata field type is PrintMetadata.", {"metadata": "PrintMetadata"}),
        ("`Operation.metadata` contains `PrintMetadata`. `Operation.response` contains `Edition`.", {"metadata": "PrintMetadata", "response": "Edition"}),
        ("Upon success the Operation.response field will be populated with the printed Edition.", {}),
        ("The returned Operation.metadata will be [PrintMetadata](https://x.y/z).", {"metadata": "PrintMetadata"}),
        ("The response type is `google.bookshop.v1.Edition`.", {"response": "Edition"}),
        ("The response is a google.bookshop.v1.Scan.", {"response": "GoogleBookshopV1Scan"}),
        ("Prints. Returns an Operation<response: Edition, metadata: PrintMetadata>.", {"metadata": "PrintMetadata", "response": "Edition"}),
        ("The response is an Edition or a Book. The response is Book.", {}),
        ("The metadata is Nothing.", {}),
    ],
)  # fmt: skip
def test_operations_that_prose_states(words: str, want: dict[str, str]) -> None:
    document = press()
    document["resources"]["books"]["methods"]["print"]["description"] = words
    stated = [each for each in candidates(document) if each.startswith(f'[methods."{PRINT}".operation]')]
    table = tomllib.loads("\n".join(stated)).get("methods", {}).get(PRINT, {}).get("operation", {})
    assert table == want
    assert read_lowered(encoded(document), "\n".join(stated).encode()).api.methods[PRINT]


def test_a_method_that_writes_a_resource_and_metadata_of_all_operations() -> None:
    document = press()
    document["schemas"]["OperationMetadata"] = {
        **text("step"),
        "description": "The metadata of an operation.",
    }
    document["resources"]["books"]["methods"]["create"]["response"] = {"$ref": "Operation"}
    [stated] = [each for each in candidates(document) if "books.create" in each]
    assert stated.splitlines()[1:] == ['response = "Book"', 'metadata = "OperationMetadata"']


def test_the_command_prints_what_to_paste(tmp_path: Any) -> None:
    shop = Shop(tmp_path)
    document = press()
    document["resources"]["books"]["methods"]["print"]["description"] = (
        "The metadata field type is PrintMetadata."
    )
    shop.write(document)
    result = run("lint", str(shop.spec))
    assert result.exit_code == 0
    assert f'\n    [methods."{PRINT}".operation]\n    metadata = "PrintMetadata"\n' in result.stdout


@pytest.mark.skipif(documents.folder() is None, reason="google-api-python-client is not installed")
@pytest.mark.parametrize(
    "name", ["datastream.v1", "workloadmanager.v1", "speech.v1p1beta1", "walletobjects.v1"]
)
def test_all_candidates_of_a_published_document_can_be_pasted(name: str) -> None:
    folder = documents.folder()
    assert folder is not None
    data = (folder / f"{name}.json").read_bytes()
    found = advise(Linted(name=name, document=data)).candidates
    assert len(found) > 1
    overlay = "\n".join(line for each in found for line in each.stub).encode()
    made = read_lowered(data, overlay, messages=()).api
    assert any(message.groups for message in made.messages.values()) or name == "workloadmanager.v1"
    assert advise(Linted(name=name, document=data, overlay=overlay)).candidates == ()


def test_a_document_without_descriptions_is_noted(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    assert "--prose" not in run("lint", shop.spec).output
    shop.spec.write_bytes(normal(shop.spec.read_bytes(), "shop", prose=False))
    assert "note: the document has no descriptions" in run("lint", shop.spec).output
