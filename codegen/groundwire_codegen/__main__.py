"""`python -m groundwire_codegen`."""

from .cli import main

main()
