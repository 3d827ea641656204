"""`python -m groundwire_contract`."""

from .cli import main

main()
