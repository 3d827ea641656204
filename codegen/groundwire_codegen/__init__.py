"""The generator: from a Google Discovery document and an overlay to a typed Python client."""
