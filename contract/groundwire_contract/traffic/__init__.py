"""Traffic between a client and the service: recording, reading, and verification against the contract."""
