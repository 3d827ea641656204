"""Scripts of the user: `exports()` yields exports, `make(tile)` makes one. They run in this process."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, Final, cast

from groundwire import ExportImageRequest
from groundwire_exports import request_of
from groundwire_runtime.errors import GroundwireError, shortened

from .problem import InputError
from .requests import checked_by_client

EXPORTS: Final = "exports"


def function_of(path: Path, name: str) -> Callable[..., Any]:
    """Run a script, and return one of its functions. Raises InputError with the line of what it raised."""
    spec = spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise InputError(path, "", "no Python file", hint="Its name ends in .py.")
    module = module_from_spec(spec)
    # For modules beside it, and for classes that look their module up.
    sys.path.insert(0, str(path.resolve().parent))
    sys.modules.setdefault(path.stem, module)
    try:
        # From its text: bytecode is told apart by size and second, and a script may be saved twice in one.
        exec(compile(path.read_bytes(), path, "exec"), module.__dict__)  # noqa: S102 - the user's own script
    except (Exception, SystemExit) as error:
        raise script_problem(path, error) from error
    function: Callable[..., Any] | None = getattr(module, name, None)
    if function is None or not callable(function):
        raise InputError(path, "", f"it has no function {name}()", hint=f"Define: def {name}(): ...")
    return function


def script_problem(path: Path, error: BaseException, place: str = "") -> InputError:
    """Return the problem of a script that raised, with the line of the script."""
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == str(path) else None
    for frame in traceback.extract_tb(error.__traceback__):
        if Path(frame.filename) == path:
            line = frame.lineno
    where = f"line {line}" if line else ""
    text = error.message if isinstance(error, GroundwireError) else str(error)
    hint = getattr(error, "own_hint", "") or "The script raised it."
    return InputError(
        path, ", ".join(filter(None, (place, where))), f"{type(error).__name__}: {text}", hint=hint
    )


def read_script(path: Path) -> Iterator[tuple[str, ExportImageRequest]]:
    """Iterate over the keys and requests that the script's `exports()` yields. Raises InputError."""
    function = function_of(path, EXPORTS)
    number = 0
    try:
        values = function()
        pairs: Iterable[object] = (
            cast("dict[object, object]", values).items() if isinstance(values, dict) else values
        )
        iterator = iter(pairs)
    except (Exception, SystemExit) as error:
        raise script_problem(path, error) from error
    while True:
        try:
            value = next(iterator)
        except StopIteration:
            return
        except (Exception, SystemExit) as error:
            raise script_problem(path, error, f"after export {number}") from error
        number += 1
        pair = _pair(value)
        if len(pair) != 2 or not isinstance(pair[0], str):
            raise InputError(
                path,
                f"export {number}",
                f"expected (key, request), got {shortened(value)}",
                hint="yield key, request",
            )
        yield pair[0], request_of_value(path, f"export {number} ({pair[0]})", pair[1])


def _pair(value: object) -> tuple[object, ...]:
    return cast("tuple[object, ...]", value) if isinstance(value, tuple) else ()


def request_of_value(path: Path, place: str, value: Any) -> ExportImageRequest:
    """Return a request, or that of an `ee.batch` task. Raises InputError."""
    if isinstance(value, ExportImageRequest):
        return checked_by_client(path, place, value)
    if not hasattr(value, "config"):
        raise InputError(
            path,
            place,
            f"expected an ExportImageRequest or an image task of ee.batch, got {type(value).__name__}",
        )
    try:
        return checked_by_client(path, place, request_of(value))
    except InputError:
        raise
    except GroundwireError as error:
        raise InputError(path, place, error.message, hint=error.own_hint) from error
