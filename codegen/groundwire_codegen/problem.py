"""Problems of inputs, each with its place; all problems of a run are reported together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import field, frozen
from groundwire_runtime.errors import GroundwireError

_LONGEST: Final = 1_000
"""Characters that are shown of a place, of a message, or of a hint."""


def visible(text: str) -> str:
    """Text of an input, fit for a terminal: one line, and nothing that hides or moves."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _shown(text: str) -> str:
    plain = visible(text[: _LONGEST + 1])
    return f"{plain[:_LONGEST]}..." if len(plain) > _LONGEST else plain


def escape(key: str) -> str:
    """Return a key as a segment of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1") if "~" in key or "/" in key else key


@frozen(order=True)
class Problem:
    """One fault of an input: the file it is in, a JSON pointer (or line), what is wrong, what to do.

    `stub` is what to paste, line by line. `construct` is the word of the input that the generator does not know, if that
    is what is wrong.
    """

    source: str
    pointer: str
    message: str
    hint: str = ""
    stub: tuple[str, ...] = ()
    construct: str = field(default="", eq=False, order=False)

    def __str__(self) -> str:
        where = f"{self.source}#{self.pointer}" if self.pointer else self.source
        hint = f" ({_shown(self.hint)})" if self.hint else ""
        stub = "".join(f"\n    {_shown(line)}" for line in self.stub)
        return f"{_shown(where)}: {_shown(self.message)}{hint}{stub}"


class SpecError(GroundwireError):
    """An input that cannot be generated from. `problems` holds every fault, sorted."""

    hint = "Correct what each line names, at the place that it names."

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[SpecError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class GeneratorError(GroundwireError):
    """Generated text that is not Python: a fault of the generator, not of its inputs."""

    hint = "Report it to Groundwire, with the document and the overlay."


class EditedError(SpecError):
    """Files of a generated folder that somebody edited, or put there; none of them was touched."""
