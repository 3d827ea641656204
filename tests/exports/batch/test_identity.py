"""The account of a batch, as real credentials name it."""

from __future__ import annotations

import json
from pathlib import Path

import groundwire as gw
import pytest
from groundwire_exports.batch import Batch, IdentityError
from groundwire_exports.batch.identity import account_of
from groundwire_runtime.credentials import from_file
from groundwire_runtime.http import FunctionTransport, Request, Response

from tests.runtime.test_credentials import GOOGLE, authorized_user, saved, service_account

ROBOT = "robot@p.iam.gserviceaccount.com"


def answer(request: Request) -> Response:
    token = {"access_token": "t", "expires_in": 3600, "token_type": "Bearer"}
    body = token if "oauth2" in request.url or request.url.startswith(GOOGLE) else {"operations": []}
    return Response(status=200, headers={"content-type": "application/json"}, body=json.dumps(body).encode())


def test_a_service_account_names_itself(tmp_path: Path) -> None:
    path = saved(tmp_path, service_account(GOOGLE))
    with gw.Client(project="p", credentials=from_file(path)) as client:
        assert account_of(client) == ROBOT


def test_a_file_of_credentials_names_its_account_before_anything_is_started(tmp_path: Path) -> None:
    """A file is read by the first call; the batch makes one, a listing, before it starts exports."""
    path = saved(tmp_path, service_account(GOOGLE))
    with Batch(
        gw.Client(project="p", transport=FunctionTransport(answer)),
        tmp_path / "ledger",
        name="n",
        identity="other@p.iam.gserviceaccount.com",
    ) as batch:
        batch.pause()
    client = gw.Client(project="p", credentials=path, transport=FunctionTransport(answer))
    assert account_of(client) == ""
    with Batch(client, tmp_path / "ledger", name="n") as batch:
        with pytest.raises(IdentityError, match=f"and this client is {ROBOT}"):
            batch.step()
        assert account_of(client) == ROBOT


def test_a_person_and_a_bare_token_name_no_account(tmp_path: Path) -> None:
    for credentials in (from_file(saved(tmp_path, authorized_user())), gw.credentials.Token("t")):
        with gw.Client(project="p", credentials=credentials) as client:
            assert account_of(client) == ""
