"""The view of `client.py`: the classes of resources and of the client, with their stubs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import frozen

from ..ir import Api, Hint
from ..lower.waiting import waited
from .layout import imported, used_names
from .listing import JobsView, jobs_view
from .methods import MethodView, maker, method_view
from .modules import module_name as resource_module
from .rest import RestView, rest_view
from .source import Source, doc, literal, name, word
from .stubs import StubView, common_parameters, is_rest, stub_views
from .waits import WaitView, wait_view

METHOD_WORDS: Final = ("ExtraScope", "Method", "Paging", "Preconditions")


@frozen(kw_only=True)
class HintView:
    """A hint for errors of the API."""

    text: Source
    reasons: tuple[Source, ...]
    words: tuple[Source, ...]


@frozen(kw_only=True)
class ChildView:
    """A resource inside another, or of the client."""

    attribute: Source
    cls: Source
    module: Source
    """The module that has the class, in a large client."""


@frozen(kw_only=True)
class MakerView:
    """A method of a large client: the module that has it, and the function that makes it."""

    id: Source
    module: Source
    maker: Source


@frozen(kw_only=True)
class ClassView:
    """A resource, or the client itself, which has no name here, with its stubs and the resources below it."""

    name: Source | None
    doc: Source
    children: tuple[ChildView, ...]
    stubs: tuple[StubView, ...]


@frozen(kw_only=True)
class ClientView:
    """The module `client.py`, or one of the package `client` that a large client has in its place."""

    is_large: bool
    is_client: bool
    """The module has the client's class, and what belongs to all methods."""
    is_lazy: Source | None
    """Imports from `lazy`."""
    caches: bool
    method_class: bool
    raw: bool
    method_words: Source | None
    """Imports of the module from the runtime's `method`; `raw`: it imports `RawMethod` too."""
    uploads: bool
    downloads: bool
    modules: tuple[tuple[Source, Source], ...]
    """The classes of resources that a type checker finds here, each with its module."""
    makers: tuple[MakerView, ...]
    resource_modules: tuple[tuple[Source, Source], ...]
    """The class of each resource and its module, as text."""
    methods: tuple[MethodView, ...]
    rest: RestView | None
    """The methods, servers and schemes of an API that OpenAPI describes; then there are no `methods`."""
    classes: tuple[ClassView, ...]
    held: tuple[tuple[Source, Source], ...]
    """Arguments of the client, each as a name and as text."""
    base_url: Source
    common: Source | None
    """Parameters of all methods that a call takes as options."""
    options: Source | None
    """Types of the options of calls."""
    hints: tuple[HintView, ...]
    wait: WaitView | None
    jobs: JobsView | None
    resources: bool
    nested: bool
    children: bool
    stubs: bool
    messages: bool
    parameters: bool
    paging: bool
    listings: bool
    """True if there are any: `client.py` imports what they need."""
    clears: bool
    masks: bool
    """True if an overlay states an update mask."""
    containers: Source | None
    typing: Source | None
    dates: bool
    times: Source | None
    values: Source | None
    files: bool
    patches: bool
    streams: Source | None
    """Imports of the annotations."""


def client_view(api: Api) -> ClientView:
    """Return the view of `client.py`."""
    return _view(api, api, tuple(_classes(api)))


def client_package(api: Api) -> dict[str, ClientView]:
    """Return the views of the package `client` of a large client by module: a module for each resource, and `__init__`."""
    views: dict[str, ClientView] = {}
    for path, cls in zip(_paths(api), _classes(api, is_large=True), strict=True):
        stem = "__init__" if not path else resource_module(_class_names(api)[path])
        views[stem] = _view(api, api.with_methods_of(path), (cls,), is_large=True, is_client=not path)
    return views


def _view(
    api: Api, part: Api, classes: tuple[ClassView, ...], *, is_large: bool = False, is_client: bool = True
) -> ClientView:
    """Return the view of a module with the methods of `part`, and with these classes."""
    rest = rest_view(part) if is_rest(api) else None
    methods = () if rest else tuple(method_view(method, api) for method in part.methods.values())
    found = waited(api) if is_client else None
    stubs = [stub for each in classes for stub in each.stubs]
    jobs = jobs_view(api, is_large=is_large) if is_client else None
    children = any(each.children for each in classes)
    used = _used(stubs)
    used |= {"Any", "Final", "Mapping", "Unpack"} if is_client else set[str]()
    used |= {"Callable"} if found or jobs else set[str]()
    used |= {"TYPE_CHECKING"} if is_large and (children or (is_client and api.resources)) else set[str]()
    used |= {"overload"} if any(stub.overloads for stub in stubs) else set[str]()
    return ClientView(
        is_large=is_large,
        is_client=is_client,
        is_lazy=_lazy_imports(api) if is_large and is_client else None,
        caches=is_large and bool(part.methods or found),
        method_class=is_client or bool(part.methods),
        raw=any(each.is_raw for each in methods),
        method_words=imported(METHOD_WORDS, set(_method_words(part, methods, is_client=is_client))),
        uploads=any(stub.upload for stub in stubs),
        downloads=any(stub.download for stub in stubs),
        modules=tuple(_modules(api, None if is_client else classes[0])) if is_large else (),
        makers=tuple(_makers(api)) if is_large and is_client else (),
        resource_modules=tuple(_resource_modules(api)) if is_large and is_client else (),
        methods=methods,
        rest=rest,
        classes=classes,
        held=tuple((name("parameter", held.name), literal(held.name)) for held in api.held),
        base_url=literal(api.base_url if api.servers else ""),
        common=literal(tuple(common_parameters(api))) if common_parameters(api) else None,
        options=imported(("CallOptions", "CommonOptions"), {stub.options.text for stub in stubs}),
        hints=tuple(map(_hint, api.hints)) if is_client else (),
        wait=None if found is None else wait_view(found, api, is_large=is_large),
        jobs=jobs,
        resources=any(each.name is not None for each in classes),
        nested=not is_large and any(each.name is not None and each.children for each in classes),
        children=children,
        stubs=bool(stubs),
        messages="messages" in used or bool(found or jobs or _types(methods)),
        parameters=any(method.parameters for method in part.methods.values()),
        paging=any(method.paging for method in part.methods.values()),
        listings=any(method.listing for method in part.methods.values()),
        masks=any(stub.mask for stub in stubs),
        clears=any(stub.clears for stub in stubs),
        containers=imported(("Callable", "Mapping", "Sequence"), used),
        typing=imported(("TYPE_CHECKING", "Any", "Final", "Literal", "Unpack", "overload"), used),
        dates="dt" in used,
        times=imported(("datetime", "timedelta"), used),
        values=imported(("JsonValue", "Unlisted", "Unrecognized"), used),
        files="FilePart" in used,
        patches="PatchOperation" in used,
        streams=imported(("ServerEvent", "Stream"), used),
    )


def _method_words(part: Api, methods: tuple[MethodView, ...], *, is_client: bool) -> Iterator[str]:
    """Yield the names of the runtime's `method` that the methods of Google's APIs need."""
    if is_client or any(not each.is_raw for each in methods):
        yield "Method"
    if any(method.extra_scopes for method in part.methods.values()):
        yield "ExtraScope"
    if any(method.paging for method in part.methods.values()):
        yield "Paging"
    if any(method.preconditions for method in methods):
        yield "Preconditions"


def _used(stubs: Sequence[StubView]) -> set[str]:
    """Return the names that stubs refer to."""
    used = used_names(
        source
        for stub in stubs
        for source in (
            stub.result,
            *((stub.request,) if stub.request else ()),
            *(argument.annotation for argument in stub.arguments),
        )
    )
    used |= {"Unpack"} if stubs else set[str]()
    return used | ({"Sequence"} if any(stub.clears for stub in stubs) else set[str]())


def _lazy_imports(api: Api) -> Source | None:
    """Return what the client's module imports from `lazy`, in a large client."""
    return imported(("lazy_methods", "lazy_names"), ("lazy_methods", "lazy_names")[: 1 + bool(api.resources)])


def _types(methods: Sequence[MethodView]) -> list[Source]:
    return [each for method in methods for each in (method.request, method.response) if each is not None]


def _class_names(api: Api) -> dict[tuple[str, ...], str]:
    return {resource.path: resource.class_name for resource in api.resources}


def _paths(api: Api) -> list[tuple[str, ...]]:
    """Return the path of every resource, inner ones first, and of the client itself."""
    return sorted({*_class_names(api), ()}, key=lambda path: (-len(path), path))


def _makers(api: Api) -> Iterator[MakerView]:
    names = _class_names(api)
    for method in api.methods.values():
        module = f".{resource_module(names[method.resource])}" if method.resource else "."
        yield MakerView(
            id=literal(method.id), module=literal(module), maker=literal(maker(method.constant).text)
        )


def _resource_modules(api: Api) -> Iterator[tuple[Source, Source]]:
    for cls in sorted(_class_names(api).values()):
        yield literal(cls), literal(resource_module(cls))


def _modules(api: Api, cls: ClassView | None) -> Iterator[tuple[Source, Source]]:
    """Yield what a module gives to a type checker: the classes that its class refers to, and the client's module all."""
    if cls is not None:
        yield from sorted(((each.cls, each.module) for each in cls.children), key=lambda pair: pair[1].text)
        return
    for each in sorted(_class_names(api).values(), key=resource_module):
        yield name("class", each), word(f".{resource_module(each)}")


def _classes(api: Api, *, is_large: bool = False) -> Iterator[ClassView]:
    """Every resource, inner ones first, and the client itself last."""
    children: dict[tuple[str, ...], list[ChildView]] = {}
    stubs: dict[tuple[str, ...], list[StubView]] = {}
    names = {path: name("class", cls) for path, cls in _class_names(api).items()}
    for resource in api.resources:
        child = ChildView(
            attribute=name("resource", resource.name),
            cls=names[resource.path],
            module=word(f".{resource_module(resource.class_name)}"),
        )
        children.setdefault(resource.path[:-1], []).append(child)
    for method in api.methods.values():
        stubs.setdefault(method.resource, []).extend(stub_views(method, api, is_large=is_large))
    for path in _paths(api):
        yield ClassView(
            name=names.get(path),
            doc=doc(f"The resource `{'.'.join(path)}`." if path else _client_doc(api), 4),
            children=tuple(children.get(path, ())),
            stubs=tuple(stubs.get(path, ())),
        )


def _client_doc(api: Api) -> str:
    lines = [f"A client of {api.title or api.name} {api.version}. Safe to share between threads."]
    lines += [f"`{held.name}`: {held.doc}" for held in api.held if held.doc]
    if is_rest(api) and (len(api.servers) > 1 or any(each.variables for each in api.servers)):
        servers = (f"{index} is `{each.url}`" for index, each in enumerate(api.servers))
        lines.append(f"`server`: {', '.join(servers)}.")
    return "\n\n".join(lines)


def _hint(hint: Hint) -> HintView:
    return HintView(
        text=literal(hint.text),
        reasons=tuple(map(literal, hint.reasons)),
        words=tuple(map(literal, hint.words)),
    )
