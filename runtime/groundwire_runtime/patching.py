"""Empty fields in a PATCH: `null` in its JSON (RFC 7396), or a name in its update mask (AIP-134)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final, TypeVar, cast

from attrs import define, evolve, frozen

from .errors import ArgumentError, shortened
from .http import Described, Request
from .jsontext import STRUCT, Codec, quote
from .masks import LEFT_OUT, set_paths
from .messages import Message
from .schema import ANY, Enum, Extra, Field, ListOf, MapOf, Packed, Ref, Wrapped
from .wire_paths import Path, value_at, with_value
from .wrapped_method import WrappedMethod

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")
_PLAIN: Final = (Codec, Enum, ListOf, MapOf, Packed, Ref, Wrapped)
_MASKS: Final = ("updateMask", "update_mask")
_EMPTY_TEXTS: Final = ("null", "[]", "{}", '""')
_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z_0-9]*", re.ASCII)
"""A key of a map that a mask names without quotes."""
_DECODER: Final = json.JSONDecoder()


@frozen
class MaskPlace:
    """The place of an update mask: a parameter, or a field of the body; `of`: the field of the body that it is about."""

    name: str
    in_body: bool = False
    of: str = ""


def clearing(method: Described[T], clear: Sequence[str], mask: MaskPlace | None = None) -> Described[T]:
    """Return a method whose call empties fields besides: names of attributes, or on the wire, with dots between.

    `mask`: the update mask, where neither its name nor its type tells it. Raises ArgumentError.
    """
    if isinstance(clear, str):
        raise ArgumentError("clear: expected a sequence of names, got one str", hint="Put it in a tuple.")
    for each in _each(clear):
        if not isinstance(each, str) or any("\ud800" <= one <= "\udfff" for one in each):
            raise ArgumentError(f"clear: expected names of fields, got {shortened(each)}")
    return Clearing(method, tuple(dict.fromkeys(clear)), mask or _mask(method)) if clear else method


def _each(stated: object) -> Iterable[object]:
    """Return what a caller without a type checker gave. Raises ArgumentError for what is no sequence."""
    if not isinstance(stated, Iterable):
        raise ArgumentError(f"clear: expected a sequence of names, got {shortened(stated)}")
    return cast("Iterable[object]", stated)


@define(eq=False)
class Clearing(WrappedMethod[T_co]):
    """A method whose call empties fields."""

    names: tuple[str, ...]
    mask: MaskPlace | None

    def request(
        self, parameters: Mapping[str, object], body: object = None, *, codecs: Any, **facts: Any
    ) -> Request:
        """Return the request of the call. Raises ArgumentError for a name that is no field, or that the body sets."""
        message = getattr(body, "value", None) if hasattr(body, "media_type") else body
        if not isinstance(message, Message):
            raise ArgumentError(
                f"clear: expected a message as the body of {self.id}, got {type(message).__name__}"
            )
        paths = [wire_path(message.__class__, name, codecs) for name in self.names]
        if self.mask is not None:
            wires = [self._below(name, path) for name, (path, _) in zip(self.names, paths, strict=True)]
            for name, (path, in_map) in zip(self.names, paths, strict=True):
                _check_masked(name, path, in_map and not self._is_key(path, message, codecs), message, codecs)
            parameters, body = self._with_mask(parameters, body, message, wires, codecs)
        merge_patch: Callable[[object, Any], object] | None = getattr(self.method, "as_merge_patch", None)
        request = self.method.request(
            parameters,
            body if merge_patch is None else merge_patch(body, codecs),
            codecs=codecs,
            **facts,
        )
        if self.mask is not None:
            return request
        envelope = getattr(self.method, "envelope", None)
        text = request.body.decode() if isinstance(request.body, bytes) else ""
        if not text.startswith("{"):
            raise ArgumentError(f"clear: {self.id} sends no JSON object")
        for name, (path, _) in zip(self.names, paths, strict=True):
            text = with_null(text, path if envelope is None else (envelope, *path), name)
        return evolve(request, body=text.encode())

    def _is_key(self, path: Path, message: Message, codecs: Any) -> bool:
        """Return True for a key of the map that the mask is about."""
        of = "" if self.mask is None else self.mask.of
        if not of or len(path) != 2:
            return False
        _, type_ = _member(codecs.name_of(message.__class__), of, of, codecs)
        return isinstance(_bare(type_, codecs), MapOf) and _KEY.fullmatch(path[1]) is not None

    def _below(self, name: str, path: Path) -> str:
        """Return a path as the mask has it: below the field that it is about. Raises ArgumentError for one that is not."""
        of = "" if self.mask is None else self.mask.of
        if of and (path[0] != of or len(path) == 1):
            raise ArgumentError(
                f"clear: {name!r} is not below {of!r}, which the update mask of {self.id} is about"
            )
        return ".".join(path[1:] if of else path)

    def _with_mask(
        self,
        parameters: Mapping[str, object],
        body: object,
        message: Message,
        wires: Sequence[str],
        codecs: Any,
    ) -> tuple[Mapping[str, object], object]:
        """Return the parameters and the body of the call with a longer mask in one of them."""
        mask = cast("MaskPlace", self.mask)
        if not mask.in_body:
            stated = parameters.get(mask.name)
            is_list = any(
                each.name == mask.name and getattr(each, "repeated", False) for each in self.parameters
            )
            given = ",".join(cast("Iterable[str]", stated)) if is_list and stated is not None else stated
            text = self._with_names(given, wires, message, codecs)
            return {**parameters, mask.name: text.split(",") if is_list else text}, body
        text = self._with_names(value_at(message, (mask.name,), codecs), wires, message, codecs)
        changed = with_value(message, (mask.name,), text, codecs)
        return parameters, evolve(cast("Any", body), value=changed) if body is not message else changed

    def _names_set(self, message: Message, codecs: Any) -> list[str]:
        """Return the paths of what the message sets in what the mask is about."""
        mask = cast("MaskPlace", self.mask)
        about = value_at(message, (mask.of,), codecs) if mask.of else message
        if isinstance(about, Message):
            return [each for each in set_paths(about, codecs) if not (mask.in_body and each == mask.name)]
        names = [*map(str, cast("Mapping[str, object]", about or {}))]
        strange = next((each for each in names if not _KEY.fullmatch(each)), None)
        if strange is not None:
            raise ArgumentError(
                f"clear: {shortened(strange)} is a key that needs quotes in an update mask",
                hint="State the update mask of the call.",
            )
        return names

    def _with_names(self, stated: object, wires: Sequence[str], message: Message, codecs: Any) -> str:
        """Return an update mask with more names: the caller's, or one of what the message sets."""
        if stated is None:
            bound = {each.name for each in self.parameters if getattr(each, "location", "") == "path"}
            names = [each for each in self._names_set(message, codecs) if each not in (*bound, *LEFT_OUT)]
            divided = next((each for each in names if "," in each), None)
            if divided is not None:
                raise ArgumentError(
                    f"clear: {shortened(divided)} is a name that an update mask would divide",
                    hint="State the update mask of the call.",
                )
        else:
            names = [each for each in str(stated).split(",") if each]
        covered = {"*", *names}
        more = [
            each
            for each in wires
            if not any(each == known or each.startswith(f"{known}.") for known in covered)
        ]
        return str(stated) if "*" in names else ",".join([*names, *more])


def _mask(method: Described[Any]) -> MaskPlace | None:
    """Return the place of the update mask, if the method has a parameter that is known as one."""
    names = [each.name for each in method.parameters]
    known = next((each for each in _MASKS if each in names), None)
    masks = [each.name for each in method.parameters if getattr(each, "kind", "") == "fieldmask"]
    writes = [each for each in masks if not each.lower().startswith("read")]
    name = known or (writes[0] if len(writes) == 1 else None)
    return None if name is None else MaskPlace(name)


def _check_masked(name: str, path: Path, in_map: bool, message: Message, codecs: Any) -> None:
    if in_map:
        raise ArgumentError(
            f"clear: {name!r} is a key of a map, which an update mask replaces as a whole",
            hint="Send the map without the key.",
        )
    if value_at(message, path, codecs) not in (None, "", (), {}):
        raise _both(name)


def _both(name: str) -> ArgumentError:
    return ArgumentError(f"clear: the request sets {name!r} too", hint="Leave it out of one of the two.")


def wire_path(cls: type, name: str, codecs: Any) -> tuple[Path, bool]:
    """Return the wire names that lead to a field, and True where they lead into a map. Raises ArgumentError."""
    type_: Any = Ref(codecs.name_of(cls))
    rest, wires = name, list[str]()
    in_map = False
    while True:
        type_ = _bare(type_, codecs)
        if isinstance(type_, (MapOf, Extra)):
            item = _bare(type_.value if isinstance(type_, MapOf) else type_.type, codecs)
            if not isinstance(item, Ref):
                return (*wires, rest), True
        elif type_ is ANY or type_ is STRUCT or getattr(type_, "members", None) is not None:
            return (*wires, *rest.split(".")), True
        step, dot, rest = rest.partition(".")
        if isinstance(type_, Ref):
            wire, type_ = _member(type_.name, step, name, codecs)
            if isinstance(type_, Extra):
                rest, dot = f"{step}{dot}{rest}", "."
                continue
            wires.append(wire)
        elif isinstance(type_, (MapOf, Extra)):
            wires.append(step)
            in_map = True
            type_ = type_.value if isinstance(type_, MapOf) else type_.type
        else:
            raise ArgumentError(f"clear: {name!r} leads into a value that has no fields")
        if not dot:
            return tuple(wires), in_map


def _bare(type_: Any, codecs: Any) -> Any:
    """Return a declared type without null, and in place of its name."""
    while not isinstance(type_, (*_PLAIN, Extra)):
        if getattr(type_, "takes_null", False) and hasattr(type_, "type"):
            type_ = type_.type
        elif hasattr(type_, "name"):
            type_ = codecs.alias(type_.name)
        else:
            break
    return type_


def _member(message: str, step: str, name: str, codecs: Any) -> tuple[str, Any]:
    """Return the wire name and the type of a field by either of its names. Raises ArgumentError for another name."""
    known: list[str] = []
    extra: Extra | None = None
    found: dict[str, tuple[str, Any]] = {}
    for member in codecs.members(message):
        if isinstance(member, Field):
            found.setdefault(member.key, (member.key, member.type))
            found[member.name] = member.key, member.type
            known.append(member.name)
        elif isinstance(member, Extra):
            extra = member
        else:
            found |= {case.key: (case.key, case.type) for case in member.cases}
            known += (case.key for case in member.cases)
    if step in found:
        return found[step]
    if extra is not None:
        return step, extra
    near = get_close_matches(step, known, cutoff=0.5) or sorted(known)[:20]
    raise ArgumentError(
        f"clear: {name!r}: {message} has no field {step[:80]!r}", hint=f"It has {', '.join(near) or 'none'}."
    )


def with_null(text: str, path: Path, name: str) -> str:
    """Return the JSON text of an object with null at a path. Raises ArgumentError where another value is there."""
    start = 0
    for depth, wire in enumerate(path):
        spans, end = _members(text, start)
        if wire not in spans:
            inner = "".join(f"{quote(each)}:{{" for each in path[depth:-1])
            member = f"{inner}{quote(path[-1])}:null{'}' * (len(path) - depth - 1)}"
            return f"{text[:end]}{',' if spans else ''}{member}{text[end:]}"
        start, end = spans[wire]
        is_last = depth == len(path) - 1
        if is_last and text[start:end] in _EMPTY_TEXTS:
            return f"{text[:start]}null{text[end:]}"
        if is_last or text[start] != "{":
            raise _both(name)
    return text


def _members(text: str, start: int) -> tuple[dict[str, tuple[int, int]], int]:
    """Return where the value of each member of an object is, and where the object closes. The text has no blanks."""
    spans: dict[str, tuple[int, int]] = {}
    position = start + 1
    while text[position] != "}":
        key, position = _DECODER.raw_decode(text, position)
        _, end = _DECODER.raw_decode(text, position + 1)
        spans[key] = position + 1, end
        position = end + (text[end] == ",")
    return spans, position
