"""Changes of parameters."""

from __future__ import annotations

from .proof import Edit, RestProof, get, parameter, parameters
from .shop import INTEGER, NUMBER, STRING, query

FIND = 'return client.orders.find("a").total'
SERVICE = "the client sends no default"


def found(**schema: object) -> Edit:
    """State more of the schema of the parameter of `find`."""
    return parameter("name", "/find", schema=schema)


PARAMETER_PROOFS = (
    RestProof(
        rule="parameter.added-required",
        check="new-required-request-parameter",
        level="error",
        body=get(),
        edit=parameters(lambda rows: [*rows, query("shop", required=True)]),
    ),
    RestProof(
        rule="parameter.added",
        check="new-optional-request-parameter",
        level="info",
        body=get(),
        edit=parameters(lambda rows: [*rows, query("shop")]),
    ),
    RestProof(
        rule="parameter.removed",
        check="request-parameter-removed",
        level="warning",
        body=get("limit=3"),
        edit=parameters(lambda rows: [each for each in rows if each["name"] != "limit"]),
    ),
    RestProof(
        rule="parameter.place",
        check="request-parameter-became-required",
        level="error",
        body=get(),
        edit=parameter("limit", required=True),
    ),
    RestProof(
        rule="parameter.place",
        check="request-parameter-became-optional",
        level="info",
        body=FIND,
        edit=parameter("name", "/find", required=False),
    ),
    RestProof(
        rule="parameter.type",
        check="request-parameter-type-changed",
        level="error",
        body=FIND,
        edit=found(type="integer"),
    ),
    RestProof(
        rule="parameter.widened",
        check="request-parameter-type-generalized",
        level="info",
        body=get("limit=3"),
        edit=parameter("limit", schema={"type": "number"}),
    ),
    RestProof(
        rule="parameter.widened",
        check="request-parameter-list-of-types-widened",
        level="info",
        body=get("limit=3"),
        edit=parameter("limit", schema={"type": ["integer", "boolean"]}),
    ),
    RestProof(
        rule="parameter.type",
        check="request-parameter-list-of-types-narrowed",
        level="error",
        body=get("limit='a'"),
        before=parameter("limit", schema={"type": ["integer", "string"]}),
        edit=parameter("limit", schema={"type": "integer"}),
    ),
    RestProof(
        rule="parameter.type",
        check="request-parameter-became-enum",
        level="error",
        body="return client.orders.find('a'.lower()).total",
        edit=found(enum=["a", "b"]),
    ),
    RestProof(
        rule="parameter.value-added",
        check="request-parameter-enum-value-added",
        level="info",
        body=get('view="full"'),
        edit=parameter("view", schema={"enum": ["full", "brief", "none"]}),
    ),
    RestProof(
        rule="parameter.value-removed",
        check="request-parameter-enum-value-removed",
        level="error",
        body=get('view="brief"'),
        edit=parameter("view", schema={"enum": ["full", "none"]}),
    ),
    RestProof(
        rule="parameter.tightened",
        check="request-parameter-max-decreased",
        level="error",
        body=get("limit=60"),
        edit=parameter("limit", schema={"maximum": 50}),
    ),
    RestProof(
        rule="parameter.loosened",
        check="request-parameter-max-increased",
        level="info",
        body=get("limit=60"),
        edit=parameter("limit", schema={"maximum": 500}),
    ),
    RestProof(
        rule="parameter.tightened",
        check="request-parameter-min-set",
        level="warning",
        body=get("limit=0"),
        edit=parameter("limit", schema={"minimum": 1}),
    ),
    RestProof(
        rule="parameter.tightened",
        check="request-parameter-exclusive-max-set",
        level="warning",
        body=get("limit=100"),
        edit=parameter("limit", schema={"exclusiveMaximum": 100}),
    ),
    RestProof(
        rule="parameter.tightened",
        check="request-parameter-max-length-set",
        level="warning",
        body='return client.orders.find("abcd").total',
        edit=found(maxLength=3),
    ),
    RestProof(
        rule="parameter.tightened",
        check="request-parameter-min-items-set",
        level="warning",
        body=get('tags=["a"]'),
        edit=parameter("tags", schema={"minItems": 2}),
    ),
    RestProof(
        rule="parameter.pattern",
        check="request-parameter-pattern-added",
        level="error",
        body='return client.orders.find("A").total',
        edit=found(pattern="^[a-z]+$"),
    ),
    RestProof(
        rule="parameter.pattern-dropped",
        check="request-parameter-pattern-removed",
        level="info",
        body=FIND,
        before=found(pattern="^[a-z]+$"),
        edit=found(pattern=None),
    ),
    RestProof(
        rule="parameter.pattern",
        check="request-parameter-pattern-changed",
        level="warning",
        body=FIND,
        before=found(pattern="^[a-z]+$"),
        edit=found(pattern="^[b-z]+$"),
    ),
    RestProof(
        rule="parameter.default",
        check="request-parameter-default-value-changed",
        level="error",
        body=get(),
        edit=parameter("q", schema={"default": "y"}),
        alone=SERVICE,
    ),
    RestProof(
        rule="parameter.default",
        check="request-parameter-default-value-added",
        level="error",
        body=get(),
        edit=parameter("limit", schema={"default": 3}),
        alone=SERVICE,
    ),
    RestProof(
        rule="parameter.default",
        check="request-parameter-default-value-removed",
        level="error",
        body=get(),
        edit=parameter("q", schema={"default": None}),
        alone=SERVICE,
    ),
    RestProof(
        rule="parameter.deprecated",
        check="request-parameter-deprecated",
        level="info",
        body=get("limit=3"),
        edit=parameter("limit", deprecated=True),
    ),
    RestProof(
        rule="parameter.style",
        body=get('tags=["a", "b"]'),
        edit=parameter("tags", style="pipeDelimited", explode=False),
    ),
    RestProof(rule="parameter.location", body=get("limit=3"), edit=parameter("limit", **{"in": "header"})),
    RestProof(
        rule="parameter.narrowed",
        body=get("limit=3000000000"),
        before=parameter("limit", schema={**INTEGER, "format": "int64", "maximum": None}),
        edit=parameter("limit", schema={**INTEGER, "format": "int32", "maximum": None}),
    ),
    RestProof(
        rule="parameter.name",
        body='return client.orders.find(name="a").total',
        edit=lambda _: None,
        overlay='[methods.find.parameters.name]\nname = "title"\n',
    ),
    RestProof(
        rule="parameter.type",
        body=get("limit=1.5"),
        before=parameter("limit", schema=NUMBER),
        edit=parameter("limit", schema=STRING),
    ),
)
