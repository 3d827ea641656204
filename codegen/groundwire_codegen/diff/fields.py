"""Compare the fields of a message, members of unions included: added, removed, renamed, changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from ..ir import Field, Group, Message, references
from .bounds import steps
from .change import Change, Place
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


def field_changes(whole: Place, old: Message, new: Message) -> Iterator[Change]:
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
        yield from _between(place, before[wire], after[wire], divides=wire in divisors)


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
    needed = seat.field.required and not seat.group and whole.direction.sends
    return "field.added-required" if needed else "field.added"


def _between(place: Place, old: Seat, new: Seat, *, divides: bool) -> Iterator[Change]:
    first, second = old.field, new.field
    if old.group != new.group:
        yield place.change("union.moved", old.group or "a plain field", new.group or "a plain field")
    elif old.class_name != new.class_name:
        yield place.change("union.member-class", old.class_name or "itself", new.class_name or "itself")
    elif not old.group and first.name != second.name:
        yield place.change("field.name", first.name, second.name)
    yield from _type_changes(place, first, second)
    yield from _rule_changes(place, first, second)
    if first.pattern != second.pattern:
        yield place.change("field.pattern", first.pattern or "", second.pattern or "")
    if first.default != second.default:
        checked = divides and place.direction.sends and _divides_less(first.default, second.default)
        rule = "field.default-divides" if checked else "field.default"
        yield place.change(rule, _value(first.default), _value(second.default))
    if first.wrapped != second.wrapped:
        refused = first.wrapped and place.direction.receives
        rule = "field.wrapper-dropped" if refused else "field.wrapper"
        yield place.change(
            rule, *(_flag(each.wrapped, "wrapped or bare", "bare") for each in (first, second))
        )
    if first.request_id != second.request_id:
        yield place.change(
            "field.request-id", *(_flag(each.request_id, "request id") for each in (first, second))
        )
    if first.read_only != second.read_only:
        words = (_flag(each.read_only, "set by the service", "writable") for each in (first, second))
        yield place.change("field.read-only", *words)
    yield from text_changes(
        place,
        "field",
        (_doc(first), first.deprecated),
        (_doc(second), second.deprecated),
    )


def _type_changes(place: Place, old: Field, new: Field) -> Iterator[Change]:
    found = step(old.type, new.type)
    if found == "same":
        return
    number = "int" in shown(new.type) or "float" in shown(new.type)
    rewrites = place.direction.sends and rewritten(old.type, new.type)
    if found == "annotation":
        rule = "field.type"
    elif found == "widened" and not rewrites and (number or not place.direction.receives):
        rule = "field.widened"
    elif found == "narrowed" and place.direction.sends:
        rule = "field.narrowed"
    else:
        rule = "field.form"
    yield place.change(rule, shown(old.type), shown(new.type))


def _rule_changes(place: Place, old: Field, new: Field) -> Iterator[Change]:
    sends = place.direction.sends
    if old.required != new.required:
        rule = "unchecked" if not sends else "required" if new.required else "optional"
        yield place.change(
            f"field.{rule}", *(_flag(each.required, "required", "optional") for each in (old, new))
        )
    if not (old.rules.present or new.rules.present):
        return
    for _, tighter, before, after in steps(old.rules, new.rules):
        rule = "unchecked" if not sends else "tightened" if tighter else "loosened"
        yield place.change(f"field.{rule}", before, after)


def _divides_less(old: object, new: object) -> bool:
    """Return True if a number that one default divides may be no multiple of the other."""
    return isinstance(new, int) and new != 0 and not (isinstance(old, int) and old and old % new == 0)


def _flag(flag: bool, yes: str, no: str = "") -> str:
    return yes if flag else no


def _value(value: object) -> str:
    return "" if value is None else str(value)


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
