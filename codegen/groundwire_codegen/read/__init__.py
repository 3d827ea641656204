"""Parsing: from bytes to a draft and an overlay."""
