"""The keywords of JSON Schema, each as a function of a check, the schema and the value."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias, cast

from attrs import evolve
from groundwire_codegen.problem import escape
from groundwire_codegen.read.cursor import Cursor, as_list

from . import words
from .found import Checks, Found, finding
from .patterns import searches
from .required import is_free, required
from .values import has_type, is_multiple, is_number, quoted, same

Keyword: TypeAlias = "Callable[[Checks, Cursor, Any, Any, str], Found]"


NAME: Final = "\0"
"""Behind the pointer of a member: its name, which is a value of its own to `propertyNames`."""


def _rule(keyword: str, test: Callable[[Any, Any, Any], str]) -> Keyword:
    """Return a keyword that says by itself what is wrong with a value; empty words for nothing."""

    def check(_: Checks, __: Cursor, schema: Any, value: Any, pointer: str) -> Found:
        words = test(schema[keyword], value, schema)
        return finding((pointer, keyword, words)) if words else finding()

    return check


def _type(check: Checks, node: Cursor, schema: Any, value: Any, pointer: str) -> Found:
    stated = schema["type"]
    names: list[Any] = stated if isinstance(stated, list) else [stated]
    whole = not check.is_old(node)
    if any(has_type(value, str(name), whole_floats=whole) for name in names):
        return finding()
    return finding((pointer, "type", f"Expected {' or '.join(map(str, names))}, got {quoted(value)}."))


def _ref(check: Checks, node: Cursor, schema: Any, value: Any, pointer: str) -> Found:
    target = check.documents.target(node, str(schema["$ref"]))
    return finding() if target is None else check.found(target, value, pointer)


def _branches(check: Checks, node: Cursor, keyword: str, value: Any, pointer: str) -> list[Found]:
    place = node.at(keyword, None)
    return [
        check.found(place.at(index, branch), value, pointer)
        for index, branch in enumerate(as_list(node.value[keyword]))
    ]


def _joined(founds: list[Found], *flaws: tuple[str, str, str]) -> Found:
    """Return the looked-at members and items of several schemas, with flaws."""
    names = frozenset[str]().union(*(each.names for each in founds))
    return finding(*flaws, names=names, items=max((each.items for each in founds), default=0))


def _all_of(check: Checks, node: Cursor, _: Any, value: Any, pointer: str) -> Found:
    founds = _branches(check, node, "allOf", value, pointer)
    flaws = (flaw for each in founds for flaw in each.flaws)
    # One branch may require what another says to be read-only.
    return evolve(
        _joined(founds), flaws=tuple(flaw for flaw in flaws if not is_free(check, node, flaw, pointer))
    )


def _closest(founds: list[Found], keyword: str, pointer: str) -> Found:
    """Return the flaws of the branch that a value comes closest to, where one is clearly meant: it fails deepest."""
    best = max(
        founds, key=lambda each: (max(flaw.pointer.count("/") for flaw in each.flaws), -len(each.flaws))
    )
    if any(flaw.pointer != pointer for flaw in best.flaws) or len(founds) == 1:
        return evolve(best, names=frozenset(), items=0)
    words = " ".join(dict.fromkeys(each.flaws[0].message for each in founds[:4]))
    return finding((pointer, keyword, f"None of {len(founds)} schemas fits: {words}"))


def _any_of(check: Checks, node: Cursor, _: Any, value: Any, pointer: str) -> Found:
    founds = _branches(check, node, "anyOf", value, pointer)
    fitting = [each for each in founds if not each.flaws]
    return _joined(fitting) if fitting or not founds else _closest(founds, "anyOf", pointer)


def _one_of(check: Checks, node: Cursor, _: Any, value: Any, pointer: str) -> Found:
    founds = _branches(check, node, "oneOf", value, pointer)
    fitting = [each for each in founds if not each.flaws]
    if len(fitting) > 1:
        return finding((pointer, "oneOf", f"{len(fitting)} of {len(founds)} schemas fit, where one should."))
    return _joined(fitting) if fitting or not founds else _closest(founds, "oneOf", pointer)


def _not(check: Checks, node: Cursor, schema: Any, value: Any, pointer: str) -> Found:
    inner = check.found(node.at("not", schema["not"]), value, pointer)
    return finding() if inner.flaws else finding((pointer, "not", "A schema fits that must not."))


def _if(check: Checks, node: Cursor, schema: Any, value: Any, pointer: str) -> Found:
    condition = check.found(node.at("if", schema["if"]), value, pointer)
    chosen = "else" if condition.flaws else "then"
    founds = [] if condition.flaws else [condition]
    if chosen not in schema:
        return _joined(founds)
    branch = check.found(node.at(chosen, schema[chosen]), value, pointer)
    return evolve(_joined([*founds, branch]), flaws=branch.flaws)


def _properties(check: Checks, node: Cursor, schema: Any, value: Any, pointer: str) -> Found:
    if not isinstance(value, dict) or not isinstance(schema["properties"], dict):
        return finding()
    stated, members = cast("dict[str, Any]", schema["properties"]), cast("dict[str, Any]", value)
    place = node.at("properties", stated)
    known = [name for name in stated if name in members]
    flaws = [
        flaw
        for name in known
        for flaw in check.found(
            place.at(name, stated[name]), members[name], f"{pointer}/{escape(name)}"
        ).flaws
    ]
    return evolve(finding(names=frozenset(known)), flaws=tuple(flaws))


def _patterned(schema: Any, name: str) -> list[str]:
    stated = schema.get("patternProperties")
    return [each for each in stated if searches(each, name)] if isinstance(stated, dict) else []


def _pattern_properties(check: Checks, node: Cursor, schema: Any, value: Any, pointer: str) -> Found:
    if not isinstance(value, dict):
        return finding()
    members = cast("dict[str, Any]", value)
    place = node.at("patternProperties", schema["patternProperties"])
    pairs = [(name, pattern) for name in members for pattern in _patterned(schema, name)]
    flaws = [
        flaw
        for name, pattern in pairs
        for flaw in check.found(
            place.at(pattern, place.value[pattern]), members[name], f"{pointer}/{escape(name)}"
        ).flaws
    ]
    return evolve(finding(names=frozenset(name for name, _ in pairs)), flaws=tuple(flaws))


def _additional(check: Checks, node: Cursor, schema: Any, value: Any, pointer: str) -> Found:
    if not isinstance(value, dict):
        return finding()
    members = cast("dict[str, Any]", value)
    stated = schema.get("properties")
    known: Mapping[str, Any] = cast("dict[str, Any]", stated) if isinstance(stated, dict) else {}
    left = [name for name in members if name not in known and not _patterned(schema, name)]
    flaws = tuple(check.members(node, "additionalProperties", members, left, pointer))
    return evolve(finding(names=frozenset(left)), flaws=flaws)


def _property_names(check: Checks, node: Cursor, schema: Any, value: Any, pointer: str) -> Found:
    inner = node.at("propertyNames", schema["propertyNames"])
    names = _members(value)
    return finding(
        *(
            (f"{pointer}/{escape(name)}", "propertyNames", f"The name {quoted(name)}: {flaw.message}")
            for name in names
            for flaw in check.found(inner, name, f"{pointer}/{escape(name)}{NAME}").flaws
        )
    )


def _members(value: Any) -> dict[str, Any]:
    """Return the members of an object; none of anything else, of a keyword that is malformed for instance."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _dependent_required(_: Checks, __: Cursor, schema: Any, value: Any, pointer: str) -> Found:
    members = _members(value)
    return finding(
        *(
            (f"{pointer}/{escape(str(other))}", "dependentRequired", f"{quoted(name)} needs {quoted(other)}.")
            for name, others in _members(schema["dependentRequired"]).items()
            if name in members
            for other in as_list(others)
            if other not in members
        )
    )


def _dependent_schemas(check: Checks, node: Cursor, schema: Any, value: Any, pointer: str) -> Found:
    members = _members(value)
    place = node.at("dependentSchemas", _members(schema["dependentSchemas"]))
    founds = [
        check.found(place.at(name, place.value[name]), value, pointer)
        for name in place.value
        if name in members
    ]
    return evolve(_joined(founds), flaws=tuple(flaw for each in founds for flaw in each.flaws))


def _items(check: Checks, node: Cursor, schema: Any, value: Any, pointer: str) -> Found:
    if not isinstance(value, list):
        return finding()
    items: list[Any] = value
    start = len(as_list(schema.get("prefixItems")))
    inner = node.at("items", schema["items"])
    flaws = [
        flaw
        for index in range(start, len(items))
        for flaw in check.found(inner, items[index], f"{pointer}/{index}").flaws
    ]
    return evolve(finding(items=len(items)), flaws=tuple(flaws))


def _prefix_items(check: Checks, node: Cursor, schema: Any, value: Any, pointer: str) -> Found:
    if not isinstance(value, list):
        return finding()
    items: list[Any] = value
    place = node.at("prefixItems", None)
    pairs = list(zip(as_list(schema["prefixItems"]), items, strict=False))
    flaws = [
        flaw
        for index, (inner, item) in enumerate(pairs)
        for flaw in check.found(place.at(index, inner), item, f"{pointer}/{index}").flaws
    ]
    return evolve(finding(items=len(pairs)), flaws=tuple(flaws))


def _contains(check: Checks, node: Cursor, schema: Any, value: Any, pointer: str) -> Found:
    if not isinstance(value, list):
        return finding()
    inner = node.at("contains", schema["contains"])
    items: list[Any] = value
    count = sum(not check.found(inner, item, f"{pointer}/{index}").flaws for index, item in enumerate(items))
    least, most = schema.get("minContains", 1), schema.get("maxContains", len(items))
    least, most = least if is_number(least) else 1, most if is_number(most) else len(items)
    if least <= count <= most:
        return finding()
    return finding((pointer, "contains", f"{count} items fit, where {least} to {most} should."))


KEYWORDS: Final[Mapping[str, Keyword]] = {
    "$ref": _ref,
    "type": _type,
    "enum": _rule("enum", words.enum),
    "const": _rule("const", lambda one, value, _: "" if same(one, value) else f"Expected {quoted(one)}."),
    "minimum": _rule(
        "minimum", words.bound("exclusiveMinimum", "at least", lambda value, least: value >= least)
    ),
    "maximum": _rule(
        "maximum", words.bound("exclusiveMaximum", "at most", lambda value, most: value <= most)
    ),
    "exclusiveMinimum": _rule(
        "exclusiveMinimum", words.compared("above", lambda value, least: value > least)
    ),
    "exclusiveMaximum": _rule("exclusiveMaximum", words.compared("below", lambda value, most: value < most)),
    "multipleOf": _rule("multipleOf", words.compared("a multiple of", is_multiple)),
    "minLength": _rule("minLength", words.sized(str, "characters", True)),
    "maxLength": _rule("maxLength", words.sized(str, "characters", False)),
    "pattern": _rule("pattern", words.pattern),
    "minItems": _rule("minItems", words.sized(list, "items", True)),
    "maxItems": _rule("maxItems", words.sized(list, "items", False)),
    "uniqueItems": _rule("uniqueItems", words.unique),
    "minProperties": _rule("minProperties", words.sized(dict, "members", True)),
    "maxProperties": _rule("maxProperties", words.sized(dict, "members", False)),
    "required": required,
    "dependentRequired": _dependent_required,
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional,
    "propertyNames": _property_names,
    "prefixItems": _prefix_items,
    "items": _items,
    "contains": _contains,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "if": _if,
    "dependentSchemas": _dependent_schemas,
}
"""Keywords in the order in which they are asked."""
