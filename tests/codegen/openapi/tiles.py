"""The API of a tile server, as the IR has it: one method for each thing that OpenAPI says of a call."""

from __future__ import annotations

from groundwire_codegen.ir import (
    Api,
    Body,
    Content,
    Encoding,
    Enum,
    EnumRef,
    EnumValue,
    ErrorShape,
    Field,
    Idempotency,
    InParameter,
    Kind,
    ListOf,
    Location,
    Message,
    MessageRef,
    Method,
    Parameter,
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
    TypeRef,
)

TEXT = Scalar(Kind.STRING)
NUMBER = Scalar(Kind.DOUBLE)
TILE, JOB, PROBLEM = MessageRef("Tile"), MessageRef("Job"), MessageRef("Problem")


def json(type_: TypeRef, media_type: str = "application/json") -> Content:
    return Content(media_type=media_type, type=type_)


def raw(media_type: str) -> Content:
    return Content(media_type=media_type, type=Scalar(Kind.BINARY), encoding=Encoding.BYTES)


def text(media_type: str = "text/plain") -> Content:
    return Content(media_type=media_type, type=TEXT, encoding=Encoding.TEXT)


def response(status: int, *contents: Content, high: int | None = None) -> Response:
    return Response(low=status, high=high or status, contents=contents)


def requires(*alternatives: tuple[str, ...]) -> tuple[tuple[SchemeRequirement, ...], ...]:
    return tuple(tuple(SchemeRequirement(scheme=each) for each in schemes) for schemes in alternatives)


MESSAGES = {
    "Job": Message(
        name="Job", place="Job", members=(Field(name="job_id", wire="job-id", type=TEXT, required=True),)
    ),
    "Problem": Message(
        name="Problem",
        place="Problem",
        members=(
            Field(name="title", wire="title", type=TEXT),
            Field(name="detail", wire="detail", type=TEXT),
            Field(name="code", wire="code", type=Scalar(Kind.INT32)),
        ),
    ),
    "Tile": Message(
        name="Tile",
        place="Tile",
        members=(
            Field(name="zoom", wire="zoom", type=Scalar(Kind.INT32)),
            Field(name="name", wire="name", type=TEXT),
        ),
    ),
}
ENUMS = {
    "Unit": Enum(
        name="Unit",
        place="Unit",
        values=(EnumValue(name="METRE", wire="m"), EnumValue(name="FOOT", wire="ft")),
    )
}
FAILURE = (
    response(404, json(PROBLEM, "application/problem+json")),
    response(400, json(PROBLEM), high=499),
    response(100, text(), high=599),
)
PATH_ID = Parameter(
    name="tile_id",
    wire="tileId",
    location=Location.PATH,
    type=TEXT,
    style=Style.SIMPLE,
    explode=False,
    required=True,
    position=0,
)


def method(name: str, verb: str, path: str, **facts: object) -> Method:
    constant = f"TILES_{name.upper()}"
    made = {"responses": (response(200, json(TILE)), *FAILURE), **facts}
    return Method(
        id=name,
        wire=name,
        name=name,
        constant=constant,
        resource=("tiles",),
        verb=verb,
        path=path,
        **made,  # type: ignore[arg-type] # of the facts
    )


def query(wire: str, type_: TypeRef, **facts: object) -> Parameter:
    name = wire.replace("-", "_").lower()
    return Parameter(**{"name": name, "wire": wire, "location": Location.QUERY, "type": type_, **facts})  # type: ignore[arg-type] # of the facts


METHODS = (
    method("get", "GET", "/tiles/{tileId}", parameters=(PATH_ID,)),
    method(
        "search",
        "GET",
        "/tiles",
        doc="Search tiles.",
        parameters=(
            query("bbox", ListOf(NUMBER), explode=False, rules=Rules(max_items=4)),
            query("filter", MessageRef("Tile"), style=Style.DEEP),
            query("limit", Scalar(Kind.INT32), default="10", rules=Rules(minimum=1), doc="Of a page."),
            query("order", TEXT, values=("asc", "desc")),
            query("session", TEXT, location=Location.COOKIE),
            query("unit", EnumRef("Unit")),
            query("x-trace", ListOf(TEXT), location=Location.HEADER, style=Style.SIMPLE, explode=False),
        ),
        responses=(response(200, json(ListOf(TILE))), *FAILURE),
    ),
    method(
        "create",
        "POST",
        "/tiles",
        parameters=(
            query(
                "Idempotency-Key",
                TEXT,
                location=Location.HEADER,
                style=Style.SIMPLE,
                explode=False,
                name="idempotency_key",
            ),
        ),
        body=Body(
            contents=(
                json(TILE),
                json(ListOf(TILE), "application/geo+json"),
                text("text/csv"),
                raw("image/*"),
            )
        ),
        responses=(response(201, json(TILE)), response(202, json(JOB)), response(204), *FAILURE),
        idempotency=Idempotency(request_id=InParameter("Idempotency-Key")),
        security=requires(("bearer",), ("key", "basic")),
    ),
    method(
        "render",
        "GET",
        "/tiles/{tileId}/image",
        parameters=(PATH_ID,),
        body=Body(contents=(json(TILE),), required=False),
        responses=(response(200, raw("image/png"), text("text/html"), json(TILE)), *FAILURE),
        security=(),
    ),
    method(
        "touch", "POST", "/tiles/{tileId}/touch", parameters=(PATH_ID,), responses=(response(204), *FAILURE)
    ),
    method(
        "remove",
        "DELETE",
        "/tiles/{tileId}",
        parameters=(PATH_ID,),
        body=Body(contents=(json(TILE),)),
        responses=(response(200, json(JOB)), *FAILURE),
        server="https://bulk.example/v2",
    ),
    method("probe", "HEAD", "/tiles", responses=(response(200, json(TILE)),)),
)


def tiles() -> Api:
    """Return the finished API."""
    return Api(
        id="tiles",
        title="Tiles",
        name="tiles",
        version="1.0",
        servers=(
            Server(
                url="https://{region}.tiles.example/v1",
                variables=(ServerVariable(name="region", default="eu", values=("eu", "us")),),
            ),
            Server(url="https://next.example"),
            Server(url="/v1"),
        ),
        schemes={
            "basic": SecurityScheme(kind=SchemeKind.BASIC),
            "bearer": SecurityScheme(kind=SchemeKind.BEARER),
            "key": SecurityScheme(kind=SchemeKind.API_KEY, location=Location.QUERY, wire="api key"),
        },
        errors=ErrorShape.BY_STATUS,
        messages=MESSAGES,
        enums=ENUMS,
        methods={each.id: each for each in sorted(METHODS, key=lambda each: each.id)},
        resources=(Resource(path=("tiles",), name="tiles", class_name="Tiles"),),
    )
