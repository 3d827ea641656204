"""Update masks that lint suggests, an overlay states, and `clear` adds to: in a body, one of several, or a list."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from groundwire_codegen.diff import Given, compare, read_sides
from groundwire_codegen.lint import Linted, advise
from groundwire_codegen.pipeline import generate
from groundwire_codegen.problem import SpecError
from groundwire_runtime.auth import Anonymous
from groundwire_runtime.errors import ArgumentError
from groundwire_runtime.http import Request

from tests.audits.corpus import documents
from tests.codegen.documents import bookshop, encoded
from tests.codegen.packages import inputs, output
from tests.modules import forget
from tests.runtime.doubles import Script, answer

MASK = {"type": "string", "format": "google-fieldmask"}
TEXT = {"type": "string"}
PATCH = '[methods."bookshop.books.patch".mask]\n'
Make = Callable[..., ModuleType]


def shop(**properties: Any) -> dict[str, Any]:
    """Return a document with a PATCH whose body has these fields."""
    document = bookshop()
    document["schemas"]["Patch"] = {"id": "Patch", "type": "object", "properties": properties}
    document["resources"]["books"]["methods"]["patch"] = {
        "id": "bookshop.books.patch",
        "httpMethod": "PATCH",
        "path": "v1/books",
        "request": {"$ref": "Patch"},
    }
    return document


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """A function that generates and imports a client of a document."""
    names: list[str] = []

    def made(data: bytes, overlay: str, *methods: str) -> ModuleType:
        name = f"masked_{len(names)}"
        names.append(name)
        found = generate(inputs(data, overlay, package=name, methods=methods, messages=()))
        for path, text in found.files.items():
            file = tmp_path / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        return importlib.import_module(name)

    sys.path.insert(0, str(tmp_path))
    yield made
    sys.path.remove(str(tmp_path))
    forget(names)


def suggested(data: bytes, method: str) -> str:
    """Return the rule that lint suggests for the mask of a method."""
    found = advise(Linted(name="d.json", document=data)).candidates
    return "\n".join(next(each.stub for each in found if each.stub[0] == f'[methods."{method}".mask]'))


def sent(module: ModuleType, call: Callable[[Any], object]) -> tuple[dict[str, list[str]], Any]:
    """Return the query and the JSON body of one call."""
    script = Script([answer(b"{}")])
    call(module.Client(transport=script, credentials=Anonymous()))
    request: Request = script.requests[0]
    assert isinstance(request.body, bytes)
    return parse_qs(urlsplit(request.url).query), json.loads(request.body)


def published(name: str) -> bytes:
    folder = documents.folder()
    if folder is None:
        pytest.skip("google-api-python-client is not installed")
    return (folder / f"{name}.json").read_bytes()


def test_a_mask_in_the_body_is_about_the_message_beside_it(make: Make) -> None:
    method = "pubsub.projects.topics.patch"
    data = published("pubsub.v1")
    overlay = suggested(data, method)
    assert overlay.splitlines()[1:] == ['parameter = "body.updateMask"', 'of = "body.topic"']
    m = make(data, overlay, method)
    topic = m.Topic(name="projects/p/topics/t", kms_key_name="k")

    def patched(request: Any, *clear: str) -> Any:
        return sent(m, lambda client: client.projects.topics.patch(topic.name, request, clear=clear))[1]

    body = {"topic": {"name": topic.name, "kmsKeyName": "k"}}
    assert patched(m.UpdateTopicRequest(topic=topic)) == body
    # `name` is in the path: a mask does not name it.
    want = {**body, "updateMask": "kmsKeyName,labels"}
    assert patched(m.UpdateTopicRequest(topic=topic), "topic.labels") == want
    want = {**body, "updateMask": "messageRetentionDuration,labels"}
    request = m.UpdateTopicRequest(topic=topic, update_mask="messageRetentionDuration")
    assert patched(request, "topic.labels") == want
    assert patched(m.UpdateTopicRequest(), "topic.schemaSettings.schema") == {
        "updateMask": "schemaSettings.schema"
    }
    for name, words in (
        ("update_mask", "is not below 'topic'"),
        ("topic", "is not below"),
        ("x", "no field"),
    ):
        with pytest.raises(ArgumentError, match=words):
            patched(m.UpdateTopicRequest(topic=topic), name)
    with pytest.raises(ArgumentError, match="a key of a map"):
        patched(m.UpdateTopicRequest(topic=topic), "topic.labels.k")


def test_one_mask_of_several(make: Make) -> None:
    method = "people.people.updateContact"
    data = published("people.v1")
    overlay = suggested(data, method)
    assert overlay.splitlines()[1:] == ['parameter = "updatePersonFields"']
    m = make(data, overlay, method)
    person = m.Person(etag="1", names=[m.Name(given_name="A")])
    query, body = sent(
        m,
        lambda client: client.people.update_contact(
            "people/c1", person, person_fields="names", clear=("urls",)
        ),
    )
    assert (query, body["etag"]) == ({"personFields": ["names"], "updatePersonFields": ["names,urls"]}, "1")


def test_a_list_of_paths_is_about_a_map(make: Make) -> None:
    method = "firestore.projects.databases.documents.patch"
    data = published("firestore.v1")
    overlay = suggested(data, method)
    assert overlay.splitlines()[1:] == ['parameter = "updateMask.fieldPaths"', 'of = "body.fields"']
    m = make(data, overlay, method)
    name = "projects/p/databases/d/documents/c/1"

    def patched(fields: dict[str, str], *clear: str, **more: Any) -> Any:
        document = m.Document(fields={key: m.Value(string_value=each) for key, each in fields.items()})
        call = lambda client: client.projects.databases.documents.patch(name, document, clear=clear, **more)  # noqa: E731
        return sent(m, call)[0]

    assert patched({"a": "1"}, "fields.b") == {"updateMask.fieldPaths": ["a", "b"]}
    assert patched({}, "fields.b", update_mask_field_paths=["c", "d"]) == {
        "updateMask.fieldPaths": ["c", "d", "b"]
    }
    for fields, clear in (({"a-b": "1"}, "fields.b"), ({}, "fields.b-c"), ({}, "fields.b.mapValue")):
        with pytest.raises(ArgumentError, match="clear"):
            patched(fields, clear)


def test_every_published_mask_that_is_not_recognised_is_suggested() -> None:
    for name, count in (("dlp.v2", 20), ("spanner.v1", 3), ("storagetransfer.v1", 1), ("retail.v2", 0)):
        found = advise(Linted(name=name, document=published(name))).candidates
        masks = [each for each in found if each.stub[0].endswith(".mask]")]
        assert (len(masks), all(len(each.stub) == 3 for each in masks)) == (count, True)


def test_what_is_no_mask_is_not_suggested() -> None:
    book = {"$ref": "Book"}

    def masks(document: dict[str, Any], overlay: str = "") -> list[tuple[str, ...]]:
        given = Linted(name="d.json", document=encoded(document), overlay=overlay.encode() or None)
        return [each.stub for each in advise(given).candidates if each.stub[0].endswith(".mask]")]

    document = shop(book=book, updateMask=MASK)
    assert masks(document) == [(PATCH.strip(), 'parameter = "body.updateMask"', 'of = "body.book"')]
    assert masks(document, f'{PATCH}parameter = "body.updateMask"') == []
    assert masks(shop(book=book, readMask=MASK, personFields=MASK)) == []
    several = shop(book=book, other=book, updateMask=MASK)
    assert masks(several) == [(PATCH.strip(), 'parameter = "body.updateMask"')]
    patch = document["resources"]["books"]["methods"]["patch"]
    patch["parameters"] = {"updateMask": {**TEXT, "location": "query"}}
    assert masks(document) == []
    del patch["parameters"]
    patch["httpMethod"] = "POST"
    assert masks(document) == []


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ('parameter = "updateMask"', "the method has no text 'updateMask'"),
        ('parameter = "body.nope"', "the method has no text 'body.nope'"),
        ('parameter = "body.book"', "the method has no text 'body.book'"),
        ("", "the method has no text ''"),
        ('parameter = "body.updateMask"\nof = "body.name"', "'body.name' is neither a message nor a map"),
        ('parameter = "body.updateMask"\nof = "book"', "'book' is neither a message nor a map of the body"),
    ],
)
def test_a_rule_that_does_not_fit_is_refused(rule: str, words: str) -> None:
    with pytest.raises(SpecError) as caught:
        output(shop(book={"$ref": "Book"}, name=TEXT, updateMask=MASK), f"{PATCH}{rule}")
    [problem] = caught.value.problems
    assert (problem.pointer, words in problem.message) == ("/methods/bookshop.books.patch/mask", True)


def test_a_rule_for_a_method_that_is_no_patch_is_refused() -> None:
    with pytest.raises(SpecError, match="no PATCH of a message"):
        output(bookshop(), '[methods."bookshop.books.get".mask]\nparameter = "name"')


def test_a_rule_that_fits_one_document_of_a_diff_alone_is_dropped_from_the_other() -> None:
    old, new = shop(book={"$ref": "Book"}), shop(book={"$ref": "Book"}, updateMask=MASK)
    overlay = f'{PATCH}parameter = "body.updateMask"\nof = "body.book"'.encode()
    for one, two in ((old, new), (new, old)):
        before, after = (Given(name="d.json", document=encoded(each), overlay=overlay) for each in (one, two))
        sides = read_sides(before, after)
        assert compare(sides.old, sides.new).changes
