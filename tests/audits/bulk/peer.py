"""The same job by earthengine-api, as scripts in public do it: a file of what was started, and a status of each task.

`python -m tests.audits.bulk.peer ENDPOINT FILE --exports N` runs it; `run` kills it, and a batch, as often as each other.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import random
import subprocess
import sys
import tempfile
import textwrap
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

import ee
import ee.deprecation
import groundwire as gw
from google.oauth2.credentials import Credentials
from groundwire import OperationMetadata
from groundwire_contract.fixture import running
from groundwire_exports.batch import Batch, Report

from .kills import Scenario, contract_server
from .kills import run as killed_batch
from .runner import PROJECT, SLOWEST, request

LIMIT: Final = 20
POLL: Final = 0.5
"""Real seconds between looks at the tasks."""
EXPORTS: Final = 100
KILLS: Final = 10


def by_earthengine(keys: list[str], file: Path) -> None:
    """Start an export for each key, unless the file says that it was, and wait until all have ended."""
    started = dict(line.split() for line in file.read_text().splitlines()) if file.exists() else {}
    image = ee.Image(1)
    region = ee.Geometry.Rectangle([13.0, 52.0, 13.1, 52.1])
    for key in keys:
        if key in started:
            continue
        task = ee.batch.Export.image.toCloudStorage(
            image, description=key, bucket="b", fileNamePrefix=key, region=region, scale=1000
        )
        while (
            sum(each["metadata"]["state"] in ("PENDING", "RUNNING") for each in ee.data.listOperations())
            >= LIMIT
        ):
            time.sleep(POLL)
        task.start()
        with file.open("a") as lines:
            lines.write(f"{key} {task.operation_name}\n")
        started[key] = str(task.operation_name)
    left = set(started.values())
    while left:
        for name in sorted(left):
            if ee.data.getOperation(name).get("done"):
                left.discard(name)
        time.sleep(POLL)


def by_batch(client: Any, keys: list[str], file: Path) -> Report:
    """Do the same."""
    with Batch(client, file, name="ndvi") as batch:
        batch.add_all((key, request(int(key[1:]))) for key in keys)
        return batch.run()


def user_lines(function: Any) -> int:
    """Return the lines of code of a function's body, without its docstring."""
    [node] = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(node, ast.FunctionDef)
    body = node.body[1:]
    covered = {line for each in body for line in range(each.lineno, (each.end_lineno or each.lineno) + 1)}
    return len(covered)


def initialize(endpoint: str) -> None:
    """Make earthengine-api use a server on loopback."""
    ee.deprecation._FetchDataCatalogStac = dict
    credentials: Any = Credentials
    ee.Initialize(credentials("bulk"), url=endpoint, project=PROJECT)


def run() -> str:
    """Compare the two: lines, kills, requests. Both begin anew after each kill; neither meets faults of the network."""
    doubled, lost, kills = _killed_script()
    batch = killed_batch(Scenario(ledger="sqlite", exports=EXPORTS, kills=KILLS, queue=LIMIT, faults=0.0))
    each, listing = _requests()
    rows = (
        f"peer: lines of user code: earthengine-api {user_lines(by_earthengine)}, Batch {user_lines(by_batch)}",
        (
            f"peer: {EXPORTS} exports, {kills} kills: earthengine-api {doubled} doubled, {lost} lost; "
            f"Batch ({KILLS} kills) {len(batch.doubled)} doubled, {len(batch.lost)} lost"
        ),
        (
            f"peer: 3,000 running exports, a look every 20 s: earthengine-api, a status of each {each * 3000 * 180:,.0f} requests "
            f"an hour; its listing {listing * 180:,.0f} or more"
        ),
    )
    return "\n".join([*rows, *(f"WRONG: {each}" for each in (*batch.doubled, *batch.lost, *batch.wrong))])


def _killed_script() -> tuple[int, int, int]:
    """Kill the script at random moments, let it come to its end, and count exports that were made twice or never."""
    chance = random.Random(3)  # noqa: S311 - moments, not secrets
    with contract_server(LIMIT, 8.0) as endpoint, tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.audits.bulk.peer", endpoint, f"{folder}/started.txt"]
        kills = 0
        for number in range(KILLS + 1):
            process = subprocess.Popen([*command, "--exports", str(EXPORTS)])  # noqa: S603 - our own command
            try:
                process.wait(600 if number == KILLS else 3.0 + 2.0 * chance.random())
                break
            except subprocess.TimeoutExpired:
                kills += 1
            finally:
                process.kill()
                process.wait()
        client = gw.Client(project=PROJECT, endpoint=endpoint, credentials=gw.credentials.Token("bulk"))
        counts = Counter(
            operation.metadata.description
            for operation in client.projects.operations.list()
            if isinstance(operation.metadata, OperationMetadata)
        )
    return sum(count > 1 for count in counts.values()), EXPORTS - len(counts), kills


def _requests(tasks: int = 40) -> tuple[float, int]:
    """Return the requests of a status of one running task, and of a listing of a page of tasks."""
    contract = running()
    try:
        contract.hold()
        initialize(contract.endpoint)
        names: list[str] = []
        for number in range(tasks):
            task = ee.batch.Export.image.toCloudStorage(
                ee.Image(1), description=f"t{number}", bucket="b", region=ee.Geometry.Rectangle([0, 0, 1, 1])
            )
            task.start()
            names.append(str(task.operation_name))
        before = len(contract.requests)
        for name in names:
            ee.data.getOperation(name)
        each = (len(contract.requests) - before) / tasks
        before = len(contract.requests)
        ee.data.listOperations()
        # A page holds 500.
        return each, (len(contract.requests) - before) * 6
    finally:
        contract.stop()


def main() -> None:
    """Run the script of earthengine-api, with sends that take their time, so that kills fall there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("endpoint")
    parser.add_argument("file", type=Path)
    parser.add_argument("--exports", type=int, default=EXPORTS)
    options = parser.parse_args()
    initialize(options.endpoint)
    data: Any = ee.data
    export = data.exportImage

    def slow(*values: Any) -> Any:
        time.sleep(random.random() * SLOWEST)  # noqa: S311 - moments, not secrets
        try:
            return export(*values)
        finally:
            time.sleep(random.random() * SLOWEST)  # noqa: S311 - as above

    data.exportImage = slow
    by_earthengine([f"t{number}" for number in range(options.exports)], options.file)


if __name__ == "__main__":
    main()
