"""Files of answers, by method id: what `serve` answers in place of the service.

    ["earthengine.projects.value.compute"]
    value = {result = 3}

    ["earthengine.projects.maps.create"]
    status = 403

A file is TOML, or JSON with the same members if its name ends with `.json`. Each answer has `value`, a JSON value, or
`text`, what is sent as it is; and may have `status`, `content_type` and `headers`.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

from .given import NO_VALUE, Answer, AnswerError, Given, given_of

_MEMBERS: Final = frozenset({"value", "text", "status", "content_type", "headers"})


def read_answer_file(path: Path) -> Mapping[str, Given]:
    """Return the answers of a file by method id. Raises AnswerError and OSError."""
    data = path.read_bytes()
    try:
        root: object = json.loads(data) if path.suffix == ".json" else tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise AnswerError(f"{path}: {error}") from error
    if not isinstance(root, dict):
        raise AnswerError(f'{path}: expected answers by method id, such as {{"getHut": {{"value": {{}}}}}}')
    answers: dict[str, Given] = {}
    for method, answer in cast("dict[str, object]", root).items():
        try:
            answers[method] = _given(answer)
        except AnswerError as error:
            raise AnswerError(f"{path}: {method}: {error}") from error
    return answers


def _given(answer: object) -> Given:
    members = cast("dict[str, Any]", answer) if isinstance(answer, dict) else {"": answer}
    if not members.keys() <= _MEMBERS:
        shown = ", ".join(members) if isinstance(answer, dict) else repr(answer)
        raise AnswerError(f"an answer has {', '.join(sorted(_MEMBERS))}; got {shown}")
    if len(members.keys() & {"value", "text"}) == 2:
        raise AnswerError("an answer has `value` or `text`, not both")
    if not members.keys() & {"value", "text", "status"}:
        raise AnswerError("an answer has a `value`, a `text` or a `status`")
    status, kind, headers, text = (
        members.get(name) for name in ("status", "content_type", "headers", "text")
    )
    if isinstance(status, bool) or not isinstance(status, int | None):
        raise AnswerError(f"`status` is a number, got {status!r}")
    if not isinstance(kind, str | None) or not isinstance(text, str | None):
        raise AnswerError("`content_type` and `text` are text")
    named = cast("dict[str, object]", {} if headers is None else headers)
    if not isinstance(headers, dict | None) or not all(isinstance(value, str) for value in named.values()):
        raise AnswerError("`headers` are texts by name")
    value = members.get("value", NO_VALUE) if text is None else text.encode()
    return given_of(
        Answer(value=value, status=status, content_type=kind, headers=cast("dict[str, str]", named))
    )
