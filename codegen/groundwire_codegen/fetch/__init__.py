"""Get a description: over the network, from a file, or from an installed google-api-python-client."""
