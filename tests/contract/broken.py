"""A request, or an operation, that breaks each rule of the contract."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from attrs import field, frozen
from groundwire_contract.assets.record import Asset, AssetType
from groundwire_contract.clock import SteppedClock
from groundwire_contract.contract import Contract, load, load_openapi
from groundwire_contract.environment import Environment
from groundwire_contract.exchange import Exchange, Hold, Reply
from groundwire_contract.operations import state as op
from groundwire_contract.operations.script_library import script_named
from groundwire_contract.overrides import read_step
from groundwire_contract.rules.fixed import UNANSWERED
from groundwire_contract.rules.refusals import PAYLOAD_LIMIT, catalogue
from groundwire_contract.rules.registry import RULES
from groundwire_contract.server.admission import EVERYBODY
from groundwire_contract.server.desk import Desk
from groundwire_contract.service import Service
from groundwire_contract.validate.access import Access, Grant, Mode

from .rest.huts import DOCUMENT, TOKEN
from .test_media import REST
from .values.declared import ASSETS, SCENES, body, call, constant
from .wire import EXPORT, JSON, OPERATIONS, PROJECT, export

HOME = f"/v1/{PROJECT}/assets"
COMPUTE = f"/v1/{PROJECT}/value:compute"
UPLOAD = "/upload/v1/sheep/Dolly/wool"
ONE = call("Image.constant", value=constant(1))
EARTH_ENGINE = load()
FOLDER = {"type": "FOLDER"}
MIXED = {"content-type": "multipart/mixed; boundary=b"}


def _herds() -> Contract:
    document = json.loads(json.dumps(REST))
    document["resources"]["sheep"]["methods"]["insert"]["mediaUpload"] |= {
        "accept": ["text/*"],
        "maxSize": "1MB",
    }
    return load(json.dumps(document).encode())


HERDS, HUTS = _herds(), load_openapi(DOCUMENT)
TIDES = load_openapi(
    b"""
openapi: 3.1.0
info: {title: Tides, version: "1"}
paths:
  /tides:
    get:
      operationId: listTides
      parameters: [{name: port, in: query, required: true, schema: {type: string}}]
      responses: {"200": {description: "", content: {application/json: {schema: {type: array}}}}}
"""
)


def earth_engine(**facts: Any) -> Service:
    return Service(EARTH_ENGINE, clock=SteppedClock(), **facts)


def declared() -> Service:
    """A server with a folder that holds an image, a table without features, and scenes."""
    own = (
        Asset(name=f"{PROJECT}/assets/folder", type=AssetType.FOLDER),
        Asset(name=f"{PROJECT}/assets/folder/image"),
        Asset(name=f"{PROJECT}/assets/table", type=AssetType.TABLE),
    )
    return earth_engine(environment=Environment(catalog=(*ASSETS, *own)))


def around(**facts: Any) -> Callable[[], Service]:
    return lambda: earth_engine(environment=Environment(**facts))


def guarded(mode: Mode) -> Callable[[], Service]:
    return lambda: earth_engine(
        access=Access(mode=mode, grants={"ann": Grant(caller="ann", scopes=frozenset())})
    )


def living(name: str) -> Callable[[], Service]:
    return lambda: earth_engine(script=script_named(name))


def herds() -> Service:
    service = Service(HERDS)
    service.overrides.answers["herds.sheep.insert"] = lambda _: {"name": "a"}
    return service


def huts() -> Service:
    service = Service(HUTS)
    service.overrides.answers["sendHut"] = lambda _: None
    service.overrides.answers["listHuts"] = lambda _: []
    service.overrides.answers["addHut"] = lambda _: {"id": 1, "name": "A"}
    return service


def tides() -> Service:
    service = Service(TIDES)
    service.overrides.answers["listTides"] = lambda _: []
    return service


def asking(rule: str) -> Callable[[], Service]:
    """A server of a test that asks for the refusal of a rule."""

    def made() -> Service:
        service = earth_engine()
        service.overrides.add(read_step(rule, "contract-project"))
        return service

    return made


@frozen
class Asked:
    """One request to a server."""

    verb: str
    target: str
    content: object = b""
    headers: Mapping[str, str] = field(factory=dict[str, str])

    def sent(self, desk: Desk) -> Reply:
        """Send it."""
        path, _, query = self.target.partition("?")
        raw = self.content if isinstance(self.content, bytes) else json.dumps(self.content).encode()
        exchange = Exchange(
            verb=self.verb,
            path=path,
            query=tuple(parse_qsl(query, keep_blank_values=True)),
            raw_query=query,
            headers={**JSON, "host": "127.0.0.1", **self.headers},
            body=raw,
            length=len(raw),
        )
        reply = desk.handle(exchange, "127.0.0.1")
        while isinstance(reply, Hold):
            reply = desk.handle(exchange, "127.0.0.1", reply)
        return reply


@frozen
class Broken:
    """A request that breaks a rule of a server, behind others. `inside`: its operation fails by that rule."""

    last: Asked
    made: Callable[[], Service] = earth_engine
    before: tuple[Asked, ...] = ()
    inside: bool = False

    def seen(self, service: Service) -> Seen:
        """Break the rule."""
        desk = Desk(service, EVERYBODY)
        for each in self.before:
            each.sent(desk)
        reply = self.last.sent(desk)
        if not self.inside:
            return Seen(reply.rule, reply.status, reply.body.decode())
        assert reply.status == 200, reply.body
        clock = service.clock
        assert isinstance(clock, SteppedClock)
        clock.advance(60)
        name = json.loads(reply.body)["name"]
        shown = json.loads(Asked("GET", f"/v1/{name}").sent(desk).body)
        operation = service.state.get(name)
        assert operation is not None
        assert op.state(operation, clock.now()).value == shown["metadata"]["state"]
        error = shown.get("error")
        return Seen(
            operation.script.rule if error else None, error["code"] if error else 0, json.dumps(error)
        )


@frozen
class Seen:
    """The rule that refused; the HTTP status, or the code of an operation's error; and the text."""

    rule: str | None
    status: int
    text: str


def starts(**more: object) -> Asked:
    return Asked("POST", EXPORT, export(**more))


def made(**more: object) -> Asked:
    """An export to an asset."""
    place = {"earthEngineDestination": {"name": f"{PROJECT}/assets/folder/image"}}
    return starts(fileExportOptions=None, assetExportOptions={**place, **more})


def deep() -> dict[str, Any]:
    node: dict[str, Any] = ONE
    for _ in range(60):
        node = call("Image.abs", value=node)
    return body(node)


def inside(last: Asked, made: Callable[[], Service] = earth_engine) -> Broken:
    return Broken(last, made, inside=True)


def batch(text: str) -> Asked:
    return Asked("POST", "/batch", text.encode(), MIXED)


GRID = {"dimensions": {"width": 100, "height": 100}}
UNLIKE = body(
    call("Image.addBands", dstImg=call("Image.toFloat", value=ONE), srcImg=call("Image.toUint16", value=ONE))
)
CALL = "--b\r\nContent-Type: application/http\r\n\r\n{}\r\n\r\n"
CSV = {"content-type": "text/csv"}
PNG = {"content-type": "image/png"}
BROKEN: dict[str, Broken] = {
    "unknown-path": Broken(Asked("GET", "/nothing")),
    "unknown-field": Broken(starts(colour="red")),
    "unknown-parameter": Broken(Asked("GET", f"{OPERATIONS}?colour=red")),
    "oneof-conflict": Broken(starts(assetExportOptions={"earthEngineDestination": {"name": f"{PROJECT}/assets/a"}})),
    "invalid-value": Broken(starts(priority="high")),
    "enum-unknown": Broken(starts(fileExportOptions={"fileFormat": "PAPER", "driveDestination": {"filenamePrefix": "a"}})),
    "object-on-scalar": Broken(starts(description={"a": 1})),
    "list-on-singular": Broken(starts(description=["a"])),
    "list-on-map": Broken(made(pyramidingPolicyOverrides=[1])),
    "null-element": Broken(made(pyramidingPolicyOverrides={"a": None})),
    "duplicate-key": Broken(Asked("POST", EXPORT, b'{"priority": 1, ' + json.dumps(export(priority=2)).encode()[1:])),
    "message-too-deep": Broken(starts(expression=deep())),
    "malformed-json": Broken(Asked("POST", EXPORT, b"{")),
    "root-not-object": Broken(Asked("POST", EXPORT, b"[]")),
    "payload-too-large": Broken(Asked("POST", EXPORT, b" " * (PAYLOAD_LIMIT + 1))),
    "bounds": Broken(starts(priority=10000)),
    "description-invalid": Broken(starts(description="\u00e9")),
    "page-token-invalid": Broken(Asked("GET", f"{OPERATIONS}?pageToken=x")),
    "page-size-invalid": Broken(Asked("GET", f"{OPERATIONS}?pageSize=-1")),
    "filter-unsupported": Broken(Asked("GET", f"{OPERATIONS}?filter=x")),
    "media-type": Broken(Asked("POST", EXPORT, export(), {"content-type": "text/plain"})),
    "credentials-missing": Broken(Asked("GET", OPERATIONS), guarded(Mode.REQUIRED)),
    "upload-type": Broken(Asked("POST", UPLOAD, b"a", CSV), herds),
    "upload-parts": Broken(Asked("POST", f"{UPLOAD}?uploadType=multipart", b"a", CSV), herds),
    "upload-media-type": Broken(Asked("POST", f"{UPLOAD}?uploadType=media", b"a", PNG), herds),
    "upload-size": Broken(Asked("POST", f"{UPLOAD}?uploadType=media", b"a" * (1024 * 1024 + 1), CSV), herds),
    "upload-checksum": Broken(Asked("POST", f"{UPLOAD}?uploadType=media", b"a", {**CSV, "content-md5": "x"}), herds),
    "upload-session-unknown": Broken(Asked("PUT", f"{UPLOAD}?uploadType=resumable&upload_id=x"), herds),
    "batch-malformed": Broken(batch("")),
    "batch-too-large": Broken(batch(CALL.format(f"GET {OPERATIONS} HTTP/1.1") * 1001 + "--b--")),
    "medium-none": Broken(Asked("GET", f"{OPERATIONS}?alt=media")),
    "medium-unanswered": Broken(Asked("GET", "/v1/sheep/a?alt=media"), herds),
    "answer-wrong": Broken(Asked("POST", "/v1/sheep/a/wool", {}), lambda: _wrong()),
    "request-id-reused": Broken(starts(requestId="a"), before=(starts(requestId="a"),)),
    "queue-full": Broken(starts(), around(queue_limit=0)),
    "operation-not-found": Broken(Asked("GET", f"{OPERATIONS}/NOPE")),
    "too-many-pixels": inside(starts(grid=GRID, maxPixels="10")),
    "band-types-differ": inside(starts(expression=UNLIKE)),
    "unbounded-image": inside(starts()),
    "asset-exists": inside(made(), declared),
    "bucket-unwritable": inside(starts(), around(unwritable=frozenset({"bucket"}))),
    "drive-space": inside(starts(), living("drive-quota")),
    "reprojection-too-large": inside(starts(), living("reprojection")),
    "computation-timed-out": inside(starts(), living("timed-out")),
    "internal-error": inside(starts(), living("internal")),
    "unauthenticated": Broken(Asked("GET", OPERATIONS, b"", {"authorization": "Bearer x"}), guarded(Mode.SCOPED)),
    "scope-insufficient": Broken(Asked("GET", OPERATIONS, b"", {"authorization": "Bearer ann"}), guarded(Mode.SCOPED)),
    "rate-quota": Broken(Asked("GET", OPERATIONS), around(rate=0)),
    "asset-not-found": Broken(Asked("DELETE", f"{HOME}/nothing"), declared),
    "asset-overwrite": Broken(Asked("POST", f"{HOME}?assetId=folder", FOLDER), declared),
    "asset-not-empty": Broken(Asked("DELETE", f"{HOME}/folder"), declared),
    "asset-copy-type": Broken(Asked("POST", f"{HOME}/folder:copy", {"destinationName": f"{PROJECT}/assets/other"}), declared),
    "asset-id-missing": Broken(Asked("POST", f"{HOME}/folder/image:copy", {}), declared),
    "asset-type-unsupported": Broken(Asked("POST", f"{HOME}?assetId=x", {}), declared),
    "asset-parent-missing": Broken(Asked("POST", f"{HOME}?assetId=a/b", FOLDER), declared),
    "asset-field-fixed": Broken(Asked("PATCH", f"{HOME}/folder/image", {"updateMask": "name"}), declared),
    "policy-etag": Broken(Asked("POST", f"{HOME}/folder:setIamPolicy", {"policy": {"etag": "b2xk"}}), declared),
    "config-field-fixed": Broken(Asked("PATCH", f"/v1/{PROJECT}/config?updateMask=name", {})),
    "not-simulated": Broken(Asked("POST", f"/v1/{PROJECT}/maps", {})),
    "features-undeclared": Broken(Asked("GET", f"{HOME}/table:listFeatures"), declared),
    "algorithms-missing": Broken(Asked("GET", f"/v1/{PROJECT}/algorithms")),
    "band-type-unsupported": inside(starts(expression=body(call("Image.toInt64", value=call("Image.load", id=constant(f"{SCENES}/S_20140511"))))), declared),
    "crs-unknown": inside(starts(expression=body(call("Image.reproject", image=ONE, crs=call("Projection", crs=constant("EPSG:1")))))),
    "asset-not-loaded": Broken(starts(expression=body(call("Image.load", id=constant(f"{PROJECT}/assets/nope"))))),
    "value-unsupported": Broken(Asked("POST", COMPUTE, {"expression": body(call("Image.nothing"))})),
    "value-too-large": Broken(Asked("POST", COMPUTE, {"expression": body(call("List.repeat", value=constant("x" * 1000), count=constant(10**9)))})),
    "openapi-path-unknown": Broken(Asked("GET", "/v1/nothing"), huts),
    "openapi-verb-unknown": Broken(Asked("DELETE", "/v1/huts"), huts),
    "openapi-credentials-missing": Broken(Asked("PUT", "/v1/huts/1", b"x", {"content-type": "text/plain"}), huts),
    "openapi-not-acceptable": Broken(Asked("GET", "/v1/huts", b"", {"accept": "image/png"}), huts),
    "openapi-media-type": Broken(Asked("PUT", "/v1/huts/1", b"x", {**TOKEN, "content-type": "a/b"}), huts),
    "openapi-body-malformed": Broken(Asked("PUT", "/v1/huts/1", b"x", {**TOKEN, "content-type": "multipart/form-data"}), huts),
    "openapi-body-missing": Broken(Asked("POST", "/v1/huts", b"", TOKEN), huts),
    "openapi-body-invalid": Broken(Asked("POST", "/v1/huts", {"name": "a"}, TOKEN), huts),
    "openapi-name-unknown": Broken(Asked("POST", "/v1/huts", {"name": "A", "colour": 1}, TOKEN), huts),
    "openapi-parameter-missing": Broken(Asked("GET", "/tides"), tides),
    "openapi-parameter-invalid": Broken(Asked("GET", "/v1/huts?limit=0"), huts),
    "openapi-query-unknown": Broken(Asked("GET", "/v1/huts?colour=red"), huts),
    "openapi-payload-too-large": Broken(Asked("POST", "/v1/huts", b" " * (PAYLOAD_LIMIT + 1), TOKEN), huts),
    "openapi-no-answer": Broken(Asked("GET", "/v1/huts/1", b"", TOKEN), huts),
}  # fmt: skip


def _wrong() -> Service:
    service = herds()
    service.overrides.answers["herds.sheep.insert"] = lambda _: {"colour": "red"}
    return service


BROKEN.update(
    {rule: Broken(Asked("GET", OPERATIONS), asking(rule)) for rule in catalogue("p") if rule not in BROKEN}
)
UNBROKEN = {
    **dict.fromkeys(UNANSWERED, "it has no answer of its own"),
    "batch-call": "its refusal is a part of an answer (test_batch)",
    "upload-range": "it needs the address of a session (test_uploads)",
}
"""Rules that no request here breaks, with the reason."""
assert not BROKEN.keys() & UNBROKEN.keys()
assert BROKEN.keys() | UNBROKEN.keys() == RULES.keys(), RULES.keys() ^ (BROKEN.keys() | UNBROKEN.keys())
