"""The contract over HTTP: connections, the control API, and the status page."""
