"""Fetching a description: what is kept, what is refused, and what is asked over the wire."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from groundwire_codegen.fetch.address import addresses_of, checked, split_id
from groundwire_codegen.fetch.https import bring
from groundwire_codegen.fetch.normal import normal
from groundwire_codegen.problem import SpecError
from groundwire_codegen.reader import read_api
from groundwire_runtime.http import FunctionTransport, Request, Response
from groundwire_runtime.transport import UrllibTransport

from tests.codegen.documents import bookshop, encoded
from tests.codegen.packages import ROOT
from tests.codegen.test_cli import run as cli
from tests.runtime.wire.authority import authority
from tests.runtime.wire.reply import SILENCE, Reply, cut, http, plain
from tests.runtime.wire.server import Wire

BODY = encoded(bookshop())
TAG = '"v1-abc"'


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A server that speaks TLS as localhost."""
    with Wire(tls=authority().server()) as server:
        yield server


@pytest.fixture
def trust(tmp_path: Path) -> dict[str, str]:
    """An environment in which the server's authority is trusted."""
    path = tmp_path / "authority.pem"
    path.write_text(authority().pem)
    return {"SSL_CERT_FILE": str(path)}


def run(*arguments: object, env: dict[str, str] | None = None) -> Result:
    return cli("fetch", *arguments, env=env)


def local(wire: Wire, path: str = "/doc.json") -> str:
    return f"https://localhost:{wire.port}{path}"


def test_a_document_comes_over_tls_and_is_asked_for_by_its_tag(
    wire: Wire, trust: dict[str, str], tmp_path: Path
) -> None:
    wire.answers = [plain(BODY, etag=TAG), plain(b"", "304 Not Modified", etag=TAG)]
    out = tmp_path / "spec" / "shop.json"
    arguments = (local(wire), "--out", out, "--allow-host", "localhost")
    first = run(*arguments, env=trust)
    assert (first.exit_code, first.stdout) == (0, f"wrote {out}\n")
    assert out.read_bytes() == normal(BODY, "shop", prose=False)
    assert {path.name for path in out.parent.iterdir()} == {"shop.json", "shop.json.etag"}
    again = run(*arguments, env=trust)
    assert (again.exit_code, again.stdout) == (0, f"{out} is unchanged\n")
    assert [wire.header("if-none-match", index) for index in (0, 1)] == [None, TAG]


def test_a_file_that_was_edited_or_is_another_form_is_fetched_whole(
    wire: Wire, trust: dict[str, str], tmp_path: Path
) -> None:
    wire.answers = [plain(BODY, etag=TAG)]
    out = tmp_path / "shop.json"
    arguments = (local(wire), "--out", out, "--allow-host", "localhost")
    run(*arguments, env=trust)
    run(*arguments, "--prose", env=trust)
    assert '"description": "A book."' in out.read_text()
    out.write_text("{}")
    assert run(*arguments, env=trust).stdout == f"wrote {out}\n"
    assert [wire.header("if-none-match", index) for index in range(3)] == [None, None, None]
    changed = {**bookshop(), "revision": "20260202", "etag": "x"}
    wire.answers = [plain(encoded(changed))]
    assert run(*arguments, env=trust).stdout == f"wrote {out} (its revision, and nothing else, changed)\n"


@pytest.mark.parametrize(
    "reply",
    [
        plain(b"no", "500 Internal Server Error"),
        plain(b"not json"),
        plain(b'{"kind": "something"}'),
        cut(http(BODY)[:-20]),
        Reply(then="reset"),
        plain(b"", "304 Not Modified"),
    ],
    ids=["status", "text", "kind", "cut", "reset", "unasked"],
)
def test_a_bad_answer_leaves_what_is_there(
    wire: Wire, trust: dict[str, str], tmp_path: Path, reply: Reply
) -> None:
    wire.answers = [reply]
    out = tmp_path / "out" / "shop.json"
    out.parent.mkdir()
    out.write_text("before")
    result = run(local(wire), "--out", out, "--allow-host", "localhost", env=trust)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "nothing was written" in result.stderr
    assert [path.name for path in out.parent.iterdir()] == ["shop.json"]
    assert out.read_text() == "before"


def test_a_server_that_nobody_trusts_is_refused(wire: Wire, tmp_path: Path) -> None:
    result = run(local(wire), "--out", tmp_path / "x", "--allow-host", "localhost")
    assert result.exit_code == 2
    assert "no TLS connection" in result.stderr
    assert wire.requests == []


def secure() -> UrllibTransport:
    return UrllibTransport(tls=authority().client(), max_response=2_000)


def test_size_and_time_are_bounded(wire: Wire) -> None:
    wire.answers = [Reply(pieces=[http(b" " * 3_000)]), SILENCE]
    with pytest.raises(SpecError, match="more than 2000 bytes"):
        bring([local(wire)], allow_hosts=("localhost",), transport=secure())
    bomb = gzip.compress(b" " * 3_000)
    wire.requests.clear()
    wire.answers = [Reply(pieces=[http(bomb, content_encoding="gzip")])]
    with pytest.raises(SpecError, match="more than 2000 bytes"):
        bring([local(wire)], allow_hosts=("localhost",), transport=secure())
    wire.answers = [SILENCE]
    with pytest.raises(SpecError, match="deadline"):
        bring([local(wire)], allow_hosts=("localhost",), transport=secure(), seconds=0.3)


def test_a_redirect_is_followed_to_an_allowed_host_only(wire: Wire) -> None:
    wire.answers = [plain(b"", "302 Found", location="/other"), plain(b"{}")]
    assert bring([local(wire)], allow_hosts=("localhost",), transport=secure()).body == b"{}"
    assert wire.paths == ["/doc.json", "/other"]
    for place in (
        "https://example.com/",
        "http://localhost/",
        "https://googleapis.com.example/",
        "file:///etc",
    ):
        wire.answers = [plain(b"", "301 Moved Permanently", location=place)]
        with pytest.raises(SpecError, match=r"allow-host|https"):
            bring([local(wire)], allow_hosts=("localhost",), transport=secure())
    wire.answers = [plain(b"", "302 Found", location="/again")]
    with pytest.raises(SpecError, match="more than 3 redirects"):
        bring([local(wire)], allow_hosts=("localhost",), transport=secure())


@pytest.mark.parametrize(
    "url",
    [
        "http://earthengine.googleapis.com/",
        "ftp://earthengine.googleapis.com/",
        "https://evilgoogleapis.com/",
        "https://googleapis.com.evil.example/",
        "https://googleapis.com@evil.example/",
        "https://user@earthengine.googleapis.com/",
        "https://earthengine.googleapis.com:8443/",
        "https://evil.example/?.googleapis.com",
        "https://evil.example#.googleapis.com",
        "https://evil.example\\.googleapis.com/",
        "https://\uff47oogleapis.com/",
        "https://earthengine.googleapis.com./",
        "https://.googleapis.com/",
        "https://[::1]/",
        "https://x.googleapis.com/\r\nhost: y",
        "//earthengine.googleapis.com/",
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(SpecError):
        checked(url)


@pytest.mark.parametrize(
    "url", ["https://[::1]evil.example/x", "https://[shop.example]/x", "https://a[::1]/x"]
)
def test_an_address_that_only_looks_like_an_allowed_host_is_refused(url: str) -> None:
    with pytest.raises(SpecError, match="not a URL"):
        checked(url, ("::1", "shop.example"))


STRANGERS = [
    "https://googleapis.com/x",
    "https://storage.googleapis.com/bucket/shop.json",
    "https://storage.googleapis.com/$discovery/../bucket/rest?version=v1",
    "https://bucket.storage.googleapis.com/$discovery/rest?version=v1",
    "https://firebasestorage.googleapis.com/v0/b/bucket/o/shop.json?alt=media",
    "https://www.googleapis.com/upload/storage/v1/b/bucket/o",
    "https://www.googleapis.com/discovery/v1/apis/shop/v1/rest?fields=x",
    "https://www.googleapis.com/discovery/v1/apis/shop/../v1/rest",
    "https://www.googleapis.com/discovery/v1/apis/shop/v1/rest/",
    "https://www.googleapis.com/download/discovery/v1/apis/shop/v1/rest",
    "https://shop.googleapis.com/$discovery/rest",
    "https://shop.googleapis.com/$discovery/rest?version=v1&x=y",
    "https://shop.googleapis.com/$discovery/rest?version=v1%26",
    "https://shop.googleapis.com/%24discovery/rest?version=v1",
    "https://shop.googleapis.com/x/$discovery/rest?version=v1",
    "https://shop.googleapis.com:8443/$discovery/rest?version=v1",
    "https://content-shop.sandbox.googleapis.com/$discovery/rest?version=v1",
]
"""Addresses below Google's domain that are none of a description, or where strangers may put one."""


@pytest.mark.parametrize("url", STRANGERS)
def test_addresses_below_the_domain_that_are_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="not an address of Google's descriptions"):
        checked(url)
    refused = run(url, "--out", tmp_path / "x.json")
    assert (refused.exit_code, "--allow-host" in refused.stderr) == (2, True)


@pytest.mark.parametrize("url", STRANGERS[:4])
def test_a_redirect_to_one_is_refused(url: str) -> None:
    def send(request: Request) -> Response:
        return Response(status=302, headers={"location": url})

    with pytest.raises(SpecError, match="not an address of Google's descriptions"):
        bring(addresses_of("shop", "v1"), id_="shop:v1", transport=FunctionTransport(send))


def test_addresses_that_are_taken() -> None:
    for url in (
        *addresses_of("earthengine", "v1"),
        "https://EARTHENGINE.googleapis.com/$discovery/rest?version=v1",
        "https://earthengine.googleapis.com:443/$discovery/rest?version=v1",
    ):
        assert checked(url) == checked(url, id_="earthengine:v1") == url
        for other in ("drive:v1", "earthengine:v1beta"):
            with pytest.raises(SpecError, match=f"the description of earthengine:v1, not of {other}"):
                checked(url, id_=other)
    assert checked("https://localhost:1/", ("localhost",))
    assert checked(STRANGERS[1], ("storage.googleapis.com",))
    with pytest.raises(SpecError):
        checked("https://sub.localhost/", ("localhost",))


def test_a_redirect_to_the_description_of_another_api_is_refused() -> None:
    def send(request: Request) -> Response:
        return Response(status=302, headers={"location": addresses_of("drive", "v3")[0]})

    with pytest.raises(SpecError, match="the description of drive:v3, not of shop:v1"):
        bring(addresses_of("shop", "v1"), id_="shop:v1", transport=FunctionTransport(send))


def test_nothing_is_written_through_a_link(wire: Wire, trust: dict[str, str], tmp_path: Path) -> None:
    wire.answers = [plain(BODY, etag=TAG)]
    victim = tmp_path / "victim"
    victim.write_text("precious")
    for name in ("shop.json", "shop.json.etag"):
        (tmp_path / name).symlink_to(victim)
        refused = run(local(wire), "--out", tmp_path / "shop.json", "--allow-host", "localhost", env=trust)
        assert (refused.exit_code, "a link: nothing is written through it" in refused.stderr) == (2, True)
        (tmp_path / name).unlink()
    assert victim.read_text() == "precious"
    assert wire.requests == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    refused = run(tmp_path / "pipe", "--out", tmp_path / "x.json")
    assert (refused.exit_code, "pipe: not a regular file" in refused.stderr) == (2, True)
    out = tmp_path / "shop.json"
    out.write_bytes(BODY)
    os.mkfifo(tmp_path / "shop.json.etag")
    assert run(ROOT / "spec" / "earthengine.v1beta.json", "--out", out).exit_code == 2


def asked(statuses: Sequence[int]) -> tuple[list[str], FunctionTransport]:
    urls: list[str] = []

    def send(request: Request) -> Response:
        urls.append(request.url)
        return Response(status=statuses[len(urls) - 1], body=b"{}")

    return urls, FunctionTransport(send)


def test_a_name_is_looked_up_at_its_host_and_then_in_the_directory() -> None:
    urls, transport = asked([404, 200])
    assert bring(addresses_of("drive", "v3"), transport=transport).url == urls[1]
    assert urls == [
        "https://drive.googleapis.com/$discovery/rest?version=v3",
        "https://www.googleapis.com/discovery/v1/apis/drive/v3/rest",
    ]
    with pytest.raises(SpecError, match="look at the name"):
        bring(addresses_of("drive", "v3"), transport=asked([404, 404])[1])
    for name, version in (("a.evil.example/", "v1"), ("drive", "v1&x=/"), ("Drive", "../x")):
        with pytest.raises(SpecError):
            addresses_of(name, version)


def test_a_file_is_brought_into_normal_form(tmp_path: Path) -> None:
    spec = ROOT / "spec" / "earthengine.v1beta.json"
    out = tmp_path / "copy.json"
    assert run(spec, "--out", out).stdout == f"wrote {out}\n"
    assert out.read_bytes() == spec.read_bytes()
    assert run(spec, "--out", out).stdout == f"{out} is unchanged\n"
    assert run(tmp_path / "none.json", "--out", out).exit_code == 2


def test_prose_goes_and_structure_stays() -> None:
    document: dict[str, Any] = bookshop()
    book = document["schemas"]["Book"]["properties"]
    book["description"] = {"type": "string", "description": "Text."}
    book["enumDescriptions"] = {"type": "string"}
    book["any"] = {
        "type": "object",
        "additionalProperties": {"type": "any", "description": "Contains field @type with type URL."},
    }
    book["genre"]["enumDescriptions"] = ["a", "b", "c"]
    document |= {"etag": "x", "icons": {"x16": "y"}}
    bare = normal(encoded(document), "shop", prose=False)
    said = json.loads(bare)
    assert not {"etag", "icons"} & said.keys()
    assert said["schemas"]["Book"]["properties"]["description"] == {"type": "string"}
    assert "enumDescriptions" in said["schemas"]["Book"]["properties"]
    assert "A book." not in bare.decode()
    assert bare == normal(bare, "shop", prose=False) == normal(bare, "shop", prose=True)
    first, second = (read_api(data) for data in (bare, normal(encoded(document), "shop", prose=True)))
    assert {name: [field.type for field in message.fields] for name, message in first.messages.items()} == {
        name: [field.type for field in message.fields] for name, message in second.messages.items()
    }


def test_an_installed_document_is_taken(tmp_path: Path) -> None:
    pytest.importorskip("googleapiclient", reason="google-api-python-client is not installed")
    out = tmp_path / "oauth2.json"
    assert run("oauth2", "v2", "--installed", "--out", out).stdout == f"wrote {out}\n"
    assert json.loads(out.read_bytes())["id"] == "oauth2:v2"
    assert run("oauth2", "v2", "--installed", "--out", out).stdout == f"{out} is unchanged\n"
    assert run("oauth2", "v99", "--installed", "--out", out).exit_code == 2
    assert run("oauth2", "--installed", "--out", out).exit_code == 2
    assert run("oauth2:v2", "--installed", "--out", out).stdout == f"{out} is unchanged\n"


def test_an_id_is_a_name_and_a_version() -> None:
    assert split_id("admin:directory_v1") == ("admin", "directory_v1")
    for other in ("shop.json", "c:shop.json", "https://shop.example/doc.json", "drive:", ":v3"):
        assert split_id(other) == (other, None)


def test_another_api_than_the_one_asked_for_is_refused() -> None:
    with pytest.raises(SpecError, match="is not 'shop:v9'"):
        normal(BODY, "shop", prose=False, id_="shop:v9")
