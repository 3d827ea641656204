"""Bring two documents into one format: an OpenAPI document of one of Google's APIs as a Discovery document states it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from attrs import evolve

from ..ir import Api, Encoding, ErrorShape, Location, Method
from ..lower import lower
from ..lower.reach import STRUCT
from ..problem import SpecError
from ..read.cursor import as_object
from ..read.draft import Draft
from ..read.overlay import Overlay
from ..read.overlay.apply import applied_methods
from ..read.overlay.google import GOOGLE, stated_as_discovery
from ..read.overlay.rules import OpenApiRule
from ..schema.options import Options
from ..schema.paths import ANY_MEDIA, MEDIA, path_of

_OPTIONS = Options()


def in_one_format(
    drafts: Sequence[Draft], overlays: Sequence[Overlay], allow_hosts: tuple[str, ...]
) -> tuple[list[Draft], list[Overlay]]:
    """Return both drafts, and their overlays, as the overlays' `[openapi]` says.

    Beside a Discovery document, that table has no meaning for it, and what it does not say of the OpenAPI document follows from the
    Discovery document: the path of a method is the one that is written out as the OpenAPI document has it.
    """
    is_discovery = [draft.api.errors is ErrorShape.GOOGLE for draft in drafts]
    if is_discovery == [True, True]:
        return [*drafts], [*overlays]
    if is_discovery == [False, False]:
        pairs = zip(drafts, overlays, strict=True)
        return [stated_as_discovery(*each, allow_hosts) for each in pairs], [*overlays]
    discovery, other = is_discovery.index(True), is_discovery.index(False)
    model, fitted = drafts[discovery], list(overlays)
    fitted[discovery] = evolve(overlays[discovery], openapi=OpenApiRule())
    derived = _rule(model.api, fitted[discovery], drafts[other].api, overlays[other].openapi)
    fitted[other] = evolve(overlays[other], openapi=derived)
    found = list(drafts)
    stated = stated_as_discovery(drafts[other], fitted[other], allow_hosts)
    found[other] = _placed(stated, model.api, _places(model, fitted[discovery]))
    return found, fitted


def _rule(model: Api, overlay: Overlay, api: Api, stated: OpenApiRule) -> OpenApiRule:
    """Return what the overlay says of the OpenAPI document, with what the Discovery document shows of it."""
    paths: dict[str, str] = {}
    patterns: dict[str, str] = {}
    base = urlsplit(model.base_url).path.strip("/")
    for method in applied_methods(list(model.methods.values()), overlay):
        other = api.methods.get(method.id)
        if other is not None and _is_written_out(model, method, api, other):
            paths[method.id] = f"{base}/{method.path}".strip("/")
            patterns |= {f"{method.id}:{wire}": each for wire, each in _patterns(method).items() if each}
    return OpenApiRule(
        service=stated.service or GOOGLE,
        paths={**paths, **stated.paths},
        patterns={**patterns, **stated.patterns},
    )


def _is_written_out(model: Api, method: Method, api: Api, other: Method) -> bool:
    """Return True if the OpenAPI document has the path of a method as the generator writes it, with the same patterns."""
    wanted = path_of(model, method, _OPTIONS)
    patterns = {str(each["name"]): as_object(each["schema"]).get("pattern") for each in wanted.parameters}
    prefix = urlsplit(api.base_url).path.strip("/")
    path = f"/{f'{prefix}{other.path}'.lstrip('/')}"
    return wanted.template == path and patterns == _patterns(other)


def _patterns(method: Method) -> dict[str, str | None]:
    """Return the pattern of each path variable by its name; None for one without."""
    return {each.wire: each.rules.pattern for each in method.parameters if each.location is Location.PATH}


def _places(model: Draft, overlay: Overlay) -> Mapping[str, str]:
    """Return the places of inline messages by the names that the generator gives their schemas in an OpenAPI document."""
    try:
        published = lower(model, overlay).published
    except SpecError:
        return {}
    keys = (key.partition(":") for key in published if key.startswith("message:"))
    return {published[f"message:{place}"]: place for _, _, place in keys}


def _placed(draft: Draft, model: Api, places: Mapping[str, str]) -> Draft:
    """Return a draft with the id, the places of messages and the base URL of the other, where its methods are below that."""
    url = urlsplit(model.base_url)
    base = url.path.strip("/")
    own = urlsplit(draft.api.base_url)
    api = evolve(draft.api, id=model.id, name=model.name, version=model.version)
    empty = {name for name, alias in api.aliases.items() if alias.type == STRUCT and _is_empty(model, name)}
    messages = {
        name: evolve(message, place=places.get(name, message.place)) for name, message in api.messages.items()
    }
    messages |= {name: model.messages[name] for name in empty}
    aliases = {name: alias for name, alias in api.aliases.items() if name not in empty}
    below: dict[str, Method] = {}
    for id_, method in api.methods.items():
        media = _media(method, model)
        below[id_] = method if media is None else evolve(method, responses=media.responses)
        if media is not None and media.response is not None:
            messages.setdefault(media.response, model.messages[media.response])
    if (own.scheme, own.netloc, own.path.strip("/")) == (url.scheme, url.netloc, "") and base:
        below = {id_: _below(method, f"{base}/") for id_, method in below.items()}
        api = evolve(api, servers=model.servers)
    elif own.netloc == url.netloc:
        api = evolve(api, servers=model.servers)
    return evolve(draft, api=evolve(api, methods=below, messages=messages, aliases=aliases))


def _is_empty(model: Api, name: str) -> bool:
    """Return True for a message without fields, which OpenAPI cannot tell from an object of any keys."""
    return name in model.messages and not model.messages[name].members


def _media(method: Method, model: Api) -> Method | None:
    """Return the method of the Discovery document, if it answers with media where the OpenAPI document has bytes of any kind."""
    stated = model.methods.get(method.id)
    contents = [each for answer in method.responses if answer.success for each in answer.contents]
    is_media = [each.media_type for each in contents] == [ANY_MEDIA] and contents[
        0
    ].encoding is Encoding.BYTES
    return stated if stated is not None and stated.response == MEDIA and is_media else None


def _below(method: Method, base: str) -> Method:
    return evolve(method, path=method.path.removeprefix(base)) if method.path.startswith(base) else method
