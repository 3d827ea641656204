"""A small API made by hand, which has every shape that the contract knows and nothing of Earth Engine."""

from __future__ import annotations

from attrs import evolve
from groundwire_codegen.ir import (
    Api,
    Body,
    Content,
    Enum,
    EnumRef,
    EnumValue,
    Field,
    Group,
    Kind,
    ListOf,
    Location,
    MapOf,
    Message,
    MessageRef,
    Method,
    Parameter,
    Response,
    Rules,
    Scalar,
    Server,
    Variant,
)
from groundwire_contract.contract import Contract, build
from groundwire_contract.validate.shapes import MessageShape

TEXT = Scalar(Kind.STRING)


def wire(name: str, type_: object = TEXT, **more: object) -> Field:
    return Field(name=name, wire=name, type=type_, **more)  # type: ignore[arg-type] # short calls below


def one_of(name: str, *fields: Field, required: bool = False) -> Group:
    return Group(
        name=name, wire=name, variants=tuple(Variant(field=field) for field in fields), required=required
    )


def json_of(message: str) -> tuple[Content, ...]:
    return (Content(media_type="application/json", type=MessageRef(message)),)


def answers(message: str) -> tuple[Response, ...]:
    return (Response(low=200, high=299, contents=json_of(message)),)


MESSAGES = (
    Message(
        name="Book",
        place="Book",
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
            wire("shelf", MessageRef("Size"), rules=Rules(divides_into="unit")),
            wire("unit", Scalar(Kind.INT32), default=10, wrapped=True),
            wire("isbn", rules=Rules(min_length=3, max_length=13, pattern="^[0-9-]*$")),
            one_of(
                "owner", wire("shopId"), wire("reader", MessageRef("Author")), wire("note", Scalar(Kind.ANY))
            ),
        ),
    ),
    Message(
        name="Author",
        place="Author",
        members=(
            wire("fullName", required=True),
            one_of("contact", wire("email"), wire("phone")),
        ),
    ),
    Message(
        name="Size",
        place="Size",
        members=(wire("width", Scalar(Kind.INT32)), wire("height", Scalar(Kind.INT32))),
    ),
    Message(
        name="Order", place="Order", members=(one_of("what", wire("title"), wire("isbn"), required=True),)
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
                location=Location.PATH,
                type=TEXT,
                required=True,
                rules=Rules(pattern="^shops/[^/]+$"),
            ),
            Parameter(name="dry_run", wire="dryRun", location=Location.QUERY, type=Scalar(Kind.BOOLEAN)),
            Parameter(name="labels", wire="labels", location=Location.QUERY, type=ListOf(TEXT)),
            Parameter(name="copies", wire="copies", location=Location.QUERY, type=Scalar(Kind.INT32)),
        ),
        body=Body(contents=json_of("Book")),
        responses=answers("Book"),
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
                location=Location.PATH,
                type=TEXT,
                required=True,
                rules=Rules(pattern="^shops/[^/]+/books/[^/]+$"),
            ),
        ),
        responses=answers("Book"),
    ),
    Method(
        id="bookshop.shops.books.sell",
        name="sell",
        resource=("shops", "books"),
        verb="POST",
        path="v2/{+name}:sell",
        parameters=(Parameter(name="name", wire="name", location=Location.PATH, type=TEXT, required=True),),
        body=Body(contents=json_of("Order")),
        responses=answers("Book"),
    ),
    Method(
        id="bookshop.pages.get",
        name="get",
        resource=("pages",),
        verb="GET",
        path="v2/pages/{book}/{page}",
        parameters=(
            Parameter(name="book", wire="book", location=Location.PATH, type=TEXT, required=True),
            Parameter(name="page", wire="page", location=Location.PATH, type=TEXT, required=True),
        ),
        responses=answers("Book"),
    ),
)

API = Api(
    id="bookshop:v2",
    title="Bookshop",
    name="bookshop",
    version="v2",
    revision="1",
    servers=(Server(url="https://bookshop.googleapis.com/"),),
    messages={message.name: message for message in MESSAGES},
    enums={
        "Genre": Enum(
            name="Genre",
            place="Genre",
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


def enveloped(method: Method) -> Method:
    """The method with its body and its answers under `data`."""
    return evolve(
        method,
        body=None if method.body is None else evolve(method.body, envelope="data"),
        responses=tuple(evolve(each, envelope="data") for each in method.responses),
    )
