"""One generated module, held against the vocabulary."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from .annotation import annotation_fault
from .expression import import_time_fault, node_fault
from .vocabulary import (
    BUILTINS,
    CLASS,
    EXPRESSIONS,
    GETATTR,
    IMPORTS,
    LOCAL,
    PRIVATE_CLASS,
    PUBLIC,
    STATEMENTS,
    TYPES,
)


class ModuleGate:
    """Finds what does not belong into one module, piece by piece; `bound` are the names that all of it binds."""

    def __init__(self, path: str, bound: set[str]) -> None:
        self._faults: list[tuple[int, str]] = []
        self._is_package = path == "__init__.py"
        self._known = BUILTINS | bound
        self._types = TYPES | bound

    def faults(self, tree: ast.Module) -> Sequence[tuple[int, str]]:
        """The line and the words of each fault of a module, or of a piece of it."""
        self._faults = []
        for node in tree.body:
            self._statement(node)
        return self._faults

    def _refuse(self, node: ast.AST, words: str | None) -> None:
        if words is not None:
            self._faults.append((getattr(node, "lineno", 1), words))

    def _statement(self, node: ast.stmt) -> None:
        """A statement at module level."""
        if isinstance(node, ast.ImportFrom):
            self._import(node)
        elif isinstance(node, ast.ClassDef):
            self._class(node, top=True)
        elif isinstance(node, ast.FunctionDef):
            self._function(node, "")
        elif isinstance(node, ast.If):
            self._type_checking(node)
        else:
            self._binding(node, top=True)

    def _import(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        names = IMPORTS.get(_runtime_apart(module), frozenset())
        for alias in node.names:
            if module == ".messages" and self._is_package:
                ours = alias.asname is None and CLASS.fullmatch(alias.name) is not None
            else:
                ours = alias.name in names and alias.asname is None
            if not ours:
                self._refuse(node, f"an import of {alias.name} from {module}")

    def _type_checking(self, node: ast.If) -> None:
        """What only a type checker sees, or what it must not see: the one function of `__init__.py`."""
        if isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not):
            self._type_checking_test(node, node.test.operand)
            hidden = self._is_package and [ast.dump(inner) in GETATTR for inner in node.body] == [True]
            self._refuse(node, None if hidden else "what a type checker does not see")
            return
        self._type_checking_test(node, node.test)
        for inner in node.body:
            if isinstance(inner, ast.ImportFrom):
                self._import(inner)
            else:
                self._binding(inner, top=True)

    def _type_checking_test(self, node: ast.If, test: ast.expr) -> None:
        if not (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or node.orelse:
            self._refuse(node, "a condition at module level")

    def _binding(self, node: ast.stmt, *, top: bool) -> None:
        """A docstring, or a name that is given a value, at module or class level."""
        if isinstance(node, ast.Expr):
            if not (isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)):
                self._refuse(node, "an expression statement")
        elif isinstance(node, ast.AnnAssign):
            self._target(node.target, top=top)
            self._annotation(node.annotation)
            if node.value is not None:
                self._walk([node.value], EXPRESSIONS)
                self._alias(node)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._target(target, top=top)
            self._walk([node.value], EXPRESSIONS)
        else:
            self._refuse(node, f"{type(node).__name__} at module or class level")

    def _alias(self, node: ast.AnnAssign) -> None:
        """A type alias is text that checkers, and readers of type hints, take for code."""
        if isinstance(node.annotation, ast.Name) and node.annotation.id == "TypeAlias":
            text = node.value.value if isinstance(node.value, ast.Constant) else None
            if not isinstance(text, str) or not PRIVATE_CLASS.fullmatch(text):
                self._refuse(node, "an alias of something else than a class")

    def _target(self, target: ast.expr, *, top: bool) -> None:
        if isinstance(target, ast.Name):
            if target.id != ("__all__" if top else "__slots__") and not PUBLIC.fullmatch(target.id):
                self._refuse(target, f"the name {target.id}")
        elif not (
            top
            and isinstance(target, ast.Subscript)
            and isinstance(target.value, ast.Name)
            and isinstance(target.slice, ast.Constant)
        ):
            self._refuse(target, "an assignment to what is no name")

    def _class(self, node: ast.ClassDef, *, top: bool) -> None:
        named = CLASS.fullmatch(node.name) or (top and PRIVATE_CLASS.fullmatch(node.name))
        if (
            not named
            or node.keywords
            or _has_type_parameters(node)
            or not all(isinstance(base, ast.Name) for base in node.bases)
        ):
            self._refuse(node, f"the class {node.name}")
        for decorator in node.decorator_list:
            function = decorator.func if isinstance(decorator, ast.Call) else None
            if not isinstance(function, ast.Name) or function.id not in ("frozen", "variant_of"):
                self._refuse(decorator, "a decorator")
        self._walk([*node.bases, *node.decorator_list], EXPRESSIONS)
        for inner in node.body:
            if isinstance(inner, ast.ClassDef):
                self._class(inner, top=False)
            elif isinstance(inner, ast.FunctionDef):
                self._function(inner, "__init__")
            else:
                self._binding(inner, top=False)

    def _function(self, node: ast.FunctionDef, special: str) -> None:
        if self._is_package:
            self._refuse(node, None if ast.dump(node) in GETATTR else f"the function {node.name}")
            return
        named = node.name == special or LOCAL.fullmatch(node.name)
        if not named or node.decorator_list or _has_type_parameters(node):
            self._refuse(node, f"the function {node.name}")
        arguments = _arguments(node.args)
        for argument in arguments:
            if not LOCAL.fullmatch(argument.arg):
                self._refuse(node, f"the argument {argument.arg}")
            if argument.annotation is not None:
                self._annotation(argument.annotation)
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None and not isinstance(default, ast.Constant):
                self._refuse(default, "a default that is computed")
        if node.returns is not None:
            self._annotation(node.returns)
        self._walk(node.body, STATEMENTS, {argument.arg for argument in arguments})

    def _annotation(self, node: ast.expr) -> None:
        self._refuse(node, annotation_fault(node, self._types))

    def _walk(
        self, roots: Iterable[ast.AST], allowed: frozenset[type[ast.AST]], known: Iterable[str] = ()
    ) -> None:
        """Every node of one scope; a name must be `known` in it, given a value in it, or of the module."""
        local = set(known)
        loaded: list[ast.Name] = []
        waiting = list(roots)
        while waiting:
            node = waiting.pop()
            if node.__class__ not in allowed:
                self._refuse(node, f"{type(node).__name__} is not generated")
            elif isinstance(node, ast.Name):
                if isinstance(node.ctx, ast.Load):
                    loaded.append(node)
                elif LOCAL.fullmatch(node.id):
                    local.add(node.id)
                else:
                    self._refuse(node, f"the name {node.id}")
            else:
                self._refuse(node, node_fault(node))
                if allowed is EXPRESSIONS:
                    self._refuse(node, import_time_fault(node))
                if isinstance(node, ast.ExceptHandler) and node.name is not None:
                    local.add(node.name)
                if isinstance(node, ast.AnnAssign):
                    self._annotation(node.annotation)
                waiting += _below(node)
        for name in loaded:
            if name.id not in local and name.id not in self._known:
                self._refuse(name, f"the name {name.id}")


def _runtime_apart(module: str) -> str:
    """A module's name with `runtime` for wherever the runtime is."""
    for place in ("groundwire_runtime", "._runtime"):
        if module == place or module.startswith(f"{place}."):
            return f"runtime{module.removeprefix(place)}"
    return module


def bound_names(body: Sequence[ast.stmt]) -> set[str]:
    """Names that a module gives a meaning, those of classes in its classes included."""
    names: set[str] = set()
    for node in body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {inner.name for inner in node.body if isinstance(inner, ast.ClassDef)}
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.If):
            names |= bound_names(node.body)
        elif isinstance(node, (ast.AnnAssign, ast.Assign)):
            targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def _has_type_parameters(node: ast.ClassDef | ast.FunctionDef) -> bool:
    """Whether there are some (PEP 695): Python has them since 3.12."""
    return bool(getattr(node, "type_params", ()))


def _arguments(node: ast.arguments) -> list[ast.arg]:
    spread = [each for each in (node.vararg, node.kwarg) if each is not None]
    return [*node.posonlyargs, *node.args, *node.kwonlyargs, *spread]


def _below(node: ast.AST) -> Iterable[ast.AST]:
    """The nodes right below, annotations apart."""
    for name in node._fields:
        child = getattr(node, name)
        if isinstance(child, list):
            yield from child
        elif isinstance(child, ast.AST) and name != "annotation":
            yield child
