"""Row 20: what is secret stays out of every text that a program leaves. The watch over all logs is in test_table."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from google.oauth2.credentials import Credentials as UserCredentials
from groundwire import credentials
from groundwire_runtime.clock import SYSTEM
from groundwire_runtime.credentials import Token
from groundwire_runtime.errors import GroundwireError
from groundwire_runtime.http import Request
from groundwire_runtime.transport import UrllibTransport

from ..runtime.wire import RESET, SILENCE, Reply, Wire, cut, http, plain
from .canary import CANARY
from .plugin import Measured
from .shop import EXPORT, NAME, client

FAULTS = {
    "refused": plain(b"{}", "401 No"),
    "forbidden": plain(b"{}", "403 No"),
    "busy": plain(b"{}", "503 Busy"),
    "redirected": plain(b"", "302 Found", location=f"https://user:{CANARY}@shop.test/{CANARY}?key={CANARY}"),
    "reset": RESET,
    "silent": SILENCE,
    "cut": cut(http(b'{"name": "')[:-2]),
    "garbage": cut(b"SSH-2.0\r\n\r\n"),
    "no JSON": plain(b"<html>"),
    "packed": Reply(pieces=[http(b"\x1f\x8b", content_encoding="gzip")]),
}


class Kept(logging.Handler):
    """Every record, as text."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(f"{self.format(record)} {record.args!r}")


@contextmanager
def kept() -> Iterator[list[str]]:
    handler = Kept()
    logging.getLogger().addHandler(handler)
    try:
        yield handler.texts
    finally:
        logging.getLogger().removeHandler(handler)


def shown(error: BaseException) -> list[str]:
    """Everything that is printed or stored of an error."""
    trace = "".join(traceback.TracebackException.from_exception(error, capture_locals=False).format())
    values = "".join(f"{vars(each)!r}" for each in _chain(error))
    return [str(error), repr(error), trace, repr(pickle.dumps(error)), values]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


@pytest.mark.promise(20)
def test_no_fault_shows_a_token(measured: Measured) -> None:
    texts: list[str] = []
    with kept() as logs:
        for reply in FAULTS.values():
            with Wire([reply]) as wire:
                one = client(wire.url, credentials=Token(CANARY), timeout=0.3)
                with pytest.raises(GroundwireError) as caught:
                    one.projects.image.export(EXPORT, quota_project="q")
                assert all(f"Bearer {CANARY}".encode() in request for request in wire.requests)
                texts += [*shown(caught.value), repr(one)]
                one.close()
    assert len(logs) > len(FAULTS)
    assert not [text for text in (*texts, *logs) if CANARY in text]
    measured(f"0 hits in {len(FAULTS)} faults: errors, tracebacks, pickles, reprs, logs")


@pytest.mark.promise(20)
def test_no_query_is_logged(measured: Measured) -> None:
    keys = ("key", "access_token", "pageToken", "filter")
    transport = UrllibTransport()
    with kept() as logs, Wire() as wire:
        for key in keys:
            url = f"{wire.url}/v1/a?{key}={CANARY}"
            transport.send(Request(method_id="m", verb="GET", url=url))
        with client(wire.url) as one:
            list(one.projects.operations.list(filter=CANARY))
            one.projects.operations.delete(NAME)
        assert CANARY in wire.paths[0]
        assert CANARY in wire.paths[-2]
    assert logs
    assert not [text for text in logs if CANARY in text]
    measured(f"0 hits of a query: {', '.join(keys)}")


TOKEN_ANSWERS = {
    "HTML": plain(b"<html>", content_type="text/html"),
    "500": plain(json.dumps({"access_token": CANARY}).encode(), "500 No"),
    "refused": plain(
        json.dumps({"error": "invalid_grant", "refresh_token": CANARY}).encode(), "400 Bad Request"
    ),
    "no token": plain(json.dumps({"refresh_token": CANARY}).encode()),
    "reset": RESET,
    "silent": SILENCE,
}


@pytest.mark.promise(20)
def test_no_failed_refresh_shows_what_it_sent_or_got(measured: Measured) -> None:
    texts: list[str] = []
    with kept() as logs:
        for reply in TOKEN_ANSWERS.values():
            with Wire([reply]) as wire:
                user = UserCredentials(  # type: ignore[no-untyped-call] # google-auth is untyped here
                    None,
                    refresh_token=f"1//{CANARY}",
                    token_uri=f"{wire.url}/token",
                    client_id="c",
                    client_secret=CANARY,
                )
                with (
                    client(wire.url, credentials=user, timeout=0.3, clock=SYSTEM) as one,
                    pytest.raises(GroundwireError) as caught,
                ):
                    one.projects.operations.get(NAME)
                assert all(CANARY.encode() in request for request in wire.requests)
                assert set(wire.paths) == {"/token"}
                texts += shown(caught.value)
    assert not [text for text in (*texts, *logs) if CANARY in text]
    measured(f"0 hits in {len(TOKEN_ANSWERS)} failures of a token endpoint")


FILES = {
    "no JSON": f'{{"refresh_token": "{CANARY}"',
    "no object": f'["{CANARY}"]',
    "no key": json.dumps({"type": "service_account", "private_key": CANARY, "client_email": "a@b.test"}),
    "another endpoint": json.dumps({"refresh_token": CANARY, "token_uri": f"https://evil.test/{CANARY}"}),
    "unknown type": json.dumps({"type": "of tomorrow", "secret": CANARY}),
    "no refresh token": json.dumps({"type": "authorized_user", "client_secret": CANARY}),
}


@pytest.mark.promise(20)
def test_no_file_of_credentials_shows_in_its_errors(measured: Measured, tmp_path: Path) -> None:
    texts: list[str] = []
    with kept() as logs:
        for text in FILES.values():
            path = tmp_path / "credentials.json"
            path.write_text(text, encoding="utf-8")
            with pytest.raises(GroundwireError) as caught:
                credentials.from_file(path)
            texts += shown(caught.value)
    assert not [text for text in (*texts, *logs) if CANARY in text]
    measured(f"0 hits in {len(FILES)} broken files of credentials")


@pytest.mark.parametrize(
    "write", [pickle.dumps, copy.deepcopy, copy.copy], ids=["pickle", "deep copy", "copy"]
)
def test_a_token_is_not_written_down(write: Callable[[Token], object]) -> None:
    with pytest.raises(TypeError, match="not pickled") as caught:
        write(Token(CANARY))
    assert CANARY not in f"{caught.value}{Token(CANARY)!r}{Token(CANARY)}"


def test_a_client_and_its_transport_are_not_written_down() -> None:
    with Wire() as wire, client(wire.url, credentials=Token(CANARY)) as one:
        one.projects.operations.delete(NAME)
        with pytest.raises(TypeError):
            pickle.dumps(one)
