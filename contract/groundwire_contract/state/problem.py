"""Problems with a state file, each with advice."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar


class StateError(Exception):
    """A state file that cannot be used. `path` is the file, `reason` the problem, `advice` what to do."""

    advice: ClassVar[str] = "Name another file."

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}. {self.advice}")


class StateInUseError(StateError):
    """Another process, or another server of this one, has the file open."""

    advice = "Stop the other server, or name another file."


class StateForeignError(StateError):
    """The file belongs to another program and was not changed."""

    advice = "Nothing was written to it. Name another file."


class StateDamagedError(StateError):
    """The file is a state file but cannot be read."""

    advice = (
        "Nothing was written to it. Restore a copy, or delete it and the -wal file beside it to begin anew."
    )


class StateVersionError(StateError):
    """The file was created by another version of the contract server."""

    advice = "Nothing was written to it. Serve it with the version that made it, or name another file."


class StateUnwritableError(StateError):
    """The file cannot be written: the folder is missing or read-only, or the disk is full."""

    advice = "What was answered before is kept. Make room or give leave to write, and try again."
