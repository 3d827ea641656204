"""What a change says of what stood and what stands there, and that each form shows both."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from groundwire_codegen.diff import Diff, Given, compare, read_sides
from groundwire_codegen.diff.views.github import workflow_commands
from groundwire_codegen.diff.views.markdown import markdown
from groundwire_codegen.diff.views.page import page
from groundwire_codegen.diff.views.report import report
from groundwire_codegen.diff.views.terminal import terminal

from tests.codegen.diff.shop import OVERLAY, shop
from tests.codegen.documents import encoded

Words = tuple[str, str, str, str]
"""The rule of a change, its place, and what stood and stands there."""
# fmt: off
DOCUMENT: tuple[tuple[str, Any, tuple[Words, ...]], ...] = (
    ("schemas/Order/properties/note/type", "boolean", (("field.type", "Order.note", "str (string)", "bool (boolean)"),)),
    ("schemas/Order/properties/copies", {"type": "string", "format": "int64"}, (("field.form", "Order.copies", "int (int32)", "int (int64)"),)),
    ("schemas/Order/properties/note/pattern", "^x$", (("field.pattern", "Order.note", "", "^x$"),)),
    ("schemas/Order/properties/note/default", "n", (("field.default", "Order.note", "", "n"),)),
    ("schemas/Receipt/properties/total/readOnly", True, (("field.read-only", "Receipt.total", "writable", "set by the service"),)),
    ("schemas/Receipt/properties/total/description", "Words.", (("field.docs", "Receipt.total", "", "Words."),)),
    ("resources/orders/methods/get/parameters/limit/maximum", "20", (("parameter.tightened", "shop.orders.get.limit", "maximum 10000000000", "maximum 20"),)),
    ("resources/orders/methods/get/parameters/limit/maximum", "90000000000", (("parameter.loosened", "shop.orders.get.limit", "maximum 10000000000", "maximum 90000000000"),)),
    ("resources/orders/methods/get/parameters/limit/maximum", None, (("parameter.loosened", "shop.orders.get.limit", "maximum 10000000000", ""),)),
    ("resources/orders/methods/get/parameters/limit/minimum", "1", (("parameter.tightened", "shop.orders.get.limit", "", "minimum 1"),)),
    ("resources/orders/methods/get/parameters/name/pattern", "^orders/[0-9]+$", (("parameter.pattern", "shop.orders.get.name", "^orders/[^/]+$", "^orders/[0-9]+$"),)),
    ("resources/orders/methods/get/parameters/region/default", "eu", (("parameter.default", "shop.orders.get.region", "", "eu"),)),
    ("resources/orders/methods/get/parameters/region/required", True, (("parameter.required", "shop.orders.get.region", "keyword, optional", "keyword, required"),)),
    ("resources/orders/methods/get/parameters/region/repeated", True, (("parameter.repeated", "shop.orders.get.region", "str (string)", "Sequence[str (string)]"),)),
    ("resources/orders/methods/get/parameters/region/type", "boolean", (("parameter.type", "shop.orders.get.region", "str (string)", "bool (boolean)"),)),
    ("resources/orders/methods/get/parameters/view/enum", ["FULL", "SHORT"], (("parameter.value-removed", "shop.orders.get.view", "BRIEF", ""), ("parameter.value-added", "shop.orders.get.view", "", "SHORT"),)),
    ("resources/orders/methods/get/path", "v2/{+name}", (("method.path", "shop.orders.get", "v1/{+name}", "v2/{+name}"),)),
    ("resources/orders/methods/create/httpMethod", "PUT", (("method.verb", "shop.orders.create", "POST", "PUT"),)),
    ("resources/orders/methods/get/scopes", ["https://www.googleapis.com/auth/shop.read"], (("method.scopes", "shop.orders.get", "https://www.googleapis.com/auth/shop", "https://www.googleapis.com/auth/shop.read"),)),
    ("resources/orders/methods/get/response/$ref", "Receipts", (("method.response-type", "shop.orders.get", "Receipt", "Receipts"),)),
    ("rootUrl", "https://shop.europe.googleapis.com/", (("api.base-url", "baseUrl", "https://shop.googleapis.com/", "https://shop.europe.googleapis.com/"),)),
    ("schemas/Order/properties/kind/enum", ["SMALL", "HUGE"], (("enum.value-removed", "OrderKind.LARGE", "LARGE", ""), ("enum.value-sent", "OrderKind.HUGE", "", "HUGE"),)),
    ("schemas/Receipt/properties/state/enum", ["OPEN", "PAID", "LATE"], (("enum.value-received", "ReceiptState.LATE", "", "LATE"),)),
    ("schemas/Order/properties/note", None, (("field.removed", "Order.note", "str (string)", ""),)),
    ("resources/orders/methods/get/apiVersion", "2", (("method.transport", "shop.orders.get", "", "x-goog-api-version: 2"),)),
    ("schemas/Order/properties/lines", {"type": "array", "items": {"type": "string"}}, (("field.added", "Order.lines", "", "Sequence[str] (string)"),)),
    ("resources/orders/methods/get/parameters/limit/deprecated", True, (("parameter.deprecated", "shop.orders.get.limit", "in use", "deprecated"),)),
    ("schemas/Order/properties/note/description", "New words.", (("field.docs", "Order.note", "", "New words."),)),
)
"""A place of the document, what it says now (None: nothing), and the changes."""
RULES: tuple[tuple[str, str, tuple[Words, ...]], ...] = (
    ("maximum = 100", "maximum = 50", (("field.tightened", "Order.copies", "maximum 100", "maximum 50"),)),
    ("maximum = 100", "maximum = 200", (("field.loosened", "Order.copies", "maximum 100", "maximum 200"),)),
    ("maximum = 100\n", "", (("field.loosened", "Order.copies", "maximum 100", ""),)),
    ("maximum = 100", "maximum = 100\nminimum = 1", (("field.tightened", "Order.copies", "", "minimum 1"),)),
    ("maximum = 100", "maximum = 100\nexclusive_minimum = 0.5", (("field.tightened", "Order.copies", "", "exclusive_minimum 0.5"),)),
    ("[names]\n", "[messages.Order.fields.book]\nmin_length = 1\nmax_length = 9\n[names]\n", (("field.tightened", "Order.book", "", "max_length 9"), ("field.tightened", "Order.book", "", "min_length 1"),)),
    ("[names]\n", '[messages.Order.fields.note]\npattern = "^[a-z]+$"\n[names]\n', (("field.tightened", "Order.note", "", "pattern ^[a-z]+$"),)),
    ('[messages.Order.fields.size]\nmultiple_of = "tile"\n', "", (("field.loosened", "Order.size", "multiple_of tile", ""),)),
    ('[messages.Order.fields.size]\nmultiple_of = "tile"', '[messages.Order.fields.size]\nmultiple_of = "copies"', (("field.tightened", "Order.size", "multiple_of tile", "multiple_of copies"),)),
    ("[names]\n", '[messages.Order.fields.filter]\nmembers = ["constant", "variable"]\n[names]\n', (("field.tightened", "Order.filter", "", "members constant, variable"),)),
    ("[messages.Receipt.fields.total]\nwrapper = true\n", "", (("field.wrapper-dropped", "Receipt.total", "wrapped or bare", "bare"),)),
    ("[messages.Order.fields.requestId]\nrequest_id = true\n", "", (("field.request-id", "Order.requestId", "request id", ""), ("method.request-id", "shop.orders.create", "requestId", ""),)),
    ("[messages.Card.fields.number]\nrequired = true\n", "", (("field.optional", "Card.number", "required", "optional"),)),
    ("[names]\n", "[messages.Order.fields.note]\nrequired = true\n[names]\n", (("field.required", "Order.note", "optional", "required"),)),
    ('members = ["card", "cash"]', 'members = ["card", "cash"]\nrequired = true', (("union.required", "Order.payment", "optional", "required"),)),
    ("[names]\n", '[messages.Order.fields.note]\nname = "remark"\n[names]\n', (("field.name", "Order.note", "note", "remark"),)),
    ('[messages.Order.unions.payment]\nmembers = ["card", "cash"]', '[messages.Order.unions.payment]\nmembers = ["card"]', (("union.moved", "Order.cash", "payment", "a plain field"),)),
    ('prefix = "shops/"', 'prefix = "stores/"', (("parameter.prefix", "shop.orders.create.shop", "shops/", "stores/"), ("client.argument-prefix", "client.shop", "shops/", "stores/"),)),
    ("[client.region]", "[client.area]", (("client.argument-removed", "client.region", "region", ""), ("parameter.held", "shop.orders.get.region", "region", "area"), ("client.argument-added", "client.area", "", "area"),)),
    ('[methods."shop.jobs.get"]\noperation_metadata = "Progress"', '[methods."shop.jobs.get"]\noperation_metadata = "Fault"', (("client.wait-types", "client.wait()", "Operation with metadata Progress", "Operation with metadata Fault"),)),
    ("default = 8", "default = 6", (("field.default-divides", "Order.tile", "8", "6"),)),
    ("maximum = 100", 'maximum = 100\n[messages.Search.fields.text]\nname = "query"', (("field.name", "Search.text", "text", "query"),)),
)
"""A text of the overlay, what stands there now, and the changes."""
# fmt: on


def edited(place: str, value: Any) -> dict[str, Any]:
    document = shop()
    *outer, last = place.split("/")
    inner = document
    for key in outer:
        inner = inner[key]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return document


def diff_of(document: dict[str, Any], overlay: str = OVERLAY) -> Diff:
    sides = read_sides(
        Given(name="old", document=encoded(shop()), overlay=OVERLAY.encode()),
        Given(name="new", document=encoded(document), overlay=overlay.encode()),
    )
    return compare(sides.old, sides.new)


def documents() -> Iterator[tuple[dict[str, Any], str, tuple[Words, ...]]]:
    """Each new document with its overlay, and the changes."""
    for place, value, changes in DOCUMENT:
        yield edited(place, value), OVERLAY, changes
    for old, new, changes in RULES:
        assert OVERLAY.count(old) == 1
        yield shop(), OVERLAY.replace(old, new), changes


edits = pytest.mark.parametrize(
    ("document", "overlay", "changes"), list(documents()), ids=range(len(DOCUMENT) + len(RULES))
)


@edits
def test_a_change_says_what_stood_and_stands(
    document: dict[str, Any], overlay: str, changes: tuple[Words, ...]
) -> None:
    found = diff_of(document, overlay).changes
    assert tuple((each.rule.id, each.place.path, each.old, each.new) for each in found) == changes


def plain(text: str) -> str:
    """Markdown without its escapes."""
    return html.unescape(re.sub(r"\\(.)", r"\1", text))


def sides(text: str) -> list[tuple[str, str]]:
    """What a page shows as gone and as new, by change."""
    entries = re.findall(r"<article .*?</article>", text, re.DOTALL)
    return [(_marked("del", entry), _marked("ins", entry)) for entry in entries]


def _marked(tag: str, entry: str) -> str:
    return html.unescape(re.sub("</?mark>", "", "".join(re.findall(f"<{tag}>(.*?)</{tag}>", entry))))


@edits
def test_each_form_shows_what_stood_and_stands(
    document: dict[str, Any], overlay: str, changes: tuple[Words, ...]
) -> None:
    diff = diff_of(document, overlay)
    lines = {
        "terminal": " ".join(terminal(diff, width=1000).split()),
        "markdown": plain(markdown(diff)),
        "github": workflow_commands(diff, "new", "{}"),
    }
    for rule, path, old, new in changes:
        step = "text differs" if rule.endswith(".docs") else f"{old} -> {new}" if old and new else old or new
        assert f" {path} {step} " in lines["terminal"]
        in_code = step if step == "text differs" else " to ".join(f"`{side}`" for side in (old, new) if side)
        assert re.search(rf"`{re.escape(path)}` \| \*\*[\w ]+\*\* {re.escape(in_code)} \|", lines["markdown"])
        assert f" {path}: {step}" in lines["github"]
    found = json.loads(report(diff))["changes"]
    assert tuple((each["rule"], each["path"], each["old"], each["new"]) for each in found) == changes
    shown = [
        (old, new)
        for _, path, old, new in changes
        if (old, new) != ("", "") and not {old, new} <= {"", path.rpartition(".")[2]}
    ]
    # The page is in the order of the API.
    assert sorted(side for side in sides(page(diff)) if any(side)) == sorted(shown)
