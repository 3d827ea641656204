"""A twentieth of the soak: an export is started once, whatever happens to the answers or to the process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from groundwire_exports import Export, start_export
from groundwire_exports.mark import mark

from . import deaths, starts
from .proxy import FAULTS


def test_starts_under_fire_are_one_operation_each() -> None:
    report = starts.run(seed=7, starts=500, threads=16)
    assert not report.wrong, str(report)
    assert report.faults.total() - report.faults["none"] > 100
    assert report.faults.keys() == {"none", *FAULTS}
    assert report.unknown > 5
    assert report.token_faults > 10


def test_600_starts_by_64_workers_are_600_exports() -> None:
    """Of a healthy service, over ten connections: each worker has its turn."""
    with starts.contract_server() as endpoint, ThreadPoolExecutor(64) as threads:
        with starts.Client(
            project=starts.PROJECT, endpoint=endpoint, credentials=starts.Refreshed()
        ) as client:
            exports = list(
                threads.map(lambda each: start_export(client, starts.request(f"bulk.{each}")), range(600))
            )
        operations = starts.started(endpoint)
    assert operations == {f"bulk.{each}": [export.name] for each, export in enumerate(exports)}


def test_a_process_that_dies_and_comes_again_starts_nothing_twice() -> None:
    report = deaths.run(seed=7, starts=12, deaths=3)
    assert not report.wrong, str(report)
    assert report.deaths == 3


def test_the_soak_would_see_a_second_operation_and_one_of_another_start() -> None:
    with starts.contract_server() as endpoint:
        for request_id in ("one", "two"):
            client = starts.Client(project=starts.PROJECT, endpoint=endpoint, clock=starts.clock(1))
            sent = starts.request(f"soak.0{mark(request_id)}", request_id)
            last = Export(client, client.projects.image.export(sent))
        operations = starts.started(endpoint)
    assert {name: len(names) for name, names in operations.items()} == {"soak.0": 2}
    assert list(starts._wrong([(None, 0)], operations)) == ["start 0 was not settled"]
    assert len(list(starts._wrong([(last, 0)], operations))) == 1
    assert len(list(starts._wrong([(last, 0)], {"soak.0": ["projects/p/operations/OTHER"]}))) == 1
    assert list(starts._wrong([(last, 0)], {"soak.0": [last.name]})) == []
    assert len(list(starts._wrong([(last, 0)], {"soak.0": [last.name], "soak.1": ["x"]}))) == 1
