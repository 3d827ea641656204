"""The page that the front end sends for a path or a verb that no method has."""

from __future__ import annotations

import html

from ..exchange import Reply
from ..rules import RULES


def not_found(path: str) -> Reply:
    """The page that names a path."""
    shown = html.escape(path)
    page = (
        "<!DOCTYPE html>\n<html lang=en>\n  <meta charset=utf-8>\n  <title>Error 404 (Not Found)!!1</title>\n"
        f"  <p><b>404.</b> <ins>That\u2019s an error.</ins>\n  <p>The requested URL <code>{shown}</code> was not "
        "found on this server.  <ins>That\u2019s all we know.</ins>\n"
    )
    return Reply(
        status=404,
        body=page.encode("utf-8", "replace"),
        content_type="text/html; charset=UTF-8",
        rule="unknown-path",
        mark=RULES["unknown-path"].mark.value,
    )
