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
FOR_CI = (
    "adexchangebuyer.v1.3",
    "admin.directoryv1",
    "adsensehost.v4.1",
    "androidpublisher.v3",
    "assuredworkloads.v1",
    "bigquery.v2",
    "billingbudgets.v1beta1",
    "calendar.v3",
    "chromepolicy.v1",
    "civicinfo.v2",
    "cloudbuild.v1",
    "cloudiot.v1",
    "content.v2",
    "discovery.v1",
    "dns.v1",
    "dns.v2",
    "doubleclicksearch.v2",
    "drive.v3",
    "fcm.v1",
    "firebaseml.v2beta",
    "gkehub.v1",
    "homegraph.v1",
    "identitytoolkit.v1",
    "jobs.v2",
    "oauth2.v2",
    "parallelstore.v1beta",
    "pollen.v1",
    "recommendationengine.v1beta1",
    "retail.v2",
    "safebrowsing.v4",
    "safebrowsing.v5",
    "securitycenter.v1",
    "solar.v1",
    "storage.v1",
    "tagmanager.v1",
    "threatintelligence.v1beta",
    "trafficdirector.v2",
    "translate.v2",
    "webmasters.v3",
    "youtubereporting.v1",
)
"""Documents that together use 253 of 264 constructs, at a few seconds of cost each: `python -m tests.audits.corpus.features` chose them."""
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


def package(name: str) -> str:
    """The package of a document's client."""
    return name.replace(".", "_").replace("-", "_")
