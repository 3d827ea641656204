"""What a case of the proto3 JSON vectors comes to, against generated classes."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import attrs
from attrs import frozen
from groundwire_codegen.ir import EnumRef, Field, Kind, ListOf, MapOf, MessageRef, Scalar, TypeRef
from groundwire_runtime.errors import DecodeError, EncodeError
from groundwire_runtime.messages import Message

from . import textformat
from .classes import Classes, wire_fields

TOP = "TestAllTypesProto3"
UNKNOWN_KEY = "design: an unknown key is kept"
UNKNOWN_VALUE = "design: an enum value newer than the client is kept"
ENUM_NUMBERS = "document: no numbers or aliases of enum values"
PLAIN_NULL = "document: null is no value of a plain `any`"
REASONS = (ENUM_NUMBERS, PLAIN_NULL, UNKNOWN_KEY, UNKNOWN_VALUE)
ABSENT = object()


@frozen
class Verdict:
    """`passed`, `skipped` with one of the reasons, or `failed` with what was wrong."""

    outcome: str
    why: str = ""


PASSED = Verdict("passed")


@frozen(kw_only=True)
class Difference:
    """One place where two bodies are not the same."""

    path: str
    type: TypeRef | None
    ours: Any
    theirs: Any


def judge(classes: Classes, case: dict[str, Any]) -> Verdict:
    """Read or write what the case says, and compare with what it expects."""
    return _parsed(classes, case) if case["direction"] == "parse" else _serialized(classes, case)


def _parsed(classes: Classes, case: dict[str, Any]) -> Verdict:
    try:
        message = classes.read(TOP, case["input"].encode("utf-8"))
    except DecodeError as error:
        refused = case["expect"] in ("reject", "accept_last_wins_or_reject")
        return PASSED if refused else Verdict("failed", f"refused: {error}")
    if case["expect"] == "reject":
        return Verdict("skipped", UNKNOWN_VALUE) if _unlisted(message) else Verdict("failed", "accepted")
    # A null is kept, to be sent again as it came; the canonical form has none.
    return _compared(classes, case, attrs.evolve(message, null_fields=()))


def _serialized(classes: Classes, case: dict[str, Any]) -> Verdict:
    try:
        message = textformat.build(classes, TOP, textformat.read(case["input_text_format"]))
        verdict = PASSED if case["expect"] == "reject" else _compared(classes, case, message)
        written = classes.written(message)
    except (EncodeError, ValueError, OverflowError) as error:
        return PASSED if case["expect"] == "reject" else Verdict("failed", f"refused: {error}")
    return Verdict("failed", f"written as {written}") if case["expect"] == "reject" else verdict


def _compared(classes: Classes, case: dict[str, Any], message: Message) -> Verdict:
    if case["canonical"] is None:
        return PASSED
    again = classes.read(TOP, classes.package.encode(message))
    if repr(again) != repr(message) and again != message:
        return Verdict("failed", f"read again as {again!r}")
    found = list(differences(classes, TOP, classes.written(message), case["canonical"]))
    reasons = {_reason(classes, each) for each in found}
    if not reasons:
        return PASSED
    if None in reasons:
        return Verdict("failed", f"written as {classes.written(message)}")
    return Verdict("skipped", min(str(reason) for reason in reasons))


def _reason(classes: Classes, found: Difference) -> str | None:
    """Why the two may differ, None where they may not."""
    if found.type is None:
        return UNKNOWN_KEY if found.theirs is ABSENT else None
    if isinstance(found.type, EnumRef):
        known = {value.wire for value in classes.api.enums[found.type.name].values}
        if found.theirs in known:
            return ENUM_NUMBERS if found.ours in known or isinstance(found.ours, int) else None
        return UNKNOWN_VALUE if isinstance(found.ours, str) and found.ours not in known else None
    if isinstance(found.type, (ListOf, MapOf)):
        inner = found.type.item if isinstance(found.type, ListOf) else found.type.value
        return UNKNOWN_VALUE if isinstance(inner, EnumRef) else None
    return PLAIN_NULL if found.type == Scalar(Kind.ANY) and found.theirs is None else None


def _unlisted(message: Any) -> bool:
    return "Unlisted(" in repr(message)


def differences(
    classes: Classes, message: str, ours: Any, theirs: Any, path: str = ""
) -> Iterator[Difference]:
    """Where two bodies of a message differ, apart from defaults that are sent."""
    fields = wire_fields(classes.api.messages[message])
    for key in ours.keys() | theirs.keys():
        field, is_member = fields.get(key, (None, False))
        pair = [_meant(classes, field, is_member, body.get(key, ABSENT)) for body in (ours, theirs)]
        if field is None:
            if pair[0] != pair[1]:
                yield Difference(path=f"{path}/{key}", type=None, ours=pair[0], theirs=pair[1])
        elif ABSENT not in pair or pair[0] is not pair[1]:
            yield from _differing(classes, field.type, pair[0], pair[1], f"{path}/{key}")


def _differing(classes: Classes, type_: TypeRef, ours: Any, theirs: Any, path: str) -> Iterator[Difference]:
    """Go as deep as both sides have the same shape."""
    if isinstance(type_, MessageRef) and isinstance(ours, dict) and isinstance(theirs, dict):
        yield from differences(classes, type_.name, ours, theirs, path)
    elif isinstance(type_, ListOf) and _same_length(ours, theirs):
        for index, pair in enumerate(zip(ours, theirs, strict=True)):
            yield from _differing(classes, type_.item, *pair, f"{path}/{index}")
    elif (
        isinstance(type_, MapOf)
        and isinstance(ours, dict)
        and isinstance(theirs, dict)
        and ours.keys() == theirs.keys()
    ):
        for key in ours:
            yield from _differing(classes, type_.value, ours[key], theirs[key], f"{path}/{key}")
    elif not _same(type_, ours, theirs):
        yield Difference(path=path, type=type_, ours=ours, theirs=theirs)


def _same_length(ours: Any, theirs: Any) -> bool:
    return isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs)


def _same(type_: TypeRef, ours: Any, theirs: Any) -> bool:
    if isinstance(ours, bool) != isinstance(theirs, bool):
        return False
    if type_ == Scalar(Kind.FLOAT) and isinstance(ours, (int, float)) and isinstance(theirs, (int, float)):
        return struct.pack("f", ours) == struct.pack("f", theirs)
    return bool(ours == theirs)


def _meant(classes: Classes, field: Field | None, is_member: bool, value: Any) -> Any:
    """A value, or ABSENT for a default of a plain scalar."""
    if field is None or is_member or field.wrapped or isinstance(value, (dict, list)):
        return (
            ABSENT
            if field is not None and value in ([], {}) and isinstance(field.type, (ListOf, MapOf))
            else value
        )
    return ABSENT if _is_default(classes, field.type, value) else value


def _is_default(classes: Classes, type_: TypeRef, value: Any) -> bool:
    if isinstance(type_, EnumRef):
        return value in (0, classes.api.enums[type_.name].values[0].wire)
    if not isinstance(type_, Scalar) or type_.kind in (Kind.ANY, Kind.DURATION, Kind.FIELD_MASK, Kind.STRUCT):
        return False
    text = type_.kind in (Kind.STRING, Kind.BYTES)
    return value == "" if text else value in (0, "0", False)


@frozen(kw_only=True)
class Tally:
    """How the cases of one level came out."""

    passed: int
    skipped: Counter[str]
    failed: tuple[str, ...]

    def line(self, level: str) -> str:
        """One line of the account."""
        skipped = "".join(
            f"\n    {number:3d} skipped, {reason}" for reason, number in sorted(self.skipped.items())
        )
        return f"{level}: {self.passed} passed, {len(self.failed)} failed{skipped}"


def tally(classes: Classes, cases: Iterable[dict[str, Any]]) -> Tally:
    """Judge every case."""
    verdicts = [(case["id"], judge(classes, case)) for case in cases]
    return Tally(
        passed=sum(verdict == PASSED for _, verdict in verdicts),
        skipped=Counter(verdict.why for _, verdict in verdicts if verdict.outcome == "skipped"),
        failed=tuple(f"{name}: {verdict.why}" for name, verdict in verdicts if verdict.outcome == "failed"),
    )
