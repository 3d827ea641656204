"""Processes that work on tasks side by side. One that dies takes only its own task with it."""

from __future__ import annotations

import gc
import multiprocessing
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from attrs import frozen

Task = TypeVar("Task")
Result = TypeVar("Result")
RETIRE_ABOVE: Final = 192 * 1024 * 1024
"""Bytes of resident memory after which a process gives way to a new one."""
_TASKS: Final = 50
"""Tasks after which a process gives way where the system does not tell its memory."""


@frozen
class Done(Generic[Task, Result]):
    """A task with its result; None if its process died."""

    task: Task
    result: Result | None
    peak: int
    """Bytes of the process at its largest so far; 0 where the system does not tell."""
    exit_code: int | None = None
    """Of a process that died; negative for a signal."""


@frozen
class _Worker:
    process: SpawnProcess
    connection: Connection[Any, Any]

    def end(self) -> None:
        """End the process, which has nothing half-written: files take their places in one step."""
        self.connection.close()
        self.process.terminate()
        self.process.join()


def run(
    tasks: Iterable[Task], work: Callable[[Task], Result], jobs: int
) -> Generator[Done[Task, Result], None, None]:
    """Yield each task with its result as it is done, by at most `jobs` processes.

    `work` and the tasks are pickled. The processes end with the generator, and when this process dies.
    """
    waiting = deque(tasks)
    busy: dict[object, tuple[_Worker, Task]] = {}
    idle: list[_Worker] = []
    try:
        while waiting or busy:
            while waiting and len(busy) < jobs:
                worker = idle.pop() if idle else _started(work)
                busy[worker.connection] = (worker, waiting.popleft())
                # One that died already is found by the read.
                with suppress(OSError):
                    worker.connection.send(busy[worker.connection][1])
            for ready in wait([worker.connection for worker, _ in busy.values()]):
                worker, task = busy.pop(ready)
                try:
                    result, peak, is_last = worker.connection.recv()
                except (EOFError, OSError):
                    worker.process.join()
                    yield Done(task, None, 0, worker.process.exitcode)
                    worker.end()
                    continue
                if is_last:
                    worker.end()
                else:
                    idle.append(worker)
                yield Done(task, result, peak)
    finally:
        for worker in (*idle, *(each for each, _ in busy.values())):
            worker.end()


def _started(work: Callable[[Any], Any]) -> _Worker:
    # A new interpreter inherits no pipe of its siblings, so each sees the end of this process.
    context = multiprocessing.get_context("spawn")
    own, its = context.Pipe()
    process = context.Process(target=_serve, args=(its, work), daemon=True)
    process.start()
    its.close()
    return _Worker(process, own)


def _serve(connection: Connection[Any, Any], work: Callable[[Any], Any]) -> None:
    """Work on tasks until there are no more, or this process has grown too large."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent ends this process.
    gc.disable()  # It runs between tasks.
    count, is_last = 0, False
    while not is_last:
        try:
            task = connection.recv()
        except EOFError:
            return
        result = work(task)
        del task
        gc.collect()
        count += 1
        peak = peak_memory()
        is_last = peak > RETIRE_ABOVE or (not peak and count >= _TASKS)
        with suppress(OSError):
            connection.send((result, peak, is_last))


def peak_memory() -> int:
    """Return the bytes of this process at its largest; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0
    try:
        # The system's figure below counts what the parent had when it started this process.
        status = Path("/proc/self/status").read_text("ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    except (OSError, IndexError, ValueError):
        pass
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
