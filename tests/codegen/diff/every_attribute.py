"""Two APIs in which every attribute of the IR has a value: one as Discovery has it, one as OpenAPI has it."""

from __future__ import annotations

from attrs import evolve
from groundwire_codegen import ir
from groundwire_codegen.ir import (
    Alias,
    AliasRef,
    Api,
    Body,
    ByDiscriminator,
    ByJsonType,
    ByKeys,
    ByLiteral,
    ClientParameter,
    Const,
    Content,
    Encoding,
    Endpoint,
    Enum,
    EnumRef,
    EnumValue,
    ErrorShape,
    ExtraScope,
    Field,
    FirstThatFits,
    Group,
    Hint,
    Idempotency,
    InBody,
    InParameter,
    Kind,
    Listing,
    ListingKind,
    ListOf,
    Location,
    MapOf,
    Media,
    Message,
    MessageRef,
    Method,
    Nullable,
    Packed,
    Paging,
    Parameter,
    Part,
    Poll,
    Resource,
    Response,
    Rules,
    Scalar,
    SchemeKind,
    SchemeRequirement,
    SecurityScheme,
    Server,
    ServerVariable,
    Style,
    TupleOf,
    UnionOf,
    Variant,
    Waiting,
)

TEXT = Scalar(Kind.STRING)
RULES = Rules(
    minimum=1,
    maximum=9,
    exclusive_minimum=0,
    min_length=1,
    max_length=9,
    max_items=9,
    pattern="^a$",
    places=(Rules(maximum=9),),
    divides_into="size",
    only=("a", "b"),
)
FIELD = Field(
    name="title",
    wire="title",
    type=TEXT,
    rules=RULES,
    default="a",
    pattern="^b$",
    doc="A title.",
    evidence="seen",
    pointer="/schemas/Book/properties/title",
)


def plain(name: str, type_: ir.TypeRef) -> Field:
    return Field(name=name, wire=name, type=type_)


BOOK = Message(
    name="Book",
    place="Book",
    members=(
        FIELD,
        plain("kind", EnumRef("Genre")),
        plain("pages", ListOf(TEXT)),
        plain("notes", MapOf(TEXT)),
        plain("more", Packed((("t/Note", "Note"),))),
        plain("next", TEXT),
        Group(
            name="owner",
            wire="owner",
            variants=(
                Variant(field=plain("shop", TEXT), class_name="Shop"),
                Variant(field=plain("note", MessageRef("Note"))),
            ),
            doc="Who has it.",
        ),
    ),
    sent=True,
    received=True,
    doc="A book.",
    pointer="/schemas/Book",
)
NOTE = Message(name="Note", place="Note", members=(plain("name", TEXT),), received=True)
CONTENTS = (Content(media_type="application/json", type=MessageRef("Book")),)
LIST = Method(
    id="books.list",
    wire="list",
    name="list",
    constant="BOOKS_LIST",
    resource=("books",),
    verb="GET",
    path="v1/{+parent}/books",
    parameters=(
        Parameter(
            name="parent",
            wire="parent",
            location=Location.PATH,
            type=TEXT,
            required=True,
            position=0,
            rules=RULES,
            default="a",
            doc="A shop.",
            pointer="/parent",
        ),
        Parameter(
            name="view",
            wire="view",
            location=Location.QUERY,
            type=TEXT,
            values=("A", "B"),
            held="view",
            prefix="views/",
        ),
    ),
    headers=(("x-goog-api-version", "1"),),
    body=Body(contents=CONTENTS, envelope="data"),
    responses=(Response(low=200, high=299, contents=CONTENTS, envelope="data"),),
    security=((SchemeRequirement(scheme="google", scopes=("scope",)),),),
    extra_scopes=(ExtraScope(scope="drive", path=("title",)),),
    idempotency=Idempotency(when_set=(InParameter("view"),), request_id=InBody(("title",))),
    paging=Paging(place=InParameter("view"), items=("pages",), next=("next",), item=TEXT),
    waiting=Waiting(
        polls=(Poll(method="books.list", place=InParameter("parent"), pattern="^a$"),),
        metadata=MessageRef("Note"),
    ),
    media=Media(
        simple="/upload", resumable="/resume", max_size="1GB", accept=("*/*",), upload=True, download=True
    ),
    doc="List books.",
    pointer="/list",
)
API = Api(
    id="shop:v1",
    title="Shop",
    name="shop",
    version="v1",
    revision="1",
    servers=(Server(url="https://shop.googleapis.com/"),),
    endpoints=(Endpoint(name="eu", url="https://shop.eu.rep.googleapis.com/"),),
    mtls_url="https://shop.mtls.googleapis.com/",
    parameters=(Parameter(wire="fields", location=Location.QUERY, type=TEXT),),
    messages={"Book": BOOK, "Note": NOTE},
    enums={
        "Genre": Enum(
            name="Genre",
            place="Genre",
            values=(EnumValue(name="PROSE", wire="PROSE", doc="Prose."), EnumValue(name="B", wire="B")),
            doc="Genres.",
            pointer="/Genre",
        )
    },
    methods={LIST.id: LIST},
    resources=(Resource(path=("books",), name="books", class_name="Books"),),
    held=(ClientParameter(name="view", prefix="views/", doc="A view."),),
    hints=(Hint(text="Buy another.", reasons=("SOLD",), words=("sold out",)),),
    doc="A shop.",
)
SEAT = Field(
    name="seat",
    wire="seat",
    type=TEXT,
    required=True,
    needed=True,
    rules=Rules(exclusive_maximum=9, min_items=1, multiple_of=2),
)
ROOM = Message(
    name="Room",
    place="Room",
    members=(
        SEAT,
        plain("floor", EnumRef("Floor")),
        plain("state", Const(("open", "shut"))),
        plain("size", TupleOf((TEXT, TEXT), TEXT)),
        plain("place", Nullable(TEXT)),
        plain("owner", AliasRef("Owner")),
        plain(
            "first", UnionOf((MessageRef("Room"), MessageRef("Seat")), ByDiscriminator("kind", (("a", 0),)))
        ),
        plain(
            "second", UnionOf((MessageRef("Room"), MessageRef("Seat")), ByLiteral("kind", (("a", 0),), (1,)))
        ),
        plain(
            "third",
            UnionOf((MessageRef("Room"), MessageRef("Seat")), ByKeys((frozenset({"a"}),), exact=True)),
        ),
        plain("fourth", UnionOf((MessageRef("Room"), TEXT), ByJsonType())),
        plain("fifth", UnionOf((MessageRef("Room"), MessageRef("Seat")), FirstThatFits())),
    ),
    extra=TEXT,
    extra_name="additional_properties",
    sent=True,
    received=True,
)
MULTIPART = Content(
    media_type="multipart/form-data",
    type=MessageRef("Room"),
    encoding=Encoding.MULTIPART,
    parts=(Part(wire="seat", content_type="text/plain", style=Style.FORM),),
)
CHANGE = Method(
    id="change",
    wire="change",
    name="change",
    constant="CHANGE",
    verb="POST",
    path="/rooms",
    server="https://rooms.example",
    parameters=(
        Parameter(
            name="tags",
            wire="tags",
            location=Location.QUERY,
            type=ListOf(TEXT),
            style=Style.PIPE,
            reserved=True,
        ),
    ),
    body=Body(contents=(MULTIPART,), needed=True),
    responses=(
        Response(
            low=200, high=200, contents=(Content(media_type="application/json", type=MessageRef("Room")),)
        ),
        Response(low=400, high=499),
    ),
    security=((SchemeRequirement(scheme="key"), SchemeRequirement(scheme="token")),),
    listing=Listing(
        kind=ListingKind.PAGE,
        item=MessageRef("Room"),
        items=("rooms",),
        place=InParameter("tags"),
        source=("next",),
        more=("more",),
        total=("total",),
        pages=("pages",),
    ),
)
REST = evolve(
    API,
    errors=ErrorShape.BY_STATUS,
    servers=(
        Server(
            url="https://{region}.rooms.example",
            variables=(ServerVariable(name="region", default="eu", values=("eu", "us")),),
        ),
        Server(url="https://test.rooms.example"),
    ),
    schemes={
        "key": SecurityScheme(kind=SchemeKind.API_KEY, location=Location.HEADER, wire="x-key"),
        "token": SecurityScheme(kind=SchemeKind.BEARER),
    },
    messages={"Room": ROOM, "Seat": evolve(NOTE, name="Seat", place="Seat")},
    enums={"Floor": Enum(name="Floor", place="Floor", values=(EnumValue(name="A", wire="1"),), whole=True)},
    aliases={"Owner": Alias(name="Owner", place="Owner", type=TEXT, doc="An owner.")},
    methods={CHANGE.id: CHANGE},
    resources=(),
    held=(),
)
