"""The kinds of changes."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """The kind of a change."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    JOINED = "joined a union"
    LEFT = "left a union"
    MOVED = "moved"
    NAME = "name in Python"
    TYPE = "type"
    REQUIRED = "required"
    BOUNDS = "bounds"
    PATTERN = "pattern"
    DEFAULT = "default"
    FORM = "form"
    PATH = "path"
    VERB = "verb"
    SCOPES = "scopes"
    SECURITY = "security"
    MEDIA = "media types and statuses"
    REQUEST_ID = "request id"
    IDEMPOTENCY = "idempotency"
    SIGNATURE = "signature"
    TRANSPORT = "transport"
    DEPRECATED = "deprecated"
    DOCS = "docs"
