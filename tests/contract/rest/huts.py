"""A small OpenAPI document of every kind of parameter, body, security and answer, and requests to a service of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from attrs import frozen
from groundwire_contract.contract import load_openapi
from groundwire_contract.exchange import Exchange, Reply
from groundwire_contract.server.controls import Controls
from groundwire_contract.service import Service

DOCUMENT = b"""
openapi: 3.1.0
info: {title: Huts, version: "1"}
servers:
  - {url: "https://huts.example/v1"}
  - {url: "https://{place}.example/{stage}", variables: {place: {default: eu}, stage: {default: v1, enum: [v1, beta]}}}
security: [{token: []}, {key: [], user: []}]
paths:
  /huts:
    get:
      operationId: listHuts
      security: []
      parameters:
        - {name: fields, in: query, explode: false, schema: {type: array, items: {enum: [name, state]}}}
        - {name: bbox, in: query, style: pipeDelimited, explode: false, schema: {type: array, items: {type: number}, maxItems: 4}}
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100}}
        - {name: near, in: query, style: deepObject, schema: {$ref: "#/components/schemas/Place"}}
        - {name: filter, in: query, content: {application/json: {schema: {type: object, required: [op]}}}}
        - {name: page, in: query, schema: {type: object, properties: {size: {type: integer}, from: {type: string}}}}
        - {name: flag, in: query, allowEmptyValue: true, schema: {type: boolean}}
        - {name: x-trace, in: header, schema: {type: array, items: {type: integer}}}
        - {name: session, in: cookie, schema: {type: string, minLength: 3}}
      responses:
        "200":
          description: ""
          content:
            application/json:
              schema: {type: array, items: {$ref: "#/components/schemas/Hut"}}
              examples: {one: {$ref: "#/components/examples/huts"}}
            text/csv: {schema: {type: string}}
        "400": {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/Error"}}}}
    post:
      operationId: addHut
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Hut"}}}}
      responses: {"201": {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/Hut"}}}}, "422": {description: ""}}
  /huts/mine:
    get: {operationId: getMine, responses: {"204": {description: ""}}}
  /huts/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: getHut
      responses:
        "200": {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/Hut"}}, image/*: {}}}
        "404": {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/Error"}}}}
        default: {description: ""}
    put:
      operationId: sendHut
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema: {$ref: "#/components/schemas/Form"}
            encoding: {tags: {style: form, explode: false}}
          multipart/form-data: {schema: {$ref: "#/components/schemas/Form"}}
          text/plain: {schema: {type: string, maxLength: 5}}
          image/*: {}
          application/x-ndjson: {schema: {$ref: "#/components/schemas/Place"}}
          application/merge-patch+json:
            schema: {type: object, properties: {name: {type: string}, place: {type: object, properties: {lat: {type: number}}}}}
      responses: {"204": {description: ""}}
  /at/{point}/{label}/{matrix}:
    get:
      operationId: getAt
      security: []
      parameters:
        - {name: point, in: path, required: true, schema: {type: array, items: {type: number}, minItems: 2}}
        - {name: label, in: path, required: true, style: label, explode: true, schema: {type: object, additionalProperties: {type: integer}}}
        - {name: matrix, in: path, required: true, style: matrix, schema: {anyOf: [{type: integer}, {type: "null"}]}}
      responses: {"200": {description: ""}}
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
    key: {type: apiKey, in: query, name: key}
    user: {type: http, scheme: basic}
  examples: {huts: {value: [{name: Tschierva, state: open}]}}
  schemas:
    Hut:
      type: object
      required: [id, name]
      properties:
        id: {type: integer, readOnly: true}
        name: {type: string, pattern: "^[A-Z](\\\\w|-)*$"}
        state: {enum: [open, closed, null]}
        secret: {type: string, writeOnly: true}
        owner: {oneOf: [{$ref: "#/components/schemas/Club"}, {$ref: "#/components/schemas/Person"}]}
      additionalProperties: false
    Club: {type: object, required: [kind], properties: {kind: {const: club}, members: {type: integer}}}
    Person: {type: object, required: [kind], properties: {kind: {const: person}, name: {type: string}}}
    Place: {type: object, required: [lat], properties: {lat: {type: number}, tags: {type: array, items: {type: string}}}}
    Form:
      type: object
      required: [name]
      properties:
        name: {type: string}
        count: {type: integer}
        tags: {type: array, items: {type: string}}
        place: {$ref: "#/components/schemas/Place"}
        photo: {type: string, format: binary}
    Error: {type: object, required: [code, message], properties: {code: {type: integer}, message: {type: string}, errors: {type: array, items: {type: object, properties: {field: {type: string}, reason: {type: string}}}}}}
"""
TOKEN = {"authorization": "Bearer t"}


@frozen
class Asked:
    """A reply with its JSON."""

    reply: Reply

    @property
    def status(self) -> int:
        return self.reply.status

    @property
    def rule(self) -> str | None:
        return self.reply.rule

    @property
    def headers(self) -> Mapping[str, str]:
        return dict(self.reply.headers)

    @property
    def json(self) -> Any:
        return json.loads(self.reply.body)

    @property
    def pointers(self) -> list[str]:
        """Where the faults are: the place, and the pointer or the name of the parameter."""
        return [
            f"{each['in']} {each.get('name', '')}{each.get('pointer', '')}".strip()
            for each in self.json["errors"]
        ]


class Huts:
    """A service of the document, called without a socket."""

    def __init__(self, document: bytes = DOCUMENT, *, examples: bool = False) -> None:
        self.contract = load_openapi(document, examples=examples)
        self.service = Service(self.contract)
        self.controls = Controls(self.service)

    def ask(
        self, verb: str, target: str, body: object = b"", headers: Mapping[str, str] | None = None
    ) -> Asked:
        path, _, query = target.partition("?")
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = {} if isinstance(body, bytes) else {"content-type": "application/json"}
        reply = self.service.handle(
            Exchange(
                verb=verb,
                path=path,
                query=tuple(parse_qsl(query, keep_blank_values=True)),
                raw_query=query,
                headers={**kind, **(headers or {})},
                body=data,
                length=len(data),
            )
        )
        assert isinstance(reply, Reply)
        return Asked(reply)

    def taken(
        self, verb: str, target: str, body: object = b"", headers: Mapping[str, str] | None = None
    ) -> Any:
        """Return the request as a function of a test gets it: 501 says that nothing was wrong with it."""
        self.service.overrides.answers.clear()
        id_ = self.ask(verb, target, body, headers).json.get("detail", "").partition(":")[0]
        seen: list[Any] = []

        def answer(request: Any) -> None:
            seen.append(request)

        self.service.overrides.answers[id_] = answer
        self.ask(verb, target, body, headers)
        assert seen, self.ask(verb, target, body, headers).json
        return seen[0]
