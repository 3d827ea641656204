"""A cattrs converter for messages inside classes of the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cattrs import Converter

if TYPE_CHECKING:
    from .codec import Codecs


def converter_of(codecs: Codecs) -> Converter:
    """Return a converter whose hooks for messages are the codecs of a client."""
    converter = Converter()

    def is_message(type_: Any) -> bool:
        return isinstance(type_, type) and codecs.has(type_)

    def structure(_: Any) -> Any:
        return codecs.structure

    def unstructure(_: Any) -> Any:
        return codecs.unstructure

    converter.register_structure_hook_factory(is_message, structure)
    converter.register_unstructure_hook_factory(is_message, unstructure)
    return converter
