"""All that generated Python consists of: its imports, its builtins, what it takes from the runtime, its syntax."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Final

IMPORTS: Final[Mapping[str, frozenset[str]]] = {
    module: frozenset(names.split())
    for module, names in {
        "__future__": "annotations",
        "attrs": "frozen",
        "cattrs": "Converter",
        "collections.abc": "Callable Mapping Sequence",
        "datetime": "datetime timedelta",
        "enum": "StrEnum",
        "typing": "Any Final Literal TYPE_CHECKING TypeAlias Unpack",
        ".": "messages",
        ".client": "Client",
        ".codecs": "CODECS",
        "runtime": "credentials decode encode errors",
        "runtime.bounds": "Bounds bounded bounded_messages check_multiple only",
        "runtime.client": "BaseClient Resource",
        "runtime.codec": "Codec Codecs",
        "runtime.decode": "MISSING new put_unknown_fields",
        "runtime.encode": "Write Writer quote",
        "runtime.errors": "DecodeError EncodeError",
        "runtime.messages": "EMPTY JsonValue MAX_DEPTH Message Unlisted keep_containers variant_of",
        "runtime.method": "ExtraScope Method Paging Preconditions",
        "runtime.google_client": "GoogleClient GoogleOptions",
        "runtime.operations": "OperationView",
        "runtime.options": "CallOptions NO_TIMEOUT",
        "runtime.paging": "Pager",
        "runtime.parameters": "Parameter",
        "runtime.retry": "RetryPolicy",
        "runtime.times": "Duration Timestamp",
    }.items()
}
"""Names by module. `runtime` is wherever the runtime is; `.messages` gives any message."""
BUILTINS: Final = frozenset(("dict", "frozenset", "len", "object", "str", "super"))
"""What values and functions refer to."""
TYPES: Final = frozenset(("bool", "bytes", "dict", "float", "frozenset", "int", "object", "str", "type"))
"""What annotations refer to."""
CALLS: Final = frozenset(
    [
        "Bounds",
        "Codec",
        "Codecs",
        "ExtraScope",
        "Method",
        "OperationView",
        "Paging",
        "Preconditions",
        "Parameter",
        "bounded",
        "bounded_messages",
        "frozen",
        "frozenset",
        "only",
        "variant_of",
    ]
)
"""What is called while a module is imported, beside the runtime's `decode` and `encode`."""
RUNTIME: Final = frozenset(
    [
        "SCALARS",
        "any_value",
        "boolean",
        "builder",
        "byte",
        "conflict",
        "double",
        "duration",
        "enum",
        "expected",
        "family",
        "family_list",
        "family_map",
        "field_mask",
        "float32",
        "int32",
        "int64",
        "joined",
        "list_of",
        "map_of",
        "messages_list",
        "messages_map",
        "not_a_member",
        "one_text",
        "one_value",
        "packed",
        "renamed",
        "setter",
        "string",
        "struct",
        "timestamp",
        "too_deep",
        "uint32",
        "uint64",
        "unknown",
        "wrapped",
    ]
)
"""Attributes of the runtime's modules `decode` and `encode`."""
CLASS: Final = re.compile(r"[A-Z][A-Za-z0-9]*_?[0-9]*", re.ASCII)
PUBLIC: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
LOCAL: Final = re.compile(r"_?[a-z][A-Za-z0-9_]*", re.ASCII)
PRIVATE_CLASS: Final = re.compile(r"_[A-Z][A-Za-z0-9]*_?[0-9]*", re.ASCII)

EXPRESSIONS: Final = frozenset(
    {
        ast.Attribute,
        ast.BinOp,
        ast.Call,
        ast.Constant,
        ast.Dict,
        ast.List,
        ast.Name,
        ast.Set,
        ast.Subscript,
        ast.Tuple,
        ast.UnaryOp,
        ast.keyword,
        # Their parts without content.
        ast.Add,
        ast.BitOr,
        ast.Load,
        ast.Store,
        ast.USub,
    }
)
"""What a value at module or class level consists of."""
STATEMENTS: Final = EXPRESSIONS | {
    ast.And,
    ast.AnnAssign,
    ast.Assign,
    ast.AugAssign,
    ast.BoolOp,
    ast.Compare,
    ast.Eq,
    ast.ExceptHandler,
    ast.Expr,
    ast.GtE,
    ast.If,
    ast.IfExp,
    ast.In,
    ast.Is,
    ast.IsNot,
    ast.NamedExpr,
    ast.Or,
    ast.Raise,
    ast.Return,
    ast.Try,
}
"""What the body of a function consists of."""
_GETATTR: Final = """
def __getattr__(name: str) -> Any:
    found: Any
    if name == "converter":
        found = CODECS.converter()
    elif name == "Client":
        from .client import Client

        found = Client
    elif name == "NO_TIMEOUT":
        from {runtime}.options import NO_TIMEOUT

        found = NO_TIMEOUT
    elif name == "RetryPolicy":
        from {runtime}.retry import RetryPolicy

        found = RetryPolicy
    elif name == "credentials":
        from {runtime} import credentials

        found = credentials
    else:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    globals()[name] = found
    return found
"""
GETATTR: Final = frozenset(
    ast.dump(ast.parse(_GETATTR.format(runtime=runtime)).body[0])
    for runtime in ("groundwire_runtime", "._runtime")
)
"""The one function of `__init__.py`, as it stands there, wherever the runtime is."""
