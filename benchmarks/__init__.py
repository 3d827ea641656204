"""The cost of the client, measured next to other libraries in the same run."""
