"""From a document to a finished export: `python -m demo`."""
