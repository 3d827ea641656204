"""Bodies to send and answers to get, by the document's own media types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen
from groundwire_codegen.ir import Content, Method, Response
from groundwire_runtime import json_patch
from groundwire_runtime.contents import WithMediaType
from groundwire_runtime.http import Response as Answer
from groundwire_runtime.streams import ServerEvent

from .documents import Operation, resolved
from .forms import FORM, MULTIPART, Form
from .values import NoValueError, Pair, Values

LINES: Final = ("ndjson", "jsonl", "json-lines", "jsonlines", "json-seq", "jsonstream", "nd-json")
TEXT: Final = "gr\u00fcezi <&> \u2028"
DATA: Final = b"\x00\xff\r\n\x01"
EVENTS: Final = (
    ServerEvent(event="message", data='{"n": 1}', id="1"),
    ServerEvent(event="tick", data="two\nlines", id="1", retry=500),
)
EVENT_BYTES: Final = b'\xef\xbb\xbf: hello\nid: 1\ndata: {"n": 1}\n\n\r\nevent:tick\rretry: 500\rdata:two\rdata: lines\r\rdata: cut'


@frozen
class Body:
    """A body: what the stub takes, the media type that is sent, and its JSON, bytes or form."""

    value: Any
    media_type: str
    want: Any


@frozen
class Expected:
    """An answer to the next call, and what the call is to return for it."""

    answer: Answer
    content: Content | None = None
    pairs: tuple[Pair, ...] = ()
    value: Any = None

    @property
    def is_stream(self) -> bool:
        """Return True for items that come one by one."""
        return self.content is not None and self.content.encoding in ("lines", "events")


EMPTY: Final = Expected(Answer(status=204, body=b""))


@frozen
class Bodies:
    """The bodies of one document's operations. `faults` gets what is wrong with the client."""

    document: Any
    values: Values
    faults: list[str]

    def sent(self, operation: Operation, method: Method) -> Body | None:
        """Return a body for a call, of any of the media types; None for a call without one."""
        stated = resolved(self.document, operation.stated.get("requestBody"))
        contents = (stated or {}).get("content") or {}
        if not contents or not (stated.get("required") or self.values.chance()):
            return None
        if method.body is None:
            self.faults.append(f"{operation.name}: the client takes no body")
            return None
        content = self.values.choice(method.body.contents)
        if content.media_type not in contents:
            self.faults.append(f"{operation.name}: the media type {content.media_type} is not the document's")
        value, want, sent = self._value(content, contents.get(content.media_type) or {})
        if len(method.body.contents) > 1 or "*" in content.media_type:
            value = WithMediaType(value, sent)
        return Body(value, sent, want)

    def _value(self, content: Content, stated: Mapping[str, Any]) -> tuple[Any, Any, str]:
        essence = content.media_type.partition(";")[0].strip().lower()
        if essence == FORM or essence.startswith(MULTIPART):
            for _ in range(99):
                pair = self.values.form(content.type, files=essence != FORM)
                form = Form(self.document, essence, stated, pair.json)
                if form.is_defined:
                    return pair.value, form, content.media_type
            raise NoValueError(f"no form of {content.type}")
        if content.encoding == "json":
            pair = self.values.filled(content.type, rules=content.rules)
            kind = content.media_type.replace("*/*", "application/json").replace("*+json", "vnd.echo+json")
            return pair.value, pair.json, kind
        if content.encoding == "text":
            return "some text", b"some text", content.media_type
        if content.encoding == "patch":
            return (json_patch.Remove("/a"),), [{"op": "remove", "path": "/a"}], content.media_type
        return DATA, DATA, content.media_type.replace("*/*", "image/*").replace("*", "png")

    def answer(self, operation: Operation, method: Method) -> Expected:
        """Return the answer of the next call: of the first success that has a body, rather JSON than another type."""
        responses = (operation.stated.get("responses") or {}).items()
        stated = sorted(
            ((str(status), resolved(self.document, each)) for status, each in responses),
            key=lambda each: each[0],
        )
        if [status for status, _ in stated] == ["default"]:
            stated = [("200", stated[0][1])]
        if operation.verb == "HEAD":
            return EMPTY
        found = [
            (status, media_type)
            for status, response in stated
            for media_type in (response.get("content") or {} if isinstance(response, dict) else ())
            if status.startswith("2") and status not in ("204", "205")
        ]
        for status, media_type in sorted(found, key=lambda each: not _is_json(each[1])):
            code = int(status.upper().replace("X", "0"))
            answers = [each for each in method.responses if each.low <= code <= each.high and each.success]
            content = _content(answers, media_type)
            if content is None:
                self.faults.append(f"{operation.name}: no type for {status} {media_type}")
                continue
            return self._expected(code, media_type, content)
        return EMPTY

    def _expected(self, status: int, media_type: str, content: Content) -> Expected:
        essence = media_type.partition(";")[0].strip().lower()
        kind = essence.replace("*/*", "image/*").replace("/*", "/png")
        headers = {"content-type": kind}
        if any(each in essence for each in LINES):
            pairs = tuple(self.values.filled(content.type) for _ in range(3))
            before, after = (b"\x1e", b"\n") if "seq" in essence else (b"", b"\r\n")
            body = b"".join(before + json.dumps(each.json).encode() + after for each in pairs)
            return Expected(Answer(status=status, headers=headers, body=body), content, pairs)
        if essence == "text/event-stream":
            return Expected(Answer(status=status, headers=headers, body=EVENT_BYTES), content, (), EVENTS)
        if content.encoding == "json":
            pair = self.values.body(content.type)
            body = json.dumps(pair.json).encode()
            return Expected(Answer(status=status, headers=headers, body=body), content, (pair,))
        if content.encoding == "text":
            headers["content-type"] += "; charset=utf-8"
            return Expected(Answer(status=status, headers=headers, body=TEXT.encode()), content, (), TEXT)
        return Expected(Answer(status=status, headers=headers, body=DATA), content, (), DATA)


def _is_json(media_type: str) -> bool:
    essence = media_type.partition(";")[0].strip().lower()
    return essence == "application/json" or essence.endswith("+json")


def _content(answers: list[Response], media_type: str) -> Content | None:
    """Return the content of the narrowest range of statuses, by its media type."""
    if not answers:
        return None
    narrowest = min(answers, key=lambda each: each.high - each.low)
    return next((each for each in narrowest.contents if each.media_type == media_type), None)
