"""Commands that stand beside ours in a job: what a hostile file meets that no command of ours reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import google.auth.identity_pool
import google.auth.impersonated_credentials
import google.oauth2.service_account
import groundwire_runtime.auth
import groundwire_runtime.transport
from groundwire import Client
from groundwire_codegen.problem import SpecError
from groundwire_contract.clock import FrozenClock
from groundwire_contract.contract import load
from groundwire_contract.exchange import Exchange, Reply
from groundwire_contract.server.control_api import ControlRouter
from groundwire_contract.server.pages import status_page
from groundwire_contract.server.remote import PATH
from groundwire_contract.service import Service
from groundwire_pages.status_page import Query
from groundwire_runtime.credentials import Token, from_file
from groundwire_runtime.errors import GroundwireError
from groundwire_runtime.http import Request, Response
from groundwire_runtime.token_endpoints import TokenEndpoints, is_local, is_token_endpoint

SECRET = "hostile-4c1d"
"""Stands in every secret that a job has."""
ADDRESS = "http://127.0.0.1:8085"
# Imported before anything listens: what an import reads is nobody's doing.
LOADED = (google.auth, groundwire_runtime.auth, groundwire_runtime.transport)
_JSON = {"content-type": "application/json"}


def sent(service: Service, verb: str, path: str, body: bytes = b"") -> Reply:
    exchange = Exchange(
        verb=verb,
        path=path,
        headers={**_JSON, "host": "127.0.0.1:8085", "authorization": f"Bearer {SECRET}"},
        body=body,
        length=len(body),
    )
    answer = ControlRouter(service).handle(exchange)
    assert isinstance(answer, Reply)
    assert answer.status in (200, 204, 400, 401, 403, 404, 405, 409, 411, 413, 415, 429, 501, 503), answer
    if "json" in answer.content_type:
        json.loads(answer.body)
    return answer


def shown(service: Service) -> str:
    """The status page."""
    return status_page(service, Query(), ADDRESS).html


@click.command()
@click.argument("spec", type=Path)
def serve(spec: Path) -> None:
    """Serve a document to requests of every method, and print the status page."""
    try:
        contract = load(spec.read_bytes())
    except SpecError as error:
        # As `groundwire-contract serve` ends; its own way there is that of `openapi`, which a job runs.
        raise SystemExit(2) from error
    service = Service(contract, clock=FrozenClock())
    for method in contract.api.methods.values():
        for body in (b"{}", b'{"name": "<script>@octocat</script>\\u202e"}', b"["):
            path = f"/{method.path}".replace("{", "").replace("}", "").replace("+", "")
            sent(service, method.verb, path, body if method.verb not in ("GET", "DELETE") else b"")
    sent(service, "GET", "/$discovery/rest")
    sent(service, "GET", "/$contract/requests")
    click.echo(shown(service))


EARTH_ENGINE = load()
"""Read before anything listens."""


@click.command()
@click.argument("calls", type=Path)
def control(calls: Path) -> None:
    """Send control documents to a running contract, and print the status page that it shows afterwards."""
    service = Service(EARTH_ENGINE, clock=FrozenClock())
    for call in json.loads(calls.read_bytes()):
        answer = sent(service, "POST", f"{PATH}{call['name']}", json.dumps(call["arguments"]).encode())
        assert answer.status in (200, 400, 404), answer
        body = json.dumps(call["arguments"]).encode()
        sent(service, "POST", "/v1beta/projects/p/image:export", body)
        sent(service, "GET", "/$contract/operations")
    click.echo(shown(service))


class Nowhere:
    """A transport that reaches nothing, and keeps what was to be sent."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        return Response(status=403, headers={}, body=b"{}")


@click.command()
@click.argument("file", type=Path)
def credentials(file: Path) -> None:
    """Make a call with a credentials file; print where anything was to be sent, and how it ended."""
    transport: Any = Nowhere()
    try:
        with Client(project="p", credentials=from_file(file), transport=transport) as client:
            client.projects.operations.get("projects/p/operations/A")
    except GroundwireError as error:
        click.echo(f"{type(error).__name__}: {error}")
    for request in transport.requests:
        click.echo(f"sent to {request.url}")
    raise SystemExit(0 if transport.requests else 2)


@click.command()
@click.argument("file", type=Path)
def endpoint(file: Path) -> None:
    """Give an address to whatever sends credentials: as that of the service, and as that of tokens."""
    url = json.loads(file.read_bytes())
    transport: Any = Nowhere()
    if not is_local(url):
        assert not is_token_endpoint(url), "it passes for a token endpoint"
        try:
            TokenEndpoints().check_request(url, "POST")
            raise AssertionError("a token request may be sent there")
        except GroundwireError as error:
            click.echo(f"{type(error).__name__}: {error}")
    try:
        with Client(project="p", credentials=Token(SECRET), endpoint=url, transport=transport) as client:
            client.projects.operations.get("projects/p/operations/A")
    except GroundwireError as error:
        click.echo(f"{type(error).__name__}: {error}")
    for request in transport.requests:
        click.echo(f"sent to {request.url}")
    raise SystemExit(0 if transport.requests else 2)


PROGRAMS = {each.name or "": each for each in (serve, control, credentials, endpoint)}
