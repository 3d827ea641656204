"""Trying mutants, each in a process of its own.

A function that runs in tests alone is given the changed code in a child of a process that has collected all tests. What
runs at import, such as the making of a codec, is there before: the child imports and collects afresh.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import pickle
import resource
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final, TypeVar

import pytest
from attrs import evolve, frozen

from .mutant import Mutant
from .reach import OPTIONS, TESTS, Plan

T = TypeVar("T")
AT_ONCE: Final = 2
MEMORY: Final = 8 << 30
_THIRD_PARTIES: Final = (
    *("cattrs", "urllib3", "google.auth.transport.requests", "google.oauth2.credentials"),
    *("cryptography.x509", "jinja2", "uvicorn"),
)
"""What takes time to import, but for plugins of pytest: those it imports itself."""
CONTROL: Final = "nothing is changed"


class Outcome(StrEnum):
    """How a trial ended."""

    KILLED = "killed"
    TIMEOUT = "timeout"
    SURVIVED = "survived"


@frozen
class Trial:
    """A mutant and how to try it."""

    mutant: Mutant
    plan: Plan


def unchanged(trials: Sequence[Trial]) -> Trial:
    """A trial that must survive: the longest of these, without its change."""
    longest = max(trials, key=lambda trial: trial.plan.seconds)
    text = longest.mutant.path.read_text(encoding="utf-8")
    return evolve(longest, mutant=evolve(longest.mutant, text=text, after=CONTROL))


def apart(work: Callable[[], T]) -> T:
    """What a function returns in a child process: what it imports stays there."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "made"
        process = os.fork()
        if not process:
            try:
                place.write_bytes(pickle.dumps(work()))
            except BaseException:  # noqa: BLE001 - a child must not go on as a second parent
                traceback.print_exc()
            finally:
                os._exit(0)
        os.waitpid(process, 0)
        if not place.exists():
            sys.exit("a part of the run failed")
        made: T = pickle.loads(place.read_bytes())  # noqa: S301 - our own bytes
        return made


def preload() -> None:
    """Import what children would import again, each for itself: nothing of ours."""
    for name in _THIRD_PARTIES:
        importlib.import_module(name)
    assert not any(name.startswith("groundwire") for name in sys.modules)


def fresh(trials: Iterable[Trial]) -> dict[str, Outcome]:
    """Try mutants of what runs at import: nothing of ours may be imported here."""

    def attempt(trial: Trial) -> int:
        sys.meta_path.insert(0, _Finder(trial.mutant))
        files = sorted({test.partition("::")[0] for test in trial.plan.tests})
        return int(pytest.main([*OPTIONS, *files], plugins=[_Chosen(trial.plan.tests)]))

    return _outcomes(trials, attempt)


def warm(trials: Iterable[Trial]) -> dict[str, Outcome]:
    """Try mutants of what runs in tests alone: import and collect once, for all."""
    loop = _Loop(trials, {})
    if pytest.main([*OPTIONS, *TESTS], plugins=[loop]):
        sys.exit("without a mutant, the tests are not even collected")
    return loop.outcomes


def _outcomes(trials: Iterable[Trial], attempt: Callable[[Trial], int]) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    for trial, outcome in _each(trials, attempt):
        if trial.mutant.after == CONTROL:
            assert outcome is Outcome.SURVIVED, f"{CONTROL}, and {outcome}: {trial.mutant.name}"
            continue
        outcomes[trial.mutant.name] = outcome
        if not len(outcomes) % 500:
            print(f"{len(outcomes):,} tried", file=sys.__stderr__, flush=True)
    return outcomes


def _each(trials: Iterable[Trial], attempt: Callable[[Trial], int]) -> Iterator[tuple[Trial, Outcome]]:
    running: dict[int, Trial] = {}
    for trial in trials:
        if len(running) == AT_ONCE:
            yield _ended(running)
        process = os.fork()
        if not process:
            _child(trial, attempt)
        running[process] = trial
    while running:
        yield _ended(running)


def _child(trial: Trial, attempt: Callable[[Trial], int]) -> None:
    signal.alarm(int(2 * trial.plan.seconds) + (9 if trial.plan.fresh else 4))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    silence = os.open(os.devnull, os.O_RDWR)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    status = 1
    try:
        status = attempt(trial)
    finally:
        os._exit(status)


def _ended(running: dict[int, Trial]) -> tuple[Trial, Outcome]:
    while True:
        process, status = os.wait()
        if process in running:
            code = os.waitstatus_to_exitcode(status)
            outcome = (
                Outcome.TIMEOUT if code == -signal.SIGALRM else Outcome.KILLED if code else Outcome.SURVIVED
            )
            return running.pop(process), outcome


@frozen
class _Chosen:
    tests: tuple[str, ...]

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = _picked(items, self.tests)


@frozen(eq=False)
class _Loop:
    trials: Iterable[Trial]
    outcomes: dict[str, Outcome]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        def attempt(trial: Trial) -> int:
            _swap(trial.mutant)
            items = _picked(session.items, trial.plan.tests)
            for item, following in zip(items, [*items[1:], None], strict=True):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if session.testsfailed:
                    return 1
            return 0

        gc.freeze()
        self.outcomes.update(_outcomes(self.trials, attempt))
        return True


def _picked(items: Sequence[pytest.Item], tests: Iterable[str]) -> list[pytest.Item]:
    there = {item.nodeid: item for item in items}
    return [there[test] for test in tests if test in there]


def _swap(mutant: Mutant) -> None:
    """Give the function that all others already hold the changed code."""
    module = importlib.import_module(mutant.module)
    holder, _, name = mutant.function.rpartition(".")
    found = vars(getattr(module, holder) if holder else module)[name]
    function = getattr(found, "__func__", found)
    assert isinstance(function, FunctionType)
    function.__code__ = _code(compile(mutant.text, str(mutant.path), "exec"), mutant.function)


def _code(code: CodeType, name: str) -> CodeType:
    inner = [each for each in code.co_consts if isinstance(each, CodeType)]
    for each in inner:
        if each.co_qualname == name:
            return each
    return next(_code(each, name) for each in inner if name.startswith(f"{each.co_qualname}."))


@frozen
class _Finder:
    mutant: Mutant

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self.mutant.module:
            return None
        loader = _Loader(name, str(self.mutant.path))
        loader.text = self.mutant.text
        return importlib.util.spec_from_file_location(name, self.mutant.path, loader=loader)


class _Loader(SourceFileLoader):
    text: str

    def get_code(self, fullname: str) -> Any:
        return compile(self.text, self.path, "exec")
