"""Code as users write it, which strict checkers take as it is. It is checked, never run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import assert_never, assert_type

import attrs
from groundwire import (
    AffineTransform,
    ArrayValue,
    Client,
    CloudStorageDestination,
    DictionaryValue,
    DriveDestination,
    EarthEngineDestination,
    ExportImageRequest,
    Expression,
    FunctionDefinition,
    FunctionInvocation,
    GeoTiffImageExportOptions,
    GridDimensions,
    ImageAssetExportOptions,
    ImageFileExportOptions,
    ImageFileFormat,
    ListOperationsResponse,
    Number,
    Operation,
    OperationMetadata,
    PixelGrid,
    PyramidingPolicy,
    Status,
    TfRecordImageExportOptions,
    TilePermissions,
    Unlisted,
    ValueNode,
    WaitOperationRequest,
    converter,
    decode,
    encode,
    errors,
)
from groundwire_exports import Export, Stall, expression, grid, start_export
from groundwire_runtime.events import Event


def image() -> Expression:
    load = FunctionInvocation(
        function=FunctionInvocation.FunctionName("Image.load"),
        arguments={"id": ValueNode.ConstantValue("USGS/SRTMGL1_003")},
    )
    nodes: dict[str, ValueNode] = {
        "0": ValueNode.FunctionInvocationValue(load),
        "1": ValueNode.ArrayValue(
            ArrayValue(values=[ValueNode.ValueReference("0"), ValueNode.IntegerValue(1)])
        ),
        "2": ValueNode.DictionaryValue(DictionaryValue(values={"a": ValueNode.BytesValue(b"x")})),
        "3": ValueNode.FunctionDefinitionValue(FunctionDefinition(argument_names=("x",), body="4")),
        "4": ValueNode.ArgumentReference("x"),
        "5": ValueNode.ConstantValue([1, {"a": None, "b": [True, 2.5]}]),
    }
    return Expression(values=nodes, result="0")


def to_drive() -> ExportImageRequest:
    return ExportImageRequest(
        expression=image(),
        description="relief",
        grid=grid((5.0, 45.0, 6.0, 46.0), crs="EPSG:4326", scale=0.01),
        export_options=ImageFileExportOptions(
            file_format=ImageFileFormat.GEO_TIFF,
            destination=DriveDestination(folder="maps", filename_prefix="relief"),
            format_options=GeoTiffImageExportOptions(
                no_data=Number.FloatValue(-9999), metadata_keys=["system:index"]
            ),
        ),
    )


def to_bucket() -> ExportImageRequest:
    return ExportImageRequest(
        expression=expression({"result": "0", "values": {"0": {"constantValue": 1}}}),
        max_pixels=10**10,
        export_options=ImageFileExportOptions(
            file_format=Unlisted("ZARR"),
            destination=CloudStorageDestination(
                bucket="our-exports",
                permissions=TilePermissions.PUBLIC,
                bucket_cors_uris=("https://a.example",),
            ),
            format_options=TfRecordImageExportOptions(
                tile_dimensions=GridDimensions(width=64, height=64), tensor_depths={"a": 3}
            ),
        ),
    )


def to_asset() -> ExportImageRequest:
    return ExportImageRequest(
        expression=expression('{"result": "0", "values": {"0": {"constantValue": 1}}}'),
        grid=PixelGrid(
            crs=PixelGrid.CrsCode("EPSG:4326"), affine_transform=AffineTransform(scale_x=1, scale_y=-1)
        ),
        export_options=ImageAssetExportOptions(
            pyramiding_policy=PyramidingPolicy.MEAN,
            pyramiding_policy_overrides={"class": PyramidingPolicy.MODE, "new": Unlisted("NEW")},
            destination=EarthEngineDestination(name="projects/p/assets/a", overwrite=True),
        ),
    )


def crs_text(crs: PixelGrid.CrsCode | PixelGrid.CrsWkt | None) -> str:
    match crs:
        case PixelGrid.CrsCode(code):
            return code
        case PixelGrid.CrsWkt(value=wkt):
            return wkt
        case None:
            return ""
        case _:
            assert_never(crs)


def place(request: ExportImageRequest) -> str | None:
    options = request.export_options
    match options:
        case ImageFileExportOptions(destination=destination):
            return files(destination)
        case ImageAssetExportOptions(destination=asset):
            return None if asset is None else asset.name
        case None:
            return None
        case _:
            assert_never(options)


def files(destination: DriveDestination | CloudStorageDestination | None) -> str | None:
    match destination:
        case DriveDestination(folder=folder):
            return folder
        case CloudStorageDestination(bucket=bucket):
            return bucket
        case None:
            return None
        case _:
            assert_never(destination)


def outcome(operation: Operation) -> str:
    result = operation.result
    match result:
        case Status(code=code, message=message):
            return f"{code} {message}"
        case Operation.Response(value):
            return ",".join(value)
        case None:
            return "running"
        case _:
            assert_never(result)


def constants(nodes: Sequence[ValueNode]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ValueNode.ConstantValue(value=str(text)):
                yield text
            case ValueNode.FunctionInvocationValue(call):
                yield from constants(list(call.arguments.values()))
            case ValueNode.ArrayValue(array):
                yield from constants(array.values)
            case _:
                yield ", ".join(node.unknown_fields)


def number(value: Number) -> float:
    if isinstance(value, Number.FloatValue):
        assert_type(value.value, float)
        return value.value
    if isinstance(value, Number.IntegerValue):
        assert_type(value.value, int)
        return value.value
    return 0


def run(client: Client) -> Operation:
    def progress(metadata: OperationMetadata) -> None:
        assert_type(metadata.update_time, datetime | None)

    operation = client.projects.image.export(to_drive(), timeout=60)
    assert_type(operation, Operation)
    try:
        return client.wait(operation, timeout=3600, on_progress=progress)
    except errors.OperationTimeout as error:
        raise SystemExit(str(error)) from error
    except errors.OperationError as error:
        assert_type(error.code, int | None)
        raise
    except errors.ResourceExhausted as error:
        assert_type(error.retry_after, float | None)
        raise
    except errors.EncodeError as error:
        raise ValueError(f"{error.path}: {error.rule}") from error
    except errors.GroundwireError as error:
        raise RuntimeError(error.hint) from error


def settle(client: Client, request: ExportImageRequest) -> list[str]:
    stalls: list[Stall] = []
    try:
        export = start_export(client, request, project="other", timeout=120)
    except errors.OutcomeUnknown as unknown:
        export = start_export(client, attrs.evolve(request, request_id=unknown.request_id))
    assert_type(export, Export)
    operation = export.wait(timeout=3600, on_timeout="cancel", stall_after=600, on_stall=stalls.append)
    assert_type(operation, Operation)
    metadata = export.metadata
    return [] if metadata is None else [str(metadata.state), *metadata.destination_uris]


def browse(client: Client) -> list[str]:
    operations = client.projects.operations
    names = [operation.name or "" for operation in operations.list(page_size=50, timeout=10.5)]
    for page in operations.list(project="other").pages():
        assert_type(page, ListOperationsResponse)
        names.extend(operation.name or "" for operation in page.operations)
    latest = operations.get(names[0])
    operations.wait(names[0], WaitOperationRequest(timeout=timedelta(seconds=30)))
    operations.cancel(names[0])
    operations.delete(names[0])
    if isinstance(latest.metadata, OperationMetadata):
        names.extend(latest.metadata.destination_uris)
    return names


def watched() -> Client:
    def note(event: Event) -> None:
        assert_type(event.attempt, int)
        assert_type(event.status, int | None)

    return Client(project="field-work", on_event=note)


def values() -> ExportImageRequest:
    request = attrs.evolve(to_bucket(), description="again", priority=0)
    body: bytes = encode(request)
    assert_type(decode(ExportImageRequest, body), ExportImageRequest)
    assert_type(converter.structure(converter.unstructure(request), Operation), Operation)
    return request


with Client(project="field-work") as shared:
    run(shared)


def read_parts(client: Client) -> str:
    answer = client.with_response(
        client.projects.operations.get,
        "projects/p/operations/o",
        fields="name,metadata",
        quota_user="gate 4",
        pretty_print=False,
        key="AIza",
        xgafv="2",
        headers={"if-none-match": "1"},
    )
    assert_type(answer.value, Operation)
    try:
        client.projects.operations.get("o", headers=answer.headers)
    except errors.NotModified as unchanged:
        return unchanged.headers["etag"]
    page = client.with_response(next, client.projects.operations.list(fields="operations(name)").pages())
    return page.headers["etag"]
