"""Validation of requests as Google's front end does it, before a method sees them."""
