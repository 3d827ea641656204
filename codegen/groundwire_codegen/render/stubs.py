"""Method stubs: a signature, a docstring and one call each."""

from __future__ import annotations

from attrs import frozen

from ..annotations import SCALARS, hint
from ..ir import Api, ListOf, Method, Parameter
from .docs import docstring
from .layout import bracketed, quoted


@frozen(kw_only=True)
class StubView:
    """One method of a resource class."""

    name: str
    signature: str
    doc: str
    call: str


def stub(method: Method, api: Api) -> StubView:
    """The stub of a method."""
    positional = [f"{p.name}: {_hint(p)}" for p in method.parameters if p.required and p.held is None]
    empty = method.request is not None and not api.messages[method.request].members
    body = (
        [f"request: messages.{method.request}{' | None = None' if empty else ''}"] if method.request else []
    )
    keywords = [
        f"{p.name}: {_hint(p)} | None = None"
        for p in method.parameters
        if (not p.required or p.held is not None) and not _is_page_token(p, method)
    ]
    result = f"messages.{method.response}" if method.response else "None"
    if method.paging is not None:
        result = f"Pager[{_item(method, api)}, {result}]"
    arguments = ["self", *positional, *body, *(["*", *keywords] if keywords else [])]
    arguments.append("**options: Unpack[CallOptions]")
    given = [f"{quoted(p.wire)}: {p.name}" for p in method.parameters if not _is_page_token(p, method)]
    client = "self" if not method.resource else "self._client"
    sent = (
        "None"
        if method.request is None
        else f"request or messages.{method.request}()"
        if empty
        else "request"
    )
    values = [method.constant, bracketed("{", given, "}", indent=12), sent, "options"]
    function = f"{client}.call"
    if method.paging is not None:
        function, values = "Pager.over", [client, *values]
    return StubView(
        name=method.name,
        signature=bracketed(f"def {method.name}(", arguments, f") -> {result}:", indent=4),
        doc=docstring(_stub_doc(method), 8),
        call=bracketed(f"return {function}(", values, ")", indent=8),
    )


def _is_page_token(parameter: Parameter, method: Method) -> bool:
    """Whether the pager alone fills the parameter; where it is required, the caller says where to begin."""
    paging = method.paging
    return (
        paging is not None
        and not paging.in_body
        and parameter.wire == paging.token
        and not parameter.required
    )


def _item(method: Method, api: Api) -> str:
    message = api.messages[method.response or ""]
    field = next(each for each in message.fields if method.paging and each.wire == method.paging.items)
    return hint(field.type.item, "messages.") if isinstance(field.type, ListOf) else "Any"


def _stub_doc(method: Method) -> str:
    paragraphs = [method.doc or f"Call `{method.id}`."]
    if method.deprecated:
        paragraphs.append("Deprecated.")
    texts = {p.name: _parameter_doc(p) for p in method.parameters if not _is_page_token(p, method)}
    paragraphs += [f"`{name}`: {text}" for name, text in texts.items() if text]
    return "\n\n".join(paragraphs)


def _parameter_doc(parameter: Parameter) -> str:
    """The parameter's text, and the pattern that only the service checks."""
    unchecked = parameter.pattern is not None and not parameter.enforced
    note = f"Pattern: `{parameter.pattern}`." if unchecked else ""
    return f"{parameter.doc} {note}".strip()


def _hint(parameter: Parameter) -> str:
    if parameter.values:
        text = f"Literal[{', '.join(quoted(value) for value in parameter.values)}] | Unlisted"
    else:
        text = SCALARS[parameter.type.kind]
    return f"Sequence[{text}]" if parameter.repeated else text
