"""The verdict for each kind of change: one rule each, with an id, a kind, a verdict and a sentence."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from attrs import frozen

from .verdict import Verdict

__all__ = ["RULES", "Kind", "Rule", "Verdict"]


class Kind(StrEnum):
    """The kind of a change."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    JOINED = "joined a union"
    LEFT = "left a union"
    MOVED = "moved"
    NAME = "name in Python"
    TYPE = "type"
    REQUIRED = "required"
    BOUNDS = "bounds"
    PATTERN = "pattern"
    DEFAULT = "default"
    FORM = "form"
    PATH = "path"
    VERB = "verb"
    SCOPES = "scopes"
    REQUEST_ID = "request id"
    IDEMPOTENCY = "idempotency"
    SIGNATURE = "signature"
    TRANSPORT = "transport"
    DEPRECATED = "deprecated"
    DOCS = "docs"


@frozen
class Rule:
    """A rule of the diff: the verdict for one kind of change, with the reason."""

    id: str
    kind: Kind
    verdict: Verdict
    sentence: str


_T, _R, _B, _C = Verdict.TYPES, Verdict.RUN, Verdict.BEHAVIOUR, Verdict.COMPATIBLE
_TABLE: Final = (
    ("api.base-url", Kind.TRANSPORT, _B, "Every call goes to another address."),
    ("client.argument-added", Kind.ADDED, _C, "The client takes one more optional keyword."),
    ("client.argument-removed", Kind.REMOVED, _T, "A keyword of the client is gone."),
    ("client.argument-prefix", Kind.FORM, _B, "The client puts another prefix before what it holds."),
    ("client.wait-added", Kind.ADDED, _C, "The client can wait for operations."),
    ("client.wait-removed", Kind.REMOVED, _T, "The client's `wait` is gone."),
    ("client.wait-types", Kind.SIGNATURE, _T, "`wait` takes or returns other classes."),
    ("client.wait-poll", Kind.TRANSPORT, _R, "`wait` asks by another method, which may refuse the name."),
    ("resource.name", Kind.NAME, _T, "The attribute or the class of a resource has another name."),
    ("method.added", Kind.ADDED, _C, "A new method takes nothing from callers."),
    ("method.removed", Kind.REMOVED, _T, "A stub is gone."),
    (
        "method.renamed",
        Kind.RENAMED,
        _T,
        "A stub is gone, and one that makes the same call has another name.",
    ),
    ("method.name", Kind.NAME, _T, "The stub or its constant has another name."),
    ("method.path", Kind.PATH, _B, "The stub calls another URL."),
    (
        "method.verb",
        Kind.VERB,
        _B,
        "The stub uses another verb; what is sent again after a fault follows it.",
    ),
    (
        "method.scopes",
        Kind.SCOPES,
        _B,
        "The stub asks for other scopes; credentials may lack one that is new.",
    ),
    ("method.request-added", Kind.SIGNATURE, _T, "The stub needs a body that it did not take."),
    (
        "method.request-optional-added",
        Kind.SIGNATURE,
        _B,
        "The stub takes an empty body, and sends one when none is given.",
    ),
    ("method.request-removed", Kind.SIGNATURE, _T, "The stub takes no body any more."),
    ("method.request-type", Kind.SIGNATURE, _T, "The stub takes a body of another class."),
    (
        "method.response-type",
        Kind.SIGNATURE,
        _T,
        "The stub returns another class, or one instead of nothing.",
    ),
    ("method.paging", Kind.SIGNATURE, _T, "The stub returns a pager instead of a page, or other items."),
    ("method.paging-fields", Kind.TRANSPORT, _B, "Pages are asked for, or found, under other names."),
    (
        "method.request-id",
        Kind.REQUEST_ID,
        _B,
        "Whether, and by which field, a lost call is sent again has changed.",
    ),
    ("method.idempotency", Kind.IDEMPOTENCY, _B, "A lost call is made again under other conditions."),
    (
        "method.transport",
        Kind.TRANSPORT,
        _B,
        "A fixed header, the envelope, a media type or a status has changed.",
    ),
    ("method.media", Kind.TRANSPORT, _C, "Media travels outside the stub; its signature and call stay."),
    ("method.deprecated", Kind.DEPRECATED, _C, "Deprecation is said in the docs alone."),
    ("method.docs", Kind.DOCS, _C, "Only the text differs."),
    ("parameter.added", Kind.ADDED, _C, "A new optional parameter is a keyword that callers leave out."),
    ("parameter.added-required", Kind.ADDED, _T, "Callers must pass one more argument."),
    ("parameter.added-held", Kind.ADDED, _R, "A call fails unless the client holds the parameter."),
    ("parameter.removed", Kind.REMOVED, _T, "The stub does not take the argument any more."),
    (
        "parameter.removed-token",
        Kind.REMOVED,
        _B,
        "Only the pager filled the parameter, which callers never passed.",
    ),
    ("parameter.name", Kind.NAME, _T, "The argument has another name."),
    ("parameter.place", Kind.REQUIRED, _T, "An argument changed between positional and keyword."),
    (
        "parameter.required",
        Kind.REQUIRED,
        _R,
        "A call that leaves the parameter out fails unless the client holds it.",
    ),
    (
        "parameter.optional",
        Kind.REQUIRED,
        _C,
        "A parameter that the client may hold can be left out altogether.",
    ),
    ("parameter.type", Kind.TYPE, _T, "The annotation of the argument differs."),
    (
        "parameter.repeated",
        Kind.TYPE,
        _R,
        "A text is a sequence of texts to a checker, and is refused where several are taken.",
    ),
    ("parameter.form", Kind.TYPE, _B, "The annotation stays; only the service checks the other form."),
    ("parameter.narrowed", Kind.TYPE, _R, "The annotation stays, but values that were sent are refused."),
    ("parameter.widened", Kind.TYPE, _C, "The annotation stays, and every value is still taken."),
    ("parameter.value-added", Kind.TYPE, _C, "The argument takes one more name."),
    ("parameter.value-removed", Kind.TYPE, _T, "The argument does not take the name any more."),
    ("parameter.tightened", Kind.BOUNDS, _R, "The client refuses values that it sent before."),
    ("parameter.loosened", Kind.BOUNDS, _C, "The client refuses fewer values."),
    ("parameter.pattern", Kind.PATTERN, _R, "The client checks a pattern that it did not check before."),
    ("parameter.pattern-dropped", Kind.PATTERN, _C, "The client checks no pattern any more."),
    (
        "parameter.pattern-unchecked",
        Kind.PATTERN,
        _B,
        "Only the service checks the pattern; it may refuse other values.",
    ),
    ("parameter.default", Kind.DEFAULT, _B, "Leaving the argument out means something else."),
    ("parameter.location", Kind.TRANSPORT, _B, "The value travels in another part of the URL."),
    ("parameter.prefix", Kind.FORM, _R, "A value without the prefix is not completed as it was."),
    ("parameter.held", Kind.FORM, _B, "Another argument of the client, or none, fills the parameter."),
    (
        "parameter.held-required",
        Kind.FORM,
        _R,
        "A call that leaves the parameter out fails unless the client holds the other argument.",
    ),
    ("parameter.deprecated", Kind.DEPRECATED, _C, "Deprecation is said in the docs alone."),
    ("parameter.docs", Kind.DOCS, _C, "Only the text differs."),
    ("message.added", Kind.ADDED, _C, "A new class takes nothing from callers."),
    ("message.removed", Kind.REMOVED, _T, "A class is gone."),
    ("message.renamed", Kind.RENAMED, _T, "A class is gone, and one with the same fields has another name."),
    ("message.name", Kind.NAME, _T, "The class has another name."),
    ("message.family", Kind.SIGNATURE, _T, "The message became a family of variants, or stopped being one."),
    ("message.deprecated", Kind.DEPRECATED, _C, "Deprecation is said in the docs alone."),
    ("message.docs", Kind.DOCS, _C, "Only the text differs."),
    ("field.added", Kind.ADDED, _C, "Fields are keywords with a default: a new one is left out by old code."),
    ("field.added-required", Kind.ADDED, _R, "The client refuses to send the message without the new field."),
    ("field.removed", Kind.REMOVED, _T, "An attribute is gone."),
    ("field.renamed", Kind.RENAMED, _T, "An attribute is gone, and one of the same type has another name."),
    ("field.name", Kind.NAME, _T, "The attribute has another name."),
    ("field.type", Kind.TYPE, _T, "The annotation of the attribute differs."),
    ("field.narrowed", Kind.TYPE, _R, "The annotation stays, but values that were sent are refused."),
    ("field.widened", Kind.TYPE, _C, "The annotation stays, and every value is still taken."),
    ("field.form", Kind.FORM, _B, "The annotation stays, but what travels is written another way."),
    ("field.required", Kind.REQUIRED, _R, "The client refuses to send the message without the field."),
    ("field.optional", Kind.REQUIRED, _C, "The client sends the message without the field."),
    ("field.tightened", Kind.BOUNDS, _R, "The client refuses to send values that it sent before."),
    ("field.loosened", Kind.BOUNDS, _C, "The client refuses fewer values."),
    ("field.unchecked", Kind.BOUNDS, _C, "Bounds are never applied to what is received."),
    (
        "field.pattern",
        Kind.PATTERN,
        _B,
        "The pattern is not checked here: the service may take or send others.",
    ),
    ("field.default", Kind.DEFAULT, _B, "An absent field means something else."),
    (
        "field.default-divides",
        Kind.DEFAULT,
        _R,
        "The default divides a sibling, which is refused when it is no multiple.",
    ),
    ("field.wrapper", Kind.FORM, _C, "The bare value and the wrapped one are both taken."),
    ("field.wrapper-dropped", Kind.FORM, _R, "A wrapped value in an answer is refused."),
    ("field.request-id", Kind.REQUEST_ID, _B, "Another field makes a resend recognisable."),
    (
        "field.read-only",
        Kind.FORM,
        _B,
        "The service sets the field, or stopped to; a value sent may not count.",
    ),
    ("field.deprecated", Kind.DEPRECATED, _C, "Deprecation is said in the docs alone."),
    ("field.docs", Kind.DOCS, _C, "Only the text differs."),
    ("union.added", Kind.ADDED, _C, "A union of new members is an attribute that old code leaves out."),
    ("union.added-required", Kind.ADDED, _R, "The client refuses to send the message without a member."),
    ("union.removed", Kind.REMOVED, _T, "The attribute of a union is gone."),
    ("union.name", Kind.NAME, _T, "The attribute of a union has another name."),
    (
        "union.joined",
        Kind.JOINED,
        _T,
        "The attribute's type has one more class: a match that `assert_never` closes is refused.",
    ),
    (
        "union.joined-family-sent",
        Kind.JOINED,
        _C,
        "A family has one more subclass, which old code never makes.",
    ),
    (
        "union.joined-family",
        Kind.JOINED,
        _B,
        "What arrived as the family's bare class arrives as a new subclass.",
    ),
    ("union.left", Kind.LEFT, _T, "A member of a union is gone."),
    (
        "union.moved",
        Kind.MOVED,
        _T,
        "A field moved into, out of, or between unions: its attribute is another.",
    ),
    (
        "union.member-class",
        Kind.SIGNATURE,
        _T,
        "A member has another class: of two members of one type, neither can stand for itself.",
    ),
    ("union.required", Kind.REQUIRED, _R, "The client refuses to send the message without a member."),
    ("union.optional", Kind.REQUIRED, _C, "The client sends the message without a member."),
    (
        "union.unchecked",
        Kind.REQUIRED,
        _C,
        "Whether a member must be set is never asked of what is received.",
    ),
    ("union.docs", Kind.DOCS, _C, "Only the text differs."),
    ("enum.added", Kind.ADDED, _C, "A new class takes nothing from callers."),
    ("enum.removed", Kind.REMOVED, _T, "A class is gone."),
    ("enum.renamed", Kind.RENAMED, _T, "A class is gone, and one with the same names is called otherwise."),
    (
        "enum.value-received",
        Kind.ADDED,
        _T,
        "What arrived as `Unlisted` arrives as a member: a match that `assert_never` closes is refused.",
    ),
    (
        "enum.value-sent",
        Kind.ADDED,
        _B,
        "No answer brings the name; what lists all members meets one more.",
    ),
    ("enum.value-removed", Kind.REMOVED, _T, "A member is gone."),
    ("enum.value-renamed", Kind.RENAMED, _T, "A member is gone, and one that looks like it is new."),
    ("enum.value-name", Kind.NAME, _T, "The member has another name in Python."),
    ("enum.deprecated", Kind.DEPRECATED, _C, "Deprecation is said in the docs alone."),
    ("enum.docs", Kind.DOCS, _C, "Only the text differs."),
)
RULES: Final = {id_: Rule(id_, kind, verdict, sentence) for id_, kind, verdict, sentence in _TABLE}
"""Every rule by its id."""
