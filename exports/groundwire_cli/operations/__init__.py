"""`groundwire operations`: list, describe, wait, watch, cancel."""
