"""Progress of an operation: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

from groundwire import OperationMetadata
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


def describe(metadata: OperationMetadata) -> str:
    """Return the state and stage of an operation."""
    begun = [stage.display_name for stage in metadata.stages if stage.total_work_units is not None]
    stage = begun[-1] if begun else None
    return f"{metadata.state or 'STARTED'}{f': {stage}' if stage else ''}"


@contextmanager
def follow(console: Console) -> Generator[Callable[[OperationMetadata], None]]:
    """Yield a callback that shows each state of an operation."""
    if not console.is_terminal:
        yield lambda metadata: console.print(
            f"  {100 * (metadata.progress or 0.0):3.0f} %  {describe(metadata)}"
        )
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("started", total=1.0)

        def show(metadata: OperationMetadata) -> None:
            done = 1.0 if metadata.state == "SUCCEEDED" else metadata.progress or 0.0
            progress.update(task, completed=done, description=describe(metadata))

        yield show
