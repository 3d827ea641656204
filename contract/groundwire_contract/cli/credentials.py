"""`groundwire-contract credentials`: print the key file of a service account for a server."""

from __future__ import annotations

import json
from typing import Final

import click

from .documents import fail

_PROJECT: Final = "contract-project"


@click.command()
@click.option(
    "--endpoint",
    default="http://127.0.0.1:8085",
    show_default=True,
    help="The address of the server, as its clients reach it.",
)
@click.option("--project", default=_PROJECT, show_default=True, help="The project of the account.")
def credentials(endpoint: str, project: str) -> None:
    """Print a service account's key file, made for a server of `serve`, in the form of Google's.

    Its `token_uri` is the server's own token endpoint. `earthengine --service_account_file` and google-auth
    (GOOGLE_APPLICATION_CREDENTIALS) read it. The key is new each time and of no use elsewhere; no server has to be running.
    """
    from ..service_account import service_account

    try:
        click.echo(json.dumps(service_account(endpoint, project), indent=2))
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    except ImportError:
        fail("Keys need the package cryptography: pip install cryptography")
