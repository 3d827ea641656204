"""The Discovery document as this server serves it: for the version that was asked for, with its own addresses.

A client that is built from it calls this server, and never the service.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

_ROOTS: Final = ("rootUrl", "mtlsRootUrl")


@lru_cache(maxsize=32)
def served_document(document: bytes, version: str, root: str) -> bytes:
    """Return a document for one version of its API, with `root` (a URL that ends with a slash) as its only address."""
    described: dict[str, Any] = json.loads(document)
    own = str(described.get("version", version))
    described["version"] = version
    described["id"] = f"{described.get('name', '')}:{version}"
    for name in _ROOTS:
        if name in described:
            described[name] = root
    if "baseUrl" in described:
        described["baseUrl"] = root + str(described.get("servicePath", "")).lstrip("/")
    # Regional endpoints and icons lead to other servers.
    for name in ("endpoints", "icons"):
        described.pop(name, None)
    if own != version:
        _set_version(described, own, version)
    return json.dumps(described, indent=2).encode()


def batch_path(document: bytes) -> str:
    """Return the path for batches of calls; `/batch` where a document states none."""
    stated = json.loads(document).get("batchPath") if document else None
    return "/" + (stated if isinstance(stated, str) and stated else "batch").lstrip("/")


def root_of(headers: Mapping[str, str], base_url: str) -> str:
    """Return the address under which a request came, as the root of a document whose API is below `base_url`."""
    # Without a Host, the client knows the address better than this server does.
    host = headers.get("host") or urlsplit(base_url).netloc
    return f"http://{host}/"


def _set_version(resource: Any, own: str, version: str) -> None:
    """Replace the version that the paths of methods begin with."""
    methods: dict[str, Any] = resource.get("methods") or {}
    for method in methods.values():
        for name in ("path", "flatPath"):
            path = method.get(name)
            if isinstance(path, str) and path.startswith(f"{own}/"):
                method[name] = version + path.removeprefix(own)
        _set_media(method.get("mediaUpload"), own, version)
    children: dict[str, Any] = resource.get("resources") or {}
    for child in children.values():
        _set_version(child, own, version)


def _set_media(media: Any, own: str, version: str) -> None:
    stated: dict[str, Any] = media or {}
    protocols: dict[str, dict[str, Any]] = stated.get("protocols") or {}
    for protocol in protocols.values():
        path = protocol.get("path")
        if isinstance(path, str):
            protocol["path"] = path.replace(f"/{own}/", f"/{version}/", 1)
