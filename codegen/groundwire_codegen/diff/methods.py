"""Compare methods: the name and the pager of the stub, and the request that it sends."""

from __future__ import annotations

from collections.abc import Iterator

from ..ir import (
    Api,
    Body,
    ErrorShape,
    InBody,
    Listing,
    Method,
    Paging,
    Path,
    Response,
    TypeRef,
    ValueLocation,
)
from .access import security_changes
from .bodies import answer_changes, body_changes
from .change import Change, Place
from .ground import Ground, same_shape, text_changes
from .parameters import parameter_changes


def method_changes(on: Ground) -> Iterator[Change]:
    """Yield every change of a method and of its parameters. Methods are the same by id."""
    old, new = on.old.methods, on.new.methods
    gone = {id_: _call(old[id_]) for id_ in old.keys() - new.keys()}
    come = {id_: _call(new[id_]) for id_ in new.keys() - old.keys()}
    renamed = dict(same_shape(gone, come))
    for id_, other in renamed.items():
        yield _place(on.new, new[other]).change("method.renamed", id_, other, contains=_wires(old[id_]))
    for id_ in gone.keys() - renamed.keys():
        yield _place(on.old, old[id_]).change(
            "method.removed", old=_stub(on.old, old[id_]), contains=_wires(old[id_])
        )
    for id_ in come.keys() - {*renamed.values()}:
        yield _place(on.new, new[id_]).change(
            "method.added", new=_stub(on.new, new[id_]), contains=_wires(new[id_])
        )
    for id_ in old.keys() & new.keys():
        place = _place(on.new, new[id_])
        yield from _between(on, place, old[id_], new[id_])
        yield from parameter_changes(place, old[id_], new[id_], on.fit)


def _call(method: Method) -> tuple[object, ...]:
    bodies = (method.body and method.body.contents, tuple(each.contents for each in method.responses))
    return method.verb, method.path, *bodies


def _wires(method: Method) -> tuple[str, ...]:
    return tuple(parameter.wire for parameter in method.parameters)


def _stub(api: Api, method: Method) -> str:
    """Return how a caller writes it: `client.projects.image.export`."""
    names = {resource.path: resource.name for resource in api.resources}
    way = [names.get(method.resource[: depth + 1], part) for depth, part in enumerate(method.resource)]
    return ".".join(["client", *way, method.name])


def _place(api: Api, method: Method) -> Place:
    return Place(
        subject="method",
        path=method.id,
        name=_stub(api, method),
        pointer=method.pointer,
        methods=(method.id,),
    )


def _between(on: Ground, place: Place, old: Method, new: Method) -> Iterator[Change]:
    if old.resource != new.resource:
        yield place.change("method.name", _stub(on.old, old), _stub(on.new, new))
    elif (old.name, old.constant) != (new.name, new.constant):
        yield place.change("method.name", f"{old.name} ({old.constant})", f"{new.name} ({new.constant})")
    yield from body_changes(place, on.fit, old, new, is_google=on.new.errors is ErrorShape.GOOGLE)
    yield from answer_changes(place, on.fit, old, new, (on.old, on.new))
    yield from _paging_changes(place, old, new)
    yield from security_changes(place, old, new)
    for rule, before, after in (
        ("path", old.path, new.path),
        ("verb", old.verb, new.verb),
        ("request-id", _request_id(old), _request_id(new)),
        ("idempotency", _idempotency(old), _idempotency(new)),
        ("transport", _transport(old), _transport(new)),
        ("media" if _takes(old) <= _takes(new) else "media-removed", _media(old), _media(new)),
        ("server", old.server or "", new.server or ""),
    ):
        if before != after:
            yield place.change(f"method.{rule}", before, after)
    yield from text_changes(place, "method", (old.doc, old.deprecated), (new.doc, new.deprecated))


def _paging_changes(place: Place, old: Method, new: Method) -> Iterator[Change]:
    before, after = old.paging or old.listing, new.paging or new.listing
    if before == after:
        return
    same = before is not None and after is not None and _listed(before) == _listed(after)
    yield place.change("method.paging-fields" if same else "method.paging", _paging(old), _paging(new))


def _listed(paging: Paging | Listing) -> tuple[Path, TypeRef]:
    return paging.items, paging.item


def _paging(method: Method) -> str:
    paging, listing = method.paging, method.listing
    if listing is not None:
        return f"pages of {'.'.join(listing.items) or 'the answer'} by {listing.kind.value}"
    if paging is None:
        return "one answer"
    token = paging.place
    place, wire = ("body", token.path[-1]) if isinstance(token, InBody) else ("query", token.wire)
    return f"pages of {'.'.join(paging.items)} by {wire} in the {place}"


def _request_id(method: Method) -> str:
    place = method.idempotency.request_id
    if place is None:
        return ""
    return ".".join(place.path) if isinstance(place, InBody) else f"{place.wire} in the query"


def _idempotency(method: Method) -> str:
    """When a repeat is safe, besides by a request id."""
    facts = method.idempotency
    if facts.always is not None:
        return "always" if facts.always else "never"
    names = sorted({_precondition(each) for each in facts.when_set})
    return f"when {' or '.join(names)} is set" if names else "by the verb"


def _precondition(place: ValueLocation) -> str:
    return ".".join(("body", *place.path)) if isinstance(place, InBody) else place.wire


def _transport(method: Method) -> str:
    """Return the fixed headers and the envelopes."""
    bodies: tuple[Body | Response, ...] = (
        *([method.body] if method.body is not None else []),
        *method.responses,
    )
    words = [f"{name}: {value}" for name, value in method.headers]
    words += dict.fromkeys(f"envelope {each.envelope}" for each in bodies if each.envelope)
    return " ".join(words)


def _takes(method: Method) -> set[str]:
    """Return what a caller may do with the media of a method: upload, download."""
    media = method.media
    return set() if media is None else {*["upload"] * media.upload, *["download"] * media.download}


def _media(method: Method) -> str:
    media = method.media
    if media is None:
        return ""
    facts = (media.simple, media.resumable, media.max_size, *media.accept)
    return " ".join(
        ["upload"] * media.upload + ["download"] * media.download + [each for each in facts if each]
    )
