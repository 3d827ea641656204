"""Fetching an OpenAPI document with what it refers to: what is asked for, kept and refused, and `upgrade` after it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from groundwire_codegen.fetch.https import Brought
from groundwire_codegen.fetch.openapi import kit
from groundwire_codegen.fetch.references import Fetched, bring_references
from groundwire_codegen.lock import file_digest
from groundwire_codegen.problem import SpecError
from groundwire_codegen.reference_index import folder_of, name_of
from groundwire_runtime.errors import TransportError
from groundwire_runtime.http import FunctionTransport, Request, Response

from tests.codegen.documents import encoded
from tests.codegen.test_cli import run
from tests.codegen.test_emit import tree
from tests.runtime.wire.authority import authority
from tests.runtime.wire.reply import Reply, plain
from tests.runtime.wire.server import Wire

from .split import COMMON, WARDEN, document, text, write

BASE = "https://huts.example/v1/api.yaml"
FILES = {
    "/v1/api.yaml": text(document()),
    "/v1/common.yaml": text(COMMON),
    "/v1/people/warden.json": encoded(WARDEN),
}


class Site:
    """The files of a server by path, each with an ETag; `asked` keeps every request's path and the tag in it."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)
        self.asked: list[tuple[str, str]] = []

    def tag(self, path: str) -> str:
        return f'"{file_digest(self.files[path])[:12]}"'

    def __call__(self, request: bytes) -> Reply:
        head = request.decode().partition("\r\n\r\n")[0]
        path = head.split(" ")[1]
        tag = next((line[15:] for line in head.split("\r\n") if line.startswith("if-none-match: ")), "")
        self.asked.append((path, tag))
        if path not in self.files:
            return plain(b"none", "404 Not Found")
        if tag == self.tag(path):
            return plain(b"", "304 Not Modified", etag=tag)
        return plain(self.files[path], etag=self.tag(path), content_type="application/yaml")


@pytest.fixture
def site() -> Site:
    return Site(FILES)


@pytest.fixture
def wire(site: Site) -> Iterator[Wire]:
    """A server that speaks TLS as localhost, and has the files of the site."""
    with Wire(tls=authority().server()) as server:
        server.answers = site
        yield server


class Huts:
    """A folder that a document is fetched into, and the command line on it."""

    def __init__(self, folder: Path, wire: Wire) -> None:
        self.out = folder / "spec" / "huts.yaml"
        self.refs = folder_of(self.out)
        self.client = folder / "client"
        self.url = f"https://localhost:{wire.port}/v1/api.yaml"
        (folder / "authority.pem").write_text(authority().pem)
        self._env = {"SSL_CERT_FILE": str(folder / "authority.pem")}

    def run(self, *arguments: object) -> Result:
        return run(*arguments, env=self._env)

    def fetch(self, *more: str) -> Result:
        return self.run("fetch", self.url, "--out", self.out, "--allow-host", "localhost", *more)

    def generate(self, command: str = "generate", *more: str) -> Result:
        return self.run(command, self.out, "--out", self.client, "--package", "client", *more)


@pytest.fixture
def huts(tmp_path: Path, wire: Wire) -> Huts:
    return Huts(tmp_path, wire)


def test_a_document_is_kept_as_it_came_with_what_it_refers_to(huts: Huts, site: Site) -> None:
    done = huts.fetch()
    assert (done.exit_code, done.stdout) == (
        0,
        f"wrote {huts.out}\nchanged 3 file(s) of {huts.refs}\n",
    )
    assert huts.out.read_bytes() == FILES["/v1/api.yaml"]
    assert [path for path, _ in site.asked] == [*FILES]
    index = json.loads((huts.refs / "index.json").read_bytes())
    folder = huts.url.removesuffix("api.yaml")
    assert (index["base"], index["files"].keys()) == (
        huts.url,
        {f"{folder}common.yaml", f"{folder}people/warden.json"},
    )
    kept = {(huts.refs / each["file"]).read_bytes() for each in index["files"].values()}
    assert kept == {FILES["/v1/common.yaml"], FILES["/v1/people/warden.json"]}
    assert huts.generate().exit_code == 0
    assert "phone: str | None" in (huts.client / "messages.py").read_text()


def test_what_is_unchanged_is_asked_for_by_its_tag_and_said(huts: Huts, site: Site) -> None:
    huts.fetch()
    before = tree(huts.out.parent)
    site.asked.clear()
    again = huts.fetch()
    assert (again.exit_code, again.stdout) == (0, f"{huts.out} is unchanged\n")
    assert [tag for _, tag in site.asked] == [site.tag(path) for path in FILES]
    assert tree(huts.out.parent) == before


def test_a_reference_that_changed_or_went_is_written_and_removed(huts: Huts, site: Site) -> None:
    huts.fetch()
    common = text(
        {"components": {"schemas": {"Hut": {"type": "object", "properties": {"x": {"type": "string"}}}}}}
    )
    site.files["/v1/common.yaml"] = common
    assert huts.fetch().stdout == f"changed 3 file(s) of {huts.refs}\n"
    url = huts.url.replace("api.yaml", "common.yaml")
    assert {path.name for path in huts.refs.iterdir()} == {"index.json", name_of(url)}
    site.files["/v1/api.yaml"] = text({**document(), "paths": {}})
    assert huts.fetch().exit_code == 0
    assert not huts.refs.exists()


def test_a_kept_file_that_was_damaged_comes_anew(huts: Huts, site: Site) -> None:
    huts.fetch()
    before = tree(huts.out.parent)
    for path in huts.refs.iterdir():
        path.write_text("damaged")
    assert "fetch it again" in huts.generate().output
    assert huts.fetch().exit_code == 0
    assert tree(huts.out.parent) == before


@pytest.mark.parametrize("name", ["common.yaml", "people/warden.json"])
@pytest.mark.parametrize("body", [b"<html>log in</html>", b"key: [", b"- a list"])
def test_a_reference_that_is_no_document_leaves_all_as_it_was(
    huts: Huts, site: Site, name: str, body: bytes
) -> None:
    site.files[f"/v1/{name}"] = body
    refused = huts.fetch()
    assert (refused.exit_code, name in refused.stderr) == (2, True)
    assert not huts.out.parent.exists()


def test_a_reference_that_is_nowhere_is_a_warning_and_refused_where_it_is_needed(
    huts: Huts, site: Site
) -> None:
    del site.files["/v1/people/warden.json"]
    done = huts.fetch()
    assert done.exit_code == 0
    assert "common.yaml#/components/schemas/Hut/properties/warden/$ref" in done.stderr
    assert "answered with 404; what needs it is refused" in done.stderr.replace(" (", "; ")
    refused = huts.generate()
    assert (refused.exit_code, "warden.json' is not at hand" in refused.output) == (2, True)


def test_a_file_is_copied_with_the_files_that_it_refers_to(huts: Huts, tmp_path: Path, wire: Wire) -> None:
    path = write(tmp_path / "theirs")
    assert huts.run("fetch", path, "--out", huts.out).exit_code == 0
    assert huts.out.read_bytes() == path.read_bytes()
    assert huts.generate().exit_code == 0
    assert "phone: str | None" in (huts.client / "messages.py").read_text()
    assert wire.requests == []
    (path.parent / "common.yaml").unlink()
    (path.parent / "common.yaml").symlink_to(huts.out)
    refused = huts.run("fetch", path, "--out", huts.out)
    assert (refused.exit_code, "a link: what a reference names is a regular file" in refused.stderr) == (
        2,
        True,
    )


def test_a_file_in_place_gets_its_urls_beside_it(huts: Huts, tmp_path: Path, wire: Wire) -> None:
    url = huts.url.replace("api.yaml", "common.yaml")
    path = write(huts.out.parent, document(url, near="common.yaml#/components/schemas/Hut"))
    done = huts.run("fetch", path, "--out", path, "--allow-host", "localhost")
    assert (done.exit_code, done.stdout) == (0, f"changed 4 file(s) of {folder_of(path)}\n")
    index = json.loads((folder_of(path) / "index.json").read_bytes())
    assert index["base"] == ""
    assert {uri.rpartition("/v1/")[2] for uri in index["files"]} == {
        "api.yaml",
        "common.yaml",
        "people/warden.json",
    }


def test_nothing_is_written_through_a_link(huts: Huts, tmp_path: Path, wire: Wire) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    huts.refs.parent.mkdir()
    huts.refs.symlink_to(victim)
    refused = huts.fetch()
    assert (refused.exit_code, "a link: nothing is written through it" in refused.stderr) == (2, True)
    assert [*victim.iterdir()] == []
    assert wire.requests == []


def test_an_upgrade_takes_the_document_and_what_it_refers_to(huts: Huts, site: Site) -> None:
    huts.fetch()
    huts.generate("generate", "--allow-host", "localhost")
    assert "up to date" in huts.generate("upgrade", "--allow-host", "localhost").stdout
    warden = {**WARDEN, "properties": {**WARDEN["properties"], "since": {"type": "string"}}}
    site.files["/v1/people/warden.json"] = encoded(warden)
    done = huts.generate("upgrade", "--allow-host", "localhost")
    assert done.exit_code == 0, done.output
    assert "since: str | None" in (huts.client / "messages.py").read_text()
    checked = huts.generate("check", "--allow-host", "localhost")
    assert (checked.exit_code, checked.output) == (0, "")
    huts.out.write_bytes(huts.out.read_bytes() + b"# mine\n")
    again = huts.generate("upgrade", "--allow-host", "localhost")
    assert (again.exit_code, huts.out.read_bytes()) == (0, FILES["/v1/api.yaml"])
    stranger = huts.generate("upgrade")
    assert (stranger.exit_code, "that only the sidecar names" in stranger.output) == (2, True)


def test_an_upgrade_needs_to_know_where_a_document_comes_from(huts: Huts) -> None:
    huts.out = write(huts.out.parent)
    huts.generate()
    refused = huts.generate("upgrade")
    assert (refused.exit_code, "say from where: --new" in refused.output) == (2, True)
    refused = huts.generate("upgrade", "--installed")
    assert (refused.exit_code, "no OpenAPI document is installed" in refused.output) == (2, True)


def test_an_upgrade_to_a_file_keeps_what_the_file_refers_to(huts: Huts, tmp_path: Path) -> None:
    huts.out = write(huts.out.parent)
    huts.generate()
    new = write(tmp_path / "new", document(more="common.yaml#/components/schemas/Hut"))
    done = huts.generate("upgrade", "--new", str(new))
    assert done.exit_code == 0, done.output
    assert "def more(" in (huts.client / "client.py").read_text()
    assert huts.generate("check").output == ""
    source = tmp_path / "none.json"
    source.write_text('{"kind": "discovery#restDescription"}')
    refused = huts.generate("upgrade", "--new", str(source))
    assert (refused.exit_code, "not an OpenAPI document" in refused.output) == (2, True)


def referring(*urls: str) -> dict[str, Any]:
    """A document that refers to each of these."""
    return {"openapi": "3.1.0", "paths": {f"/{at}": {"$ref": url} for at, url in enumerate(urls)}}


def bring(
    value: Mapping[str, Any],
    answers: Mapping[str, Response],
    *hosts: str,
    base: str = BASE,
    seconds: float = 60.0,
) -> tuple[Fetched, list[str]]:
    """What a document's references bring, and the addresses that were asked."""
    asked: list[str] = []

    def send(request: Request) -> Response:
        asked.append(request.url)
        return answers.get(request.url, Response(status=404))

    found = bring_references(
        value,
        base,
        local=lambda _: None,
        allow_hosts=hosts or ("huts.example",),
        transport=FunctionTransport(send),
        seconds=seconds,
    )
    return found, asked


def test_http_is_asked_over_https_and_kept_under_its_own_name() -> None:
    found, asked = bring(
        referring("http://huts.example/a.yaml#/x"),
        {"https://huts.example/a.yaml": Response(status=200, body=b"x: {}")},
    )
    assert asked == ["https://huts.example/a.yaml"]
    assert found.references.contents == {"http://huts.example/a.yaml": b"x: {}"}


def test_hosts_that_are_not_allowed_are_named_all_at_once_and_never_asked() -> None:
    with pytest.raises(SpecError) as refused:
        bring(
            referring(
                "https://a.example/x", "https://huts.example@b.example/x", "https://huts.example.c.example/x"
            ),
            {},
        )
    assert [(problem.pointer, problem.hint) for problem in refused.value.problems] == [
        ("/paths/~10/$ref", "allow it with --allow-host a.example"),
        ("/paths/~11/$ref", "allow it with --allow-host b.example"),
        ("/paths/~12/$ref", "allow it with --allow-host huts.example.c.example"),
    ]


@pytest.mark.parametrize(
    "place", ["https://other.example/a.yaml", "http://huts.example/a.yaml", "file:///etc/passwd"]
)
def test_a_redirect_of_a_reference_is_held_to_the_same(place: str) -> None:
    answers = {"https://huts.example/a.yaml": Response(status=302, headers={"location": place})}
    with pytest.raises(SpecError, match=r"--allow-host|only https"):
        bring(referring("https://huts.example/a.yaml"), answers)


@pytest.mark.parametrize(
    "ref", ["file:///etc/passwd", "ftp://huts.example/a", "data:,{}", "urn:x", "javascript:x"]
)
def test_other_schemes_are_not_followed(ref: str) -> None:
    found, asked = bring(referring(ref), {})
    assert (asked, found.references.contents, len(found.absent)) == ([], {}, 1)
    assert "which is not read" in found.absent[0].message


@pytest.mark.parametrize("ref", ["https://user@huts.example/a.yaml", "https://huts.example/\u00e4.yaml"])
def test_odd_addresses_are_refused(ref: str) -> None:
    with pytest.raises(SpecError):
        bring(referring(ref), {})


@pytest.mark.parametrize("status", [401, 403, 500, 304, 204])
def test_another_answer_is_refused(status: int) -> None:
    with pytest.raises(SpecError, match=f"answered with {status}"):
        bring(referring("a.yaml"), {"https://huts.example/v1/a.yaml": Response(status=status)})


def test_number_bytes_and_time_are_bounded() -> None:
    answers = {
        f"https://huts.example/v1/{at}.json": Response(status=200, body=encoded({"$ref": f"{at + 1}.json"}))
        for at in range(2_000)
    }
    with pytest.raises(SpecError, match="more than 1000 other documents"):
        bring(referring("0.json"), answers)
    large = {
        f"https://huts.example/v1/{at}.json": Response(
            status=200, body=b'{"x": "' + b"x" * 30_000_000 + b'"}'
        )
        for at in range(3)
    }
    with pytest.raises(SpecError, match="more than 67108864 bytes"):
        bring(referring("0.json", "1.json", "2.json"), large)

    def late(request: Request) -> Response:
        assert request.deadline is not None
        raise TransportError(f"fetch: deadline {request.deadline}", sent=False)

    with pytest.raises(SpecError, match="deadline"):
        bring_references(
            referring("a.yaml"),
            BASE,
            local=lambda _: None,
            allow_hosts=("huts.example",),
            transport=FunctionTransport(late),
            seconds=0.0,
        )


def test_references_are_relative_to_the_address_that_answered(tmp_path: Path) -> None:
    def send(request: Request) -> Response:
        assert request.url == "https://huts.example/v2/common.yaml"
        return Response(status=200, body=b"components: {schemas: {Hut: {type: object}}}")

    found = kit(
        Brought("https://huts.example/latest", text(document()), "", "https://huts.example/v2/api.yaml"),
        "https://huts.example/latest",
        tmp_path / "api.yaml",
        allow_hosts=("huts.example",),
        transport=FunctionTransport(send),
    )
    assert [*found.references.contents] == ["https://huts.example/v2/common.yaml"]
    assert [*tmp_path.iterdir()] == []
