"""`groundwire exports`: start one, or run many over a ledger."""
