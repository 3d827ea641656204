"""`groundwire-contract`: serve, credentials, rules, verify, record, openapi.

Exit codes: 0 done, 1 violations, 2 an invalid input or an unusable address.
"""

from __future__ import annotations

import click

from .credentials import credentials
from .openapi import openapi
from .record import record
from .rules import rules
from .serve import serve
from .verify import verify


@click.group()
@click.version_option(package_name="groundwire")
def main() -> None:
    """A local stand-in for Earth Engine's image:export."""


main.add_command(serve)
main.add_command(credentials)
main.add_command(openapi)
main.add_command(record)
main.add_command(rules)
main.add_command(verify)
