"""The result of reading a document: an Api without names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from ..ir import Api
from ..problem import Problem


@frozen(kw_only=True)
class Draft:
    """An API as its document states it.

    `problems` refuse the document, `faults` of a method (by id) only a run that wants the method.
    """

    api: Api
    document: Mapping[str, Any] = field(factory=dict[str, Any], repr=False)
    """The document's own JSON."""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    """Faults that a document is published with and that are read all the same; they stop nothing."""
    faults: Mapping[str, tuple[Problem, ...]] = field(factory=dict[str, "tuple[Problem, ...]"])
    type_faults: Mapping[str, tuple[Problem, ...]] = field(factory=dict[str, "tuple[Problem, ...]"])
    """Problems of named types, for those that no method reaches."""
    events: tuple[str, ...] = ()
    """Keys of the types that stand inline in what the service sends by itself: webhooks."""
    constructs: Mapping[str, str] = field(factory=dict[str, str])
    """Unknown constructs that are ignored, by name, each with its first place."""
