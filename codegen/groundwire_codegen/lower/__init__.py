"""Lowering: a document and its overlay become the intermediate representation, pruned to what is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from ..ir import Api, Held
from ..problem import Problem, SpecError
from ..read.discovery import Document, Method
from ..read.overlay import Overlay
from ..read.overlay.drift import Review, review
from .enums import lower_enums
from .fit import misfits
from .messages import lower_messages
from .methods import lower_methods, wanted_methods
from .naming import Naming
from .resources import call_names
from .rules import overlay_problems, unused_names, variant_clashes
from .shapes import Shapes
from .unenforced import unenforced_patterns

__all__ = ["Lowered", "lower"]

MAX_MESSAGES: Final = 20_000
"""Messages and enums of a client; Google's largest has 3,000."""
MAX_FIELDS: Final = 16_000
"""Fields of a client's messages, each of which takes up to 25 KB of memory; Google's largest has 7,647."""
MAX_NAMES: Final = 50_000
"""Parameters of a client's methods, and names of its enums; Google's largest has 14,880."""


@frozen
class Lowered:
    """The API, and every name that it publishes (what `groundwire.lock` freezes)."""

    api: Api
    published: Mapping[str, str]
    review: Review
    """What the lock keeps of the overlay's places, and the rules that await a look."""
    warnings: tuple[Problem, ...] = ()
    """What a caller should know, and what stops nothing."""


def lower(
    document: Document,
    overlay: Overlay,
    *,
    methods: Sequence[str] | None = None,
    published: Mapping[str, str] | None = None,
    reviewed: Mapping[str, str] | None = None,
    problems: Sequence[Problem] = (),
) -> Lowered:
    """Build the API of the wanted methods: those named here, else the overlay's, else all.

    `problems` are those found while reading. Raises SpecError with every problem of the run.
    """
    found = [*problems, *overlay_problems(document, overlay)]
    wanted = wanted_methods(document, overlay, methods, found)
    shapes = Shapes(document, overlay, found)
    for method in wanted:
        shapes.reach_method(method)
    too_many = _too_many(shapes, wanted)
    if too_many:
        words = f"the wanted methods reach more than {too_many}"
        raise SpecError([*found, Problem("document", "/schemas", words, "choose methods: --methods ID ...")])
    found += misfits(shapes)
    naming = Naming(shapes, published or {}, overlay)
    enums = lower_enums(shapes, overlay, naming)
    messages = lower_messages(shapes, naming)
    names = call_names(wanted, overlay, naming)
    api = Api(
        id=document.id,
        title=document.title,
        name=document.name,
        version=document.version,
        revision=document.revision,
        base_url=document.base_url,
        doc=document.description,
        messages={message.name: message for message in sorted(messages, key=lambda each: each.name)},
        enums={enum.name: enum for enum in sorted(enums, key=lambda each: each.name)},
        methods=lower_methods(wanted, overlay, shapes, naming, names, messages),
        resources=names.resources,
        held=tuple(
            Held(name=name, prefix=rule.prefix, doc=rule.doc) for name, rule in sorted(overlay.held.items())
        ),
    )
    found += variant_clashes(messages)
    if not methods:
        found += unused_names(overlay, naming.published)
    if found:
        raise SpecError(found)
    return Lowered(
        api,
        dict(sorted(naming.published.items())),
        review(document, overlay, reviewed or {}),
        unenforced_patterns(api),
    )


def _too_many(shapes: Shapes, wanted: Sequence[Method]) -> str:
    """The bound that a client would break, in words; empty when it keeps them all."""
    enums = (schema for places in shapes.enums.values() for schema, _ in places)
    counts = (
        (len(shapes.shapes) + len(shapes.enums), MAX_MESSAGES, "messages and enums"),
        (sum(len(shape.properties) for shape in shapes.shapes.values()), MAX_FIELDS, "fields"),
        (
            sum(len(method.parameters) for method in wanted) + sum(len(schema.enum) for schema in enums),
            MAX_NAMES,
            "parameters and names of enums",
        ),
    )
    return next((f"{most} {what}" for count, most, what in counts if count > most), "")
