"""Change the runtime in every way that mutmut knows, and see which changes the tests notice.

`python -m tests.mutation [PATTERN...]` tries the mutants whose names match, such as `retry:*`, and prints those that
survive; without a pattern it tries all, and writes docs/mutation.md. With `--page` it writes the page once more from
what the last whole run found, which is how a reason is added.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterable, Sequence
from fnmatch import fnmatch
from typing import Final

from . import page
from .mutant import ROOT, RUNTIME, Mutant, mutants
from .reach import Reach, reach
from .trial import Outcome, Trial, apart, fresh, preload, unchanged, warm

SAVED: Final = ROOT / ".mutation.json"
ROUNDS: Final = (3.0, 9.0)
"""Seconds of tests that a mutant gets, and what one that survives them gets besides."""


def main(patterns: Sequence[str]) -> None:
    """Try mutants, and tell."""
    made = [mutant for path in sorted(RUNTIME.rglob("*.py")) for mutant in mutants(path)]
    if list(patterns) == ["--page"]:
        found = json.loads(SAVED.read_text(encoding="utf-8"))
        sys.exit(page.write(made, {name: Outcome(outcome) for name, outcome in found.items()}))
    chosen = [each for each in made if not patterns or any(fnmatch(each.name, one) for one in patterns)]
    known = apart(reach)
    print(f"{len(chosen):,} of {len(made):,} mutants, {len(known.seconds):,} tests", flush=True)
    outcomes: dict[str, Outcome] = dict.fromkeys((each.name for each in chosen), Outcome.SURVIVED)
    start = 0.0
    for seconds in ROUNDS:
        left = [each for each in chosen if outcomes[each.name] is Outcome.SURVIVED]
        for found in _tried(list(_trials(left, known, start, start + seconds))):
            outcomes |= found
            if not patterns:
                SAVED.write_text(json.dumps(outcomes), encoding="utf-8")
        start += seconds
    survivors = [each for each in chosen if outcomes[each.name] is Outcome.SURVIVED]
    for each in survivors:
        print(f"{each.name} line {each.line}: {each.before} -> {each.after}")
    print(page.summary(chosen, outcomes))
    if not patterns:
        sys.exit(page.write(chosen, outcomes))


def _trials(chosen: Iterable[Mutant], known: Reach, start: float, end: float) -> Iterable[Trial]:
    trees: dict[str, ast.Module] = {}
    for mutant in chosen:
        tree = trees.setdefault(mutant.module, ast.parse(mutant.path.read_text(encoding="utf-8")))
        plan = known.plan(mutant, tree, start, end)
        if plan.tests:
            yield Trial(mutant, plan)


def _tried(trials: Sequence[Trial]) -> Iterable[dict[str, Outcome]]:
    early = [trial for trial in trials if trial.plan.fresh]
    late = [trial for trial in trials if not trial.plan.fresh]
    if late:
        yield apart(lambda: warm([unchanged(late), *late]))
    if early:
        preload()
        yield fresh([unchanged(early), *early])


if __name__ == "__main__":
    main(sys.argv[1:])
