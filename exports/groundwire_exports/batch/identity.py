"""The account that runs a batch: request ids are unique for each user, so all processes must be the same one."""

from __future__ import annotations

from typing import Final

from groundwire_runtime.errors import GroundwireError

from ..arguments import ExportClient
from .records import BatchRecord

_NAMES: Final = ("service_account_email", "signer_email", "account")
"""Attributes of google-auth's credentials that name an account."""


class IdentityError(GroundwireError):
    """The ledger belongs to another account or project. Nothing was sent: request ids are unique for each user."""

    proves_no_effect = True


def account_of(client: ExportClient) -> str:
    """Return the account that a client's credentials name; empty if they name none, or are loaded by the first call.

    Those of a service account name it; those of a person, a bare token and an API key do not.
    """
    chain = getattr(client, "_chain", None)
    authorizer = chain[0].authorizer if chain else None
    for credentials in (getattr(authorizer, "_loaded", None), getattr(client, "_credentials", None)):
        for name in _NAMES:
            account = getattr(credentials, name, None)
            if isinstance(account, str) and "@" in account:
                return account
    return ""


def is_of_stand_in(client: ExportClient) -> bool:
    """Return True for a client of a stand-in of the service: its endpoint has no TLS."""
    return str(getattr(client, "_base_url", "")).startswith("http://")


def check_stand_in(record: BatchRecord, client: ExportClient) -> None:
    """Raise IdentityError if a batch of a stand-in meets a client of the service, or the other way round."""
    if record.stand_in != is_of_stand_in(client):
        kinds = ("the service", "a stand-in of it (an endpoint without TLS)")
        raise IdentityError(
            f"the batch {record.name!r} is of {kinds[record.stand_in]}, and this client is of {kinds[1 - record.stand_in]}",
            hint="Give each a ledger of its own: what one has exported, the other has not.",
        )


def check_account(record: BatchRecord, account: str) -> None:
    """Raise IdentityError for another account than the batch's."""
    if record.account and account != record.account:
        who = f"is {account}" if account else "does not name an account"
        raise IdentityError(
            f"the batch {record.name!r} is run by {record.account}, and this client {who}",
            hint="Use the same account in all processes, or name it: identity=...",
        )
