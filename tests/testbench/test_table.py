"""The outcomes that Google's retry strategy states, as a table of our own, run against a stand-in on loopback.

A row is: which calls, whether they set their precondition, the faults that they meet, and whether they succeed.
Source: https://cloud.google.com/storage/docs/retry-strategy
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from types import ModuleType
from typing import Final

import pytest
from groundwire_runtime import credentials
from groundwire_runtime.errors import GroundwireError
from groundwire_runtime.retry import RetryPolicy

from tests.audits.corpus import documents
from tests.media.service import serving
from tests.media.state import Service
from tests.modules import forget

from .calls import CALLS, SIZES, Scene
from .storage import PACKAGE, generated
from .test_testbench import CONDITIONAL, NEVER

KIB: Final = 1024
GROUPS: Final = frozenset({"storage.resumable.upload", "storage.objects.download"})
UNCONDITIONAL: Final = CALLS.keys() - GROUPS - CONDITIONAL - NEVER
ALL: Final = CALLS.keys() - GROUPS
RESET: Final = 0
SIZE: Final = 1024 * KIB
Faults = tuple[int, ...]
TABLE: Final[tuple[tuple[frozenset[str] | set[str], bool, tuple[Faults, ...], bool], ...]] = (
    (UNCONDITIONAL, False, ((503, 503), (RESET, RESET), (RESET, 503)), True),
    (CONDITIONAL, True, ((503, 503), (RESET, RESET), (RESET, 503)), True),
    (CONDITIONAL, False, ((503,), (RESET,)), False),
    (NEVER, False, ((503,), (RESET,)), False),
    (ALL, False, ((400,), (401,)), False),
    (UNCONDITIONAL | CONDITIONAL, True, ((503, 400), (RESET, 401)), False),
)
ROWS: Final = [
    pytest.param(
        call, precondition, faults, succeeds, id=f"{call}-{precondition}-{'-'.join(map(str, faults))}"
    )
    for calls, precondition, cases, succeeds in TABLE
    for call in sorted(calls)
    for faults in cases
]


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    if documents.folder() is None:
        pytest.skip("google-api-python-client, which ships the document, is not installed")
    yield generated(tmp_path_factory.mktemp("storage"))
    forget([PACKAGE])


@pytest.fixture(scope="module")
def running() -> Iterator[Service]:
    with serving() as service:
        service.answers_all = True
        yield service


@pytest.fixture
def scene(storage: ModuleType, running: Service) -> Scene:
    running.cuts.clear()
    running.faults.clear()
    running.sent.clear()
    client = storage.Client(
        endpoint=f"{running.url}/storage/v1/",
        credentials=credentials.anonymous(),
        retry=RetryPolicy(base=0.0),
    )
    return Scene(client=client, storage=storage, precondition=True)


def test_the_table_has_every_combination() -> None:
    assert len(ROWS) + len(UPLOADS) + len(DOWNLOADS) == 315


@pytest.mark.parametrize(("call", "precondition", "faults", "succeeds"), ROWS)
def test_a_call_ends_as_the_table_says(
    call: str, precondition: bool, faults: Faults, succeeds: bool, scene: Scene, running: Service
) -> None:
    running.faults = deque(faults)
    ended = True
    try:
        CALLS[call](Scene(client=scene.client, storage=scene.storage, precondition=precondition))
    except GroundwireError:
        ended = False
    assert ended is succeeds
    assert not running.faults
    assert len(running.sent) == len(faults) + succeeds


UPLOADS: Final = (
    ((RESET, 503), ()),
    ((408,), ()),
    ((), ((256 * KIB, 503),)),
    ((), ((8192 * KIB, 503), (100 * KIB, 408))),
)


@pytest.mark.parametrize(("faults", "cuts"), UPLOADS)
def test_a_resumable_upload_survives(
    faults: Faults, cuts: tuple[tuple[int, int], ...], scene: Scene, running: Service
) -> None:
    running.faults, running.cuts = deque(faults), deque(cuts)
    assert CALLS["storage.resumable.upload"](scene) == SIZES["storage.resumable.upload"]
    assert not running.faults
    assert not running.cuts


DOWNLOADS: Final = ((4, 4), (256 * KIB,))


@pytest.mark.parametrize("cuts", DOWNLOADS)
def test_a_download_survives(cuts: tuple[int, ...], scene: Scene, running: Service) -> None:
    running.put("bucket/object", bytes(SIZE))
    running.cuts = deque(cuts)
    assert CALLS["storage.objects.download"](scene) == SIZE
    assert not running.cuts
