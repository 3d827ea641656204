"""Long audits, each a nox session of its own: mutation, corpus, openapi, soak, builds. The test suite runs a small part of each."""
