"""Traffic between a client and the service: how it is recorded, read back, and held to the contract."""
