"""The pipeline from a document and an overlay to text: read, lower, render. It has no effects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from attrs import evolve, frozen

from .folder import GIT_ATTRIBUTES, GIT_ATTRIBUTES_TEXT
from .inputs import Inputs
from .ir import Api
from .lock import ALLOWED, FILE, MESSAGES, Lock, file_digest, is_older
from .lower.patterns import by_kind
from .problem import GeneratorError, Problem, SpecError, escape
from .reader import read_lowered
from .render import render

INLINE: Final = "inline"
ONE_MODULE: Final = "module"
"""All messages of a client are in one module, and all stubs in another."""
UNDER_PARENT: Final = "parent"
"""Inline classes have short names under the messages that they stand in."""
LARGE: Final = "schema"
"""Each schema and each resource has a module, which is imported when it is first used."""
SHOWN: Final = 3
"""Names of a kind that are said one by one when they are gone."""


@frozen
class Output:
    """The files of a package with their lock, by path relative to the package."""

    files: Mapping[str, str]
    lock: Lock
    warnings: tuple[Problem, ...] = ()
    """Problems that stop nothing: unenforced patterns, an older revision, names that go or move, drift."""
    drift: tuple[Problem, ...] = ()
    """Rules of the overlay under which the document has changed."""
    left_out: tuple[str, ...] = ()
    """Schemas that are not generated: no wanted method reaches them."""


def generate(inputs: Inputs, before: Lock | None = None, *, runtime: str = "groundwire_runtime") -> Output:
    """Generate a package. Names that `before` published stay. Raises SpecError with every problem of the inputs, and GeneratorError."""
    lowered = read_lowered(
        inputs.document,
        inputs.overlay,
        methods=inputs.methods or None,
        published=None if before is None else before.names,
        decisions=None if before is None else before.decisions,
        reviewed=None if before is None else before.reviewed,
        allow_hosts=inputs.allow_hosts,
        references=inputs.references,
        base=inputs.base,
        allow_constructs=inputs.allow_constructs,
        messages=inputs.messages,
    )
    api = lowered.api
    layout = _layout(api, inputs, before)
    # A client that was published without short names stays as it is.
    inline = UNDER_PARENT if before is None else before.decisions.get(INLINE)
    files = _rendered(api, inputs, runtime, is_large=layout == LARGE, has_inner=inline == UNDER_PARENT)
    files[GIT_ATTRIBUTES] = GIT_ATTRIBUTES_TEXT
    inputs = _without_stale(inputs, lowered.warnings)
    hashes = {path: file_digest(text) for path, text in files.items()}
    lock = Lock(
        inputs=inputs.digests(),
        files=hashes,
        names=lowered.published,
        decisions={
            "layout": layout,
            **({} if inline is None else {INLINE: inline}),
            **lowered.decisions,
        },
        revision=api.revision,
        reviewed=lowered.review.marks,
        constructs={**lowered.constructs, **dict.fromkeys(inputs.allow_constructs, ALLOWED)},
        options={} if inputs.messages is None else {MESSAGES: "\n".join(sorted(inputs.messages))},
    )
    drift = lowered.review.drift
    warnings = (*lowered.warnings, *_losses(before, lock), *drift)
    return Output({**files, FILE: lock.text()}, lock, by_kind(warnings), drift, lowered.left_out)


def _without_stale(inputs: Inputs, warnings: tuple[Problem, ...]) -> Inputs:
    """Return the inputs without constructs that the document lacks: the lock keeps none that would be warned of for ever."""
    stale = {each.construct for each in warnings if each.source == "options"}
    kept = tuple(each for each in inputs.allow_constructs if each not in stale)
    return inputs if kept == inputs.allow_constructs else evolve(inputs, allow_constructs=kept)


def _layout(api: Api, inputs: Inputs, before: Lock | None) -> str:
    """Return the layout of the client: as first generated, or by its size. Raises SpecError for one that is unknown."""
    layout = None if before is None else before.decisions.get("layout")
    if layout not in (None, ONE_MODULE, LARGE):
        hint = f"restore it: {ONE_MODULE} or {LARGE}"
        raise SpecError([Problem(FILE, "/decisions/layout", f"unknown layout {layout[:80]!r}", hint)])
    count = len(api.messages) + len(api.enums) + len(api.aliases)
    return layout or (LARGE if max(count, len(api.methods)) > inputs.large_above else ONE_MODULE)


def _rendered(api: Api, inputs: Inputs, runtime: str, *, is_large: bool, has_inner: bool) -> dict[str, str]:
    try:
        return render(
            api,
            package=inputs.package,
            origin=inputs.name,
            runtime=runtime,
            is_large=is_large,
            has_inner=has_inner,
        )
    except (TypeError, ValueError) as error:
        raise GeneratorError(f"text that is not safe to write: {error}") from error


def _moved(before: Lock, now: Lock) -> Iterator[Problem]:
    """Yield decisions that could not be kept: what they were about is not there any more."""
    if not before.decisions and before.inputs.get("document") not in (None, now.inputs["document"]):
        words = "it is older than the decisions that locks keep: arguments, optional bodies and pagers may have moved"
        yield Problem(FILE, "/decisions", words, "generate from the old document first")
    for key, value in before.decisions.items():
        if key in now.decisions and _lost(key.partition(":")[0], value.split(), now.decisions[key].split()):
            words = f"was {value or 'nothing'}, is {now.decisions[key] or 'nothing'}"
            yield Problem(FILE, f"/decisions/{escape(key)}", words)


def _lost(kind: str, old: list[str], new: list[str]) -> bool:
    """Return True if callers see it: positional arguments may be added at the end, and polls anywhere but first."""
    return new[: len(old)] != old if kind == "arguments" else new[:1] != old[:1]


def _losses(before: Lock | None, now: Lock) -> Iterator[Problem]:
    """Yield what a folder loses: its revision to an older one, and names that callers may use."""
    if before is None:
        return
    if is_older(now.revision, before.revision):
        said = f"{now.revision} is older than {before.revision}, which the folder holds"
        yield Problem("document", "/revision", said)
    yield from _gone(before.names, now.names)
    for key, name in before.names.items():
        if now.names.get(key, name) != name:
            yield Problem(FILE, f"/names/{escape(key)}", f"{name} is {now.names[key]} by the overlay's word")
    yield from _moved(before, now)


def _gone(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Problem]:
    """Yield the names that are not there any more, three of each kind: fewer methods take thousands with them."""
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    for key in before:
        if key not in now:
            kinds[key.partition(":")[0]].append(key)
    for keys in kinds.values():
        more = len(keys) - SHOWN
        for number, key in enumerate(keys[:SHOWN], 1):
            rest = f"; {more:,} more like it" if number == SHOWN and more > 0 else ""
            yield Problem(FILE, f"/names/{escape(key)}", f"{before[key]} is gone{rest}")
