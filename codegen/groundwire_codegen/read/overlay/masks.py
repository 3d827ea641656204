"""The rule of an update mask."""

from __future__ import annotations

from attrs import frozen


@frozen(kw_only=True)
class MaskRule:
    """The update mask of a PATCH, for `clear`, where the document does not tell it by a type."""

    pointer: str
    parameter: str = ""
    """A parameter of the query, by its wire name, or a field of the body, as `body.FIELD`."""
    of: str = ""
    """The field of the body that the mask is about, as `body.FIELD`; absent: the body."""
