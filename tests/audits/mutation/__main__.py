"""Change the runtime in every way that mutmut knows, and see which changes the tests notice.

`python -m tests.audits.mutation [PATTERN...]` tries the mutants whose names match, such as `retry:*`, and prints those that
survive; without a pattern it tries all, and writes the report `.mutation.md`. With `--page` it writes the report again from
the last results, after a change of reasons.toml or a run of a part.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatch
from typing import Final

from . import page
from .mutant import ROOT, RUNTIME, Mutant, mutants
from .reach import Reach, reach
from .trial import Outcome, Trial, apart, fresh, preload, unchanged, warm

SAVED: Final = ROOT / ".mutation.json"


def main(patterns: Sequence[str]) -> None:
    """Try mutants, and tell."""
    made = [mutant for path in sorted(RUNTIME.rglob("*.py")) for mutant in mutants(path)]
    if list(patterns) == ["--page"]:
        sys.exit(page.write(made, _saved()))
    chosen = [each for each in made if not patterns or any(fnmatch(each.name, one) for one in patterns)]
    known = apart(reach)
    print(f"{len(chosen):,} of {len(made):,} mutants, {len(known.seconds):,} tests", flush=True)
    outcomes = dict.fromkeys((each.name for each in chosen), Outcome.SURVIVED)
    for found in _tried([trial for trial in _trials(chosen, known) if trial.plan.tests]):
        outcomes |= found
        _save(outcomes)
    for each in chosen:
        if outcomes[each.name] is Outcome.SURVIVED:
            print(f"{each.name} line {each.line}: {each.before} -> {each.after}")
    print(page.summary(chosen, outcomes))
    if not patterns:
        sys.exit(page.write(chosen, outcomes))


def _save(outcomes: Mapping[str, Outcome]) -> None:
    before = _saved() if SAVED.exists() else {}
    SAVED.write_text(json.dumps({**before, **outcomes}), encoding="utf-8")


def _saved() -> dict[str, Outcome]:
    found = json.loads(SAVED.read_text(encoding="utf-8"))
    return {name: Outcome(outcome) for name, outcome in found.items()}


def _trials(chosen: Iterable[Mutant], known: Reach) -> Iterator[Trial]:
    trees: dict[str, ast.Module] = {}
    for mutant in chosen:
        if mutant.module not in trees:
            trees[mutant.module] = ast.parse(mutant.path.read_text(encoding="utf-8"))
        yield Trial(mutant, known.plan(mutant, trees[mutant.module]))


def _tried(trials: Sequence[Trial]) -> Iterator[dict[str, Outcome]]:
    early = [trial for trial in trials if trial.plan.fresh]
    late = [trial for trial in trials if not trial.plan.fresh]
    if late:
        yield apart(lambda: warm([unchanged(late), *late]))
    if early:
        preload()
        yield fresh([unchanged(early), *early])


if __name__ == "__main__":
    main(sys.argv[1:])
