"""Credentials of the environment, and their scopes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from groundwire_runtime.credentials import application_default, checked, from_file, scoped
from groundwire_runtime.errors import ArgumentError, AuthError

from .test_credentials import GOOGLE, SCOPES, SECRET, authorized_user, saved, service_account


def test_the_environment_names_the_application_default_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = authorized_user()
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(saved(tmp_path, info)))
    credentials: Any = application_default(SCOPES)
    assert credentials.refresh_token == SECRET
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    with pytest.raises(AuthError, match="no application default credentials: cannot read") as caught:
        application_default()
    assert "gcloud auth application-default login" in caught.value.hint


def test_the_sign_in_of_gcloud_gives_the_application_default_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    place = tmp_path / "application_default_credentials.json"
    place.write_text(json.dumps(authorized_user()))
    found: Any = application_default()
    assert (found.refresh_token, found.scopes) == (SECRET, None)
    place.write_text(SECRET)
    with pytest.raises(AuthError, match=r"'application_default_credentials.json' is not JSON") as caught:
        application_default()
    assert SECRET not in caught.value.message


def test_credentials_that_no_scope_is_asked_of_stay_as_they_are(tmp_path: Path) -> None:
    found = from_file(saved(tmp_path, service_account(GOOGLE)))
    assert scoped(found, ()) is found
    assert scoped(found, SCOPES) is not found


def test_a_user_of_gcloud_without_a_quota_project_is_read_without_a_warning(tmp_path: Path) -> None:
    gcloud = "764086051850-6qr4p6gpi6hn506pt8ejuq83di341hur.apps.googleusercontent.com"
    info = {**authorized_user(), "client_id": gcloud, "quota_project_id": None}
    found: Any = from_file(saved(tmp_path, info))
    assert found.client_id == gcloud


@pytest.mark.parametrize(
    ("given", "says", "hint"),
    [
        (("credentials", "project"), "got tuple", "first half"),
        (5, "got int", "See groundwire.credentials"),
        (object(), "got object", "See groundwire.credentials"),
    ],
)
def test_what_is_no_credentials_is_refused_with_what_to_pass(given: Any, says: str, hint: str) -> None:
    with pytest.raises(ArgumentError, match=says) as caught:
        checked(given)
    assert hint in caught.value.hint
