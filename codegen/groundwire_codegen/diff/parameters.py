"""Compare the parameters of a method: arguments of its stub, and values in its URL."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from ..ir import (
    EnumRef,
    InParameter,
    Kind,
    ListOf,
    Method,
    Nullable,
    Parameter,
    Rules,
    Scalar,
    Style,
    TypeRef,
    parameter_key,
)
from ..render.annotations import annotation
from ..render.rest import STYLES
from .bounds import steps
from .change import Change, Direction, Place
from .fits import Fit
from .ground import text_changes
from .types import shown, step


def parameter_changes(whole: Place, old: Method, new: Method, fit: Fit) -> Iterator[Change]:
    """Yield every change of a parameter of a method that both sides have.

    Parameters are the same by wire name, and by location where a method has two of one name.
    """
    before, after = (
        {parameter_key(each, method.parameters): each for each in method.parameters} for method in (old, new)
    )
    for wire in before.keys() - after.keys():
        rule = "removed-token" if _is_token(before[wire], old) else "removed"
        yield _place(whole, before[wire]).change(f"parameter.{rule}", old=_type(before[wire]))
    for wire in after.keys() - before.keys():
        yield _place(whole, after[wire]).change(_added(after[wire]), new=_type(after[wire]))
    for wire in before.keys() & after.keys():
        place = _place(whole, after[wire])
        yield from _argument(place, before[wire], after[wire], fit)
        yield from _value(place, before[wire], after[wire])
        yield from text_changes(
            place,
            "parameter",
            (before[wire].doc, before[wire].deprecated),
            (after[wire].doc, after[wire].deprecated),
        )


def _place(whole: Place, parameter: Parameter) -> Place:
    return Place(
        subject="parameter",
        path=f"{whole.path}.{parameter.wire}",
        name=f"{whole.name}({parameter.name})",
        pointer=parameter.pointer,
        methods=whole.methods,
    )


def _added(parameter: Parameter) -> str:
    if not parameter.required:
        return "parameter.added"
    return "parameter.added-required" if parameter.held is None else "parameter.added-held"


def _positional(parameter: Parameter) -> bool:
    return parameter.required and parameter.held is None


def _argument(place: Place, old: Parameter, new: Parameter, fit: Fit) -> Iterator[Change]:
    """Changes of what callers write."""
    if old.name != new.name:
        yield place.change("parameter.name", old.name, new.name)
    if _positional(old) != _positional(new):
        yield place.change("parameter.place", *map(_where, (old, new)))
    elif old.required != new.required:
        rule = "required" if new.required else "optional"
        yield place.change(f"parameter.{rule}", *map(_where, (old, new)))
    if _type(old) != _type(new):
        yield from _types(place, old, new, fit)
    if old.held != new.held:
        needed = old.held and new.held and new.required
        rule = "held-required" if needed else "held"
        yield place.change(f"parameter.{rule}", old.held or "", new.held or "")


def _where(parameter: Parameter) -> str:
    return f"{'positional' if _positional(parameter) else 'keyword'}, {'required' if parameter.required else 'optional'}"


def _types(place: Place, old: Parameter, new: Parameter, fit: Fit) -> Iterator[Change]:
    if _is_text(old) and new.repeated and annotation(_item(new)).text == "str" and not new.values:
        yield place.change("parameter.repeated", _type(old), _type(new))
    elif old.repeated != new.repeated or (new.values and not old.values):
        yield place.change("parameter.type", _type(old), _type(new))
    elif old.values and new.values:
        for value in sorted({*old.values} - {*new.values}):
            yield place.change("parameter.value-removed", old=value)
        for value in sorted({*new.values} - {*old.values}):
            yield place.change("parameter.value-added", new=value)
    else:
        found = step(_item(old), _item(new), Direction.SENT, fit)
        words = {"annotation": "type", "same": "widened", "takes-more": "widened", "told-apart": "form"}
        rule = words.get(found, found)
        yield place.change(f"parameter.{rule}", _type(old), _type(new))


def _is_token(parameter: Parameter, method: Method) -> bool:
    """Return True if the pager alone fills it."""
    paging = method.paging
    return paging is not None and paging.place == InParameter(parameter.wire) and not parameter.required


def _is_text(parameter: Parameter) -> bool:
    return annotation(_item(parameter)).text == "str" and not parameter.repeated


def _item(parameter: Parameter) -> TypeRef:
    """Return the type of one value: an item of a list, else the parameter's own, which in OpenAPI may be any."""
    return parameter.type.item if isinstance(parameter.type, ListOf) else parameter.type


def _type(parameter: Parameter) -> str:
    text = " | ".join(sorted(parameter.values)) or shown(_item(parameter))
    return f"Sequence[{text}]" if parameter.repeated else text


def _value(place: Place, old: Parameter, new: Parameter) -> Iterator[Change]:
    """Changes of what is taken and sent."""
    before, after = old.rules, new.rules
    if (before.pattern, before.pattern_is_linear) != (after.pattern, after.pattern_is_linear):
        yield place.change(f"parameter.{_pattern(after)}", before.pattern or "", after.pattern or "")
    for _, tighter, was, now in steps(evolve(before, pattern=None), evolve(after, pattern=None)):
        yield place.change(f"parameter.{'tightened' if tighter else 'loosened'}", was, now)
    if old.default != new.default:
        yield place.change("parameter.default", old.default or "", new.default or "")
    if old.location != new.location:
        yield place.change("parameter.location", old.location, new.location)
    elif _style(old) != _style(new):
        yield place.change("parameter.style", _style(old), _style(new))
    if old.prefix != new.prefix:
        yield place.change("parameter.prefix", old.prefix or "", new.prefix or "")


def _style(parameter: Parameter) -> str:
    """Return how a value is written, as far as its type can show it."""
    inner = parameter.type.type if isinstance(parameter.type, Nullable) else parameter.type
    explodes = parameter.style is Style.FORM
    is_plain = isinstance(inner, (Scalar, EnumRef)) and inner != Scalar(Kind.ANY)
    words = [] if parameter.style is STYLES[parameter.location] else [parameter.style.value]
    if parameter.explode != explodes and not is_plain:
        words.append("exploded" if parameter.explode else "in one")
    return " ".join([*words, *(["with reserved characters"] if parameter.reserved else [])])


def _pattern(new: Rules) -> str:
    if new.pattern is not None and new.pattern_is_linear:
        return "pattern"
    return "pattern-dropped" if new.pattern is None else "pattern-unchecked"
