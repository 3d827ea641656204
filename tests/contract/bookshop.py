"""A small API made by hand, which has every shape that the contract knows and nothing of Earth Engine."""

from __future__ import annotations

from groundwire_codegen.ir import (
    Api,
    Enum,
    EnumRef,
    EnumValue,
    Field,
    Kind,
    ListOf,
    MapOf,
    Message,
    MessageRef,
    Method,
    Parameter,
    Rules,
    Scalar,
    Union,
    Variant,
)
from groundwire_contract.contract import Contract, build
from groundwire_contract.validate.shapes import MessageShape

TEXT = Scalar(Kind.STRING)


def wire(name: str, type_: object = TEXT, **more: object) -> Field:
    return Field(name=name, wire=name, type=type_, **more)  # type: ignore[arg-type] # short calls below


def one_of(name: str, *fields: Field, required: bool = False) -> Union:
    return Union(
        name=name, wire=name, variants=tuple(Variant(field=field) for field in fields), required=required
    )


MESSAGES = (
    Message(
        name="Book",
        schema="Book",
        members=(
            wire("name"),
            wire("pageCount", Scalar(Kind.INT32), rules=Rules(minimum=1, maximum=5000)),
            wire("soldCopies", Scalar(Kind.INT64), wrapped=True),
            wire("inPrint", Scalar(Kind.BOOLEAN)),
            wire("price", Scalar(Kind.DOUBLE), rules=Rules(exclusive_minimum=0)),
            wire("weight", Scalar(Kind.FLOAT)),
            wire("cover", Scalar(Kind.BYTES)),
            wire("published", Scalar(Kind.TIMESTAMP)),
            wire("loanPeriod", Scalar(Kind.DURATION)),
            wire("anything", Scalar(Kind.ANY)),
            wire("attributes", Scalar(Kind.STRUCT)),
            wire("genre", EnumRef("Genre")),
            wire("authors", ListOf(MessageRef("Author"))),
            wire("tags", ListOf(TEXT), rules=Rules(max_items=2)),
            wire("editions", MapOf(MessageRef("Book"))),
            wire("stock", MapOf(Scalar(Kind.INT32))),
            wire("sequel", MessageRef("Book")),
            wire("shelf", MessageRef("Size"), rules=Rules(multiple_of="unit")),
            wire("unit", Scalar(Kind.INT32), default=10, wrapped=True),
            wire("isbn", rules=Rules(min_length=3, max_length=13, pattern="^[0-9-]*$")),
            one_of(
                "owner", wire("shopId"), wire("reader", MessageRef("Author")), wire("note", Scalar(Kind.ANY))
            ),
        ),
    ),
    Message(
        name="Author",
        schema="Author",
        members=(
            wire("fullName", rules=Rules(required=True)),
            one_of("contact", wire("email"), wire("phone")),
        ),
    ),
    Message(
        name="Size",
        schema="Size",
        members=(wire("width", Scalar(Kind.INT32)), wire("height", Scalar(Kind.INT32))),
    ),
    Message(
        name="Order", schema="Order", members=(one_of("what", wire("title"), wire("isbn"), required=True),)
    ),
)

METHODS = (
    Method(
        id="bookshop.shops.books.create",
        name="create",
        resource=("shops", "books"),
        verb="POST",
        path="v2/{+parent}/books",
        parameters=(
            Parameter(
                name="parent",
                wire="parent",
                location="path",
                type=TEXT,
                required=True,
                pattern="^shops/[^/]+$",
            ),
            Parameter(name="dry_run", wire="dryRun", location="query", type=Scalar(Kind.BOOLEAN)),
            Parameter(name="labels", wire="labels", location="query", type=TEXT, repeated=True),
            Parameter(name="copies", wire="copies", location="query", type=Scalar(Kind.INT32)),
        ),
        request="Book",
        response="Book",
    ),
    Method(
        id="bookshop.shops.books.get",
        name="get",
        resource=("shops", "books"),
        verb="GET",
        path="v2/{+name}",
        parameters=(
            Parameter(
                name="name",
                wire="name",
                location="path",
                type=TEXT,
                required=True,
                pattern="^shops/[^/]+/books/[^/]+$",
            ),
        ),
        response="Book",
    ),
    Method(
        id="bookshop.shops.books.sell",
        name="sell",
        resource=("shops", "books"),
        verb="POST",
        path="v2/{+name}:sell",
        parameters=(Parameter(name="name", wire="name", location="path", type=TEXT, required=True),),
        request="Order",
        response="Book",
    ),
    Method(
        id="bookshop.pages.get",
        name="get",
        resource=("pages",),
        verb="GET",
        path="v2/pages/{book}/{page}",
        parameters=(
            Parameter(name="book", wire="book", location="path", type=TEXT, required=True),
            Parameter(name="page", wire="page", location="path", type=TEXT, required=True),
        ),
        response="Book",
    ),
)

API = Api(
    id="bookshop:v2",
    title="Bookshop",
    name="bookshop",
    version="v2",
    revision="1",
    base_url="https://bookshop.googleapis.com/",
    messages={message.name: message for message in MESSAGES},
    enums={
        "Genre": Enum(
            name="Genre",
            values=tuple(
                EnumValue(name=name, wire=name) for name in ("GENRE_UNSPECIFIED", "CRIME", "SCIENCE_FICTION")
            ),
        )
    },
    methods={method.id: method for method in METHODS},
)
CONTRACT: Contract = build(API, ("v1",))


def record(name: str) -> MessageShape:
    """The shape of a message, under v2."""
    return CONTRACT.shapes["v2"].records[name]
