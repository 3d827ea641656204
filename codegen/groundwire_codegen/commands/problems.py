"""What a command says when its input is bad, and its exit code then."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec

from ..log import echo
from ..problem import SpecError

if TYPE_CHECKING:
    from ..pipeline import Output

P = ParamSpec("P")


def reported(command: Callable[P, int]) -> Callable[P, None]:
    """Print every problem of a bad input, one a line, and exit with 2."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            code = command(*args, **kwargs)
        except SpecError as error:
            for problem in error.problems:
                echo(str(problem), err=True)
            echo(f"{len(error.problems)} problem(s); nothing was written.", err=True)
            code = 2
        except OSError as error:
            echo(f"{error.filename or 'file'}: {error.strerror or error}; nothing was written.", err=True)
            code = 2
        except MemoryError:
            echo("the input takes more memory than there is; nothing was written.", err=True)
            code = 2
        sys.exit(code)

    return run


def warn(output: Output, *, strict: bool) -> None:
    """Print what stops nothing, one a line. Raises SpecError for drift where it is to stop."""
    for warning in output.warnings:
        echo(f"warning: {warning}", err=True)
    if strict and output.drift:
        raise SpecError(output.drift)
