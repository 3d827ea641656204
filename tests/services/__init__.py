"""Generated clients against the real applications, which `nox -s services` brings: titiler and stac-fastapi."""
