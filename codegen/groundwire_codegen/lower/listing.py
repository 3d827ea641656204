"""Listings and jobs of APIs that OpenAPI describes: what an overlay states of them, held to the types of the answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import evolve, field, frozen

from ..ir import (
    Alias,
    AliasRef,
    Api,
    InBody,
    InParameter,
    Kind,
    Listing,
    ListingKind,
    ListOf,
    MapOf,
    Message,
    MessageRef,
    Method,
    Nullable,
    Path,
    Scalar,
    TypeRef,
    UnionOf,
    ValueLocation,
    Watched,
    parameter_key,
)
from ..problem import Problem, escape
from ..read.overlay import NO_METHOD, Overlay
from ..read.overlay.rules import PagingRule, WaitingRule

_BODY: Final = "body."
_FREE: Final = (Scalar(Kind.ANY), Scalar(Kind.STRUCT))
_ANY: Final = Scalar(Kind.ANY)
_KINDS: Final = {
    "token": ListingKind.TOKEN,
    "page": ListingKind.PAGE,
    "offset": ListingKind.OFFSET,
    "link": ListingKind.LINK,
    "link_header": ListingKind.HEADER,
}


def with_overlay_facts(
    methods: Mapping[str, Method],
    overlay: Overlay,
    messages: Mapping[str, Message],
    aliases: Mapping[str, Alias],
    problems: list[Problem],
) -> dict[str, Method]:
    """Return the methods with their listings and jobs. What an overlay states wrongly is a problem."""
    finished: dict[str, Method] = {}
    for id_, method in methods.items():
        rule = overlay.methods.get(id_, NO_METHOD)
        if rule is NO_METHOD:
            finished[id_] = method
            continue
        facts = _Facts(method, messages, aliases, problems)
        finished[id_] = evolve(
            method,
            listing=None if rule.paging is None else facts.listing(rule.paging),
            watched=None if rule.waiting is None else facts.watched(rule.waiting),
        )
    return finished


def fits(draft: Api, method: Method, rule: PagingRule | WaitingRule) -> bool:
    """Return True if what an overlay states of a method's listing, or of a job, fits a document."""
    problems: list[Problem] = []
    facts = _Facts(method, draft.messages, draft.aliases, problems)
    if isinstance(rule, PagingRule):
        facts.listing(rule)
    else:
        facts.watched(rule)
    return not problems


def google_problems(overlay: Overlay) -> Iterator[Problem]:
    """Yield the rules that only an OpenAPI document takes: a Discovery document states paging and waiting itself."""
    for rule in overlay.methods.values():
        for stated in (rule.paging, rule.waiting):
            if stated is not None:
                yield Problem("overlay", stated.pointer, "a rule for methods of OpenAPI documents alone")


@frozen
class _Facts:
    """Reads the rules of one method."""

    method: Method
    messages: Mapping[str, Message]
    aliases: Mapping[str, Alias]
    problems: list[Problem] = field(eq=False)

    def listing(self, rule: PagingRule) -> Listing | None:
        """Return how the method pages; None after a problem."""
        stated = [key for key in _KINDS if getattr(rule, key)]
        if len(stated) != 1:
            words = " and ".join(stated) or "none"
            self._refuse(rule.pointer, f"one of {', '.join(_KINDS)} is needed, got {words}")
            return None
        kind, source = _KINDS[stated[0]], rule.next
        if kind is ListingKind.TOKEN and bool(rule.next) == bool(rule.last):
            self._refuse(rule.pointer, "a token needs one of next and last")
            return None
        if kind is ListingKind.TOKEN and rule.last:
            kind, source = ListingKind.LAST, ""
        elif kind is not ListingKind.TOKEN and (rule.next or rule.last):
            self._refuse(rule.pointer, "next and last are of a token")
        item = self._item(rule)
        if kind is ListingKind.LAST and item is not None:
            self._checked(rule.last, item, f"{rule.pointer}/last")
        for key in ("next", "link", "more", "total", "pages"):
            self._answered(getattr(rule, key), f"{rule.pointer}/{key}")
        if rule.first is not None and (kind is not ListingKind.PAGE or rule.first != int(rule.first)):
            self._refuse(
                f"{rule.pointer}/first", "the number of the first page is a whole number, beside `page`"
            )
        return (
            None
            if item is None
            else Listing(
                kind=kind,
                item=item,
                items=_path(rule.items),
                place=self._place(rule.token or rule.page or rule.offset, f"{rule.pointer}/{stated[0]}"),
                source=_path(rule.last if kind is ListingKind.LAST else rule.link or source),
                first=1 if rule.first is None else int(rule.first),
                more=_path(rule.more),
                total=_path(rule.total),
                pages=_path(rule.pages),
            )
        )

    def watched(self, rule: WaitingRule) -> Watched | None:
        """Return how the method tells of the end of a job."""
        if self.method.verb != "GET":
            self._refuse(rule.pointer, f"a job is read by GET, not by {self.method.verb}")
        if bool(rule.status) != bool(rule.done):
            self._refuse(rule.pointer, "status and done belong together")
        for name in sorted({*rule.done} & {*rule.failed}):
            self._refuse(rule.pointer, f"{name[:80]!r} is in done and in failed")
        for key in ("status", "message", "progress"):
            self._answered(getattr(rule, key), f"{rule.pointer}/{key}")
        arguments: list[tuple[str, Path]] = []
        for wire, path in rule.arguments.items():
            pointer = f"{rule.pointer}/arguments/{escape(wire)}"
            self._answered(path, pointer)
            place = self._place(wire, pointer)
            if isinstance(place, InParameter):
                arguments.append((place.wire, _path(path)))
        return Watched(
            status=_path(rule.status),
            done=rule.done,
            failed=rule.failed,
            message=_path(rule.message),
            progress=_path(rule.progress),
            arguments=tuple(arguments),
        )

    def _item(self, rule: PagingRule) -> TypeRef | None:
        pointer = f"{rule.pointer}/items" if rule.items else rule.pointer
        found = [each for type_ in self._answers() for each in self._at(type_, _path(rule.items))]
        lists = [each.item for each in found if isinstance(each, ListOf)]
        if not lists and any(each in _FREE for each in found):
            return _ANY
        if not lists:
            self._refuse(pointer, "the rule matches nothing: no list is there in an answer", _HINT)
            return None
        return lists[0] if all(each == lists[0] for each in lists) else _ANY

    def _place(self, name: str, pointer: str) -> ValueLocation | None:
        """Return the parameter, or the place in the body, of a name; None for none, or after a problem."""
        if not name:
            return None
        for each in self.method.parameters:
            if each.wire == name:
                return InParameter(parameter_key(each, self.method.parameters))
        contents = () if self.method.body is None else self.method.body.contents
        path = _path(name.removeprefix(_BODY))
        if name.startswith(_BODY) and any(True for each in contents for _ in self._at(each.type, path)):
            return InBody(path)
        self._refuse(
            pointer,
            f"the rule matches nothing: no parameter {name[:80]!r}",
            "a field of the body is `body.FIELD`",
        )
        return None

    def _answers(self) -> Iterator[TypeRef]:
        yield from (
            content.type for each in self.method.responses if each.success for content in each.contents
        )

    def _answered(self, path: str, pointer: str) -> None:
        """Refuse a path that no answer has."""
        if path and not any(True for type_ in self._answers() for _ in self._at(type_, _path(path))):
            self._refuse(pointer, f"the rule matches nothing: no answer has {path[:80]!r}", _HINT)

    def _checked(self, path: str, type_: TypeRef, pointer: str) -> None:
        if not any(True for _ in self._at(type_, _path(path))):
            self._refuse(pointer, f"the rule matches nothing: no item has {path[:80]!r}", _HINT)

    def _at(self, type_: TypeRef, path: Path) -> Iterator[TypeRef]:
        """Yield the types that a path leads to; of a union, those of each member that has it."""
        match type_:
            case Nullable(inner):
                yield from self._at(inner, path)
            case AliasRef(name):
                named = self.aliases[name].type
                if named is not None:
                    yield from self._at(named, path)
            case UnionOf(members):
                for each in members:
                    yield from self._at(each, path)
            case MessageRef(name) if name in self.aliases:
                # Of a draft, whose references lead to any named type.
                yield from self._at(AliasRef(name), path)
            case _ if not path:
                yield type_
            case MapOf(value):
                yield from self._at(value, path[1:])
            case MessageRef(name) if name in self.messages:
                message = self.messages[name]
                known = next(
                    (each.type for each in message.wire_fields if each.wire == path[0]), message.extra
                )
                if known is not None:
                    yield from self._at(known, path[1:])
            case _ if type_ in _FREE:
                yield _ANY
            case _:
                return

    def _refuse(self, pointer: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem("overlay", pointer, message, hint))


_HINT: Final = "a path is wire names with dots between"


def _path(text: str) -> Path:
    return tuple(text.split(".")) if text else ()
