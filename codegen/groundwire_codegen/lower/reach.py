"""Reach: the messages and enums that the wanted methods send or receive, with the overlay's rules on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrs import evolve, field, frozen

from ..ir import (
    Alias,
    Api,
    Content,
    Enum,
    EnumRef,
    Field,
    Kind,
    ListOf,
    MapOf,
    Message,
    MessageRef,
    Method,
    Packed,
    Scalar,
    TypeRef,
    leaf,
    references,
)
from ..problem import Problem, SpecError, escape
from ..read.overlay import NO_FIELD, NO_MESSAGE, NO_METHOD, FieldRule, MessageRule, Overlay
from ..read.overlay.apply import applied_enum, applied_message, with_extensions

MAX_MESSAGES: Final = 20_000
"""Messages and enums of a client; Google's largest has 3,000."""
MAX_FIELDS: Final = 16_000
"""Fields of a client's messages, each of which takes up to 25 KB of memory; Google's largest has 7,647."""
MAX_NAMES: Final = 50_000
"""Parameters of a client's methods, and names of its enums; Google's largest has 14,880."""
MAX_NESTING: Final = 64
"""Lists, maps and aliases inside one another in one field's type."""
STRUCT: Final = Scalar(Kind.STRUCT)


@frozen(eq=False)
class Reach:
    """The types reached so far, by the keys of the draft, an enum that the overlay names by `=Name`."""

    draft: Api
    overlay: Overlay
    problems: list[Problem]
    messages: dict[str, Message] = field(factory=dict[str, Message])
    enums: dict[str, Enum] = field(factory=dict[str, Enum])
    methods: list[Method] = field(factory=list[Method])
    _waiting: list[str] = field(factory=list[str])
    """Messages whose fields are not read yet: references chain further than Python's stack."""

    def reach_method(self, method: Method) -> None:
        """Reach the body and the answer of a method, and the metadata of its operation."""
        body, responses = method.body, method.responses
        metadata = self.overlay.methods.get(method.id, NO_METHOD).operation_metadata
        if body is not None:
            contents = self._contents(body.contents, f"{method.pointer}/request")
            body = evolve(body, contents=contents) if contents else None
        responses = tuple(
            evolve(each, contents=self._contents(each.contents, f"{method.pointer}/response"))
            for each in responses
        )
        if metadata is not None:
            self._reach(metadata)
        self.methods.append(evolve(method, body=body, responses=responses))
        while self._waiting:
            self._fill(self._waiting.pop())

    def _contents(self, contents: tuple[Content, ...], pointer: str) -> tuple[Content, ...]:
        types = ((each, self._body(each.type, pointer)) for each in contents)
        return tuple(evolve(each, type=type_) for each, type_ in types if type_ is not None)

    def _body(self, type_: TypeRef, pointer: str) -> MessageRef | None:
        """Return the message that a body is: a map, or any object, is one without fields."""
        found = self._resolve(type_, pointer)
        alias = self.draft.aliases.get(type_.name) if isinstance(type_, MessageRef) else None
        if alias is not None and (isinstance(found, MapOf) or found == STRUCT):
            self.messages.setdefault(alias.pointer, _object(alias))
            return MessageRef(alias.pointer)
        if isinstance(found, MessageRef):
            return found
        if found is not None:
            self._refuse(pointer, "a body that is not an object")
        return None

    def _reach(self, name: str) -> None:
        if name in self.draft.messages and name not in self.messages:
            self.messages[name] = self.draft.messages[name]
            self._waiting.append(name)

    def _fill(self, key: str) -> None:
        """Resolve the types of a message's fields, and put the overlay's rule on it."""
        message, rule = self.messages[key], self.overlay.messages.get(key, NO_MESSAGE)
        fields: dict[str, Field] = {}
        for stated in (*message.fields, *self._extensions(message, rule)):
            type_ = self._packed(rule, stated.wire) or self._resolve(stated.type, stated.pointer)
            if type_ is None:
                continue
            if rule is not NO_MESSAGE:
                type_ = self._with_enum(type_, stated, rule.field_rules.get(stated.wire, NO_FIELD))
            fields[stated.wire] = stated if type_ == stated.type else evolve(stated, type=type_)
        if rule is not NO_MESSAGE:
            self.messages[key] = applied_message(message, fields, rule)
        elif tuple(fields.values()) != message.members:
            self.messages[key] = evolve(message, members=tuple(fields.values()))

    def _extensions(self, message: Message, rule: MessageRule) -> Iterator[Field]:
        own = {each.wire for each in message.fields}
        for wire, extension in rule.extensions.items():
            if extension.schema is not None and wire not in own:
                yield extension.schema

    def _packed(self, rule: MessageRule, wire: str) -> Packed | None:
        types = rule.packed.get(wire)
        if types is None:
            return None
        for name in types.values():
            self._reach(name)
        return Packed(tuple((url, name) for url, name in types.items() if name in self.messages))

    def _resolve(self, type_: TypeRef, pointer: str, nesting: int = 0) -> TypeRef | None:
        """Return a type with aliases resolved, and reach what it refers to; None after a problem."""
        if nesting > MAX_NESTING:
            self._refuse(pointer, f"a type nested deeper than {MAX_NESTING}, or an alias of itself")
            return None
        match type_:
            case MessageRef(name):
                return self._reference(name, pointer, nesting)
            case EnumRef(name):
                self._add_enum(name, self.draft.enums[name])
                return type_
            case ListOf(item):
                inner = self._resolve(item, f"{pointer}/items", nesting + 1)
                return type_ if inner == item else None if inner is None else ListOf(inner)
            case MapOf(value):
                inner = self._resolve(value, f"{pointer}/additionalProperties", nesting + 1)
                return type_ if inner == value else None if inner is None else MapOf(inner)
            case _:
                return type_

    def _reference(self, name: str, pointer: str, nesting: int) -> TypeRef | None:
        alias = self.draft.aliases.get(name)
        if alias is not None:
            return None if alias.type is None else self._resolve(alias.type, alias.pointer, nesting + 1)
        if name in self.draft.messages:
            self._reach(name)
            return MessageRef(name)
        if name in self.draft.enums:
            self._add_enum(name, self.draft.enums[name])
            return EnumRef(name)
        self._refuse(pointer, f"unresolved $ref {name!r}", "no schema has this id")
        return None

    def _add_enum(self, key: str, enum: Enum) -> None:
        self.enums.setdefault(key, enum)

    def _with_enum(self, type_: TypeRef, stated: Field, rule: FieldRule) -> TypeRef:
        """Return the type of a field whose own inline enum has the overlay's docs, and its name where it gives one."""
        inner = leaf(type_)
        own = isinstance(inner, EnumRef) and f"{inner.name}/".startswith(f"{stated.pointer}/")
        if not isinstance(inner, EnumRef) or not own:
            return type_
        enum = self.enums[inner.name]
        shared = None if rule.enum is None else self.overlay.enums.get(rule.enum)
        key = inner.name if rule.enum is None else f"={rule.enum}"
        if rule.enum is not None:
            del self.enums[inner.name]
            type_ = _with_leaf(type_, EnumRef(key))
        known = self.enums.get(key)
        if known is not None and rule.enum is not None:
            self._compare(known, enum, rule.enum)
            return type_
        documented = [
            (rule.pointer, rule.values),
            *([] if shared is None else [(shared.pointer, shared.values)]),
        ]
        self._check_values(documented, enum)
        self.enums[key] = applied_enum(enum, enum.place if rule.enum is None else key, rule, shared)
        return type_

    def _compare(self, known: Enum, enum: Enum, name: str) -> None:
        if [each.wire for each in known.values] != [each.wire for each in enum.values]:
            words = f"shares enum {name!r} with {known.pointer}, whose values differ"
            self._refuse(enum.pointer, words)

    def _check_values(self, documented: Sequence[tuple[str, Mapping[str, object]]], enum: Enum) -> None:
        known = {value.wire for value in enum.values}
        for pointer, values in documented:
            for name in values.keys() - known:
                self._refuse(f"{pointer}/values/{escape(name)}", f"the enum has no value {name!r}")

    def _refuse(self, pointer: str, message: str, hint: str = "") -> None:
        """Record a problem at a place of the document, or of the overlay that adds to it."""
        source = "overlay" if pointer.startswith(("/messages/", "/enums/")) else "document"
        self.problems.append(Problem(source, pointer, message, hint))


def reach(draft: Api, wanted: Sequence[Method], overlay: Overlay, problems: list[Problem]) -> Reach:
    """Return what the wanted methods reach. Raises SpecError if it is more than a client may have."""
    found = Reach(with_extensions(draft, overlay), overlay, problems)
    for method in wanted:
        found.reach_method(method)
    too_many = _too_many(found)
    if too_many:
        words = f"the wanted methods reach more than {too_many}"
        raise SpecError(
            [*problems, Problem("document", "/schemas", words, "choose methods: --methods ID ...")]
        )
    return found


def _too_many(found: Reach) -> str:
    """Return the bound that a client would break, in words; empty when it keeps them all."""
    parameters = sum(len(method.parameters) for method in found.methods)
    counts = (
        (len(found.messages) + len(found.enums), MAX_MESSAGES, "messages and enums"),
        (sum(len(message.wire_fields) for message in found.messages.values()), MAX_FIELDS, "fields"),
        (
            parameters + sum(len(enum.values) for enum in found.enums.values()),
            MAX_NAMES,
            "parameters and names of enums",
        ),
    )
    return next((f"{most} {what}" for count, most, what in counts if count > most), "")


def _object(alias: Alias) -> Message:
    return Message(place=alias.place, deprecated=alias.deprecated, doc=alias.doc, pointer=alias.pointer)


def _with_leaf(type_: TypeRef, inner: TypeRef) -> TypeRef:
    if isinstance(type_, ListOf):
        return ListOf(_with_leaf(type_.item, inner))
    return MapOf(_with_leaf(type_.value, inner)) if isinstance(type_, MapOf) else inner


def closure(messages: Mapping[str, Message], roots: set[str]) -> set[str]:
    """Return the messages that some messages hold, however deep, and these themselves."""
    found: set[str] = set()
    waiting = [root for root in roots if root in messages]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [
                each
                for held in messages[name].wire_fields
                for each in references(held.type)
                if each in messages and each not in found
            ]
    return found
