"""Google's server of descriptions, as far as a guide needs it: one revision at first, the next one from then on."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.runtime.wire.authority import authority
from tests.runtime.wire.proxy import Proxy
from tests.runtime.wire.reply import Reply, plain
from tests.runtime.wire.server import Wire

HOST: Final = "earthengine.googleapis.com"
SPEC: Final = Path(__file__).parents[3] / "spec" / "earthengine.v1beta.json"


def revisions() -> tuple[bytes, bytes]:
    """Earth Engine's description before and after lists could be partial."""
    before, after = (json.loads(SPEC.read_bytes()) for _ in range(2))
    before["revision"], after["revision"] = "20250601", "20250801"
    del before["schemas"]["ListOperationsResponse"]["properties"]["unreachable"]
    operations: Any = after["resources"]["projects"]["resources"]["operations"]
    operations["methods"]["list"]["parameters"]["returnPartialSuccess"] = {
        "type": "boolean",
        "location": "query",
    }
    return json.dumps(before).encode(), json.dumps(after).encode()


@contextmanager
def descriptions(folder: Path) -> Generator[dict[str, str]]:
    """Serve them; an environment in which they are found, and in which git knows who commits."""
    first, *later = revisions()
    answers = [first]

    def answer(request: bytes) -> Reply:
        return plain(answers.pop() if answers else later[0], etag=f'"{len(answers)}"')

    pem = folder / "authority.pem"
    pem.write_text(authority().pem, encoding="utf-8")
    with (
        Wire(tls=authority().server(HOST), answers=answer) as wire,
        Proxy(names={f"{HOST}:443": wire.port}) as proxy,
    ):
        yield {
            **os.environ,
            "HTTPS_PROXY": proxy.url,
            "SSL_CERT_FILE": str(pem),
            "PRE_COMMIT_HOME": str(folder / "pre-commit"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "Somebody"),
            **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "somebody@example.com"),
        }
