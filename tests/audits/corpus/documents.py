"""Google's published Discovery documents, as google-api-python-client ships them."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

CHOSEN = (
    "aiplatform.v1",
    "cloudbuild.v1",
    "compute.v1",
    "dataflow.v1b3",
    "discovery.v1",
    "drive.v3",
    "kgsearch.v1",
    "oauth2.v2",
    "sheets.v4",
    "storage.v1",
    "translate.v2",
    "youtube.v3",
)
"""Documents of different shapes: old and new style, media, maps, inline objects, thousands of messages."""
SMALLEST = ("kgsearch.v1", "oauth2.v2", "translate.v2")


def folder() -> Path | None:
    """Where the documents are, or None without google-api-python-client."""
    spec = find_spec("googleapiclient")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / "discovery_cache" / "documents"


def names() -> list[str]:
    """All documents, by name and version; the directory of the service is none."""
    here = folder()
    return sorted(path.stem for path in here.glob("*.json") if path.stem != "index") if here else []


def read(name: str) -> bytes:
    """One document."""
    here = folder()
    assert here is not None, "google-api-python-client is not installed"
    return (here / f"{name}.json").read_bytes()
