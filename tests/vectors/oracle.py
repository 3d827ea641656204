"""Our reading of proto3 JSON beside that of protobuf's own Python library: `python -m tests.vectors.oracle`.

The message is described to protobuf from what the vectors say of its fields. The table shows where one of the two does
not do what a case expects.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from google.protobuf import (
    any_pb2,
    descriptor_pb2,
    descriptor_pool,
    duration_pb2,
    empty_pb2,
    field_mask_pb2,
    json_format,
    message_factory,
    struct_pb2,
    timestamp_pb2,
    wrappers_pb2,
)

from .classes import Classes, classes
from .files import cases, document
from .proto3 import TOP, judge

PACKAGE = "protobuf_test_messages.proto3"
FULL = f"{PACKAGE}.{TOP}"
KNOWN = (
    any_pb2,
    duration_pb2,
    empty_pb2,
    field_mask_pb2,
    struct_pb2,
    timestamp_pb2,
    wrappers_pb2,
)
ENUMS = {
    "NestedEnum": {"FOO": 0, "BAR": 1, "BAZ": 2, "NEG": -1},
    "AliasedEnum": {"ALIAS_FOO": 0, "ALIAS_BAR": 1, "ALIAS_BAZ": 2, "MOO": 2, "moo": 2, "bAz": 2},
}
Proto = descriptor_pb2.FieldDescriptorProto


def message_class() -> Any:
    """Protobuf's class for the message of the vectors."""
    pool = descriptor_pool.DescriptorPool()
    file = descriptor_pb2.FileDescriptorProto(name="vectors.proto", package=PACKAGE, syntax="proto3")
    for module in KNOWN:
        known = descriptor_pb2.FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(known)
        pool.Add(known)
        file.dependency.append(known.name)
    top = file.message_type.add(name=TOP)
    inner = top.nested_type.add(name="NestedMessage")
    inner.field.add(name="a", number=1, type=Proto.TYPE_INT32, label=Proto.LABEL_OPTIONAL)
    inner.field.add(
        name="corecursive",
        number=2,
        type=Proto.TYPE_MESSAGE,
        label=Proto.LABEL_OPTIONAL,
        type_name=f".{FULL}",
    )
    for name, values in ENUMS.items():
        enum = top.enum_type.add(name=name)
        enum.options.allow_alias = len(set(values.values())) < len(values)
        for value, number in values.items():
            enum.value.add(name=value, number=number)
    fields = {field["proto"]: field for case in cases("proto3_json.json") for field in case["fields"]}
    for number, field in enumerate(fields.values(), start=1):
        _add(top, field, number)
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(FULL))


def _add(top: Any, field: dict[str, Any], number: int) -> None:
    added = top.field.add(name=field["proto"], json_name=field["json"], number=number)
    added.label = Proto.LABEL_REPEATED if field["repeated"] else Proto.LABEL_OPTIONAL
    added.type = Proto.Type.Value(f"TYPE_{field['type'].upper()}")
    if field["message"]:
        added.type_name = f".{field['message']}"
    if field["oneof"]:
        if not top.oneof_decl:
            top.oneof_decl.add(name=field["oneof"])
        added.oneof_index = 0
    if field["map"]:
        _add_entry(top, field["message"].rpartition(".")[2])


def _add_entry(top: Any, name: str) -> None:
    key, value = re.findall("[A-Z][a-z0-9]*", name.removeprefix("Map").removesuffix("Entry"))[0:2]
    entry = top.nested_type.add(name=name)
    entry.options.map_entry = True
    for number, (role, kind) in enumerate((("key", key), ("value", value)), start=1):
        added = entry.field.add(name=role, number=number, label=Proto.LABEL_OPTIONAL)
        if role == "value" and name in ("MapStringNestedEnumEntry", "MapStringNestedMessageEntry"):
            is_enum = "Enum" in name
            added.type = Proto.TYPE_ENUM if is_enum else Proto.TYPE_MESSAGE
            added.type_name = f".{FULL}.{'NestedEnum' if is_enum else 'NestedMessage'}"
        else:
            added.type = Proto.Type.Value(f"TYPE_{kind.upper()}")


def theirs(cls: Any, case: dict[str, Any]) -> str:
    """Whether protobuf accepts the input of a case."""
    pool = descriptor_pool.Default()
    try:
        json_format.Parse(
            case["input"], cls(), ignore_unknown_fields=bool(case["ignore_unknown"]), descriptor_pool=pool
        )
    except json_format.ParseError:
        return "reject"
    return "accept"


def ours(generated: Classes, case: dict[str, Any]) -> str:
    """What ours does: the expected, or a reason why not."""
    verdict = judge(generated, case)
    return case["expect"] if verdict.outcome == "passed" else f"{verdict.outcome}: {verdict.why}"


def main() -> None:
    """Print the table; fail where protobuf does what is expected and ours neither does nor has a reason."""
    cls = message_class()
    with tempfile.TemporaryDirectory() as folder:
        generated = classes(document("proto3_conformance_discovery.json"), Path(folder))
        rows = [
            (case["id"], case["level"], case["expect"], ours(generated, case), theirs(cls, case))
            for case in cases("proto3_json.json")
            if case["direction"] == "parse" and "/Any" not in case["id"]
        ]
    print(f"{'case':58s} {'level':11s} {'expected':8s} {'protobuf':8s} ours")
    counts: Counter[str] = Counter()
    for name, level, expected, mine, other in rows:
        if expected == "accept_last_wins_or_reject":
            continue
        counts["compared"] += 1
        counts["protobuf differs"] += other != expected
        counts["accepted by protobuf, to be refused"] += expected == "reject" and other == "accept"
        counts["accepted by ours, to be refused"] += expected == "reject" and mine.startswith("failed")
        counts["ours differs, with a reason"] += mine.startswith("skipped")
        counts["ours differs"] += mine.startswith("failed")
        if other != expected or mine != expected:
            print(f"{name:58s} {level:11s} {expected:8s} {other:8s} {mine}")
    for what, number in counts.items():
        print(f"{number:4d} {what}")
    if counts["ours differs"]:
        sys.exit(1)


if __name__ == "__main__":
    main()
