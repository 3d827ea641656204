"""Read an overlay: TOML with a closed set of keys (described in spec/README.md).

The keys of a table are the attributes of its class in `rules`, and their types say how each is read.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Hashable, Mapping
from functools import cache
from typing import Any, Final, TypeVar, cast, get_args, get_origin, get_type_hints

from attrs import evolve

from ...lock import digest, is_published_name
from ...problem import Problem, SpecError
from ..cursor import Cursor, Vocabulary
from ..discovery import Schemas
from .rules import Extension, HintRule, MethodRule, Overlay

T = TypeVar("T")
MAX_BYTES: Final = 4 * 1024 * 1024
"""An overlay larger than this is refused; Earth Engine's has 40 KB."""
MAX_LINE: Final = 20_000
"""Bytes of a line: Python's reader takes time in the square of a dotted key's parts."""
MAX_HINT: Final = 300
MAX_WORDS: Final = 100
"""Characters of a hint, and of each of the words that it is found by."""
MAX_ENTRIES: Final = 50
REASON: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
"""The reason of an ErrorInfo (at most 63 characters, AIP-193) or of an old-style error, which is in camel case."""
IDEMPOTENT: Final = {"always": True, "never": False}
OWN: Final = frozenset({"digest", "listed", "pointer", "types"})
"""Attributes of rules that are no keys."""
BELOW: Final = frozenset({"extensions", "fields", "packed", "parameters"})
"""Keys whose tables are rules with digests of their own."""


def read_overlay(data: bytes, *, source: str = "overlay") -> tuple[Overlay, list[Problem]]:
    """Read an overlay. Raises SpecError when it is not TOML; other problems are returned."""
    if len(data) > MAX_BYTES:
        raise SpecError([Problem(source, "", f"larger than {MAX_BYTES} bytes")])
    if max(map(len, data.split(b"\n"))) > MAX_LINE:
        raise SpecError([Problem(source, "", f"a line of more than {MAX_LINE} bytes")])
    try:
        value = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise SpecError([Problem(source, "", f"not UTF-8 at byte {error.start}")]) from None
    except (ValueError, RecursionError) as error:
        raise SpecError([Problem(source, "", f"not TOML: {error}")]) from None
    root = Cursor(value, source, "", [])
    is_list = isinstance(value.get("messages"), list)
    listed = root.texts("messages") if is_list else None
    if is_list:
        del value["messages"]
    overlay = evolve(_read(root, Overlay), listed=listed)
    for key, name in sorted(overlay.names.items()):
        if not is_published_name(key, name):
            root.at("names", None).at(key, name).refuse(
                f"{name[:80]!r} cannot be the name of {key[:80]!r}", "see groundwire.lock"
            )
    return overlay, root.problems


def _read(node: Cursor, cls: type[T]) -> T:
    """Read a table as a rule; a key that is wrong is a problem, and as if it were not there."""
    vocabulary, names = _keys(cast("Hashable", cls))
    found = {key: value for key, value in node.read(vocabulary).items() if value is not None}
    if "pointer" in names:
        found["pointer"] = node.pointer
    if "digest" in names:
        written = {key: value for key, value in (node.members or {}).items() if key not in BELOW}
        found["digest"] = digest(json.dumps(written, sort_keys=True, default=str))[:8]
    rule = cls(**found)
    if isinstance(rule, Extension):
        return cast("T", _checked(node, rule))
    if isinstance(rule, HintRule):
        _check_hint(node, rule)
    if isinstance(rule, MethodRule) and rule.operation is not None and rule.operation.metadata:
        if rule.operation_metadata not in (None, rule.operation.metadata):
            node.refuse("operation_metadata and operation.metadata differ", "leave one out")
        return cast("T", evolve(rule, operation_metadata=rule.operation.metadata))
    return rule


@cache
def _keys(cls: Any) -> tuple[Vocabulary, frozenset[str]]:
    """Return how each key of a class is read, and the names of all of its attributes."""
    hints = get_type_hints(cls)
    names = frozenset(name for name in hints if not name.startswith("_"))
    vocabulary = {name: _reader(hints[name]) for name in names - OWN}
    if cls is MethodRule:
        vocabulary["idempotent"] = _idempotent
    if cls is Extension:
        vocabulary["schema"] = Cursor.child
    return vocabulary, names


def _reader(hint: Any) -> Callable[[Cursor, str], Any]:
    """Return what reads a key whose attribute has this type."""
    options = [option for option in get_args(hint) if option is not type(None)]
    if hint is object:
        return Cursor.any
    if get_origin(hint) is tuple:
        return Cursor.texts if options[0] is str else _rows(options[0])
    if get_origin(hint) is Mapping:
        return _table(options[1])
    if str in (hint, *options):
        return Cursor.text
    if bool in (hint, *options):
        return Cursor.flag
    rule = options[0] if options else hint
    return Cursor.number if int in options else lambda node, key: _read(node.at(key, node.any(key)), rule)


def _table(hint: Any) -> Callable[[Cursor, str], Any]:
    """Return what reads a table of texts, of tables of texts, or of rules."""
    if hint is str:
        return _texts
    if get_origin(hint) is Mapping:
        return lambda node, key: {name: _schemas(child) for name, child in node.children(key)}
    return lambda node, key: {name: _read(child, hint) for name, child in node.children(key)}


def _texts(node: Cursor, key: str) -> dict[str, str]:
    table = node.child(key)
    return {} if table is None else {name: table.text(name) or "" for name in sorted(table.value)}


def _schemas(node: Cursor) -> dict[str, str]:
    for url, schema in node.value.items():
        if not isinstance(schema, str):
            node.at(url, schema).refuse("expected the name of a schema")
    return {url: str(schema) for url, schema in node.value.items()}


def _rows(hint: Any) -> Callable[[Cursor, str], Any]:
    """Return what reads a list of rules."""
    return lambda node, key: tuple(_read(row, hint) for row in node.rows(key))


def _idempotent(node: Cursor, key: str) -> bool | tuple[str, ...] | None:
    """Read when a repeat is safe, as `MethodRule.idempotent` has it."""
    value = node.any(key)
    stated = node.at(key, value)
    if isinstance(value, str) and value in IDEMPOTENT:
        return IDEMPOTENT[value]
    if stated.members is None:
        stated.refuse('expected "always", "never" or { when = ["PARAMETER", "body.FIELD"] }')
        return None
    names = stated.read({"when": Cursor.texts}).get("when")
    if not stated.any("when"):
        stated.refuse("`when` names nothing", 'say "never" if no precondition makes a repeat safe')
    return names or None


def _checked(node: Cursor, rule: Extension) -> Extension:
    """Read the schema of an extension."""
    stated = cast("Cursor | None", rule.schema)
    if stated is None:
        node.refuse("an extension needs a schema")
        stated = node.at("schema", {"type": "string"})
    if not rule.evidence:
        node.refuse("an extension needs evidence", "say who sends it and where that was seen")
    _, _, message, _, wire = node.pointer.split("/")
    types = Schemas()
    wire, message = (name.replace("~1", "/").replace("~0", "~") for name in (wire, message))
    return evolve(rule, schema=types.read_field(wire, stated, f"{message}.{wire}"), types=types)


def _check_hint(node: Cursor, rule: HintRule) -> None:
    """Refuse a hint that says nothing, fits nothing, or could never fit."""
    if not (rule.hint.isprintable() and 0 < len(rule.hint) <= MAX_HINT):
        node.at("hint", None).refuse(f"expected a line of text, of at most {MAX_HINT} characters")
    if not rule.reasons and not rule.words:
        node.refuse("a hint needs reasons or words", "name what an error says that the hint fits")
    for index, reason in enumerate(rule.reasons):
        if REASON.fullmatch(reason) is None:
            node.at("reasons", None).at(index, None).refuse(
                f"{reason[:80]!r} cannot be the reason of an error"
            )
    for index, words in enumerate(rule.words):
        if words != words.lower() or not (words.strip() and len(words) <= MAX_WORDS):
            node.at("words", None).at(index, None).refuse(
                f"expected words in lower case, of at most {MAX_WORDS} characters"
            )
    for key in ("reasons", "words"):
        if len(getattr(rule, key)) > MAX_ENTRIES:
            node.at(key, None).refuse(f"more than {MAX_ENTRIES} entries")
