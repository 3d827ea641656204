"""Upgrading: a new document takes the old one's place, with the client that it gives and an entry of the changelog, or nothing does."""
