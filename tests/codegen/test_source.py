"""Generated text is Python, and no text of a document becomes code."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner
from groundwire_codegen.commands.problems import reported
from groundwire_codegen.pipeline import check_syntax
from groundwire_codegen.problem import GeneratorError


@pytest.mark.parametrize(
    "text",
    [
        "x = (",
        "return",
        "def f(a, a): ...",
        "x = 'a\0'",
        "x = '\ud800'",
        "x = " + "(" * 10_000,
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_a_file_that_does_not_compile_is_named(text: str) -> None:
    with pytest.raises(GeneratorError, match=r"generated client\.py does not compile"):
        check_syntax({"messages.py": "x = 1\n", "client.py": text, "py.typed": ""})


def test_a_command_says_that_the_fault_is_the_generators_own() -> None:
    @click.command()
    @reported
    def command() -> int:
        check_syntax({"client.py": "x = ("})
        return 0

    result = CliRunner().invoke(command)
    assert result.exit_code == 2
    assert result.stderr.startswith("internal error: generated client.py does not compile: ")
    assert "nothing was written. Report it to Groundwire" in result.stderr
