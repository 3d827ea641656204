"""Listings that an overlay states: what the stubs of a client give, and every refusal."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest
from groundwire_codegen.diff.load import Given, read_sides
from groundwire_codegen.pipeline import generate
from groundwire_codegen.problem import SpecError

from tests.codegen.conftest import Load
from tests.codegen.packages import CASES, case_inputs
from tests.runtime.doubles import Script, Time, answer

TRAILS = next(case for case in CASES if case.name == "openapi_paging")
HINT = " (a path is wire names with dots between)"
LINKS = [
    {"rel": "self", "href": "/v1/trails/search"},
    {"rel": "next", "href": "/v1/trails/search", "method": "POST", "body": {"token": "b"}, "merge": True},
]


def client(package: Any, script: Script) -> Any:
    return package.Client(transport=script, clock=Time().clock(), auth=package.auth.Bearer("t"))


def test_items_are_of_the_types_that_the_document_states(load: Load) -> None:
    package = load(generate(case_inputs(TRAILS)).files)
    script = Script(
        [
            answer({"trails": [{"id": "a"}], "nextMarker": "m"}),
            answer({"trails": None}),
            answer({"features": [{"id": "a"}], "links": LINKS}),
            answer({"features": [{"id": "b"}], "links": [{"rel": "prev", "href": "x"}]}),
            answer({"data": [{"id": 1}], "meta": {"total": 2, "pages": 2}}),
            answer({"data": [{"id": 2}], "meta": {"total": 2, "pages": 2}}),
            answer(["Ada", "Eve"]),
            answer([]),
            answer([{"id": 3}], link='</v1/photos?p=2>; rel="next"'),
            answer([{"id": 4}]),
            answer({"result": {"points": [{"id": 5}], "next_page_offset": 9}}),
            answer({"result": {"points": [], "next_page_offset": None}}),
        ]
    )
    trails = client(package, script)
    assert list(trails.trails.list_trails(region="alps")) == [package.Trail(id="a")]
    found = list(trails.trails.search_trails(package.Search(limit=1)))
    assert [each.id for each in found] == ["a", "b"]
    pages = list(trails.huts.list_huts().pages())
    assert [each.data for each in pages] == [(package.Hut(id=1),), (package.Hut(id=2),)]
    assert list(trails.huts.list_visits(offset=4)) == ["Ada", "Eve"]
    assert list(trails.list_photos()) == [package.Hut(id=3), package.Hut(id=4)]
    assert list(trails.scroll_points(package.ScrollPointsRequest(limit=1))) == [package.Hut(id=5)]
    assert script.answers == []
    urls = [each.url.removeprefix("https://trails.example/v1") for each in script.requests]
    assert urls[:2] == ["/trails?region=alps", "/trails?marker=m&region=alps"]
    assert urls[6:10] == ["/visits?offset=4", "/visits?offset=6", "/photos", "/photos?p=2"]
    bodies = [json.loads(each.body) for each in script.requests if isinstance(each.body, bytes)]
    assert bodies == [{"limit": 1}, {"limit": 1, "token": "b"}, {"limit": 1}, {"limit": 1, "offset": 9}]


def refused(rules: str, method: str = "listTrails") -> list[str]:
    overlay = f'document = "trails"\n[methods.{method}.paging]\n{rules}'
    with pytest.raises(SpecError) as caught:
        generate(attrs.evolve(case_inputs(TRAILS), overlay=overlay.encode()))
    place = f"overlay#/methods/{method}/paging"
    return [str(each).removeprefix(place) for each in caught.value.problems]


NEEDED = ": one of token, page, offset, link, link_header is needed, got "


@pytest.mark.parametrize(
    ("rules", "problems"),
    [
        ('items = "trails"', [f"{NEEDED}none"]),
        ('items = "trails"\ntoken = "marker"\nlink = "x"', [f"{NEEDED}token and link"]),
        ('items = "trails"\ntoken = "marker"', [": a token needs one of next and last"]),
        (
            'items = "trails"\ntoken = "marker"\nnext = "nextMarker"\nlast = "id"',
            [": a token needs one of next and last"],
        ),
        ('items = "trails"\nlink_header = true\nnext = "nextMarker"', [": next and last are of a token"]),
        ("link_header = true", [f": the rule matches nothing: no list is there in an answer{HINT}"]),
        (
            'items = "nextMarker"\nlink_header = true',
            [f"/items: the rule matches nothing: no list is there in an answer{HINT}"],
        ),
        (
            'items = "trails"\ntoken = "nope"\nnext = "nextMarker.x"\nmore = "nope"',
            [
                f"/next: the rule matches nothing: no answer has 'nextMarker.x'{HINT}",
                f"/more: the rule matches nothing: no answer has 'nope'{HINT}",
                "/token: the rule matches nothing: no parameter 'nope' (a field of the body is `body.FIELD`)",
            ],
        ),
        (
            'items = "trails"\noffset = "body.offset"',
            [
                "/offset: the rule matches nothing: no parameter 'body.offset' (a field of the body is `body.FIELD`)"
            ],
        ),
        (
            'items = "trails"\ntoken = "marker"\nlast = "nope"',
            [f"/last: the rule matches nothing: no item has 'nope'{HINT}"],
        ),
        (
            'items = "trails"\ntoken = "marker"\nnext = "nextMarker"\nfirst = 0',
            ["/first: the number of the first page is a whole number, beside `page`"],
        ),
        (
            'items = "trails"\npage = "marker"\nfirst = 0.5',
            ["/first: the number of the first page is a whole number, beside `page`"],
        ),
    ],
)
def test_a_rule_that_does_not_fit_is_refused_at_its_place(rules: str, problems: list[str]) -> None:
    assert sorted(refused(rules)) == sorted(problems)


def test_a_discovery_document_takes_no_such_rule() -> None:
    case = next(case for case in CASES if case.name == "paging")
    inputs = case_inputs(case)
    overlay = b'document = "library:v1"\n[methods."library.shelves.list".paging]\nlink_header = true'
    with pytest.raises(SpecError, match="a rule for methods of OpenAPI documents alone"):
        generate(attrs.evolve(inputs, overlay=overlay))


def test_a_diff_leaves_out_a_rule_that_only_the_other_document_fits() -> None:
    inputs = case_inputs(TRAILS)
    changed = inputs.document.replace(b'"nextMarker"', b'"cursor"')
    assert changed != inputs.document
    for old, new in ((inputs.document, changed), (changed, inputs.document)):
        sides = read_sides(
            Given(name="openapi.json", document=old, overlay=inputs.overlay),
            Given(name="openapi.json", document=new, overlay=inputs.overlay),
        )
        listings = [side.methods["listTrails"].listing for side in (sides.old, sides.new)]
        assert [each is None for each in listings] == [old is changed, new is changed]
        assert all(side.methods["searchTrails"].listing for side in (sides.old, sides.new))
