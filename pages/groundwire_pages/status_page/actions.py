"""The control buttons. The script sends them to the control API; without it, or for a visitor who may not, there are none."""

from __future__ import annotations

import json
from typing import Final

from ..kit.element import Html, element
from .view import Operation, Snapshot

ENDED: Final = frozenset({"SUCCEEDED", "CANCELLED", "FAILED"})
_STEPS: Final = (1, 10, 60)


def actions(operation: Operation, title: str, snapshot: Snapshot) -> Html | None:
    """Return the controls of an operation that has not ended."""
    if not snapshot.may_control or operation.state in ENDED:
        return None
    of, name = f" {title}", operation.name
    hold = ("Release", "release") if operation.held else ("Hold", "hold")
    return _folded(
        f" of {title}",
        _button("Finish", "finish", {"name": name}, of),
        _button("Fail", "fail", {"name": name, "message": "Internal error.", "code": 3}, of),
        _button("Cancel", "cancel", {"name": name}, of),
        _button(*hold, {"name": name}, of),
    )


def server_actions(snapshot: Snapshot) -> Html | None:
    """Return the controls of all operations and of the clock."""
    if not snapshot.may_control:
        return None
    steps = (
        _button(f"Advance {step} s", "advance", {"seconds": step}) for step in _STEPS if snapshot.may_advance
    )
    hold = _button("Hold all", "hold", {"name": None})
    return _folded(" of the server", *steps, hold, _button("Release all", "release", {"name": None}))


def _folded(of: str, *buttons: Html) -> Html:
    summary = element("summary", "Control", element("span", of, class_="unseen"))
    return element("details", summary, element("div", *buttons, class_="buttons"), class_="actions")


def _button(label: str, call: str, arguments: dict[str, object], of: str = "") -> Html:
    return element(
        "button",
        label,
        element("span", of, class_="unseen") if of else None,
        type="button",
        data_call=call,
        data_arguments=json.dumps(arguments),
    )
