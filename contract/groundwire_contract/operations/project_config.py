"""The config of a project: its registration, and what an update set."""

from __future__ import annotations

import json
from typing import Final

from ..exchange import JsonObject
from ..rules.error_bodies import invalid_argument
from .asset_changes import mask_paths
from .call import Answer, Call, Context

REGISTERED: Final = "REGISTERED_NOT_COMMERCIALLY"
"""The registration of a project until a test gives another answer: projects here may call every method."""


def get(call: Call, context: Context) -> Answer:
    """Return the config of a project."""
    return _config(call, context)


def update(call: Call, context: Context) -> Answer:
    """Change what the mask names, or all that was sent; a project keeps its name."""
    name, config = call.variables["name"], _config(call, context)
    sent: JsonObject = {key: value for key, value in call.body.items() if key != "name"}
    paths = tuple(map(_camel, mask_paths(call.query.get("updateMask")))) or tuple(sent)
    for path in paths:
        if path == "name" and "config-field-fixed" not in context.relaxed:
            return invalid_argument("config-field-fixed", f"Invalid update mask: {path} cannot be updated.")
        if path in sent:
            config[path] = sent[path]
        else:
            config.pop(path, None)
    config = {"registrationState": REGISTERED, **config, "name": name}
    context.state.put_setting(name, json.dumps(config))
    return config


def _config(call: Call, context: Context) -> JsonObject:
    name = call.variables["name"]
    text = context.state.setting(name)
    return {"name": name, "registrationState": REGISTERED} if text is None else json.loads(text)


def _camel(path: str) -> str:
    first, *rest = path.split("_")
    return first + "".join(word.capitalize() for word in rest)
