"""The documents that an OpenAPI document refers to: what is read from the disk, what the lock keeps, what is refused."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.lock import FILE, file_digest
from groundwire_codegen.problem import SpecError
from groundwire_codegen.reader import read_draft
from groundwire_codegen.reference_index import name_of
from groundwire_codegen.references import References, collect, external_refs, read_references, resolved
from groundwire_codegen.vendor.manifest import description

from tests.codegen.documents import bookshop, encoded
from tests.codegen.test_cli import run

from .split import COMMON, WARDEN, document, operation, text, write

URL = "https://huts.example/shared/common.yaml"


def generate(path: Path, *more: str, command: str = "generate") -> Result:
    return run(command, str(path), "--out", str(path.parent / "client"), "--package", "client", *more)


def inputs_of(path: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((path.parent / "client" / FILE).read_text())["inputs"]
    return found


def keep(path: Path, documents: Mapping[str, bytes], base: str = "", **entry: str) -> Path:
    """Write a folder of kept documents beside a document, and return it; `entry` replaces what the index says of each."""
    folder = path.with_name(f"{path.name}.refs")
    folder.mkdir()
    files = {
        uri: {"etag": "", "file": name_of(uri), "sha256": file_digest(data)} | entry
        for uri, data in documents.items()
    }
    for uri, data in documents.items():
        (folder / name_of(uri)).write_bytes(data)
    (folder / "index.json").write_text(json.dumps({"base": base, "files": files}))
    return folder


def test_files_beside_the_document_are_read_and_may_lead_back(tmp_path: Path) -> None:
    path = write(tmp_path)
    assert generate(path).exit_code == 0
    messages = (tmp_path / "client" / "messages.py").read_text()
    assert [name for name in ("Hut", "Region", "Warden") if f"class {name}(Message)" in messages] == [
        "Hut",
        "Region",
        "Warden",
    ]
    assert "warden: Warden | None = None" in messages
    assert generate(path, command="check").output == ""


def test_data_models_are_written_with_what_they_refer_to(tmp_path: Path) -> None:
    pytest.importorskip("datamodel_code_generator", reason="it is an extra")
    out = tmp_path / "out"
    assert run("models", str(write(tmp_path)), "--out", str(out), "--kind", "typeddict").exit_code == 0
    assert "phone" in out.read_text()


def changed(path: Path) -> None:
    """Give what a document refers to another field in the place of one."""
    warden = path.parent / "people" / "warden.json"
    warden.write_text(warden.read_text().replace('"phone"', '"mobile"'))


def test_a_copy_is_checked_and_updated_with_what_its_document_refers_to(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    path = write(tmp_path / "spec")
    copy = str(tmp_path / "hutsclient")
    assert run("vendor", copy, "--document", str(path), "--root", str(tmp_path)).exit_code == 0
    assert run("vendor", copy, "--check").output == ""
    changed(path)
    stale = run("vendor", copy, "--check")
    assert (stale.exit_code, "stale: hutsclient/messages.py" in stale.output) == (1, True)
    done = run("vendor", copy, "--update")
    assert (done.exit_code, "renamed: field warden.mobile  phone -> mobile" in done.output) == (0, True)
    assert run("vendor", copy, "--check").exit_code == 0
    alone = run("vendor", str(tmp_path / "other"), "--root", str(tmp_path))
    assert (alone.exit_code, "name the document too" in alone.output) == (2, True)


def test_the_references_of_a_copy_stay_in_its_repository(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    path = write(repository / "spec")
    refused = run("vendor", str(repository / "hutsclient"), "--document", str(path), "--root", str(tmp_path))
    assert (refused.exit_code, "is outside of the repository" in refused.output) == (2, True)


def test_a_copy_whose_description_would_be_too_large_is_refused() -> None:
    value = encoded({"x": "\u20ac" * 4_000_000})
    api = text(document("0.json", **{f"more{at}": f"{at}.json" for at in range(3)}))
    inputs = Inputs(
        name="api.yaml", document=api, package="x", references={f"{at}.json": value for at in range(3)}
    )
    with pytest.raises(SpecError, match="with what it refers to, larger than"):
        description(inputs)


@pytest.mark.parametrize("form", ["terminal", "markdown", "html", "json", "github"])
def test_a_change_of_a_reference_is_a_change_of_the_document(tmp_path: Path, form: str) -> None:
    old, new = write(tmp_path / "old"), write(tmp_path / "new")
    same = run("diff", str(old), str(new), "--format", form)
    assert (same.exit_code, "mobile" in same.output) == (0, False)
    changed(new)
    other = run("diff", str(old), str(new), "--format", form)
    assert (other.exit_code, "mobile" in other.output) == (1, True)


def test_parameters_of_any_type_are_compared(tmp_path: Path) -> None:
    def api(code: str) -> Path:
        value = document()
        either = {"oneOf": [{"type": "integer"}, {"$ref": "common.yaml#/components/schemas/Hut"}]}
        region = {"type": "object", "properties": {"code": {"type": code}}}
        value["paths"]["/huts"]["get"]["parameters"] = [
            {"name": "near", "in": "query", "schema": either},
            {"name": "in", "in": "query", "style": "deepObject", "schema": region},
            {
                "name": "all",
                "in": "query",
                "schema": {"type": "array", "items": either if code == "string" else {}},
            },
        ]
        return write(tmp_path / code, value)

    old, new = api("string"), api("integer")
    assert run("diff", str(old), str(old)).exit_code == 0
    other = run("diff", str(old), str(new))
    assert (other.exit_code, "huts.all" in other.output) == (1, True), other.output


def test_each_side_of_a_diff_has_its_own_folder_of_references(tmp_path: Path) -> None:
    old, new = (write(tmp_path / name / "spec", document("../spec/common.yaml")) for name in ("old", "new"))
    for path in (old, new):
        api = document("../common/common.yaml")
        path.write_bytes(text(api))
        (path.parent / "common.yaml").write_bytes(path.read_bytes())
        write(path.parent.parent / "common")
    refused = run("diff", str(old), str(new))
    assert (refused.exit_code, "leads out of the folder of the document" in refused.output) == (2, True)
    roots = ("--old-root", str(tmp_path / "old"), "--root", str(tmp_path / "new"))
    assert run("diff", str(old), str(new), *roots).exit_code == 0


def test_a_change_of_a_reference_is_stale_and_named(tmp_path: Path) -> None:
    path = write(tmp_path)
    generate(path)
    before = inputs_of(path)
    warden = {**WARDEN, "properties": {**WARDEN["properties"], "since": {"type": "string"}}}
    (tmp_path / "people" / "warden.json").write_bytes(encoded(warden))
    stale = generate(path, command="check")
    assert (stale.exit_code, stale.output.splitlines()[0]) == (1, "moved: references")
    generate(path)
    after = inputs_of(path)
    assert {key for key in after if after[key] != before[key]} == {"references"}


def test_line_ends_of_a_checkout_change_nothing(tmp_path: Path) -> None:
    path = write(tmp_path)
    generate(path)
    before = inputs_of(path)
    for each in (path, tmp_path / "common.yaml"):
        each.write_bytes(each.read_bytes().replace(b"\n", b"\r\n"))
    assert generate(path, command="check").exit_code == 0
    assert inputs_of(path) == before


def test_documents_without_references_have_none_in_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "api.yaml"
    path.write_bytes(encoded(bookshop()))
    (tmp_path / "Book").write_text("{}")
    assert read_references(path, path.read_bytes()) == References()
    generate(path)
    assert "references" not in inputs_of(path)
    path.write_bytes(text({**document(), "paths": {}}))
    assert read_references(path, path.read_bytes()) == References()


def test_a_folder_above_is_read_only_where_it_is_named(tmp_path: Path) -> None:
    core = tmp_path / "core"
    core.mkdir()
    (core / "common.yaml").write_bytes(text(COMMON))
    (core / "people").mkdir()
    (core / "people" / "warden.json").write_bytes(encoded(WARDEN))
    (core / "api.yaml").write_bytes(text(document()))
    (tmp_path / "huts").mkdir()
    path = tmp_path / "huts" / "huts.yaml"
    path.write_bytes(text(document("../core/common.yaml")))
    refused = generate(path)
    assert (refused.exit_code, "leads out of the folder of the document" in refused.output) == (2, True)
    assert generate(path, "--root", str(tmp_path)).exit_code == 0
    assert generate(path, "--root", str(tmp_path), command="check").output == ""
    elsewhere = generate(path, "--root", str(core))
    assert (elsewhere.exit_code, "name a folder above the document" in elsewhere.output) == (2, True)


@pytest.mark.parametrize(
    "ref",
    [
        "/etc/passwd",
        "../outside.yaml",
        "people/../../outside.yaml",
        "%2e%2e/outside.yaml",
        "..\\outside.yaml",
        "file:///etc/passwd",
        "file:outside.yaml",
        "//huts.example/common.yaml",
        "https://huts.example/common.yaml",
        "common.yaml%00",
        "none.yaml",
        "http://[::1",
    ],
)
def test_what_is_not_below_the_folder_is_not_read_and_refused_with_its_place(
    tmp_path: Path, ref: str
) -> None:
    folder = tmp_path / "inner"
    (tmp_path / "outside.yaml").write_bytes(text(COMMON))
    path = write(folder, document(ref))
    assert read_references(path, path.read_bytes()).contents == {}
    refused = generate(path)
    assert (refused.exit_code, "document#/paths/~1huts/get/responses/200/content" in refused.output) == (
        2,
        True,
    )
    assert not (folder / "client").exists()


@pytest.mark.parametrize("place", ["common.yaml", "people"])
def test_links_are_refused(tmp_path: Path, place: str) -> None:
    path = write(tmp_path / "inner")
    (path.parent / place).rename(tmp_path / place)
    (path.parent / place).symlink_to(tmp_path / place)
    refused = generate(path)
    assert (refused.exit_code, "a link: what a reference names is a regular file" in refused.output) == (
        2,
        True,
    )


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    path = write(tmp_path, document("people"))
    assert "people: a folder, where a reference names a file" in generate(path).output
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.yaml")
        path.write_bytes(text(document("pipe.yaml")))
        assert "pipe.yaml: not a regular file" in generate(path).output


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    path = write(tmp_path, document("large.yaml"))
    with (tmp_path / "large.yaml").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    refused = generate(path)
    assert (refused.exit_code, "large.yaml: larger than" in refused.output) == (2, True)


def test_number_and_size_of_all_documents_are_bounded(tmp_path: Path) -> None:
    many: dict[str, Any] = {"$ref": [], **{str(at): {"$ref": f"{at}.yaml"} for at in range(10_000)}}
    path = write(tmp_path, {**document(), "components": {"schemas": many}})
    refused = generate(path)
    assert (refused.exit_code, "more than 4000 other documents are referred to" in refused.output) == (
        2,
        True,
    )
    chain = {f"{at}.json": encoded({"$ref": f"{at + 1}.json"}) for at in range(100)}
    with pytest.raises(SpecError, match=r"^9\.json#/\$ref: more than 10 other"):
        collect({"$ref": "0.json"}, "api.json", chain.get, max_files=10)
    with pytest.raises(SpecError, match="more than 200 bytes"):
        collect({"$ref": "0.json"}, "api.json", chain.get, max_total=200)
    assert len(collect({"$ref": "0.json"}, "api.json", chain.get).contents) == 100


def test_files_that_refer_to_one_another_end(tmp_path: Path) -> None:
    path = write(tmp_path, document("a.yaml"))
    (tmp_path / "a.yaml").write_bytes(text({"components": {"schemas": {"Hut": {"$ref": "b.yaml"}}}}))
    (tmp_path / "b.yaml").write_bytes(text({"$ref": "a.yaml#/components/schemas/Hut"}))
    refused = generate(path)
    assert refused.exit_code == 2
    assert "cycle" in refused.output


def test_a_reference_that_is_no_document_is_refused_by_name(tmp_path: Path) -> None:
    path = write(tmp_path)
    (tmp_path / "common.yaml").write_text("key: [")
    refused = generate(path)
    assert (refused.exit_code, "common.yaml: not YAML" in refused.output) == (2, True)


def test_kept_documents_take_the_place_of_urls(tmp_path: Path) -> None:
    path = write(tmp_path, document(URL, hosts="common.yaml#/components/schemas/Hut"))
    common = {"components": {"schemas": {"Hut": {"$ref": "warden.json"}}}}
    warden = {"type": "object", "properties": {"kept": {"type": "string"}}}
    keep(path, {URL: text(common), "https://huts.example/shared/warden.json": encoded(warden)})
    done = generate(path)
    assert done.exit_code == 0, done.output
    messages = (tmp_path / "client" / "messages.py").read_text()
    assert "kept: str | None" in messages
    assert "phone: str | None" in messages
    assert generate(path, command="check").output == ""


def test_references_of_a_fetched_document_are_relative_to_its_url(tmp_path: Path) -> None:
    path = write(tmp_path)
    base = "https://huts.example/v1/api.yaml"
    hut = {"type": "object", "properties": {"kept": {"type": "string"}}}
    kept = text({"components": {"schemas": {"Hut": hut}}})
    keep(path, {"https://huts.example/v1/common.yaml": kept}, base)
    assert generate(path).exit_code == 0
    assert "phone" not in (tmp_path / "client" / "messages.py").read_text()


def hostile_indexes() -> Iterator[tuple[str, Any, str]]:
    good = {"etag": "", "file": "common.yaml", "sha256": "0" * 64}
    yield "text", "nonsense", "expected an object with base, files"
    yield "more", {"base": "", "files": {}, "run": "x"}, "expected an object with base, files"
    yield "list", {"base": "", "files": []}, "expected an object of at most"
    yield "base", {"base": "file:///etc/", "files": {}}, "/base"
    yield "scheme", {"base": "", "files": {"file:///etc/passwd": good}}, "expected a URL of http or https"
    yield "path", {"base": "", "files": {"../common.yaml": good}}, "expected a URL of http or https"
    yield (
        "many",
        {"base": "", "files": {f"https://h.example/{at}": good for at in range(4_001)}},
        "at most 4000",
    )
    yield "keys", {"base": "", "files": {URL: {"file": "x"}}}, "expected an object with etag, file, sha256"
    yield "digest", {"base": "", "files": {URL: {**good, "sha256": "1"}}}, "no sha256"
    yield "tag", {"base": "", "files": {URL: {**good, "etag": '"\r\nx: y"'}}}, "no etag"
    for name in (
        "../x",
        "/etc/passwd",
        "..",
        ".",
        "",
        "a/b",
        "a\\b",
        ".hidden",
        "index.json",
        "C:x",
        "x\n",
        7,
    ):
        yield f"file {name!r}", {"base": "", "files": {URL: {**good, "file": name}}}, "unsafe name"


@pytest.mark.parametrize(
    ("index", "message"), [pytest.param(index, words, id=id_) for id_, index, words in hostile_indexes()]
)
def test_an_index_that_fetch_did_not_write_is_refused(tmp_path: Path, index: Any, message: str) -> None:
    path = write(tmp_path, document(URL))
    folder = keep(path, {})
    (folder / "index.json").write_text(json.dumps(index))
    refused = generate(path)
    assert (refused.exit_code, message in refused.output) == (2, True), refused.output
    assert "fetch it again" in refused.output


def test_an_index_is_bounded_in_size_and_depth(tmp_path: Path) -> None:
    path = write(tmp_path, document(URL))
    folder = keep(path, {})
    (folder / "index.json").write_text("[" * 100_000)
    assert "not JSON" in generate(path).output
    (folder / "index.json").write_text(" " * (5 * 1024 * 1024))
    assert "larger than" in generate(path).output


def test_a_kept_document_that_was_changed_removed_or_linked_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, document(URL))
    folder = keep(path, {URL: text(COMMON)})
    kept = folder / name_of(URL)
    kept.write_bytes(kept.read_bytes() + b"# more\n")
    assert "is not what was fetched" in generate(path).output
    kept.unlink()
    assert "is gone (fetch it again)" in generate(path).output
    (tmp_path / "elsewhere").write_bytes(text(COMMON))
    kept.symlink_to(tmp_path / "elsewhere")
    assert "a link: what is kept is a regular file" in generate(path).output
    folder.rename(tmp_path / "moved")
    folder.symlink_to(tmp_path / "moved")
    refused = generate(path)
    assert (refused.exit_code, "a link: what is kept is a regular file" in refused.output) == (2, True)


def test_references_in_data_are_none() -> None:
    value = {
        "paths": {"/x": {"get": operation("x", "a.yaml") | {"x-more": {"$ref": "extension.yaml"}}}},
        "components": {
            "responses": {"default": {"$ref": "default.yaml"}},
            "schemas": {
                "example": {"$ref": "named.yaml", "example": {"$ref": "data.yaml"}},
                "Hut": {
                    "default": {"$ref": "data.yaml"},
                    "enum": [{"$ref": "data.yaml"}],
                    "properties": {"const": {"$ref": "const.yaml"}, "$ref": {"type": "string"}},
                    "allOf": [{"$ref": "#/components/schemas/example"}, {"$ref": "all.yaml#/x"}],
                },
            },
        },
    }
    assert [*external_refs(value)] == [
        ("/paths/~1x/get/responses/200/content/application~1json/schema/$ref", "a.yaml"),
        ("/components/responses/default/$ref", "default.yaml"),
        ("/components/schemas/example/$ref", "named.yaml"),
        ("/components/schemas/Hut/properties/const/$ref", "const.yaml"),
        ("/components/schemas/Hut/allOf/1/$ref", "all.yaml#/x"),
    ]


@pytest.mark.parametrize(
    ("base", "ref"),
    [
        ("api.yaml", "common.yaml#/components/schemas/Hut"),
        ("core/api.yaml", "../common.yaml#/components/schemas/Hut"),
        ("core/api.yaml", "./common.yaml#/components/schemas/Hut"),
        ("api.yaml", "my%20files/common.yaml#/components/schemas/Hut"),
        ("api.yaml", "https://huts.example/a/../common.yaml#/components/schemas/Hut"),
        ("https://huts.example/v1/api.yaml", "../common.yaml#/components/schemas/Hut"),
        ("https://huts.example/v1/api.yaml", "/common.yaml?x=1#/components/schemas/Hut"),
        ("https://huts.example/v1/api.yaml", "//other.example/common.yaml#/components/schemas/Hut"),
    ],
)
def test_a_reference_is_resolved_as_the_reader_resolves_it(base: str, ref: str) -> None:
    uri = resolved(base, ref)
    assert uri is not None
    hut = {"components": {"schemas": {"Hut": {"type": "object", "properties": {"x": {"type": "string"}}}}}}
    api = document()
    api["paths"] = {"/huts": {"get": operation("huts", ref)}}
    assert read_draft(text(api), references={uri: text(hut)}, base=base).faults == {}
    assert read_draft(text(api), references={}, base=base).faults.keys() == {"huts"}


@pytest.mark.parametrize(
    "written",
    [
        b'{"openapi": "3.1.0", "x": {"$ref" : "a.yaml"}}',
        b'{"openapi": "3.1.0", "x": {"\\u0024ref": "a.yaml"}}',
        b'{"openapi": "3.1.0", "x": {"$ref": "\\u0061.yaml"}}',
        b"openapi: 3.1.0\nx: {$ref: a.yaml}\n",
        b"openapi: 3.1.0\nx:\n  $ref:\n    'a.yaml'\n",
        b'openapi: 3.1.0\nx:\n  "\\x24ref": a.yaml\n',
        b"openapi: 3.1.0\ny: &here a.yaml\nx:\n  $ref: *here\n",
        b"openapi: 3.1.0\nx:\n  $ref: >-\n    a.yaml\n",
        b"\xef\xbb\xbfopenapi: 3.1.0\nx:\n  '$ref': a.yaml\n",
    ],
)
def test_a_reference_is_found_however_it_is_written(tmp_path: Path, written: bytes) -> None:
    (tmp_path / "a.yaml").write_text("x: {}")
    written = written.replace(b'"x"', b'"paths"').replace(b"\nx:", b"\npaths:")
    assert [*read_references(tmp_path / "api.yaml", written).contents] == ["a.yaml"]
