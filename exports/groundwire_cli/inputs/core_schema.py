"""PyYAML's safe loader with the scalars of YAML 1.2's core schema: `12:30`, `yes` and dates are text, and `010` is ten.

Source: https://yaml.org/spec/1.2.2/#103-core-schema
"""

from __future__ import annotations

import math
import re
from typing import Any, Final, cast

import yaml

_TAG: Final = "tag:yaml.org,2002:"
_SCALARS: Final = (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
    ("merge", r"<<", ["<"]),
)


def _integer(loader: Any, node: Any) -> int:
    text: str = loader.construct_scalar(node)
    return int(text, 0 if text[:2] in ("0o", "0x") else 10)


def _float(loader: Any, node: Any) -> float:
    text: str = loader.construct_scalar(node)
    number = float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number of JSON")
    return number


def _loader() -> Any:
    loader: Any = type("Loader", (cast("Any", yaml).SafeLoader,), {"yaml_implicit_resolvers": {}})
    for name, pattern, starts in _SCALARS:
        loader.add_implicit_resolver(_TAG + name, re.compile(f"(?:{pattern})\\Z", re.ASCII), starts)
    loader.add_constructor(f"{_TAG}int", _integer)
    loader.add_constructor(f"{_TAG}float", _float)
    return loader


LOADER: Final[Any] = _loader()
