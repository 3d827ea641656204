"""Compare methods: the signature of the stub, its result, and the request that it sends."""

from __future__ import annotations

from collections.abc import Iterator

from ..ir import Api, Body, InBody, Method, Response, SchemeRequirement, ValueLocation
from ..read.discovery.methods import GOOGLE, JSON
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
        yield from parameter_changes(place, old[id_], new[id_])


def _call(method: Method) -> tuple[object, ...]:
    return method.verb, method.path, method.request, method.response


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
    yield from _signature(place, old, new)
    for rule, before, after in (
        ("path", old.path, new.path),
        ("verb", old.verb, new.verb),
        ("scopes", _scopes(old), _scopes(new)),
        ("request-id", _request_id(old), _request_id(new)),
        ("idempotency", _idempotency(old), _idempotency(new)),
        ("transport", _transport(old), _transport(new)),
        ("media", _media(old), _media(new)),
    ):
        if before != after:
            yield place.change(f"method.{rule}", before, after)
    yield from text_changes(place, "method", (old.doc, old.deprecated), (new.doc, new.deprecated))


def _signature(place: Place, old: Method, new: Method) -> Iterator[Change]:
    rule = _request_rule(old, new)
    if rule:
        yield place.change(f"method.{rule}", _body(old.request), _body(new.request))
    if old.response != new.response:
        yield place.change("method.response-type", old.response or "nothing", new.response or "nothing")
    if old.paging == new.paging:
        return
    same = old.paging is not None and new.paging is not None and old.paging.items == new.paging.items
    yield place.change("method.paging-fields" if same else "method.paging", _paging(old), _paging(new))


def _request_rule(old: Method, new: Method) -> str:
    """The rule that a change of the body follows; empty for none."""
    if old.request is None or new.request is None:
        if old.request == new.request:
            return ""
        if new.request is None:
            return "request-removed"
        return "request-added" if _needs_body(new) else "request-optional-added"
    return "request-type" if old.request != new.request else ""


def _needs_body(method: Method) -> bool:
    return method.body is not None and method.body.required


def _body(name: str | None) -> str:
    return name or "no body"


def _paging(method: Method) -> str:
    paging = method.paging
    if paging is None:
        return "one answer"
    token = paging.place
    place, wire = ("body", token.path[-1]) if isinstance(token, InBody) else ("query", token.wire)
    return f"pages of {'.'.join(paging.items)} by {wire} in the {place}"


def _scopes(method: Method) -> str:
    extra = [f"{each.scope} (for {'.'.join(each.path)})" for each in method.extra_scopes]
    stated = [_requirement(each) for each in method.security or ()]
    return " ".join([*(stated if stated or method.security is None else ["none"]), *extra])


def _requirement(schemes: tuple[SchemeRequirement, ...]) -> str:
    """Return all schemes of one requirement; Google's is the one whose scopes need no name before them."""
    return " and ".join(
        " ".join([*([] if each.scheme == GOOGLE else [each.scheme]), *each.scopes]) for each in schemes
    )


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
    """Return the fixed headers, the envelopes, and media types and statuses other than the usual ones."""
    bodies: tuple[Body | Response, ...] = (
        *([method.body] if method.body is not None else []),
        *method.responses,
    )
    words = [f"{name}: {value}" for name, value in method.headers]
    words += dict.fromkeys(f"envelope {each.envelope}" for each in bodies if each.envelope)
    words += [each.media_type for body in bodies for each in body.contents if each.media_type != JSON]
    words += [f"{each.low}-{each.high}" for each in method.responses if (each.low, each.high) != (200, 299)]
    return " ".join(words)


def _media(method: Method) -> str:
    media = method.media
    if media is None:
        return ""
    facts = (media.simple, media.resumable, media.max_size, *media.accept)
    return " ".join(
        ["upload"] * media.upload + ["download"] * media.download + [each for each in facts if each]
    )
