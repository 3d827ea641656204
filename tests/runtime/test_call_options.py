from __future__ import annotations

from typing import Any

import pytest
from groundwire import Client, credentials

from .doubles import Script


@pytest.mark.parametrize("options", [{"timout": 5}, {"timeout": 5, "retries": 3}, {"Scopes": []}])
def test_an_option_that_no_call_has_is_refused_before_any_request(options: dict[str, Any]) -> None:
    script = Script()
    client = Client(transport=script, credentials=credentials.anonymous())
    with pytest.raises(TypeError, match="options are quota_project, retry, scopes, timeout"):
        client.projects.operations.get("projects/p/operations/A", **options)
    assert script.requests == []
