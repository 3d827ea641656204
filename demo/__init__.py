"""The main job, from a document to a finished export: `python -m demo`."""
