"""Replace a document, its client and the changelog entry together, or not at all."""
