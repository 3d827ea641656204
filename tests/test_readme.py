from __future__ import annotations

import ast
import re
from pathlib import Path

import groundwire
import pytest

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def attributes(tree: ast.Module) -> set[str]:
    """Dotted names below `gw`, such as `Number.FloatValue`."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("gw."):
            found.add(ast.unparse(node).removeprefix("gw."))
    return {name for name in found if "(" not in name}


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_a_block_is_python_and_names_only_what_there_is(block: str) -> None:
    for name in attributes(ast.parse(block)):
        value: object = groundwire
        for part in name.split("."):
            value = getattr(value, part)


def test_there_are_blocks_with_names() -> None:
    assert len(BLOCKS) >= 5
    assert "ExportImageRequest" in set().union(*(attributes(ast.parse(block)) for block in BLOCKS))


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_a_link_leads_to_a_file(target: str) -> None:
    assert (Path(__file__).parent.parent / target).is_file()
