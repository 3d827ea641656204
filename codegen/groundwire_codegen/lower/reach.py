"""Reach: the messages and enums that the wanted methods send or receive, with the overlay's rules on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrs import evolve, field, frozen

from ..ir import (
    Alias,
    AliasRef,
    Api,
    Content,
    Enum,
    EnumRef,
    ErrorShape,
    Field,
    Group,
    Kind,
    ListOf,
    MapOf,
    Message,
    MessageRef,
    Method,
    Nullable,
    Packed,
    Parameter,
    Scalar,
    TupleOf,
    TypeRef,
    UnionOf,
    leaf,
)
from ..problem import Problem, escape
from ..read.overlay import NO_FIELD, NO_MESSAGE, NO_METHOD, FieldRule, MessageRule, Overlay
from ..read.overlay.apply import applied_enum, applied_message, without_named_groups

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
    aliases: dict[str, Alias] = field(factory=dict[str, Alias])
    """Named unions and types that hold themselves."""
    resolved: dict[str, None] = field(factory=dict[str, None])
    """Aliases that a type was resolved by."""
    methods: list[Method] = field(factory=list[Method])
    _open: dict[str, int] = field(factory=dict[str, int])
    """Aliases that are being resolved, each with the number of lists and maps around it."""
    _inside: list[str] = field(factory=list[str])
    """Lists and maps whose items are being resolved."""
    recursive: set[str] = field(factory=set[str])
    refused: set[str] = field(factory=set[str])
    """Aliases whose problem is reported; their users do not report it again."""
    _waiting: list[str] = field(factory=list[str])
    """Messages whose fields are not read yet: references chain further than Python's stack."""

    def reach_method(self, method: Method) -> None:
        """Reach the parameters, the body and the answers of a method, and the metadata of its operation."""
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
        parameters = tuple(self._parameter(each) for each in method.parameters)
        self.methods.append(evolve(method, parameters=parameters, body=body, responses=responses))
        self._fill_waiting()

    def reach_schema(self, name: str) -> None:
        """Reach a named schema of the document, whether a method reaches it or not."""
        self._reference(name, f"/schemas/{escape(name)}", 0)
        self._fill_waiting()

    def _fill_waiting(self) -> None:
        while self._waiting:
            self._fill(self._waiting.pop())

    def _parameter(self, parameter: Parameter) -> Parameter:
        type_ = self._resolve(parameter.type, parameter.pointer)
        return parameter if type_ in (None, parameter.type) else evolve(parameter, type=type_)

    def _contents(self, contents: tuple[Content, ...], pointer: str) -> tuple[Content, ...]:
        read = self._body if self.draft.errors is ErrorShape.GOOGLE else self._resolve
        types = ((each, read(each.type, pointer)) for each in contents)
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
        message = without_named_groups(message, rule)
        stated = (*message.fields, *self._extensions(message, rule))
        fields = {each.wire: found for each in stated if (found := self._field(each, rule)) is not None}
        groups = tuple(self._group(each, rule) for each in message.groups)
        extra = None if message.extra is None else self._resolve(message.extra, message.pointer)
        if rule is not NO_MESSAGE:
            message = applied_message(message, fields, rule)
            self.messages[key] = evolve(message, members=(*message.members, *groups), extra=extra)
        elif (*fields.values(), *groups) != message.members or extra != message.extra:
            self.messages[key] = evolve(message, members=(*fields.values(), *groups), extra=extra)

    def _field(self, stated: Field, rule: MessageRule) -> Field | None:
        """Return a field with its type resolved, and with the bounds of the alias that it names; None after a problem."""
        if rule is NO_MESSAGE and isinstance(stated.type, Scalar):
            return stated
        type_ = self._packed(rule, stated.wire) or self._resolve(stated.type, stated.pointer)
        if type_ is None:
            return None
        if rule is not NO_MESSAGE:
            type_ = self._with_enum(type_, stated, rule.field_rules.get(stated.wire, NO_FIELD))
        named = stated.type.type if isinstance(stated.type, Nullable) else stated.type
        alias = self.draft.aliases.get(named.name) if isinstance(named, MessageRef) else None
        rules = stated.rules if stated.rules.present or alias is None else alias.rules
        same = (type_, rules) == (stated.type, stated.rules)
        return stated if same else evolve(stated, type=type_, rules=rules)

    def _group(self, group: Group, rule: MessageRule) -> Group:
        fields = ((each, self._field(each.field, rule)) for each in group.variants)
        return evolve(
            group, variants=tuple(evolve(each, field=found) for each, found in fields if found is not None)
        )

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
                self.enums.setdefault(name, self.draft.enums[name])
                return type_
            case ListOf(item):
                inner = self._inner(item, f"{pointer}/items", nesting)
                return type_ if inner == item else None if inner is None else ListOf(inner)
            case MapOf(value):
                inner = self._inner(value, f"{pointer}/additionalProperties", nesting)
                return type_ if inner == value else None if inner is None else MapOf(inner)
            case Nullable(value):
                inner = self._resolve(value, pointer, nesting + 1)
                return None if inner is None else inner if isinstance(inner, Nullable) else Nullable(inner)
            case TupleOf(items, rest):
                found = [self._inner(each, pointer, nesting) for each in items]
                behind = None if rest is None else self._inner(rest, pointer, nesting)
                known = [each for each in found if each is not None]
                return None if len(known) < len(items) else TupleOf(tuple(known), behind)
            case UnionOf(members):
                found = [self._resolve(each, pointer, nesting + 1) for each in members]
                known = [each for each in found if each is not None]
                return None if len(known) < len(members) else evolve(type_, members=tuple(known))
            case _:
                return type_

    def _inner(self, type_: TypeRef, pointer: str, nesting: int) -> TypeRef | None:
        """Resolve the type of what a list or a map holds."""
        self._inside.append(pointer)
        found = self._resolve(type_, pointer, nesting + 1)
        self._inside.pop()
        return found

    def _alias(self, name: str, alias: Alias, nesting: int) -> TypeRef | None:
        """Return the type that an alias names; a union, a tuple and a type that holds itself stay behind their name."""
        self.resolved[name] = None
        if alias.type is None or name in self.refused:
            return None
        if name in self._open:
            if len(self._inside) == self._open[name]:
                self._refuse(alias.pointer, "a type that is itself, with no list or map between")
                return None
            self.recursive.add(name)
            return AliasRef(name)
        if name not in self.aliases:
            self._open[name] = len(self._inside)
            type_ = self._resolve(alias.type, alias.pointer, nesting + 1)
            del self._open[name]
            if type_ is None:
                self.refused.add(name)
                return None
            named = type_.type if isinstance(type_, Nullable) else type_
            if not (isinstance(named, (UnionOf, TupleOf)) or name in self.recursive):
                return type_
            self.aliases[name] = evolve(alias, type=type_)
        stays = AliasRef(name)
        return Nullable(stays) if isinstance(self.aliases[name].type, Nullable) else stays

    def _reference(self, name: str, pointer: str, nesting: int) -> TypeRef | None:
        alias = self.draft.aliases.get(name)
        if alias is not None:
            return self._alias(name, alias, nesting)
        if name in self.draft.messages:
            self._reach(name)
            return MessageRef(name)
        if name in self.draft.enums:
            self.enums.setdefault(name, self.draft.enums[name])
            return EnumRef(name)
        self._refuse(pointer, f"unresolved $ref {name!r}", "no schema has this id")
        return None

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


def _object(alias: Alias) -> Message:
    return Message(place=alias.place, deprecated=alias.deprecated, doc=alias.doc, pointer=alias.pointer)


def _with_leaf(type_: TypeRef, inner: TypeRef) -> TypeRef:
    if isinstance(type_, ListOf):
        return ListOf(_with_leaf(type_.item, inner))
    return MapOf(_with_leaf(type_.value, inner)) if isinstance(type_, MapOf) else inner
