"""The report of the audit: the score, and every mutant that survives, with the reason that it may."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from attrs import frozen

from .mutant import ROOT, Mutant
from .trial import Outcome

PAGE: Final = ROOT / ".mutation.md"
REASONS: Final = Path(__file__).with_name("reasons.toml")
HOLD: Final = 0.9
"""The share of mutants to be noticed."""
Outcomes = Mapping[str, Outcome]


@frozen
class Reason:
    """Why mutants may survive."""

    why: str
    changes: tuple[tuple[str, re.Pattern[str]], ...]
    """Names of functions, and what becomes of what in them."""

    def covers(self, mutant: Mutant) -> bool:
        """Whether it is the reason of this one."""
        where, what = mutant.name.rpartition(":")[0], f"{mutant.before} -> {mutant.after}"
        return any(fnmatch(where, place) and change.fullmatch(what) for place, change in self.changes)


def reasons(path: Path = REASONS) -> list[Reason]:
    """Those that are known."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))["reason"]
    return [
        Reason(each["why"], tuple((place, re.compile(change)) for place, change in each["changes"]))
        for each in found
    ]


def _noticed(mutants: Iterable[Mutant], outcomes: Outcomes) -> tuple[int, int]:
    tried = [outcomes[each.name] for each in mutants]
    return sum(each is not Outcome.SURVIVED for each in tried), len(tried)


def _share(noticed: int, of: int) -> str:
    return f"{100 * noticed / of:.1f} %" if of else "-"


def summary(mutants: Sequence[Mutant], outcomes: Outcomes) -> str:
    """Both scores."""
    own = [each for each in mutants if not each.wording]
    lines = (("all mutants", mutants), ("without changes of wording", own))
    return "\n".join(
        f"{name}: {_share(*found)} ({found[0]:,} of {found[1]:,})"
        for name, found in ((name, _noticed(which, outcomes)) for name, which in lines)
    )


def write(mutants: Sequence[Mutant], outcomes: Outcomes) -> str | None:
    """Write the page; what is wrong, if anything is."""
    survivors = [each for each in mutants if outcomes[each.name] is Outcome.SURVIVED]
    known = reasons()
    by_reason: dict[str, list[Mutant]] = {each.why: [] for each in known}
    without: list[Mutant] = []
    for mutant in survivors:
        if not mutant.wording:
            why = next((each.why for each in known if each.covers(mutant)), None)
            (without if why is None else by_reason[why]).append(mutant)
    parts = [_HEAD, _scores(mutants, outcomes), _LISTED]
    parts += [f"### {why}\n\n{_lines(which)}" for why, which in by_reason.items() if which]
    if without:
        parts.append(f"### No reason yet\n\n{_lines(without)}")
    parts.append(_WORDING + _places(each for each in survivors if each.wording))
    PAGE.write_text("\n".join(parts), encoding="utf-8")
    noticed, of = _noticed([each for each in mutants if not each.wording], outcomes)
    if without:
        return f"{len(without)} mutants survive without a reason: see {PAGE.name}, and add to {REASONS.name}"
    return (
        None if noticed >= HOLD * of else f"fewer than {_share(int(100 * HOLD), 100)} of mutants are noticed"
    )


def _scores(mutants: Sequence[Mutant], outcomes: Outcomes) -> str:
    modules: dict[str, list[Mutant]] = defaultdict(list)
    for each in mutants:
        modules[each.module.partition(".")[2]].append(each)
    rows = [_row(name, which, outcomes) for name, which in sorted(modules.items())]
    return "\n".join([_TABLE, *rows, _row("**all**", mutants, outcomes), ""])


def _row(name: str, mutants: Sequence[Mutant], outcomes: Outcomes) -> str:
    ended = [outcomes[each.name] for each in mutants]
    counts = [
        len(ended),
        *(ended.count(each) for each in (Outcome.KILLED, Outcome.TIMEOUT, Outcome.SURVIVED)),
    ]
    own = _share(*_noticed([each for each in mutants if not each.wording], outcomes))
    return f"| {name} | {' | '.join(f'{count:,}' for count in counts)} | {_share(*_noticed(mutants, outcomes))} | {own} |"


def _lines(mutants: Iterable[Mutant]) -> str:
    lines = (
        f"- `{each.name}`, line {each.line}: {_code(each.before)} → {_code(each.after)}" for each in mutants
    )
    return "\n".join((*lines, ""))


def _code(text: str) -> str:
    if not text:
        return "nothing"
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _places(mutants: Iterable[Mutant]) -> str:
    numbers: dict[str, list[str]] = defaultdict(list)
    for each in mutants:
        where, _, number = each.name.rpartition(":")
        numbers[where].append(number)
    return "".join(f"- `{where}` {', '.join(which)}\n" for where, which in numbers.items())


_HEAD: Final = """# Mutation testing of the runtime

Written by `nox -s mutation`. It makes every change to `runtime/` that [mutmut](https://mutmut.readthedocs.io) knows, one at a time,
and runs the tests that reach the changed line. A change is *killed* when a test fails. A test that takes more than twice its
time and four seconds counts as a timeout, which kills too. A change that no test reaches survives.

A change of *wording* alters a sentence (a text with a space between two words), or the type that `cast` is given. The last
column leaves these out.
"""
_TABLE: Final = """## Score

| module | mutants | killed | timeouts | survived | score | without wording |
|---|---|---|---|---|---|---|"""
_LISTED: Final = """## Survivors

A name is module, function, and mutmut's number within the function.
"""
_WORDING: Final = """### Wording

Tests check what an error says where a caller acts on it, not its wording.

"""
