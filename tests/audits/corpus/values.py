"""Random messages of any API, made from its IR."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

from groundwire_codegen.ir import (
    Api,
    EnumRef,
    Field,
    Kind,
    ListOf,
    MapOf,
    Message,
    MessageRef,
    Packed,
    Scalar,
    TypeRef,
)
from groundwire_runtime.messages import Unlisted
from groundwire_runtime.times import Duration, Timestamp

NESTED = 3
"""Messages below the outermost one."""
CHARACTERS = string.ascii_letters + string.digits + " /\\\"'{}\n\té\u2028\U0001f30d\x00"


class Values:
    """A source of random values for one generated package; the same seed gives the same values."""

    def __init__(self, api: Api, package: ModuleType, seed: str) -> None:
        self._api = api
        self._package = package
        self._random = random.Random(seed)  # noqa: S311 - test values

    def message(self, message: Message, *, share: float, nested: int = NESTED) -> Any:
        """A message with about this share of its fields set."""
        assert not message.groups, "a document alone has no unions"
        chosen = [field for field in message.fields if self._random.random() < share]
        values = {field.name: self._value(field.type, nested) for field in chosen}
        unknown = {"\u00fcnknown": self._json(2)} if self._random.random() < 0.2 else {}
        return getattr(self._package, message.name)(**values, unknown_fields=unknown)

    def field(self, field: Field) -> Any:
        """A value of one field."""
        return self._value(field.type, 1)

    def several(self, type_: TypeRef) -> Any:
        """A list, or a map, of one to three values."""
        count = self._random.randint(1, 3)
        if isinstance(type_, ListOf):
            return [self._value(type_.item, 1) for _ in range(count)]
        assert isinstance(type_, MapOf)
        return {f"{number}{self._text()}": self._value(type_.value, 1) for number in range(count)}

    def _value(self, type_: TypeRef, nested: int) -> Any:
        if isinstance(type_, Scalar):
            return self._scalar(type_.kind)
        if isinstance(type_, EnumRef):
            known = list(getattr(self._package, type_.name))
            return self._random.choice([*known, Unlisted("NEWER_THAN_THE_CLIENT")])
        if isinstance(type_, MessageRef):
            share = 0.5 if nested else 0.0
            return self.message(self._api.messages[type_.name], share=share, nested=max(nested - 1, 0))
        if isinstance(type_, Packed):
            return {
                "@type": f"type.googleapis.com/example.{self._random.choice('ABC')}",
                "other": self._json(2),
            }
        count = self._random.randint(0, 3) if nested else 0
        if isinstance(type_, ListOf):
            return [self._value(type_.item, nested) for _ in range(count)]
        assert isinstance(type_, MapOf)
        return {self._text(): self._value(type_.value, nested) for _ in range(count)}

    def _scalar(self, kind: Kind) -> Any:
        make: Mapping[Kind, Callable[[], Any]] = {
            Kind.STRING: self._text,
            Kind.BOOLEAN: lambda: self._random.random() < 0.5,
            Kind.INT32: lambda: self._whole(-(2**31), 2**31 - 1),
            Kind.UINT32: lambda: self._whole(0, 2**32 - 1),
            Kind.INT64: lambda: self._whole(-(2**63), 2**63 - 1),
            Kind.UINT64: lambda: self._whole(0, 2**64 - 1),
            Kind.FLOAT: lambda: self._number(3.4e38),
            Kind.DOUBLE: lambda: self._number(1.7e308),
            Kind.BYTES: lambda: self._random.randbytes(self._random.randint(0, 8)),
            Kind.TIMESTAMP: self._instant,
            Kind.DURATION: lambda: Duration(
                seconds=self._random.randint(-(10**9), 10**9), nanosecond=self._random.randint(0, 999)
            ),
            Kind.FIELD_MASK: lambda: self._random.choice(["", "*", "displayName,labels.key"]),
            Kind.DATE: lambda: "2024-02-29",
            Kind.DATE_TIME: lambda: "2024-02-29T01:02:03.5+01:00",
            Kind.ANY: lambda: self._json(3) or "some",
            Kind.STRUCT: lambda: {self._text(): self._json(2) for _ in range(2)},
        }
        return make[kind]()

    def _text(self) -> str:
        return "".join(self._random.choices(CHARACTERS, k=self._random.randint(0, 8)))

    def _whole(self, lowest: int, highest: int) -> int:
        return self._random.choice([lowest, 0, highest, self._random.randint(lowest, highest)])

    def _number(self, largest: float) -> float:
        some = self._random.uniform(-largest, largest)
        return self._random.choice([0.0, -0.0, 0.1, float("inf"), float("-inf"), some])

    def _instant(self) -> datetime:
        moment = datetime(1, 1, 1, tzinfo=UTC) + timedelta(seconds=self._random.randint(0, 315_537_897_599))
        return Timestamp.of(moment, self._random.randint(0, 999))

    def _json(self, depth: int) -> Any:
        leaf = self._random.choice([None, True, False, 0, -1, 2**70, 0.5, "", self._text()])
        if not depth or self._random.random() < 0.4:
            return leaf
        if self._random.random() < 0.5:
            return [self._json(depth - 1) for _ in range(2)]
        return {self._text(): self._json(depth - 1)}
