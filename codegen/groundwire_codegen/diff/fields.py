"""Compare the fields of a message, members of unions included: added, removed, renamed, changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from ..ir import (
    Const,
    Field,
    Group,
    Kind,
    ListOf,
    MapOf,
    Message,
    Nullable,
    Rules,
    Scalar,
    TypeRef,
    references,
)
from .bounds import enforced, steps
from .change import Change, Place
from .fits import Fit
from .ground import same_shape, text_changes
from .types import rewritten, shown, step


@frozen(kw_only=True)
class Seat:
    """A field where it sits: plain, or a member of a union, behind a class of its own or for itself."""

    field: Field
    union: Group | None = None
    class_name: str | None = None

    @property
    def group(self) -> str:
        """The union's name on the wire; empty for a plain field."""
        return "" if self.union is None else self.union.wire


def seats(message: Message) -> dict[str, Seat]:
    """Return every field of a message by its wire name."""
    found: dict[str, Seat] = {}
    for member in message.members:
        if isinstance(member, Field):
            found[member.wire] = Seat(field=member)
            continue
        for variant in member.variants:
            found[variant.field.wire] = Seat(field=variant.field, union=member, class_name=variant.class_name)
    return found


def field_changes(whole: Place, old: Message, new: Message, fit: Fit) -> Iterator[Change]:
    """Yield every change of a field of a message that both sides have."""
    before, after = seats(old), seats(new)
    gone = {wire: _shape(before[wire]) for wire in before.keys() - after.keys() if not before[wire].group}
    come = {wire: _shape(after[wire]) for wire in after.keys() - before.keys() if not after[wire].group}
    renamed = dict(same_shape(gone, come))
    for wire, other in renamed.items():
        yield _place(whole, after[other]).change("field.renamed", wire, other)
    for wire in before.keys() - after.keys() - renamed.keys():
        seat = before[wire]
        rule = (
            "union.left" if seat.group and any(u.wire == seat.group for u in new.groups) else "field.removed"
        )
        yield _place(whole, seat).change(rule, old=shown(seat.field.type))
    for wire in after.keys() - before.keys() - {*renamed.values()}:
        seat = after[wire]
        yield _place(whole, seat).change(_added(whole, seat, old, new), new=shown(seat.field.type))
    divisors = {field.rules.divides_into for field in new.wire_fields}
    for wire in before.keys() & after.keys():
        place = _place(whole, after[wire])
        yield from _between(place, before[wire], after[wire], fit, divides=wire in divisors)


def _shape(seat: Seat) -> tuple[object, ...]:
    return seat.field.type, seat.field.rules, seat.field.required, seat.field.wrapped


def _place(whole: Place, seat: Seat) -> Place:
    attribute = seat.field.name if seat.union is None else seat.union.name
    last = seat.class_name or attribute
    return Place(
        subject="field",
        path=f"{whole.path}.{seat.field.wire}",
        name=f"{whole.name}.{last}" if last else whole.name,
        pointer=seat.field.pointer,
        direction=whole.direction,
        methods=whole.methods,
    )


def _added(whole: Place, seat: Seat, old: Message, new: Message) -> str:
    if seat.group and any(union.wire == seat.group for union in old.groups):
        if not (old.family and new.family):
            return "union.joined"
        return "union.joined-family" if whole.direction.receives else "union.joined-family-sent"
    if not seat.field.required or seat.group or not whole.direction.sends:
        return "field.added"
    if not seat.field.needed:
        return "field.added-required"
    return "field.added-filled" if _filled(seat.field) else "field.added-needed"


def _filled(field: Field) -> bool:
    """Return True for a constant that the class fills in."""
    return isinstance(field.type, Const) and len(field.type.values) == 1 and field.type.values != (None,)


def _between(place: Place, old: Seat, new: Seat, fit: Fit, *, divides: bool) -> Iterator[Change]:
    first, second = old.field, new.field
    if old.group != new.group:
        yield place.change("union.moved", old.group or "a plain field", new.group or "a plain field")
    elif old.class_name != new.class_name:
        yield place.change("union.member-class", old.class_name or "itself", new.class_name or "itself")
    elif not old.group and first.name != second.name:
        yield place.change("field.name", first.name, second.name)
    yield from type_changes(place, *_types(first, second), fit)
    yield from _need_changes(place, first, second)
    yield from _rule_changes(place, first, second)
    patterns = [_unchecked(each, is_sent=place.direction.sends) for each in (first, second)]
    if patterns[0] != patterns[1]:
        yield place.change("field.pattern", *(each or "" for each in patterns))
    if _value(first.default) != _value(second.default):
        checked = divides and place.direction.sends and _divides_less(first.default, second.default)
        rule = "field.default-divides" if checked else "field.default"
        yield place.change(rule, _value(first.default), _value(second.default))
    if first.wrapped != second.wrapped:
        refused = first.wrapped and place.direction.receives
        rule = "field.wrapper-dropped" if refused else "field.wrapper"
        yield place.change(
            rule, *(_flag(each.wrapped, "wrapped or bare", "bare") for each in (first, second))
        )
    yield from _flag_changes(place, first, second)
    yield from text_changes(
        place,
        "field",
        (_doc(first), first.deprecated),
        (_doc(second), second.deprecated),
    )


def _flag_changes(place: Place, first: Field, second: Field) -> Iterator[Change]:
    """Changes of facts that are true or false."""
    if first.request_id != second.request_id:
        yield place.change(
            "field.request-id", *(_flag(each.request_id, "request id") for each in (first, second))
        )
    if first.read_only != second.read_only:
        words = (_flag(each.read_only, "set by the service", "writable") for each in (first, second))
        yield place.change("field.read-only", *words)
    if first.write_only != second.write_only:
        words = (_flag(each.write_only, "never in an answer") for each in (first, second))
        yield place.change("field.write-only", *words)
    if first.nullable != second.nullable and not (first.needed or second.needed) and place.direction.sends:
        words = (_flag(each.nullable, "may be null") for each in (first, second))
        yield place.change("field.nullable", *words)


def _types(old: Field, new: Field) -> tuple[TypeRef, TypeRef]:
    """Return both types; where only one side needs the field, whether its attribute is None is said apart."""
    if old.needed == new.needed:
        return old.type, new.type
    first, second = (each.type.type if isinstance(each.type, Nullable) else each.type for each in (old, new))
    return first, second


def type_changes(place: Place, old: TypeRef, new: TypeRef, fit: Fit) -> Iterator[Change]:
    """Yield the change of the type of an attribute."""
    found = step(old, new, place.direction, fit)
    if found == "same":
        return
    number = "int" in shown(new) or "float" in shown(new)
    rewrites = place.direction.sends and rewritten(old, new)
    if found == "annotation":
        rule = "field.type"
    elif found in ("takes-more", "gives-less", "told-apart"):
        rule = f"field.{found}"
    elif found == "widened" and not rewrites and (number or not place.direction.receives):
        rule = "field.widened"
    elif found == "narrowed" and place.direction.sends:
        rule = "field.narrowed"
    else:
        rule = "field.form"
    yield place.change(rule, shown(old), shown(new))


def _need_changes(place: Place, old: Field, new: Field) -> Iterator[Change]:
    """Changes of whether the class has a default for the field, and an answer may be without it."""
    sends, receives = place.direction.sends, place.direction.receives
    is_emptied = sends and new.needed and _filled(old) and not _filled(new)
    if old.needed == new.needed and not is_emptied:
        return
    if is_emptied and old.needed:
        yield place.change("field.needed", "filled in by the class", "given by callers")
        return
    if new.needed:
        rule = "always-there" if not sends else "filled" if _filled(new) else "needed"
    else:
        rule = "may-be-absent" if receives and _may_be_none(new) and not _may_be_none(old) else "optional"
    yield place.change(f"field.{rule}", *(_flag(each.needed, "required", "optional") for each in (old, new)))


def _may_be_none(field: Field) -> bool:
    none = Scalar(Kind.ANY)
    if field.needed:
        return isinstance(field.type, Nullable) or field.type == none
    return not isinstance(field.type, (ListOf, MapOf))


def _unchecked(field: Field, *, is_sent: bool) -> str | None:
    """Return the pattern that the client does not check."""
    rules = field.rules
    return rules.pattern if is_sent and rules.pattern and not rules.pattern_is_linear else field.pattern


def _rule_changes(place: Place, old: Field, new: Field) -> Iterator[Change]:
    sends = place.direction.sends
    if old.required != new.required and old.needed == new.needed:
        rule = "unchecked" if not sends else "required" if new.required else "optional"
        yield place.change(
            f"field.{rule}", *(_flag(each.required, "required", "optional") for each in (old, new))
        )
    yield from bound_changes(place, old.rules, new.rules)


def bound_changes(place: Place, old: Rules, new: Rules) -> Iterator[Change]:
    """Changes of the bounds of a value, which hold for what is sent."""
    if old == new:
        return
    sends = place.direction.sends
    bounds = (old, new) if not sends else (enforced(old), enforced(new))
    for _, tighter, before, after in steps(*bounds):
        rule = "unchecked" if not sends else "tightened" if tighter else "loosened"
        yield place.change(f"field.{rule}", before, after)


def _divides_less(old: object, new: object) -> bool:
    """Return True if a number that one default divides may be no multiple of the other."""
    return isinstance(new, int) and new != 0 and not (isinstance(old, int) and old and old % new == 0)


def _flag(flag: bool, yes: str, no: str = "") -> str:
    return yes if flag else no


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _doc(field: Field) -> str:
    return f"{field.doc} An extension: {field.evidence}." if field.evidence else field.doc


def pointers(messages: Mapping[str, Message]) -> dict[str, str]:
    """Return the JSON pointer of each enum: that of the first field of its type, by name of message."""
    found: dict[str, str] = {}
    for _, message in sorted(messages.items()):
        for field in message.wire_fields:
            for name in references(field.type):
                found.setdefault(name, field.pointer)
    return found
