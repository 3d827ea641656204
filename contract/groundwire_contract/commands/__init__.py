"""The commands of `groundwire-contract`, a module each; what a command needs is imported when it runs."""

from __future__ import annotations

import sys
from typing import NoReturn

from groundwire_codegen.log import echo


def fail(message: str) -> NoReturn:
    """End with exit code 2: a bad input, or an address that cannot be used."""
    echo(message, err=True)
    sys.exit(2)
