"""The controls of a contract server in another process: the same calls, sent to `/$contract/call/`."""

from __future__ import annotations

import http.client
import inspect
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, cast, get_type_hints
from urllib.parse import urlsplit

from cattrs import Converter
from cattrs.errors import BaseValidationError
from cattrs.preconf.json import make_converter

from ..assets.asset_json import declaration, read_asset
from ..assets.record import Asset
from ..rules.error_bodies import Refusal
from ..suggestion import suggestion
from .controls import Controls

PATH: Final = "/$contract/call/"
CALLS: Final = tuple(name for name in vars(Controls) if not name.startswith("_"))
"""Names of the calls."""


def called(controls: Controls, name: str, arguments: Mapping[str, Any]) -> Any:
    """Make one call with JSON arguments and return its result as JSON. Raises LookupError and ValueError."""
    if name not in CALLS:
        raise LookupError(f"{name!r} is none of {', '.join(CALLS)}{suggestion(name, CALLS)}")
    hints = _hints(name)
    wanted = set(hints) - {"return"}
    if set(arguments) != wanted:
        raise ValueError(f"{name} takes {', '.join(sorted(wanted)) or 'nothing'}")
    try:
        read = {
            parameter: _converter().structure(value, hints[parameter])
            for parameter, value in arguments.items()
        }
    except (BaseValidationError, TypeError, KeyError) as error:
        raise ValueError(f"the arguments of {name} cannot be read: {error}") from error
    return _converter().unstructure(getattr(controls, name)(**read), hints["return"])


class RemoteControls(Controls):
    """The controls of the contract server at an endpoint, with its control token where it has one.

    Raises LookupError and ValueError as they do, PermissionError without the token that it takes, and OSError.
    """

    def __init__(self, endpoint: str, token: str | None = None) -> None:
        self._endpoint = endpoint
        self._headers = {"content-type": "application/json"}
        if token is not None:
            self._headers["authorization"] = f"Bearer {token}"
        self.local = None

    def sent(self, name: str, arguments: Mapping[str, object]) -> Any:
        """Send a call and return its result."""
        hints = _hints(name)
        plain = {
            parameter: _converter().unstructure(value, hints[parameter])
            for parameter, value in arguments.items()
        }
        status, result = self._posted(PATH + name, json.dumps(plain).encode())
        if status == 200:
            return _converter().structure(result["result"], hints["return"])
        message = result["error"]["message"]
        if status in (401, 403):
            raise PermissionError(message)
        raise (LookupError if status == 404 else ValueError)(message)

    def _posted(self, path: str, body: bytes) -> tuple[int, Any]:
        """Return the status and the JSON of an answer. Raises ValueError for the answer of another server."""
        parts = urlsplit(self._endpoint)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.netloc, timeout=30)
        try:
            connection.request("POST", path, body, self._headers)
            answer = connection.getresponse()
            value: Any = json.loads(answer.read())
        except (http.client.HTTPException, ValueError) as error:
            raise ValueError(f"{self._endpoint} is no contract server: {error}") from error
        finally:
            connection.close()
        if not isinstance(value, dict) or not ({"result", "error"} & value.keys()):
            raise ValueError(f"{self._endpoint} is no contract server: it has no control API")
        return answer.status, cast("dict[str, Any]", value)


def _forwarded(name: str) -> Callable[..., Any]:
    signature = inspect.signature(getattr(Controls, name))

    def call(self: RemoteControls, *positional: object, **named: object) -> Any:
        bound = signature.bind(self, *positional, **named).arguments
        return self.sent(name, {key: value for key, value in bound.items() if key != "self"})

    return call


for _name in CALLS:
    setattr(RemoteControls, _name, _forwarded(_name))


@cache
def _hints(name: str) -> dict[str, Any]:
    return get_type_hints(getattr(Controls, name))


@cache
def _converter() -> Converter:
    converter = make_converter(forbid_extra_keys=True)
    converter.register_structure_hook(type(None), lambda _, __: None)
    converter.register_structure_hook(Asset, lambda value, _: read_asset(value))
    converter.register_unstructure_hook(Asset, declaration)
    converter.register_structure_hook(Refusal, lambda value, _: _refusal(value))
    return converter


def _refusal(value: object) -> Refusal:
    if not isinstance(value, dict):
        raise TypeError("a refusal is an object")
    refusal = cast("dict[str, Any]", value)
    return Refusal(
        rule=refusal["rule"],
        code=refusal["code"],
        message=refusal["message"],
        details=tuple(refusal["details"]),
        headers=tuple((name, text) for name, text in refusal["headers"]),
    )
