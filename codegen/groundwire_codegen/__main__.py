"""`groundwire-codegen` and `python -m groundwire_codegen`: a process for one command."""

from __future__ import annotations

import atexit
import gc

from .cli import main


def run() -> None:
    """Run the command of the command line.

    What a command makes goes with its process. Looking for cycles in it, on the way and once more at the end, takes a
    third of the time on a large document.
    """
    gc.disable()
    atexit.register(gc.freeze)
    main()


if __name__ == "__main__":  # The processes of `generate-all` import this module.
    run()
