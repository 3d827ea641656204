"""A diff as JSON, in the form that `docs/diff.schema.json` describes."""

from __future__ import annotations

import json
from typing import Any, Final

from ...log import inert_json
from ..change import Change, Diff
from ..rules import RULES, Verdict

FORMAT: Final = 1


def report(diff: Diff) -> str:
    """The JSON text: counts, the rules that were applied, and every change."""
    used = {change.rule.id for change in diff.changes}
    value = {
        "diff": FORMAT,
        "old": diff.old,
        "new": diff.new,
        "counts": {verdict.name.lower(): count for verdict, count in diff.counts().items()},
        "rules": {
            id_: {"verdict": _verdict(rule.verdict), "sentence": rule.sentence}
            for id_, rule in sorted(RULES.items())
            if id_ in used
        },
        "changes": [_change(change) for change in diff.changes],
    }
    return inert_json(json.dumps(value, indent=1, ensure_ascii=True)) + "\n"


def _verdict(verdict: Verdict) -> str:
    return str(verdict)


def _change(change: Change) -> dict[str, Any]:
    place = change.place
    return {
        "verdict": _verdict(change.verdict),
        "rule": change.rule.id,
        "kind": str(change.kind),
        "subject": place.subject,
        "path": place.path,
        "name": place.name,
        "pointer": place.pointer,
        "direction": str(place.direction),
        "methods": list(place.methods),
        "old": change.old,
        "new": change.new,
        "contains": list(change.contains),
    }
