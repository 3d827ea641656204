"""Plain models of an API's types: pydantic, msgspec, dataclasses or TypedDicts. The only module that imports dcg.

datamodel-code-generator renders the schemas that `schema` writes. Its output is parsed and checked before it is used.
"""

from __future__ import annotations

import enum
import json
import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from .ir import Api, Message
from .lower.naming import snake
from .models_check import Names, check_module
from .problem import Problem, SpecError
from .schema import Enums, Options, components

FIRST_LINE: Final = "# Models by groundwire-codegen; do not edit."
_EXTRA: Final = "pip install 'groundwire[models]'"
_RENAME: Final = "name it in the overlay's [names], or choose another --kind"


class ModelKind(enum.StrEnum):
    """A kind of class that models are made of."""

    PYDANTIC = "pydantic"
    MSGSPEC = "msgspec"
    DATACLASS = "dataclass"
    TYPEDDICT = "typeddict"


_OPTIONS: Final[Mapping[ModelKind, Mapping[str, Any]]] = {
    ModelKind.PYDANTIC: {
        "output_model_type": "pydantic_v2.BaseModel",
        "extra_fields": "allow",
        "allow_population_by_field_name": True,
    },
    ModelKind.MSGSPEC: {"output_model_type": "msgspec.Struct", "keyword_only": True},
    ModelKind.DATACLASS: {"output_model_type": "dataclasses.dataclass", "keyword_only": True},
    ModelKind.TYPEDDICT: {"output_model_type": "typing.TypedDict"},
}
_COMMON: Final[Mapping[str, Any]] = {
    "input_file_type": "openapi",
    "openapi_scopes": ["schemas"],
    "allow_remote_refs": False,
    "custom_class_name_generator": str,
    "custom_file_header": FIRST_LINE,
    "enum_field_as_literal": "all",
    "formatters": [],
    "target_python_version": "3.11",
    "use_schema_description": True,
    "use_standard_collections": True,
    "use_type_alias": True,
    "use_union_operator": True,
}
_RENAMED: Final = frozenset({ModelKind.PYDANTIC, ModelKind.MSGSPEC})
"""Kinds whose fields have Python names, and know their names on the wire."""

_NOT_IN_MSGSPEC: Final = re.compile(r'[\x00-\x1f"\\]')
_PROTECTED: Final = ("model_dump", "model_validate")
"""Prefixes that pydantic warns of."""


@frozen
class Models:
    """A module of models, and what its reader should know of it."""

    text: str
    warnings: tuple[Problem, ...] = ()


def models(api: Api, kind: ModelKind) -> Models:
    """Return the models of an API's messages and enums.

    Raises SpecError if datamodel-code-generator is not installed, fails, or writes anything but classes with the names
    of the API. For msgspec its warnings are errors too: they are of types that msgspec cannot decode.
    """
    names = _names(api, kind)
    if kind is ModelKind.MSGSPEC:
        _check_msgspec_names(api)
    # msgspec decodes no union of two string types.
    enums = Enums.TEXT if kind is ModelKind.MSGSPEC else Enums.OPEN
    schema = json.dumps(components(api, Options(types_only=True, enums=enums)))
    body, messages = _generate(schema, kind, names)
    problems = [Problem("document", "", message) for message in messages]
    if problems and kind is ModelKind.MSGSPEC:
        raise SpecError(problems)
    lost = check_module(body, names, wire_names=kind is not ModelKind.DATACLASS)
    renamed = [Problem("document", pointer, text, "its name on the wire is lost") for pointer, text in lost]
    return Models(f"{body.strip()}\n", tuple(sorted({*problems, *renamed})))


def _check_msgspec_names(api: Api) -> None:
    """Raise SpecError for names on the wire that msgspec refuses: with quotes, backslashes or control characters."""
    problems = [
        Problem(
            "document", field.pointer, f"msgspec cannot have a field {field.wire!r}", "choose another --kind"
        )
        for message in api.messages.values()
        for field in message.wire_fields
        if _NOT_IN_MSGSPEC.search(field.wire)
    ]
    if problems:
        raise SpecError(problems)


def _generate(schema: str, kind: ModelKind, names: Names) -> tuple[str, list[str]]:
    """Return the module that datamodel-code-generator writes, and its warnings."""
    try:
        from datamodel_code_generator import generate
    except ModuleNotFoundError as error:
        if error.name != "datamodel_code_generator":
            raise
        problem = Problem("options", "/kind", "datamodel-code-generator is not installed", _EXTRA)
        raise SpecError([problem]) from None
    options: dict[str, Any] = {**_COMMON, **_OPTIONS[kind]}
    options["aliases"] = {
        f"{owner}.{wire}": name
        for owner, fields in names.fields.items()
        for wire, name in fields.items()
        # Without an alias, a leading underscore is replaced.
        if kind in _RENAMED or (wire.startswith("_") and not wire.startswith("__"))
    }
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            text = generate(schema, **options)
        except Exception as error:  # noqa: BLE001 - another project's code: whatever it raises refuses the document
            reason = f"datamodel-code-generator cannot read it: {type(error).__name__}: {error}"
            raise SpecError([Problem("document", "", reason, _RENAME)]) from None
    if not isinstance(text, str):
        raise SpecError([Problem("document", "", "datamodel-code-generator wrote no module")])
    return text, list(dict.fromkeys(str(warning.message) for warning in caught))


def _names(api: Api, kind: ModelKind) -> Names:
    """Return the names that a module must have: its classes, and each field by wire name."""
    return Names(
        fields={message.name: dict(_fields(message, kind)) for message in api.messages.values()},
        pointers={message.name: message.pointer for message in api.messages.values()},
        aliases=frozenset(api.enums) | frozenset(api.aliases),
    )


def _fields(message: Message, kind: ModelKind) -> Iterator[tuple[str, str]]:
    """Yield each field of a message: its name on the wire, and the attribute of the model."""
    taken = _reserved_names(kind)
    for field in message.wire_fields:
        name = (field.name or snake(field.wire)) if kind in _RENAMED else field.wire
        if kind is ModelKind.PYDANTIC and name.startswith(_PROTECTED):
            name = f"field_{name}"
        while name in taken:
            name += "_"
        taken.add(name)
        yield field.wire, name


def _reserved_names(kind: ModelKind) -> set[str]:
    """Return the names that a field of a kind must not have: what its base class or its module needs."""
    if kind is ModelKind.MSGSPEC:
        return {"field"}
    if kind is not ModelKind.PYDANTIC:
        return set[str]()
    try:
        from pydantic import BaseModel
    except ModuleNotFoundError:
        return set[str]()
    return {*dir(BaseModel)}
