"""`python -m tests.testbench --source FOLDER --suite FILE --python PATH`: run the suite, print the figures, fail when a combination does."""

from __future__ import annotations

import argparse
import sys
import tempfile
import uuid
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from attrs import evolve, frozen
from groundwire_runtime import credentials
from groundwire_runtime.clock import SYSTEM
from groundwire_runtime.errors import GroundwireError
from groundwire_runtime.http import Request, Response, Transport
from groundwire_runtime.retry import RetryPolicy
from groundwire_runtime.transport import UrllibTransport

from .calls import ACCOUNT, CALLS, PROJECT, SIZES, SMALL, Scene
from .combinations import Combination, read_combinations
from .server import Testbench, running
from .storage import generated

POLICY = RetryPolicy(base=0.01)
"""The default, with shorter waits: faults are over at once."""


SIZE = 2 * 1024 * 1024
"""Bytes of an object that is downloaded: the suite cuts one after 1 MiB."""


@frozen
class Marked:
    """A transport that puts the id of a retry test on every request."""

    inner: Transport
    test: str

    def send(self, request: Request) -> Response:
        """Send the request with the id."""
        return self.inner.send(evolve(request, headers={**request.headers, "x-retry-test-id": self.test}))


@frozen
class Suite:
    """A running testbench and our client of it."""

    testbench: Testbench
    storage: ModuleType
    transport: Transport

    def fault(self, combination: Combination) -> str:
        """Run a combination; return what went wrong, or ""."""
        scene = self._scene(combination)
        test = self.testbench.new_test(combination.method, combination.faults)
        scene = evolve(scene, client=self._client(Marked(self.transport, test)))
        try:
            returned = CALLS[combination.call](scene)
            wanted = SIZES.get(combination.call, scene.size if combination.group else returned)
            ended = "success" if returned == wanted else f"{returned} of {wanted} bytes"
        except GroundwireError as error:
            ended = type(error).__name__
        if (ended == "success") is not combination.succeeds:
            return f"ended in {ended}"
        return "" if self.testbench.is_completed(test) else f"ended in {ended} before every fault was met"

    def _client(self, transport: Transport) -> Any:
        return self.storage.Client(
            endpoint=f"{self.testbench.url}/storage/v1/",
            credentials=credentials.anonymous(),
            retry=POLICY,
            transport=transport,
        )

    def _scene(self, combination: Combination) -> Scene:
        """Create the resources that the combination asks for."""
        client, storage = self._client(self.transport), self.storage
        bucket = f"bucket-{uuid.uuid4().hex}"
        scene = Scene(client=client, storage=storage, precondition=combination.precondition, bucket=bucket)
        if "BUCKET" in combination.resources:
            made = client.buckets.insert(PROJECT, storage.Bucket(name=bucket))
            policy = client.buckets.get_iam_policy(bucket)
            scene = evolve(scene, metageneration=made.metageneration, policy_etag=policy.etag)
            body = storage.BucketAccessControl(entity=scene.entity, role="READER")
            client.bucket_access_controls.insert(bucket, body)
            body = storage.ObjectAccessControl(entity=scene.entity, role="READER")
            client.default_object_access_controls.insert(bucket, body)
        if "OBJECT" in combination.resources:
            size = SIZE if combination.group else SMALL
            generation = self.testbench.upload(bucket, scene.object_name, size)
            scene = evolve(scene, generation=generation, size=size)
            body = storage.ObjectAccessControl(entity=scene.entity, role="READER")
            client.object_access_controls.insert(bucket, scene.object_name, body)
        if "NOTIFICATION" in combination.resources:
            body = storage.Notification(topic="projects/p/topics/t", payload_format="JSON_API_V1")
            scene = evolve(scene, notification=client.notifications.insert(bucket, body).id)
        if "HMAC_KEY" in combination.resources:
            key = client.projects.hmac_keys.create(PROJECT, ACCOUNT).metadata
            off = storage.HmacKeyMetadata(state="INACTIVE")  # an active key cannot be deleted
            key = client.projects.hmac_keys.update(PROJECT, key.access_id, off)
            scene = evolve(scene, key=key.access_id, key_etag=key.etag)
        return scene


def main(arguments: Sequence[str]) -> int:
    """Run the suite; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.testbench", description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="a checkout of storage-testbench")
    parser.add_argument("--suite", type=Path, required=True, help="retry_tests.json")
    parser.add_argument(
        "--python", default=sys.executable, help="an interpreter with the testbench's packages"
    )
    parser.add_argument("--by-verb", action="store_true", help="leave the overlay out, to see what it brings")
    options = parser.parse_args(arguments)
    combinations = read_combinations(options.suite)
    with tempfile.TemporaryDirectory() as folder, running(options.source, options.python) as testbench:
        storage = generated(Path(folder), overlay=not options.by_verb)
        transport = UrllibTransport(clock=SYSTEM)
        suite = Suite(testbench, storage, transport)
        faults = {each: fault for each in combinations if (fault := suite.fault(each))}
        transport.close()
    for combination, fault in faults.items():
        print(f"failed: {combination}: {fault}")
    _print_figures(combinations, faults)
    return 1 if faults else 0


def _print_figures(combinations: list[Combination], faults: dict[Combination, str]) -> None:
    totals = Counter(each.scenario for each in combinations)
    failed = Counter(each.scenario for each in faults)
    names = {each.scenario: each.description for each in combinations}
    for scenario, total in sorted(totals.items()):
        passed = total - failed[scenario]
        print(f"{names[scenario]}: {passed} passed, {failed[scenario]} failed")
    passed = len(combinations) - len(faults)
    print(f"{len(combinations)} combinations: {passed} passed, {len(faults)} failed")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
