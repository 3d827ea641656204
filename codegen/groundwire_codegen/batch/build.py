"""Generate the client of one document of many, unless it is up to date; a failure is a result."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

from attrs import frozen

from ..emit import emit
from ..folder import client_lock, contents_of
from ..importable import unlisted
from ..inputs import Inputs, inputs_from, is_package_name, package_name, recorded
from ..lock import Lock, file_digest
from ..pipeline import generate
from ..problem import GeneratorError, Problem, SpecError
from ..shadowing import check_package
from ..swap_folder import clear
from .find import Document


class Outcome(StrEnum):
    """The end of one document's run."""

    WRITTEN = "written"
    UP_TO_DATE = "up to date"
    FAILED = "failed"


@frozen(kw_only=True)
class Options:
    """The options of a run, the same for all of its documents."""

    root: Path
    """The folder above those of the packages."""
    allow_hosts: tuple[str, ...] = ()
    strict: bool = False
    discard_edits: bool = False


@frozen(kw_only=True)
class Built:
    """The outcome for one document, with figures of its client; a failure has its problems."""

    outcome: Outcome
    methods: int = 0
    types: int = 0
    seconds: float = 0.0
    """Of CPU."""
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def build(document: Document, options: Options) -> Built:
    """Write the client of a document into its folder, all of it or nothing. Every failure is a result.

    The client is up to date if the lock has the hashes of all inputs and of every file that is there.
    """
    started = time.process_time()
    try:
        lock, outcome, warnings = _written(document, options)
    except SpecError as error:
        return _failed(started, map(str, error.problems))
    except GeneratorError as error:
        return _failed(started, [f"internal error: {error}. {error.hint}"])
    except OSError as error:
        return _failed(started, [f"{error.filename or document.path}: {error.strerror or error}"])
    except MemoryError:
        return _failed(started, [f"{document.path}: takes more memory than there is"])
    except Exception as error:  # noqa: BLE001 - the other documents have to be generated
        words = f"{type(error).__name__}: {error}"
        return _failed(started, [f"{document.path}: internal error: {words}. {GeneratorError.hint}"])
    kinds = [key.partition(":")[0] for key in lock.names]
    return Built(
        outcome=outcome,
        methods=kinds.count("method"),
        types=sum(map(kinds.count, ("message", "enum", "alias"))),
        seconds=time.process_time() - started,
        warnings=tuple(map(str, warnings)),
    )


def _failed(started: float, problems: Iterable[str]) -> Built:
    seconds = time.process_time() - started
    return Built(outcome=Outcome.FAILED, seconds=seconds, problems=tuple(problems))


def _written(document: Document, options: Options) -> tuple[Lock, Outcome, tuple[Problem, ...]]:
    out = options.root / document.folder
    check_package(out, document.package)
    inputs = inputs_from(
        document.path, document.overlay, package=document.package, allow_hosts=options.allow_hosts
    )
    stated = package_name(None, inputs.overlay, document.package)
    if not is_package_name(stated):
        raise SpecError([Problem("overlay", "/package", f"{stated!r} is not a package name")])
    before = client_lock(out)
    inputs = recorded(inputs, before)
    if before is not None and is_up_to_date(out, before, inputs, strict=options.strict):
        clear(out.resolve(), before.files)
        return before, Outcome.UP_TO_DATE, ()
    output = generate(inputs, before)
    if options.strict and output.drift:
        raise SpecError(output.drift)
    done = emit(out, output.files, discard_edits=options.discard_edits)
    outcome = Outcome.WRITTEN if done.written or done.removed else Outcome.UP_TO_DATE
    return output.lock, outcome, output.warnings


def is_up_to_date(folder: Path, lock: Lock, inputs: Inputs, *, strict: bool = False) -> bool:
    """Return True if a lock has the hashes of these inputs and of every file of its folder.

    Nothing is generated for this: a lock that was edited by hand is believed. `check` does not believe it.
    """
    if lock.inputs != inputs.digests() or (strict and lock.awaits_review):
        return False
    if any(unlisted(folder, lock.files.keys())):
        return False
    return _digests(contents_of(folder, lock)) == dict(lock.files)


def _digests(contents: Mapping[str, bytes | None]) -> dict[str, str]:
    return {path: "" if data is None else file_digest(data) for path, data in contents.items()}
