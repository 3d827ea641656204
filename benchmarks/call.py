"""One export call over loopback, next to bare urllib3 and google-api-python-client with the same bytes."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import groundwire
import urllib3

from .answering import answering
from .measure import interleaved

CALLS = 100


def run() -> list[tuple[str, str, float]]:
    """Return rows of (figure, peer, ratio)."""
    with answering() as endpoint:
        return _compared(endpoint)


def _compared(endpoint: str) -> list[tuple[str, str, float]]:
    client = groundwire.Client(project="p", endpoint=endpoint, credentials=groundwire.credentials.anonymous())
    request = small_request()
    body = groundwire.encode(request)
    pool = urllib3.PoolManager(retries=False)
    url = f"{endpoint}/v1beta/projects/p/image:export"
    headers = {"content-type": "application/json"}
    runs: dict[str, Callable[[], object]] = {
        "ours": lambda: client.projects.image.export(request),
        "bare urllib3": lambda: json.loads(pool.request("POST", url, body=body, headers=headers).data),
    }
    if importlib.util.find_spec("googleapiclient") is not None:
        runs["google-api-python-client"] = _official(endpoint, json.loads(body))
    found = interleaved({name: _repeat(call) for name, call in runs.items()}, rounds=31)
    return [
        ("one export call", peer, found["ours"] / taken) for peer, taken in found.items() if peer != "ours"
    ]


def _repeat(call: Callable[[], object]) -> Callable[[], object]:
    def repeat() -> None:
        for _ in range(CALLS):
            call()

    return repeat


def small_request() -> groundwire.ExportImageRequest:
    """Return an export of eight nodes."""
    node = groundwire.ValueNode
    values = {
        str(number): node.FunctionInvocationValue(
            groundwire.FunctionInvocation(
                function=groundwire.FunctionInvocation.FunctionName("Image.add"),
                arguments={"image1": node.ConstantValue(number), "image2": node.ValueReference("0")},
            )
        )
        for number in range(8)
    }
    return groundwire.ExportImageRequest(
        expression=groundwire.Expression(result="7", values=values),
        request_id="bench-0001",
        export_options=groundwire.ImageFileExportOptions(
            file_format=groundwire.ImageFileFormat.GEO_TIFF,
            destination=groundwire.CloudStorageDestination(bucket="b", filename_prefix="p"),
        ),
    )


def _official(endpoint: str, body: dict[str, Any]) -> Callable[[], object]:
    import google_auth_httplib2  # noqa: F401 - what googleapiclient needs for its transport
    import httplib2
    from googleapiclient.discovery import build_from_document

    document = (Path(__file__).parent.parent / "spec" / "earthengine.v1beta.json").read_text(encoding="utf-8")
    changed = {**json.loads(document), "rootUrl": f"{endpoint}/", "baseUrl": f"{endpoint}/"}
    service = build_from_document(changed, http=httplib2.Http())
    image = service.projects().image()
    return lambda: image.export(project="projects/p", body=body).execute()
