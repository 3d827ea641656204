"""`python -m groundwire_codegen`."""

from .cli import main

if __name__ == "__main__":  # The processes of `generate-all` import this module.
    main()
