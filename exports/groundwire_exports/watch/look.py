"""One look at many operations: a listing of their project instead of a request for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar

from attrs import define, field
from groundwire import Operation
from groundwire_runtime.errors import ArgumentError, NotFound, ProtocolError, shortened
from groundwire_runtime.events import polls

from ..arguments import ExportClient
from ..protocol import is_operation_name
from ..states import operation_id

ItemT = TypeVar("ItemT")
PAGE: Final = 500
"""Operations on a page of a listing."""
_FEW: Final = 3
"""Operations that are asked for one by one: a listing may have more pages."""
_GETS: Final = 20
"""Maximum operations of one look that are asked for because the listing lacks them."""


@define
class Look:
    """The result of one look. `missing`: names of operations that do not exist, as the service said for each."""

    operations: dict[str, Operation] = field(factory=dict[str, Operation])
    missing: dict[str, NotFound] = field(factory=dict[str, NotFound])


def look(client: ExportClient, names: Iterable[str]) -> dict[str, Operation]:
    """Return the latest state of operations by name.

    For more than three names it reads the listing of their project: 500 operations a request, whatever the number of
    names. At most 20 that a listing lacks, because it lags, are asked for one by one. The result lacks operations that
    do not exist, and those that are not listed yet. Raises ArgumentError for a name that is none, and the errors of
    calls.
    """
    return read_states(client, names).operations


def read_states(client: ExportClient, names: Iterable[str]) -> Look:
    """Return the latest state of operations, and which do not exist. Raises as `look` does."""
    wanted = dict.fromkeys(map(_checked, several(names, "names")))
    result = Look()
    if len(wanted) > _FEW:
        for project in dict.fromkeys(name.partition("/operations/")[0] for name in wanted):
            _read_listing(
                client, project, [name for name in wanted if name.startswith(f"{project}/")], result
            )
    rest = [name for name in wanted if name not in result.operations]
    for name in rest[:_GETS]:
        _read_one(client, name, result)
    return result


def several(values: Iterable[ItemT], name: str) -> list[ItemT]:
    """Return the values of an iterable. Raises ArgumentError, about `name`, for a text or one value."""
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        raise ArgumentError(f"{name}: expected several, got {shortened(values)}", hint="Pass a list.")
    return list(values)


def _checked(name: object) -> str:
    if isinstance(name, str) and is_operation_name(name):
        return name
    raise ArgumentError(
        f"names: expected the name of an operation, got {shortened(name)}",
        hint="A name is projects/{project}/operations/{id}: export.name, or operation.name.",
    )


def _read_listing(client: ExportClient, project: str, names: list[str], result: Look) -> None:
    # A listing may name the project by its number. The ids are unique.
    wanted = {operation_id(name): name for name in names}
    with polls():
        for operation in client.projects.operations.list(project=project, page_size=PAGE):
            name = wanted.pop(operation_id(operation.name), None)
            if name is not None:
                result.operations[name] = operation
            if not wanted:
                return


def _read_one(client: ExportClient, name: str, result: Look) -> None:
    try:
        with polls():
            operation = client.projects.operations.get(name)
    except NotFound as error:
        result.missing[name] = error
        return
    if operation.name != name:
        wrong = ProtocolError(f"asked for operation {name}, got {str(operation.name)[:200]!r}")
        raise client.redacted(wrong)
    result.operations[name] = operation
