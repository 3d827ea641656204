"""Programs of public clients, unmodified, against `groundwire-contract serve`: each starts or reads what it asks for.

A client that is not installed is skipped. Without `--full`, three programs of each family run.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.contract.official.conftest import Run
from tests.contract.official.families import Program, program, programs

PROGRAMS = programs()
REPORTS = {
    "geetools PR#310: an export a letter of an example": "geetools_programs:names_of_a_collection",
    "geemap#567: nothing starts, and nothing is said": "geemap_programs:collection_to_drive",
    "earthengine-api#59: no status of tables and maps": "earthengine_api/tasks:status_of_every_kind",
    "LHASA#8: an asset just exported is not found": "earthengine_api/assets:just_exported",
    "pysepal#989: every asset exists": "earthengine_api/assets:skip_what_exists",
    "earthengine-api#9: too many pixels never fail": "earthengine_api/exports:image_too_large",
}
"""Public reports of faults that a stand-in must show, or must not have, and the program for each."""


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_a_program_starts_or_reads_what_it_asks_for(
    program: Program, run: Run, request: pytest.FixtureRequest
) -> None:
    if not program.chosen and not request.config.getoption("--full"):
        pytest.skip("one of those that `nox -s official-all` runs")
    run(program)


@pytest.mark.parametrize("report", REPORTS)
def test_a_public_report(report: str, run: Run) -> None:
    run(program(REPORTS[report]))


def test_each_family_has_programs_enough() -> None:
    """Sixteen of earthengine-api and of node, five of each helper, two of xee; three of each in every build."""
    total = Counter(each.client for each in PROGRAMS)
    assert {name: least for name, least in LEAST.items() if total[name] < least} == {}
    chosen = Counter(each.client for each in PROGRAMS if each.chosen)
    assert min(chosen[name] for name in LEAST if name != "xee") >= 3


LEAST = {"ee": 21, "node": 16, "geemap": 5, "geedim": 5, "geetools": 5, "xee": 2, "eeclient": 3}
"""Those of `ee` include five of the command."""
