"""Exit codes, and the report of bad inputs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Final, ParamSpec

from ..log import echo
from ..problem import EditedError, GeneratorError, SpecError

if TYPE_CHECKING:
    from ..pipeline import Output

P = ParamSpec("P")
DONE: Final = 0
DIFFERENT: Final = 1
"""Stale, or refused by a gate."""
BAD: Final = 2
"""An input, an option, or a file that cannot be read or written."""
EDITED: Final = 3
"""A generated file was edited, or an importable one stands among them; stale or not."""


def reported(command: Callable[P, int]) -> Callable[P, None]:
    """Print every problem of a bad input or of an edited folder, one a line, and exit with its code."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            code = command(*args, **kwargs)
        except SpecError as error:
            for problem in error.problems:
                echo(str(problem), err=True)
            echo(f"{len(error.problems)} problem(s); nothing was written.", err=True)
            code = EDITED if isinstance(error, EditedError) else BAD
        except GeneratorError as error:
            echo(f"internal error: {error}; nothing was written. {error.hint}", err=True)
            code = BAD
        except UnicodeEncodeError as error:
            name = ascii(error.object[error.start : error.end])
            hint = "use UTF-8: PYTHONUTF8=1"
            echo(f"{name} cannot stand in a name in this locale ({hint}); nothing was written.", err=True)
            code = BAD
        except OSError as error:
            name = str(error.filename or "file")
            hint = " (bring a URL by `fetch`)" if name.startswith(("http:/", "https:/")) else ""
            echo(f"{name}: {error.strerror or error}{hint}; nothing was written.", err=True)
            code = BAD
        except MemoryError:
            echo("the input takes more memory than there is; nothing was written.", err=True)
            code = BAD
        sys.exit(code)

    return run


def tell_left_out(output: Output) -> None:
    """Print how many schemas are not generated, if any."""
    count = len(output.left_out)
    if count:
        which = (
            "1 schema that no method reaches is"
            if count == 1
            else f"{count} schemas that no method reaches are"
        )
        echo(f"{which} left out (--messages NAME ... adds some, --messages '*' all)")


def warn(output: Output, *, strict: bool) -> None:
    """Print what stops nothing, one a line. Raises SpecError for drift where it is to stop."""
    for warning in output.warnings:
        echo(f"warning: {warning}", err=True)
    if strict and output.drift:
        raise SpecError(output.drift)
