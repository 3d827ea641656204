"""Uploads of media beside JSON: simple, in two parts (multipart/related), and by the resumable protocol."""
