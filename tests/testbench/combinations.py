"""The combinations of the suite, read from its `retry_tests.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from attrs import frozen


@frozen(kw_only=True)
class Combination:
    """A method, the faults that its call meets, and how the call must end."""

    scenario: int
    description: str
    method: str
    """The suite's name of it, such as `storage.bucket_acl.get`."""
    group: str
    faults: tuple[str, ...]
    resources: frozenset[str]
    precondition: bool
    succeeds: bool

    @property
    def call(self) -> str:
        """Return the key of the call: the group, where the method has one."""
        return self.group or self.method

    def __str__(self) -> str:
        what = self.group or self.method
        condition = ", precondition" if self.precondition else ""
        return f"{self.scenario} {what} [{', '.join(self.faults)}]{condition}"


def read_combinations(path: Path) -> list[Combination]:
    """Read every combination, in the order of the file."""
    suite: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return [
        Combination(
            scenario=scenario["id"],
            description=scenario["description"],
            method=method["name"],
            group=method.get("group", ""),
            faults=tuple(case["instructions"]),
            resources=frozenset(method["resources"]),
            precondition=scenario["preconditionProvided"],
            succeeds=scenario["expectSuccess"],
        )
        for scenario in suite["retryTests"]
        for method in scenario["methods"]
        for case in scenario["cases"]
    ]
