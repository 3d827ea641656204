"""A fiftieth of the soak: an export is started once, whatever happens to the answers or to the process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from groundwire_exports import Export, start_export
from groundwire_exports.protocol import request_tag
from groundwire_exports.refusals import QueueFull

from tests.audits.soak import deaths, starts
from tests.audits.soak.proxy import FAULTS


def test_starts_under_fire_are_one_operation_each() -> None:
    report = starts.run(seed=7, starts=200, threads=16)
    assert not report.wrong, str(report)
    assert report.faults.total() - report.faults["none"] > 40
    assert report.faults.keys() == {"none", *FAULTS}
    assert report.unknown > 2
    assert report.token_faults > 4
    assert report.full > 1
    assert report.untrue == 0


def test_64_workers_start_300_exports_through_a_short_queue() -> None:
    """Over ten connections: each worker has its turn."""
    with starts.contract_server() as endpoint:
        client = starts.Client(project=starts.PROJECT, endpoint=endpoint, clock=starts.clock(1))

        def start(number: int) -> str:
            sent = starts.request(f"crowd.{number}", f"crowd-{number}" if number % 10 == 0 else None)
            return start_export(client, sent, on_full="wait", timeout=starts.PATIENCE).name

        with client, ThreadPoolExecutor(64) as pool:
            names = list(pool.map(start, range(300)))
        operations = starts.started(endpoint)
    assert len(set(names)) == 300
    assert operations == {f"crowd.{number}": [name] for number, name in enumerate(names)}


def test_a_process_that_dies_and_comes_again_starts_nothing_twice() -> None:
    report = deaths.run(seed=7, starts=12, deaths=3)
    assert not report.wrong, str(report)
    assert report.deaths == 3


def test_the_soak_would_see_a_second_operation_and_one_of_another_start() -> None:
    with starts.contract_server() as endpoint:
        for request_id in ("one", "two"):
            client = starts.Client(project=starts.PROJECT, endpoint=endpoint, clock=starts.clock(1))
            sent = starts.request(f"soak.0{request_tag(request_id)}", request_id)
            last = Export(client, client.projects.image.export(sent))
        operations = starts.started(endpoint)
    assert {name: len(names) for name, names in operations.items()} == {"soak.0": 2}
    assert list(starts._wrong([(None, 0)], operations)) == ["start 0 was not settled"]
    assert len(list(starts._wrong([(last, 0)], operations))) == 1
    assert len(list(starts._wrong([(last, 0)], {"soak.0": ["projects/p/operations/OTHER"]}))) == 1
    assert list(starts._wrong([(last, 0)], {"soak.0": [last.name]})) == []
    created = last.metadata.create_time if last.metadata else None
    assert created is not None
    error = QueueFull("full", limit=1, http_status=429)
    denials = [starts.Denial(0, error, created.timestamp() + late) for late in (-0.001, 0.001)]
    assert [starts._is_untrue(each, [last.operation]) for each in denials] == [False, True]
    assert len(list(starts._wrong([(last, 0)], {"soak.0": [last.name], "soak.1": ["x"]}))) == 1
