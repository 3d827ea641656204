"""Earth Engine's answers to valid requests: exports and their long-running operations."""
