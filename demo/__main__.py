"""`python -m demo`."""

from .export_image import main

main()
