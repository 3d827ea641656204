"""Check a module of models: only expected imports, classes, fields and annotations. No text of a document becomes code."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import frozen

from .problem import Problem, SpecError

_SIGNS: Final = ("Negative", "NonNegative", "NonPositive", "Positive")
_IMPORTS: Final[Mapping[str, frozenset[str]]] = {
    "__future__": frozenset({"annotations"}),
    "builtins": frozenset({"bool", "dict", "float", "int", "list", "str", "tuple"}),
    "dataclasses": frozenset({"dataclass", "field"}),
    "msgspec": frozenset({"Meta", "Struct", "UNSET", "UnsetType", "field"}),
    "pydantic": frozenset(
        {"BaseModel", "ConfigDict", "Field", "confloat", "conint", "conlist", "constr"}
        | {f"{sign}{number}" for sign in _SIGNS for number in ("Float", "Int")}
    ),
    "typing": frozenset({"Annotated", "Any", "Dict", "Literal", "NotRequired", "TypeAlias", "TypedDict"}),
    "typing_extensions": frozenset({"NotRequired", "TypeAliasType", "TypedDict"}),
}
_CALLS: Final = frozenset(
    {"ConfigDict", "Field", "Meta", "TypeAliasType", "TypedDict", "confloat", "conint", "conlist", "constr"}
    | {"dataclass", "field"}
)
_BASES: Final = frozenset({"BaseModel", "Struct", "TypedDict"})
_HINT: Final = "name it in the overlay's [names], or choose another --kind"


@frozen
class Names:
    """The names that a module of models must have."""

    fields: Mapping[str, Mapping[str, str]]
    """Of each class: the attribute of each field, by name on the wire."""
    pointers: Mapping[str, str]
    """The JSON pointer of each class."""
    aliases: frozenset[str]
    """Types that are no classes."""


class _UnexpectedCodeError(Exception):
    def __init__(self, node: ast.AST) -> None:
        super().__init__(f"line {getattr(node, 'lineno', 0)}: unexpected {type(node).__name__}")


def check_module(text: str, names: Names, *, wire_names: bool) -> list[tuple[str, str]]:
    """Return a pointer and a text for each field whose name on the wire is lost; there are none with `wire_names`.

    Raises SpecError for anything that is not a class, a field or a type with the names of the API.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            module = ast.parse(text)
        found = _Reader(names).classes(module)
    except (SyntaxError, ValueError, SyntaxWarning, RecursionError, _UnexpectedCodeError) as error:
        raise SpecError([Problem("document", "", f"the models are not sound: {error}", _HINT)]) from None
    problems = [*_class_problems(found.keys(), names)]
    lost: list[tuple[str, str]] = []
    for owner in sorted(found.keys() & names.fields.keys()):
        for text_ in _field_problems(owner, found[owner], names.fields[owner]):
            if wire_names:
                problems.append(Problem("document", names.pointers[owner], text_, _HINT))
            else:
                lost.append((names.pointers[owner], text_))
    if problems:
        raise SpecError(problems)
    return lost


def _class_problems(found: Iterable[str], names: Names) -> Iterator[Problem]:
    wanted = names.fields.keys() | names.aliases
    for name in sorted(wanted - set(found)):
        message = f"{name} cannot be the name of a model of this kind"
        yield Problem("document", names.pointers.get(name, ""), message, _HINT)
    for name in sorted(set(found) - wanted):
        yield Problem("document", "", f"{name} is a model that the document lacks", _HINT)


def _field_problems(owner: str, found: Mapping[str, str], wanted: Mapping[str, str]) -> Iterator[str]:
    for wire, name in wanted.items():
        # An attribute that would hide a type of an annotation gets an underscore.
        if found.get(wire) not in (name, f"{name}_"):
            yield f"the field {wire} of {owner} cannot be the attribute {name} of a model of this kind"
    if len(found) != len(wanted):
        yield f"{owner} has {len(found)} fields in place of {len(wanted)}"


class _Reader:
    """Reads a module of models. Raises _UnexpectedCodeError at the first node that does not belong to one."""

    def __init__(self, names: Names) -> None:
        self._types = names.fields.keys() | names.aliases
        self._known = {
            *self._types,
            *_IMPORTS["builtins"],
            *(name for each in _IMPORTS.values() for name in each),
        }

    def classes(self, module: ast.Module) -> dict[str, dict[str, str]]:
        """Return the fields of each class, attribute by name on the wire; an alias has none."""
        found: dict[str, dict[str, str]] = {}
        self._known |= {node.name for node in module.body if isinstance(node, ast.ClassDef)}
        for node in module.body:
            match node:
                case ast.ImportFrom(level=0):
                    self._import(node)
                case ast.ClassDef():
                    found[node.name] = self._class(node)
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="TypedDict"))):
                    found[name] = self._typed_dict(node.value)
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._expression(value)
                    found[name] = {}
                case ast.AnnAssign(
                    target=ast.Name(id=name), annotation=ast.Name(id="TypeAlias"), value=ast.expr() as value
                ):
                    self._expression(value)
                    found[name] = {}
                case ast.Expr(
                    value=ast.Call(
                        func=ast.Attribute(value=ast.Name(), attr="model_rebuild"), args=[], keywords=[]
                    )
                ):
                    pass
                case _:
                    raise _UnexpectedCodeError(node)
        return found

    def _import(self, node: ast.ImportFrom) -> None:
        allowed = _IMPORTS.get(node.module or "", frozenset())
        for alias in node.names:
            if alias.name not in allowed or alias.asname not in (None, f"{alias.name}_aliased"):
                raise _UnexpectedCodeError(node)
            self._known.add(alias.asname or alias.name)

    def _class(self, node: ast.ClassDef) -> dict[str, str]:
        for base in node.bases:
            if not isinstance(base, ast.Name) or base.id not in _BASES:
                raise _UnexpectedCodeError(base)
        for expression in (*node.decorator_list, *(keyword.value for keyword in node.keywords)):
            self._expression(expression)
        fields: dict[str, str] = {}
        for statement in node.body:
            match statement:
                case ast.Pass() | ast.Expr(value=ast.Constant(value=str())):
                    pass
                case ast.Assign(targets=[ast.Name(id="model_config")], value=value):
                    self._expression(value)
                case ast.Assign(
                    targets=[ast.Name(id="__annotations__")],
                    value=ast.Dict(keys=[ast.Constant(value="__pydantic_extra__")], values=[value]),
                ):
                    self._expression(value)
                case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                    self._expression(annotation)
                    if value is not None:
                        self._expression(value)
                    wire = _wire_name(value)
                    fields[name if wire is None else wire] = name
                case _:
                    raise _UnexpectedCodeError(statement)
        return fields

    def _typed_dict(self, call: ast.expr) -> dict[str, str]:
        match call:
            case ast.Call(args=[ast.Constant(), ast.Dict(keys=keys, values=values)], keywords=[]):
                for value in values:
                    self._expression(value)
                names = [key.value for key in keys if isinstance(key, ast.Constant)]
                fields = {name: name for name in names if isinstance(name, str)}
                if len(fields) == len(keys):
                    return fields
            case _:
                pass
        raise _UnexpectedCodeError(call)

    def _expression(self, node: ast.expr) -> None:
        """Read a type or a default. A string outside `Literal` and a call is evaluated as a type: it must be a name."""
        match node:
            case ast.Name(id=name) if name in self._known:
                pass
            case ast.Constant(value=str() as text) if text not in self._types:
                raise _UnexpectedCodeError(node)
            case ast.Constant() | ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
                pass
            case ast.Subscript(value=ast.Name(id="Literal"), slice=index):
                self._constants(index.elts if isinstance(index, ast.Tuple) else [index])
            case ast.Subscript(value=ast.Name(id=name), slice=index) if name in self._known:
                for part in index.elts if isinstance(index, ast.Tuple) else [index]:
                    self._expression(part)
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                self._expression(left)
                self._expression(right)
            case ast.Call(func=ast.Name(id=name)) if name in _CALLS:
                for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                    if not isinstance(argument, ast.Constant):
                        self._expression(argument)
            case _:
                raise _UnexpectedCodeError(node)

    def _constants(self, nodes: Iterable[ast.expr]) -> None:
        for node in nodes:
            if not isinstance(node, ast.Constant):
                raise _UnexpectedCodeError(node)


def _wire_name(value: ast.expr | None) -> str | None:
    """Return the name on the wire that a default states: `alias` for pydantic, `name` for msgspec."""
    if isinstance(value, ast.Call):
        for keyword in value.keywords:
            if keyword.arg in ("alias", "name") and isinstance(keyword.value, ast.Constant):
                return str(keyword.value.value)
    return None
