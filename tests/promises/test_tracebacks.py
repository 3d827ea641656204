"""Row 20: no traceback shows a secret, even one with the values of local variables."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from google.auth.api_key import Credentials as ApiKey
from google.oauth2.credentials import Credentials as UserCredentials
from groundwire_runtime.clock import SYSTEM
from groundwire_runtime.credentials import Token
from groundwire_runtime.errors import GroundwireError

from ..runtime.wire import Wire
from .canary import CANARY
from .plugin import Measured
from .shop import EXPORT, NAME, client
from .test_secrets import FAULTS, FILES, TOKEN_ANSWERS


def frames(error: BaseException) -> Iterator[str]:
    """The frames of a traceback as pytest --showlocals and Sentry render them, but for the tests' own."""
    pending: list[traceback.TracebackException | None] = [
        traceback.TracebackException.from_exception(error, capture_locals=True)
    ]
    while pending:
        current = pending.pop()
        if current is not None:
            yield "".join(current.format_exception_only())
            yield from (f"{each.name} {each.locals}" for each in current.stack if _is_ours(each.filename))
            pending += [current.__cause__, current.__context__]


def _is_ours(filename: str) -> bool:
    return not Path(filename).is_relative_to(Path(__file__).parents[1])


def user(token: str | None = CANARY, **facts: str) -> UserCredentials:
    return UserCredentials(  # type: ignore[no-untyped-call] # google-auth is untyped here
        token, refresh_token=f"1//{CANARY}", client_id="c", client_secret=CANARY, **facts
    )


KINDS: dict[str, Callable[[], Any]] = {
    "a token": lambda: Token(CANARY),
    "an API key": lambda: ApiKey(CANARY),
    "a user": user,
    "a token of two lines": lambda: Token(f"{CANARY}\n"),
    "a key of two lines": lambda: ApiKey(f"{CANARY}\n"),
}


@pytest.mark.promise(20)
@pytest.mark.parametrize("kind", KINDS)
def test_no_traceback_shows_a_secret_with_the_values_of_its_frames(measured: Measured, kind: str) -> None:
    texts: list[str] = []
    for reply in FAULTS.values():
        with Wire([reply]) as wire:
            one = client(wire.url, credentials=KINDS[kind](), timeout=0.3)
            with pytest.raises(GroundwireError) as caught:
                one.projects.image.export(EXPORT, quota_project="q")
            texts += frames(caught.value)
    with pytest.raises(GroundwireError) as caught:
        client("https://localhost:1", credentials=KINDS[kind](), retry=None).projects.operations.get(NAME)
    texts += frames(caught.value)
    assert len(texts) > 5 * len(FAULTS)
    assert not [text for text in texts if CANARY in text]
    measured(f"0 hits in the frames of {len(FAULTS) + 1} faults with {kind}, local variables included")


@pytest.mark.promise(20)
def test_no_traceback_of_a_failed_refresh_shows_a_secret(measured: Measured, tmp_path: Path) -> None:
    texts: list[str] = []
    for reply in TOKEN_ANSWERS.values():
        with Wire([reply]) as wire:
            impersonated = user(None, token_uri=f"{wire.url}/token")
            with (
                client(wire.url, credentials=impersonated, timeout=0.3, clock=SYSTEM) as one,
                pytest.raises(GroundwireError) as caught,
            ):
                one.projects.operations.get(NAME)
            texts += frames(caught.value)
    for text in FILES.values():
        path = tmp_path / "credentials.json"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(GroundwireError) as caught:
            client("https://shop.test", credentials=path).projects.operations.get(NAME)
        texts += frames(caught.value)
    assert len(texts) > 3 * len(TOKEN_ANSWERS)
    assert not [text for text in texts if CANARY in text]
    measured(f"0 hits in the frames of {len(TOKEN_ANSWERS)} failed refreshes and {len(FILES)} broken files")


def test_the_frames_of_a_traceback_would_show_a_secret() -> None:
    def fail(token: str) -> None:
        raise ValueError(len(token))

    with pytest.raises(ValueError, match="1") as caught:
        fail(CANARY)
    rendered = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert any(CANARY in str(frame.locals) for frame in rendered.stack)
