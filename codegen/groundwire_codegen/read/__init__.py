"""From bytes to values: documents, overlays, and what both are read with."""
