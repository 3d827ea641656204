"""The code in docs/observability.md, run: with a stand-in tracer, and with OpenTelemetry's own where it is installed."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import groundwire
import pytest
from attrs import define, field, fields
from groundwire_runtime.errors import TransportError
from groundwire_runtime.events import Event

from .runtime.doubles import Script, Time, answer, refusal

PAGE = (Path(__file__).parent.parent / "docs" / "observability.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
EXAMPLE = next(block for block in BLOCKS if "class Spans" in block)
NAME = "projects/p/operations/A"
GET = "earthengine.projects.operations.get"
ANSWERS = [refusal(503), TransportError("no answer", sent=True), answer({"name": NAME})]
STATUSES = [503, None, 200]


@define
class StandIn:
    """A span, and a tracer of itself: it keeps what it is told."""

    name: str = ""
    kind: Any = None
    attributes: dict[str, Any] = field(factory=dict)
    status: Any = None
    ended: int = 0
    events: list[tuple[str, Any]] = field(factory=list)
    spans: list[StandIn] = field(factory=list)

    def start_span(self, name: str, kind: Any, attributes: dict[str, Any]) -> StandIn:
        self.spans.append(StandIn(name, kind, attributes))
        return self.spans[-1]

    def set_attribute(self, name: str, value: Any) -> None:
        self.attributes[name] = value

    def set_status(self, status: Any) -> None:
        self.status = status

    def add_event(self, name: str, attributes: Any) -> None:
        self.events.append((name, attributes))

    def end(self) -> None:
        self.ended += 1


def called(hooks: dict[str, Any]) -> None:
    """One call that is sent three times."""
    client = groundwire.Client(
        transport=Script(list(ANSWERS)),
        clock=Time().clock(),
        credentials=groundwire.credentials.Token("canary-9d1f"),
        **hooks,
    )
    assert client.projects.operations.get(NAME).name == NAME


def test_the_example_makes_a_span_a_send_with_a_stand_in_tracer(monkeypatch: pytest.MonkeyPatch) -> None:
    package, module = ModuleType("opentelemetry"), ModuleType("opentelemetry.trace")
    vars(module).update(
        SpanKind=SimpleNamespace(CLIENT="client"), StatusCode=SimpleNamespace(ERROR="error"), trace=module
    )
    monkeypatch.setitem(sys.modules, "opentelemetry", package)
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", module)
    names: dict[str, Any] = {}
    exec(EXAMPLE, names)  # noqa: S102 - our own page
    tracer, current = StandIn(), StandIn()
    called({"on_event": names["Spans"](tracer, lambda: current)})
    assert [span.name for span in tracer.spans] == [GET] * 3
    assert [span.ended for span in tracer.spans] == [1] * 3
    assert [span.attributes.get("http.response.status_code") for span in tracer.spans] == STATUSES
    assert [span.attributes.get("error.type") for span in tracer.spans] == ["503", "TransportError", None]
    assert [span.status for span in tracer.spans] == ["error", "error", None]
    assert [span.attributes["http.request.resend_count"] for span in tracer.spans] == [0, 1, 2]
    assert [facts["error"] for _, facts in current.events] == ["Unavailable", "TransportError"]
    assert "canary" not in repr(tracer) + repr(current)


def test_the_example_makes_a_span_a_send_with_opentelemetry() -> None:
    sdk = pytest.importorskip("opentelemetry.sdk.trace", reason="opentelemetry-sdk is not installed")
    from opentelemetry import trace  # type: ignore[import-not-found, unused-ignore] # installed only for this
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor  # type: ignore[import-not-found, unused-ignore] # as above
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import (  # type: ignore[import-not-found, unused-ignore] # as above
        InMemorySpanExporter,
    )

    exporter = InMemorySpanExporter()
    provider = sdk.TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("test")
    names: dict[str, Any] = {}
    exec(EXAMPLE, names)  # noqa: S102 - our own page
    with tracer.start_as_current_span("caller"):
        called({"on_event": names["Spans"](tracer, trace.get_current_span)})
    *sends, caller = exporter.get_finished_spans()
    assert [span.attributes.get("http.response.status_code") for span in sends] == STATUSES
    assert [span.kind for span in sends] == [trace.SpanKind.CLIENT] * 3
    assert {span.parent.span_id for span in sends} == {caller.context.span_id}
    assert [event.name for event in caller.events] == ["retry", "retry"]
    assert "canary" not in "".join(span.to_json() for span in (*sends, caller))


def test_the_page_names_every_field_of_an_event() -> None:
    table = PAGE.partition("| field |")[2].partition("\n\n")[0]
    assert {field.name for field in fields(Event)} == set(re.findall(r"`(\w+)`", table))


def test_the_page_names_every_attribute_of_a_record(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "groundwire")
    called({})
    usual = vars(caplog.handler.records[0].__class__("n", 0, "", 0, "", (), None)).keys() | {
        "message",
        "taskName",
    }
    for level in ("INFO", "DEBUG"):
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| {level} |"))
        record = next(record for record in caplog.records if record.levelname == level)
        assert (
            set(re.findall(r"`(\w+)`", row.rpartition("|")[0].rpartition("|")[2]))
            == vars(record).keys() - usual
        )


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_a_block_is_python(block: str) -> None:
    compile(block, "observability.md", "exec")
