"""Random values of any type of an API, each beside the JSON that it must be."""

from __future__ import annotations

import base64
import random
import re
import string
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from types import ModuleType
from typing import Any, Final, TypeVar

from attrs import frozen
from groundwire_codegen.ir import (
    AliasRef,
    Api,
    ByDiscriminator,
    ByJsonType,
    ByLiteral,
    Const,
    EnumRef,
    Field,
    Kind,
    ListOf,
    MapOf,
    Message,
    MessageRef,
    Nullable,
    Parameter,
    Rules,
    Scalar,
    TupleOf,
    TypeRef,
    UnionOf,
)
from groundwire_codegen.ir.messages import NO_RULES
from groundwire_runtime.messages import Unlisted
from groundwire_runtime.uploads import FilePart

from ..corpus.calls import matching

T = TypeVar("T")
DEEPEST: Final = 4
"""Containers below which only what is required is filled in."""
PLAIN: Final = string.ascii_letters + string.digits
BODY: Final = PLAIN + " /\\\"'{}\n\té\u2028\U0001f30d"
URL: Final = PLAIN + " /?#[]@!$&'()*+,;=%:-._~é\U0001f30d\""
HEADER: Final = PLAIN + " !#$%&'()*+-./:;<=>?@[]^_`{|}~"
SAMPLES: Final = {"query": URL, "path": URL, "header": HEADER, "cookie": HEADER}


class File(str):
    """A binary value: base64 as JSON, a file as a part of a form."""

    data = b""
    filename = ""
    content_type = ""


@frozen
class Pair:
    """A value, and the plain JSON that it must be."""

    value: Any
    json: Any


class NoValueError(Exception):
    """No value can be made: a pattern that contradicts a length, a parameter without a form."""


class Values:
    """A source of random values for one generated package; the same seed gives the same values.

    A strict one makes nothing that the document does not state: no unknown fields, no newer enum values. `loose` becomes True once a value went through a union whose members are not told apart.
    """

    def __init__(self, api: Api, package: ModuleType, seed: str, *, strict: bool = False) -> None:
        self._api = api
        self._package = package
        self._random = random.Random(seed)  # noqa: S311 - test values
        self._characters = BODY
        self._strict = strict
        self._files = False
        self.loose = False

    def body(self, type_: TypeRef, rules: Rules = NO_RULES) -> Pair:
        """Return a value of a body."""
        self._characters, self.loose = BODY, False
        return self._pair(type_, 0, rules)

    def form(self, type_: TypeRef, *, files: bool) -> Pair:
        """Return an object for a form, some of whose binary values may be files with a name and a type."""
        self._files = files
        try:
            return self.filled(type_, dict)
        finally:
            self._files = False

    def filled(self, type_: TypeRef, *kinds: type, rules: Rules = NO_RULES) -> Pair:
        """Return a value of a body that is not null, and of one of some JSON types. Raises NoValueError."""
        for _ in range(99):
            pair = self.body(type_, rules)
            if pair.json is not None and (not kinds or isinstance(pair.json, kinds)):
                return pair
        raise NoValueError(f"no value of {type_} for a body")

    def choice(self, values: Sequence[T]) -> T:
        """Return one of some values."""
        return self._random.choice(values)

    def argument(self, parameter: Parameter) -> Pair:
        """Return a value for a parameter. Raises NoValueError where its style has no form for its type."""
        self._characters = SAMPLES[parameter.location]
        type_ = parameter.type.type if isinstance(parameter.type, Nullable) else parameter.type
        if parameter.values:
            one = self._random.choice(parameter.values)
            return Pair((one,), [one]) if isinstance(parameter.type, ListOf) else Pair(one, one)
        for _ in range(20):
            pair = self._pair(type_, DEEPEST - 2, parameter.rules)
            if parameter.style == "content" or has_form(pair.json, parameter.style, parameter.location):
                return pair
        raise NoValueError(f"{parameter.wire}: no form for {type_}")

    def chance(self) -> bool:
        """Return True every second time or so."""
        return self._random.random() < 0.5

    def _pair(self, type_: TypeRef, depth: int, rules: Rules = NO_RULES) -> Pair:
        if depth > 40:
            raise NoValueError("required fields without an end")
        match type_:
            case Scalar(kind):
                return self._scalar(kind, rules)
            case Const(values):
                one = self._random.choice(values)
                return Pair(one, one)
            case EnumRef(name):
                return self._enum(name, rules)
            case MessageRef(name):
                return self._message(self._api.messages[name], depth, {})
            case AliasRef(name):
                return self._pair(self._api.aliases[name].type or Scalar(Kind.ANY), depth, rules)
            case Nullable(inner):
                return Pair(None, None) if self._random.random() < 0.2 else self._pair(inner, depth, rules)
            case ListOf(item):
                return self._list(item, depth, rules)
            case MapOf(item):
                pairs = {
                    self._text(rules=NO_RULES) + "k": self._pair(item, depth + 1, rules.items or NO_RULES)
                    for _ in range(self._count(depth))
                }
                return _object(pairs)
            case TupleOf(items, rest):
                more = (rest,) * self._count(depth) if rest is not None else ()
                parts = [self._pair(each, depth + 1) for each in (*items, *more)]
                return Pair(tuple(each.value for each in parts), [each.json for each in parts])
            case UnionOf():
                return self._union(type_, depth, rules)
            case _:
                raise AssertionError(f"an OpenAPI document has no {type_}")

    def _count(self, depth: int) -> int:
        return self._random.randint(0, 2) if depth < DEEPEST else 0

    def _list(self, item: TypeRef, depth: int, rules: Rules) -> Pair:
        count = max(self._count(depth), rules.min_items or 0)
        if depth == DEEPEST - 2:  # a parameter, which has no form for an empty list
            count = max(count, 1)
        count = min(count, count if rules.max_items is None else rules.max_items)
        parts = [self._pair(item, depth + 1, rules.items or NO_RULES) for _ in range(count)]
        return Pair(tuple(each.value for each in parts), [each.json for each in parts])

    def _enum(self, name: str, rules: Rules) -> Pair:
        known = self._api.enums[name]
        one = self._random.choice(known.values)
        if self._random.random() < 0.1 and not self._strict and rules == NO_RULES:
            return Pair(Unlisted(4711), 4711) if known.whole else Pair(Unlisted("newer"), "newer")
        return Pair(
            getattr(getattr(self._package, name), one.name), int(one.wire) if known.whole else one.wire
        )

    def _message(self, message: Message, depth: int, forced: Mapping[str, Any]) -> Pair:
        values: dict[str, Any] = {}
        json: dict[str, Any] = {}
        nulls: set[str] = set()
        for field in message.fields:
            needed = field.needed or field.required
            if not needed and field.wire not in forced and not (depth < DEEPEST and self.chance()):
                continue
            if not needed and field.wire not in forced and self._is_cleared(field):
                json[field.wire] = None
                nulls.add(field.name)
                continue
            pair = self._forced(field, forced[field.wire]) if field.wire in forced else None
            pair = pair or self._pair(field.type, depth + 1, field.rules)
            values[field.name], json[field.wire] = pair.value, pair.json
            if pair.json is None and not field.needed and field.type != Scalar(Kind.ANY):
                nulls.add(field.name)
        for group in message.groups:
            if group.required or self.chance():
                variant = self._random.choice(group.variants)
                pair = self._pair(variant.field.type, depth + 1, variant.field.rules)
                cls = getattr(self._package, message.name)
                value = (
                    pair.value if variant.class_name is None else getattr(cls, variant.class_name)(pair.value)
                )
                json[variant.field.wire] = pair.json
                if message.family:
                    return Pair(value, json)
                values[group.name] = value
        if (
            depth < DEEPEST
            and self._random.random() < 0.3
            and (message.extra is not None or not self._strict)
        ):
            if message.extra is None:
                values["unknown_fields"] = {"\u00fcnknown": [1, None]}
                json |= values["unknown_fields"]
            else:
                more = {
                    f"\u00fc{number}": self._pair(message.extra, depth + 1, message.extra_rules)
                    for number in range(2)
                }
                values[message.extra_name] = {key: pair.value for key, pair in more.items()}
                json |= {key: pair.json for key, pair in more.items()}
        return Pair(getattr(self._package, message.name)(**values, null_fields=frozenset(nulls)), json)

    def _is_cleared(self, field: Field) -> bool:
        """Return True for an optional field of a body that gets null: any may, since a PATCH clears one so."""
        is_free = field.type != Scalar(Kind.ANY) and not self._strict and self._characters is BODY
        return is_free and self._random.random() < 0.05

    def _forced(self, field: Field, value: Any) -> Pair:
        """Return the pair of the value that tells a member of a union apart."""
        type_ = field.type.type if isinstance(field.type, Nullable) else field.type
        if isinstance(type_, EnumRef):
            known = {each.wire: each.name for each in self._api.enums[type_.name].values}
            name = known.get(str(value))
            found = Unlisted(value) if name is None else getattr(getattr(self._package, type_.name), name)
            return Pair(found, value)
        if isinstance(type_, Const) and value not in type_.values:
            return Pair(Unlisted(value), value)
        return Pair(value, value)

    def _union(self, union: UnionOf, depth: int, rules: Rules) -> Pair:
        index = self._random.randrange(len(union.members))
        if depth > DEEPEST:  # the leanest, so that values end
            index = min(
                range(len(union.members)),
                key=lambda each: isinstance(union.members[each], (MessageRef, AliasRef)),
            )
        found = union.discrimination
        member = self._api_type(union.members[index])
        if not isinstance(found, (ByDiscriminator, ByLiteral)):
            self.loose = self.loose or not isinstance(found, ByJsonType)
            return self._pair(member, depth + 1, rules)
        tags = [value for value, place in found.values if place == index]
        if isinstance(member, MessageRef) and tags:
            return self._message(
                self._api.messages[member.name], depth + 1, {found.wire: self._random.choice(tags)}
            )
        self.loose = True
        return self._pair(member, depth + 1, rules)

    def _api_type(self, type_: TypeRef) -> TypeRef:
        while isinstance(type_, AliasRef):
            type_ = self._api.aliases[type_.name].type or Scalar(Kind.ANY)
        return type_

    def _scalar(self, kind: Kind, rules: Rules) -> Pair:
        make: Mapping[Kind, Callable[[], Pair]] = {
            Kind.STRING: lambda: _same(self._text(rules)),
            Kind.BOOLEAN: lambda: _same(self.chance()),
            Kind.INT32: lambda: self._whole(-(2**31), 2**31 - 1, rules),
            Kind.UINT32: lambda: self._whole(0, 2**32 - 1, rules),
            Kind.LONG: lambda: self._whole(-(2**63), 2**63 - 1, rules),
            Kind.ULONG: lambda: self._whole(0, 2**64 - 1, rules),
            Kind.INT64: lambda: self._digits(-(2**63), 2**63 - 1),
            Kind.UINT64: lambda: self._digits(0, 2**64 - 1),
            Kind.INTEGER: lambda: self._whole(-(2**70), 2**70, rules),
            Kind.FLOAT: lambda: self._number(3.0e38, rules),
            Kind.DOUBLE: lambda: self._number(1.7e308, rules),
            Kind.NUMBER: lambda: self._number(1e15, rules),
            Kind.BYTES: self._bytes,
            Kind.BINARY: self._binary,
            Kind.TIMESTAMP: self._instant,
            Kind.DAY: self._day,
            Kind.ANY: lambda: _same(self._json(2)),
            Kind.STRUCT: lambda: _same({"some": self._json(2)} if self.chance() else {}),
        }
        return make[kind]()

    def _text(self, rules: Rules) -> str:
        if rules.pattern is not None and rules.pattern_is_linear:
            return self._matching(rules)
        low, high = rules.min_length or 0, rules.max_length
        top = low + 8 if high is None else min(high, low + 8)
        least = max(low, 1) if self._characters is not BODY else low
        text = "".join(self._random.choices(self._characters, k=self._random.randint(min(least, top), top)))
        if self._characters is BODY:
            return text
        # No dot segment in a path, no space at the ends of a header.
        return f"{text[:-1]}x" if len(text) == 1 else f"a{text[1:-1]}z" if text else text

    def _matching(self, rules: Rules) -> str:
        """Return a text of a pattern; one that is repeated where it is too short."""
        pattern, low = rules.pattern or "", rules.min_length or 0
        try:
            text = matching(pattern, in_path=self._characters is not BODY)
        except Exception as error:
            raise NoValueError(f"no text for {pattern}") from error
        if len(text) < low and text:
            text = (text * low)[:low]
        if len(text) < low or not re.search(pattern, text):
            raise NoValueError(f"no text for {pattern} of {low} characters")
        return text

    def _whole(self, lowest: int, highest: int, rules: Rules) -> Pair:
        lowest, highest = self._within(lowest, highest, rules, 1)
        one = self._random.choice([lowest, highest, self._random.randint(int(lowest), int(highest))])
        step = rules.multiple_of
        return _same(int(one) if not step else int(-(-int(lowest) // step) * step))

    def _digits(self, lowest: int, highest: int) -> Pair:
        """Return a whole number that is a text in JSON."""
        one = self._random.randint(lowest, highest)
        return Pair(one, str(one))

    def _number(self, largest: float, rules: Rules) -> Pair:
        low, high = self._within(-largest, largest, rules, 2**-10)
        if rules.multiple_of:
            return _same(-(-low // rules.multiple_of) * rules.multiple_of)
        inside = [each for each in (0, 0.25, 7, self._random.uniform(low, high)) if low <= each <= high]
        one = self._random.choice(inside)
        return _same(float(one) if self.chance() else one)

    def _within(self, low: float, high: float, rules: Rules, step: float) -> tuple[Any, Any]:
        lows = [low, *([rules.minimum] if rules.minimum is not None else [])]
        lows += [rules.exclusive_minimum + step] if rules.exclusive_minimum is not None else []
        highs = [high, *([rules.maximum] if rules.maximum is not None else [])]
        highs += [rules.exclusive_maximum - step] if rules.exclusive_maximum is not None else []
        if max(lows) > min(highs):
            raise NoValueError("bounds that exclude each other")
        return max(lows), min(highs)

    def _bytes(self) -> Pair:
        data = self._random.randbytes(self._random.randint(1, 8))
        return Pair(data, base64.b64encode(data).decode())

    def _binary(self) -> Pair:
        data = self._random.randbytes(self._random.randint(0, 8))
        file = File(base64.b64encode(data).decode())
        file.data = data
        if not self._files or self.chance():
            return Pair(data, file)
        file.filename, file.content_type = self._random.choice(
            [("a \u00fc.bin", ""), ("", "image/png"), ('"b".json', "application/x-tar")]
        )
        part = FilePart(data, filename=file.filename or None, content_type=file.content_type or None)
        return Pair(part, file)

    def _instant(self) -> Pair:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=self._random.randint(-(10**9), 10**10))
        text = moment.strftime("%Y-%m-%dT%H:%M:%S")
        if self.chance():
            return Pair(moment.replace(microsecond=500_000), f"{text}.500Z")
        return Pair(moment, f"{text}Z")

    def _day(self) -> Pair:
        day = date(1970, 1, 1) + timedelta(days=self._random.randint(-20_000, 100_000))
        return Pair(day, day.isoformat())

    def _json(self, depth: int) -> Any:
        leaf = self._random.choice([True, False, 0, -1, 0.5, "", "text"])
        if not depth or self._characters is not BODY or self.chance():
            return leaf
        return [self._json(depth - 1), None] if self.chance() else {"k": self._json(depth - 1), "n": None}


def _same(value: Any) -> Pair:
    return Pair(value, value)


def _object(pairs: Mapping[str, Pair]) -> Pair:
    return Pair(
        {key: each.value for key, each in pairs.items()}, {key: each.json for key, each in pairs.items()}
    )


def has_form(json: Any, style: str, location: str) -> bool:
    """Return True for a value that the specification's table has a column for: scalars, flat lists and objects."""
    if isinstance(json, dict) and style == "deepObject":
        return bool(json) and all(
            has_form(item, style, location)
            if isinstance(item, dict)
            else not isinstance(item, list) and item is not None
            for item in json.values()
        )
    if isinstance(json, (dict, list)):
        items = json.values() if isinstance(json, dict) else json
        return bool(json) and not any(isinstance(each, (list, dict)) or each is None for each in items)
    return json is not None and (json != "" or location in ("query", "cookie"))
