"""Reading a document's YAML text as JSON values: YAML 1.2's core schema without duplicates, with the merge keys of YAML 1.1.

The parser's events are read, never its constructors, so a text cannot name a Python type.
Sources: https://yaml.org/spec/1.2.2/#103-core-schema, https://yaml.org/type/merge.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import yaml
from attrs import Factory, define

from ..problem import Problem, SpecError
from .source import MAX_BYTES, MAX_DEPTH, MAX_VALUES, is_deep

MAX_DIGITS: Final = 400
"""Characters of a number; a longer one is refused, since the time to read it grows with its square."""
_TOO_DEEP: Final = f"nested deeper than {MAX_DEPTH} levels"
_CONSTANTS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+", re.ASCII)
_OTHER_BASE: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_NOT_FINITE: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", re.ASCII)
_MERGE: Final = "tag:yaml.org,2002:merge"
_TAGS: Final = frozenset(("!", _MERGE, *(f"tag:yaml.org,2002:{each}" for each in ("map", "seq", "str"))))
"""Tags that name what is read without one, or text."""
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where PyYAML was built with it, else PyYAML's own parser; both give the same events."""
_PARSE: Final[Any] = vars(yaml)["parse"]
_Event: TypeAlias = Any
"""An event of the parser, which has no types."""


def read_yaml(data: bytes, source: str) -> dict[str, Any]:
    """Parse a document. Raises SpecError for its size, encoding, syntax, repeated keys, depth or root."""
    if len(data) > MAX_BYTES:
        raise _refused(source, f"larger than {MAX_BYTES} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refused(source, f"not UTF-8 at byte {error.start}", "save the document as UTF-8") from None
    builder = _Builder(source)
    try:
        for event in events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = error.problem or error.context or "syntax"
        raise _refused(source, f"not YAML{'' if mark is None else _at(mark)}: {words}") from None
    except yaml.reader.ReaderError as error:
        raise _refused(source, f"not YAML: {error.reason} at position {error.position}") from None
    except RecursionError:
        raise _refused(source, _TOO_DEEP) from None
    root: Any = builder.root
    if root.__class__ is not dict:
        raise _refused(source, "the root is not an object")
    # An alias is as deep as what it stands for.
    if is_deep(root):
        raise _refused(source, _TOO_DEEP)
    return root


def events(text: str) -> Iterator[Any]:
    """Yield the events of the parser. Raises yaml.YAMLError for the syntax."""
    yield from _PARSE(text, Loader=_LOADER)


def _refused(source: str, message: str, hint: str = "") -> SpecError:
    return SpecError([Problem(source, "", message, hint)])


def _at(mark: Any) -> str:
    return f" at line {mark.line + 1} column {mark.column + 1}"


@define
class _Open:
    """A mapping or a sequence whose end is not read yet."""

    value: Any
    anchor: str | None
    before: int
    """Values that were read before it."""
    key: str | None = None
    """The key whose value comes next."""
    merges: bool = False
    """True for a merge key."""
    merged: list[dict[str, Any]] | None = None
    """The mappings of its merge key."""


@define
class _Builder:
    """Builds the value of one document from events."""

    source: str
    root: Any = None
    _open: list[_Open] = Factory(list[_Open])
    _anchors: dict[str, tuple[Any, int]] = Factory(dict[str, "tuple[Any, int]"])
    """Values by anchor, each with the number of values that it holds."""
    _values: int = 0
    _documents: int = 0

    def take(self, event: _Event) -> None:
        """Take the next event of the parser. Raises SpecError for what is not JSON, or not allowed."""
        match event:
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._start(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                ended = self._open.pop()
                for mapping in ended.merged or ():
                    ended.value |= {key: mapping[key] for key in mapping if key not in ended.value}
                self._remember(ended.anchor, ended.value, self._values - ended.before + 1)
                self._put(ended.value, event)
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._refuse(event, "a second document")
            case _:
                pass

    def _refuse(self, event: _Event, message: str, hint: str = "") -> None:
        raise _refused(self.source, f"{message}{_at(event.start_mark)}", hint)

    @property
    def _wants_key(self) -> bool:
        """Return True if the next node is the key of a mapping."""
        return bool(self._open) and isinstance(self._open[-1].value, dict) and self._open[-1].key is None

    def _scalar(self, event: _Event) -> None:
        self._check_tag(event)
        text: str = event.value
        if self._wants_key:
            self._key(text, event)
            return
        value = self._plain(text, event) if event.implicit[0] and event.tag is None else text
        self._remember(event.anchor, value, 1)
        self._put(value, event)

    def _key(self, text: str, event: _Event) -> None:
        """Take a key, which is always text, as it is written."""
        into = self._open[-1]
        is_plain = isinstance(event, yaml.ScalarEvent) and (event.implicit[0] or event.tag == _MERGE)
        into.merges = text == "<<" and is_plain
        if text in into.value or (into.merges and into.merged is not None):
            self._refuse(event, f"duplicate key {text[:80]!r}")
        self._remember(event.anchor, text, 1)
        into.key = text

    def _plain(self, text: str, event: _Event) -> Any:
        """Return the value of a scalar without quotes."""
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if text[0] not in "+-.0123456789":
            return text
        if _NOT_FINITE.fullmatch(text):
            self._refuse(event, f"{text} is not JSON")
        base = 10 if _INTEGER.fullmatch(text) else 0 if _OTHER_BASE.fullmatch(text) else None
        if base is None and not _FLOAT.fullmatch(text):
            return text
        if len(text) > MAX_DIGITS:
            self._refuse(event, f"a number of more than {MAX_DIGITS} characters")
        return float(text) if base is None else int(text, base)

    def _start(self, event: _Event) -> None:
        self._check_tag(event)
        if self._wants_key:
            self._refuse(event, "a key that is not a scalar")
        if len(self._open) >= MAX_DEPTH:
            self._refuse(event, _TOO_DEEP)
        value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._open.append(_Open(value, event.anchor, self._values))

    def _alias(self, event: _Event) -> None:
        known = self._anchors.get(event.anchor)
        if known is None:
            self._refuse(event, f"alias {event.anchor[:80]!r} of itself, or of nothing")
            return
        value, size = known
        if not self._wants_key:
            self._values += size - 1
            self._put(value, event)
        elif isinstance(value, str):
            self._key(value, event)
        else:
            self._refuse(event, "a key that is not text")

    def _check_tag(self, event: _Event) -> None:
        if event.tag is not None and event.tag not in _TAGS:
            self._refuse(
                event, f"tag {event.tag[:80]!r}", "tags are not read, but for !!str, !!map and !!seq"
            )

    def _remember(self, anchor: str | None, value: Any, size: int) -> None:
        if anchor is not None:
            self._anchors[anchor] = (value, size)

    def _put(self, value: Any, event: _Event) -> None:
        """Add a finished value to what is open. Aliases count as often as they are used."""
        self._values += 1
        if self._values > MAX_VALUES:
            self._refuse(event, f"more than {MAX_VALUES} values, aliases counted in full")
        if not self._open:
            self.root = value
            return
        into = self._open[-1]
        if into.value.__class__ is list:
            into.value.append(value)
        elif into.merges:
            rows: list[Any] = value if value.__class__ is list else [value]
            if not all(each.__class__ is dict for each in rows):
                self._refuse(event, "a merge key takes a mapping, or a list of them")
            into.merged = rows
            into.key, into.merges = None, False
        elif into.key is not None:
            into.value[into.key] = value
            into.key = None
