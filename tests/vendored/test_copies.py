"""Copies in a service: asked for once, checked and updated from their manifests, side by side, on one runtime or on two."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from textwrap import dedent

import pytest
from groundwire_codegen.lock import FILE, digest

from tests.codegen.documents import bookshop, encoded, with_property
from tests.codegen.packages import ROOT
from tests.codegen.test_cli import run

GET = "bookshop.books.get"


@pytest.fixture
def service(tmp_path: Path) -> Path:
    (tmp_path / "service").mkdir()
    (tmp_path / "bookshop.json").write_bytes(encoded(bookshop()))
    return tmp_path / "service"


def vendor(service: Path, name: str, *options: str) -> Path:
    done = run("vendor", str(service / name), *options)
    assert done.exit_code == 0, done.output
    return service / name


def shop(service: Path, name: str = "shop", *options: str) -> Path:
    [document] = [each / "bookshop.json" for each in service.parents if (each / "bookshop.json").exists()]
    return vendor(service, name, "--document", str(document), *options)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def python(service: Path, code: str) -> str:
    """What some code prints that can import the service, and no original of Groundwire."""
    hidden = "['groundwire', 'groundwire_runtime', 'groundwire_exports', 'groundwire_codegen']"
    script = f"import sys; sys.modules.update(dict.fromkeys({hidden}))\n{code}"
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-B", "-W", "error", "-c", script],
        cwd=service.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.strip()


def test_the_manifest_says_how_the_copy_was_asked_for(service: Path) -> None:
    copy = shop(service, "shop", "--methods", GET, "--package", "service.shop")
    manifest = json.loads((copy / FILE).read_text("utf-8"))
    assert manifest["vendored"] == {
        "document": "../../bookshop.json",
        "methods": GET,
        "package": "service.shop",
    }
    assert manifest["files"].keys() >= {"LICENSE", "NOTICE", "client.py", "_runtime/codec.py"}
    assert (copy / "LICENSE").read_text("utf-8") == (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License, Version 2.0" in (copy / "NOTICE").read_text("utf-8")
    assert '"""service.shop: a client of Bookshop API v1."""' in (copy / "__init__.py").read_text("utf-8")
    client = (copy / "client.py").read_text("utf-8")
    assert ("BOOKS_GET" in client, "BOOKS_LIST" in client) == (True, False)


def test_a_copy_is_checked_and_updated_without_options(service: Path) -> None:
    copy = shop(service, "shop", "--methods", GET)
    assert run("vendor", str(copy), "--check").output == ""
    document = service.parent / "bookshop.json"
    document.write_bytes(encoded(with_property("isbn", {"type": "string"})))
    stale = run("vendor", str(copy), "--check")
    lines = (copy / "messages.py").read_text("utf-8").splitlines()
    assert (stale.exit_code, stale.stdout.splitlines()[0][:28]) == (1, "stale: shop/codecs.py, line ")
    [found] = [line for line in stale.stdout.splitlines() if "messages.py" in line]
    number = int(found.rpartition(" ")[2])
    assert lines[number - 1] != "    isbn: str | None = None"
    assert run("vendor", str(copy), "--update").exit_code == 0
    assert (copy / "messages.py").read_text("utf-8").splitlines()[number - 1] == "    isbn: str | None = None"
    assert run("vendor", str(copy), "--check").output == ""
    assert "BOOKS_LIST" not in (copy / "client.py").read_text("utf-8")


def test_an_overlay_is_found_before_the_folder_is_there(service: Path) -> None:
    overlay = service.parent / "shop.toml"
    overlay.write_text(f'generate = ["{GET}"]\n')
    copy = shop(service / "not" / "yet", "shop", "--overlay", str(overlay))
    assert "BOOKS_LIST" not in (copy / "client.py").read_text("utf-8")


def test_an_update_says_what_changed_and_can_be_refused(service: Path) -> None:
    copy = shop(service, "shop", "--methods", GET)
    document = bookshop()
    del document["schemas"]["Book"]["properties"]["pages"]
    del document["schemas"]["ListBooksResponse"]["properties"]["nextPageToken"]
    (service.parent / "bookshop.json").write_bytes(encoded({**document, "revision": "20260202"}))
    before = contents(copy)
    refused = run("vendor", str(copy), "--update", "--fail-on", "run-time")
    assert refused.exit_code == 1
    assert refused.stdout.startswith(
        "bookshop:v1 20260101 -> bookshop:v1 20260202: 1 breaking at type-check time\n"
    )
    assert "removed: field Book.pages" in refused.stdout
    assert "nextPageToken" not in refused.stdout
    assert contents(copy) == before
    assert run("vendor", str(copy), "--update").exit_code == 0
    again = run("vendor", str(copy), "--update", "--fail-on", "compatible")
    assert again.exit_code == 0
    assert again.stdout.splitlines()[0].endswith(": no change")


def test_the_client_that_is_shipped_has_a_verdict_too(service: Path) -> None:
    copy = vendor(service, "earth")
    same = run("vendor", str(copy), "--update", "--fail-on", "compatible")
    assert (same.exit_code, ": no change\n" in same.stdout) == (0, True)


def test_a_copy_that_does_not_say_what_it_was_made_from_passes_no_gate(service: Path) -> None:
    copy = shop(service)
    manifest = json.loads((copy / FILE).read_text("utf-8"))
    del manifest["files"]["description.json"]
    (copy / FILE).write_text(json.dumps(manifest), "utf-8")
    (copy / "description.json").unlink()
    refused = run("vendor", str(copy), "--update", "--fail-on", "type-check")
    assert (refused.exit_code, "no verdict: shop" in refused.stderr) == (1, True)
    assert run("vendor", str(copy), "--update").exit_code == 0
    assert run("vendor", str(copy), "--check").output == ""


def test_an_edit_is_named_and_never_overwritten(service: Path) -> None:
    copy = vendor(service, "earth", "--with", "exports")
    path = copy / "_runtime" / "retry.py"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines[:9], "# mine\n", *lines[10:]]), "utf-8")
    before = contents(copy)
    found = run("vendor", str(copy), "--check")
    assert (found.exit_code, found.stdout) == (3, "edited: earth/_runtime/retry.py, line 10\n")
    for options in (["--update"], ["--with", "exports"]):
        refused = run("vendor", str(copy), *options)
        assert (refused.exit_code, refused.stderr.splitlines()[0]) == (
            3,
            "earth#/_runtime/retry.py: edited by hand, line 10 (keep the change elsewhere, or drop it with --discard-edits)",
        )
        assert contents(copy) == before
    path.unlink()
    assert run("vendor", str(copy), "--check").stdout == "stale: earth/_runtime/retry.py is gone\n"
    assert run("vendor", str(copy), "--update").exit_code == 0
    assert path.read_text("utf-8") == "".join(lines)


def test_an_older_copy_is_stale_and_its_edits_are_told_apart(service: Path) -> None:
    copy = vendor(service, "earth")
    manifest = json.loads((copy / FILE).read_text("utf-8"))
    old = (copy / "client.py").read_text("utf-8").replace("a resource class", "one resource class")
    (copy / "client.py").write_text(old, "utf-8")
    (copy / "_runtime" / "gone.py").write_text("", "utf-8")
    manifest["files"] |= {"client.py": digest(old), "_runtime/gone.py": digest("")}
    del manifest["files"]["_runtime/google_tokens.py"]
    (copy / "_runtime" / "google_tokens.py").unlink()
    (copy / FILE).write_text(json.dumps(manifest), "utf-8")
    assert run("vendor", str(copy), "--check").stdout.splitlines() == [
        "stale: earth/_runtime/gone.py is no longer part of it",
        "stale: earth/_runtime/google_tokens.py is new",
        "stale: earth/client.py, line 2",
    ]
    (copy / "client.py").write_text(f"{old}# mine\n", "utf-8")
    found = run("vendor", str(copy), "--check").stdout
    assert "edited: earth/client.py\nstale: earth/client.py, line 2\n" in found
    assert run("vendor", str(copy), "--update").exit_code == 3


def test_a_file_in_the_way_is_not_overwritten(service: Path) -> None:
    (service / "shop").mkdir()
    (service / "shop" / "client.py").write_text("mine", "utf-8")
    document = str(service.parent / "bookshop.json")
    refused = run("vendor", str(service / "shop"), "--document", document)
    assert (refused.exit_code, "shop#/client.py: exists and was not generated" in refused.stderr) == (2, True)
    assert contents(service / "shop") == {"client.py": b"mine"}


def test_a_client_that_was_generated_in_place_is_not_taken_over(service: Path) -> None:
    out = service / "shop"
    document = str(service.parent / "bookshop.json")
    run("generate", document, "--out", str(out))
    before = contents(out)
    refused = run("vendor", str(out), "--document", document)
    assert (refused.exit_code, "shop: holds a generated client" in refused.stderr) == (2, True)
    assert "no vendored copy" in run("vendor", str(out), "--update").stderr
    assert "no vendored copy" in run("vendor", str(service / "nothing"), "--check").stderr
    assert contents(out) == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--methods", GET], "options#/methods: an installed client has the methods it has"),
        (["--package", "no name"], "options#/package: 'no name' is not a package name"),
        (["--runtime", "a-b"], "options#/runtime: 'a-b' is not a package name"),
        (["--runtime", "..class"], "options#/runtime: '..class' is not a package name"),
        (["--fail-on", "run-time"], "options#/update: --against and --fail-on go with --update"),
        (["--against", "src"], "options#/update: --against and --fail-on go with --update"),
        (["--document", "nothing.json"], "nothing.json: No such file"),
    ],
)
def test_an_order_that_cannot_be_is_refused(service: Path, options: list[str], words: str) -> None:
    refused = run("vendor", str(service / "x"), *options)
    assert (refused.exit_code, words in refused.stderr) == (2, True)
    assert not (service / "x").exists()


def test_a_copy_with_batch_has_what_surrounds_exports_and_one_without_does_not(service: Path) -> None:
    vendor(service, "earth", "--with", "batch")
    assert not {
        path.name for path in (vendor(service, "small", "--with", "exports") / "_exports").iterdir()
    } & {
        "files",
        "migration",
        "tiling",
    }
    code = """
        from service.earth._exports import fit, grid, outputs, request_of, split_in_four, start_export, tiles
        image = {"result": "0", "values": {"0": {"constantValue": 1}}}
        print(fit(image, region=(0, 0, 1, 1), scale=30).result)
        print([key for key, _ in tiles(grid((0, 0, 2, 1), crs="EPSG:4326", scale=1), 1)])
        import service.small._exports as small
        print([hasattr(small, name) for name in ("grid", "fit", "tiles")], "fit" in small.__all__)
    """
    shown = python(service, dedent(code))
    assert shown.splitlines() == ["0", "['y000000-x000000', 'y000000-x000001']", "[True, False, False] False"]


def test_exports_need_the_export(service: Path) -> None:
    document = str(service.parent / "bookshop.json")
    refused = run("vendor", str(service / "x"), "--document", document, "--with", "exports")
    assert "options#/with: exports need Earth Engine's image:export" in refused.stderr


@pytest.mark.parametrize("runtime", ["service.earth._runtime", "..earth._runtime"])
def test_two_clients_share_a_runtime(service: Path, runtime: str) -> None:
    vendor(service, "earth")
    copy = shop(service, "shop", "--runtime", runtime)
    more = vendor(service, "again", "--runtime", runtime, "--with", "exports")
    assert not (copy / "_runtime").exists()
    assert not (more / "_runtime").exists()
    assert f"or to {runtime}." in (copy / "NOTICE").read_text("utf-8")
    code = (
        "from service import earth, shop, again; import service.again._exports, service.shop.client\n"
        'book = shop.decode(shop.Book, b\'{"name": "n"}\')\n'
        "print(earth.Unlisted is shop.Unlisted is again.Unlisted, book.name,"
        " earth.errors.ApiError is shop.errors.ApiError, earth.Number is again.Number)"
    )
    assert python(service, code) == "True n True False"
    assert run("vendor", str(copy), "--check").output == ""
    assert run("vendor", str(more), "--check").output == ""


@pytest.fixture
def sharing(service: Path) -> Path:
    """A copy that shares the runtime of another one, `earth`, in a repository."""
    (service.parent / ".git").mkdir()
    vendor(service, "earth")
    return shop(service, "shop", "--runtime", "service.earth._runtime")


def pointed_at(copy: Path, runtime: str) -> Path:
    """Let all of a copy name another runtime, as a pull request may: its files, its notice and its manifest."""
    lock = json.loads((copy / FILE).read_text("utf-8"))
    for path in lock["files"]:
        text = (copy / path).read_text("utf-8").replace(lock["vendored"]["runtime"], runtime)
        (copy / path).write_text(text, "utf-8", newline="")
        lock["files"][path] = digest(text)
    lock["vendored"]["runtime"] = runtime
    (copy / FILE).write_text(json.dumps(lock), "utf-8")
    return copy


def checked(copy: Path) -> tuple[int, str]:
    done = run("vendor", str(copy), "--check")
    return done.exit_code, done.output


@pytest.mark.parametrize("form", ["service.evil._runtime", "..evil._runtime", "..evil", "service.evil"])
def test_a_runtime_without_a_manifest_is_unverified(sharing: Path, form: str) -> None:
    evil = sharing.parent / "evil"
    shutil.copytree(sharing.parent / "earth" / "_runtime", evil / "_runtime")
    (evil / "__init__.py").touch()
    found = checked(pointed_at(sharing, form))
    assert found == (1, f"unverified: runtime {form} is not in a vendored copy with a manifest\n")


@pytest.mark.parametrize("vouches", [False, True])
def test_a_runtime_is_held_to_the_installed_one_whatever_its_manifest_says(
    sharing: Path, vouches: bool
) -> None:
    evil = sharing.parent / "evil"
    shutil.copytree(sharing.parent / "earth", evil)
    text = (evil / "_runtime" / "retry.py").read_text("utf-8") + "import evil\n"
    (evil / "_runtime" / "retry.py").write_text(text, "utf-8", newline="")
    if vouches:
        lock = json.loads((evil / FILE).read_text("utf-8"))
        lock["files"]["_runtime/retry.py"] = digest(text)
        (evil / FILE).write_text(json.dumps(lock), "utf-8")
    word, code = ("stale", 1) if vouches else ("edited", 3)
    found = checked(pointed_at(sharing, "service.evil._runtime"))
    assert found == (code, f"{word}: runtime service.evil._runtime, retry.py\n")


def test_a_module_beside_those_of_a_shared_runtime_is_an_edit(sharing: Path) -> None:
    assert checked(sharing) == (0, "")
    (sharing.parent / "earth" / "_runtime" / "retry").mkdir()
    (sharing.parent / "earth" / "_runtime" / "retry" / "__init__.py").touch()
    text = "edited: runtime service.earth._runtime, retry/__init__.py: exists and was not generated\n"
    assert checked(sharing) == (3, text)


def test_a_runtime_that_is_not_there_is_unverified(sharing: Path) -> None:
    text = "unverified: runtime service.gone._runtime is neither beside the copy nor installed\n"
    assert checked(pointed_at(sharing, "service.gone._runtime")) == (1, text)


def test_a_runtime_behind_a_link_is_unverified(sharing: Path) -> None:
    (sharing.parent / "linked").mkdir()
    (sharing.parent / "linked" / "_runtime").symlink_to(sharing.parent / "earth" / "_runtime")
    assert checked(pointed_at(sharing, "..linked._runtime"))[0] == 1


def test_an_installed_runtime_is_named_and_not_checked(service: Path) -> None:
    copy = shop(service, "shop", "--runtime", "groundwire_runtime")
    assert checked(copy) == (0, "")
    assert checked(pointed_at(copy, "attr")) == (0, "not checked: runtime attr is an installed package\n")


def test_two_clients_stand_apart_with_runtimes_of_their_own(service: Path) -> None:
    vendor(service, "earth")
    shop(service, "shop")
    code = "from service import earth, shop; print(earth.Unlisted is shop.Unlisted)"
    assert python(service, code) == "False"


def test_importing_a_copy_reads_modules_and_does_nothing_else(service: Path) -> None:
    vendor(service, "earth", "--with", "exports")
    code = """
        import sys
        seen = []
        def hook(event, arguments):
            writes = event == "open" and (isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"))
            starts = event.startswith(("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system"))
            if writes or starts:
                seen.append(event)
        sys.addaudithook(hook)
        from service import earth
        earth.Client, earth.Operation, earth.credentials, earth.errors
        import service.earth._exports
        print(seen)
    """
    assert python(service, textwrap.dedent(code)) == "[]"


def test_importing_a_copy_imports_what_the_original_does(service: Path) -> None:
    vendor(service, "earth")
    code = "import {name}; print(sorted({{each.partition('.')[0] for each, found in sys.modules.items() if found}}))"
    copy = python(service, code.format(name="service.earth"))
    original = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", f"import sys; {code.format(name='groundwire')}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    ours = {"groundwire", "groundwire_runtime", "service"}
    loaded, wanted = (set(ast.literal_eval(text)) - ours for text in (copy, original))
    assert loaded == wanted
    assert {"urllib3", "cattrs"}.isdisjoint(loaded)


def manifest_with(copy: Path, **changes: str) -> None:
    manifest = json.loads((copy / FILE).read_text("utf-8"))
    manifest["vendored"] = {**manifest["vendored"], **changes}
    (copy / FILE).write_text(json.dumps(manifest), "utf-8")


@pytest.mark.parametrize("client", ["evil", "evil.sub", "evil.sub.deep"])
def test_a_manifest_imports_nothing(service: Path, monkeypatch: pytest.MonkeyPatch, client: str) -> None:
    copy = vendor(service, "earth")
    deep = service.parent / "evil" / "sub" / "deep"
    deep.mkdir(parents=True)
    for folder in (deep, *deep.parents[:2]):
        (folder / "__init__.py").write_text(f"open({str(service / 'ran')!r}, 'w').close()\n")
    monkeypatch.syspath_prepend(service.parent)
    manifest_with(copy, client=client)
    for mode in ("--check", "--update"):
        refused = run("vendor", str(copy), mode)
        assert (refused.exit_code, f"{client!r} has no {FILE}" in refused.stderr) == (2, True)
    assert not (service / "ran").exists()


def test_a_client_inside_a_package_is_found(service: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (service / "inner").mkdir()
    (service / "__init__.py").write_text("raise RuntimeError\n")
    document = str(service.parent / "bookshop.json")
    assert run("generate", document, "--out", str(service / "inner" / "shop")).exit_code == 0
    monkeypatch.syspath_prepend(service.parent)
    copy = vendor(service, "copy", "--client", "service.inner.shop")
    assert run("vendor", str(copy), "--check").output == ""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("part", ["document", "overlay"])
@pytest.mark.parametrize("path", ["pipe", "/dev/zero", "../../../../../../../../dev/zero", "/dev/fd/0", "."])
def test_a_manifest_names_no_pipe_and_no_device(service: Path, part: str, path: str) -> None:
    copy = shop(service)
    os.mkfifo(copy / "pipe")
    manifest_with(copy, **{part: path})
    refused = run("vendor", str(copy), "--check")
    assert refused.exit_code == 2
    words = ("not a regular file", "is outside of the repository", "Is a directory")
    assert any(each in refused.stderr for each in words), refused.stderr


@pytest.mark.parametrize("kind", ["path", "link", "absolute"])
def test_a_manifest_names_no_file_outside_of_the_repository(service: Path, kind: str) -> None:
    outside, copy = service.parent / "bookshop.json", shop(service)
    (service / ".git").mkdir()
    if kind == "link":
        (service / "linked.json").symlink_to(outside)
    manifest_with(
        copy, document={"path": "../../bookshop.json", "link": "../linked.json"}.get(kind, str(outside))
    )
    for mode in ("--check", "--update"):
        refused = run("vendor", str(copy), mode)
        assert (refused.exit_code, "is outside of the repository" in refused.stderr) == (2, True)


def test_a_file_of_the_copy_is_read_within_a_bound(service: Path) -> None:
    copy = shop(service)
    os.truncate(copy / "_runtime" / "retry.py", 10**11)
    done = run("vendor", str(copy), "--check")
    assert (done.exit_code, "edited: shop/_runtime/retry.py, line" in done.stdout) == (3, True)
