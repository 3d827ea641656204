"""Random JSON values for the schemas of a document, made from the schemas alone, and values that are broken on purpose."""

from __future__ import annotations

import copy
import random
from functools import cache
from typing import Any, Final

from tests.audits.corpus.calls import matching
from tests.audits.openapi.documents import resolved

DEEPEST: Final = 4
ANYTHING: Final = (
    None,
    True,
    False,
    0,
    1,
    -1,
    1.5,
    7.0,
    10**12,
    "",
    "a",
    "some text",
    [],
    [1, "a"],
    {},
    {"a": 1},
)
WORDS: Final = ("a", "b1", "some", "2020-01-01", "2020-01-01T00:00:00Z", "x" * 30)


class Samples:
    """A source of values; the same seed gives the same ones. Most are valid: who needs that asks a judge."""

    def __init__(self, document: Any, seed: str) -> None:
        self._document = document
        self._random = random.Random(seed)  # noqa: S311 - test values

    def value(self, schema: Any, depth: int = 0) -> Any:
        """Return a value for a schema."""
        schema = resolved(self._document, schema)
        if not isinstance(schema, dict) or not schema:
            return self._random.choice(ANYTHING[1:11])
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return self._random.choice(schema["enum"])
        if schema.get("nullable") and self._random.random() < 0.1:
            return None
        parts = [self._branch(schema, depth)] + [
            self.value(each, depth + 1) for each in schema.get("allOf", ())
        ]
        objects = [each for each in parts if isinstance(each, dict)]
        if objects and len(objects) == len(parts):
            return {key: value for each in reversed(parts) for key, value in each.items()}
        return next((each for each in reversed(parts) if not isinstance(each, dict)), parts[-1])

    def _branch(self, schema: Any, depth: int) -> Any:
        branches = schema.get("oneOf") or schema.get("anyOf")
        if branches:
            chosen = self.value(self._random.choice(branches if depth < 30 else branches[-1:]), depth + 1)
            own = self._object(schema, depth) if "properties" in schema else {}
            return {**own, **chosen} if isinstance(chosen, dict) else chosen
        return self._typed(schema, depth)

    def _typed(self, schema: Any, depth: int) -> Any:
        kind = schema.get("type") or ("object" if "properties" in schema or "allOf" in schema else "array" if "items" in schema else "string")  # fmt: skip
        kind = self._random.choice(kind) if isinstance(kind, list) else kind
        match kind:
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, depth)
            case "boolean":
                return self._random.random() < 0.5
            case "null":
                return None
            case "integer" | "number":
                return self._number(schema, kind)
            case _:
                return self._text(schema)

    def _object(self, schema: Any, depth: int) -> dict[str, Any]:
        needed = schema.get("required", ())
        found = {
            name: self.value(inner, depth + 1)
            for name, inner in schema.get("properties", {}).items()
            if (name in needed and depth < 40) or (depth < DEEPEST and self._random.random() < 0.5)
        }
        more = schema.get("additionalProperties")
        if isinstance(more, dict) and depth < DEEPEST and self._random.random() < 0.5:
            found |= {f"k{index}": self.value(more, depth + 1) for index in range(self._random.randint(1, 2))}
        return found

    def _array(self, schema: Any, depth: int) -> list[Any]:
        prefix = [self.value(each, depth + 1) for each in schema.get("prefixItems", ())]
        least = schema.get("minItems", 0)
        count = max(least, self._random.randint(0, 2) if depth < DEEPEST else 0)
        count = min(count, schema.get("maxItems", count)) - len(prefix)
        return prefix + [
            self.value(schema.get("items", {}), depth + 1) for _ in range(count if "items" in schema else 0)
        ]

    def _number(self, schema: Any, kind: str) -> Any:
        low = schema.get("minimum", schema.get("exclusiveMinimum", -5))
        low = -5 if isinstance(low, bool) else low
        high = schema.get("maximum", schema.get("exclusiveMaximum", low + 10))
        high = low + 10 if isinstance(high, bool) else high
        whole = self._random.randint(int(low), max(int(low), int(min(high, low + 1000))))
        if step := schema.get("multipleOf"):
            return whole // step * step
        return whole if kind == "integer" or self._random.random() < 0.5 else whole + 0.25

    def _text(self, schema: Any) -> str:
        if "pattern" in schema:
            return _matching(schema["pattern"])
        low, high = schema.get("minLength", 0), schema.get("maxLength", 1000)
        text = self._random.choice(WORDS)
        return (text + "z" * low)[: max(low, min(high, len(text) + low))][:high]

    def broken(self, value: Any) -> Any:
        """Return a value with one part changed, left out, or added."""
        value = copy.deepcopy(value)
        holders = list(_holders(value))
        if not holders or self._random.random() < 0.1:
            return self._random.choice(ANYTHING)
        holder, key = self._random.choice(holders)
        what = self._random.random()
        if what < 0.2:
            del holder[key]
        elif what < 0.3 and isinstance(holder, dict):
            holder["unknown"] = self._random.choice(ANYTHING)
        elif what < 0.4 and isinstance(holder, list):
            holder.append(holder[key])
        elif what < 0.6 and isinstance(holder[key], str):
            holder[key] = self._random.choice([holder[key] * 50, holder[key][:-1], holder[key] + "\u00a7"])
        else:
            holder[key] = self._random.choice(ANYTHING)
        return value


@cache
def _matching(pattern: str) -> str:
    try:
        return matching(pattern, in_path=False)
    except Exception:  # noqa: BLE001 - an expression that Python does not read
        return "x"


def _holders(value: Any) -> Any:
    """Yield every array and object of a value with each of its keys."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
        for key in keys:
            yield node, key
            waiting.append(node[key])
