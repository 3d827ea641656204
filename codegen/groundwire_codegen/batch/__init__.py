"""Generate the clients of many documents: find them, generate each in a worker process, skip what is up to date."""
