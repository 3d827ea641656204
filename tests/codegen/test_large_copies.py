"""A copy of a large client, in the layout that it was generated in."""

from __future__ import annotations

import importlib
from pathlib import Path

from tests.codegen.conftest import Load
from tests.codegen.documents import encoded, wide
from tests.codegen.test_cli import run


def test_a_large_client_is_vendored(tmp_path: Path, load: Load) -> None:
    document = tmp_path / "spec.json"
    document.write_bytes(encoded(wide(250)))
    copy = tmp_path / "shelves"
    done = run("vendor", str(copy), "--document", str(document))
    assert done.exit_code == 0, done.output
    assert (copy / "messages" / "_shelf7.py").exists()
    assert (copy / "_runtime" / "lazy.py").exists()
    package = load(
        {path.relative_to(copy).as_posix(): path.read_text("utf-8") for path in copy.rglob("*.py")}
    )
    assert package.Book.__module__ == f"{package.__name__}.messages"
    http = importlib.import_module(f"{package.__name__}._runtime.http")
    found = http.Response(status=200, headers={}, body=b'{"shelf7":{"x":"y"}}')
    script = http.FunctionTransport(lambda _: found)
    client = package.Client(credentials=package.credentials.anonymous(), transport=script)
    assert client.books.get("books/1").shelf7 == package.Shelf7(x="y")
    assert not [path for path in copy.rglob("*.py") if "from groundwire_runtime" in path.read_text("utf-8")]
    assert run("vendor", str(copy), "--check").exit_code == 0
    small = tmp_path / "small"
    run("vendor", str(small), "--document", str(document), "--methods", "bookshop.books.delete")
    assert not (small / "_runtime" / "lazy.py").exists()
