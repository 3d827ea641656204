"""What can be wrong with a file that is to hold the state, each with what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar


class StateError(Exception):
    """A state file that cannot be used. `path` is the file, `reason` what was found, `advice` what to do."""

    advice: ClassVar[str] = "Name another file."

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}. {self.advice}")


class StateInUseError(StateError):
    """Another process, or another server of this one, has the file open."""

    advice = "Stop the other server, or name another file."


class StateForeignError(StateError):
    """The file belongs to something else, and was left as it is."""

    advice = "Nothing was written to it. Name another file."


class StateDamagedError(StateError):
    """The file is one of ours, and cannot be read any more."""

    advice = (
        "Nothing was written to it. Restore a copy, or delete it and the -wal file beside it to begin anew."
    )


class StateVersionError(StateError):
    """The file was made by another version of the contract server."""

    advice = "Nothing was written to it. Serve it with the version that made it, or name another file."


class StateUnwritableError(StateError):
    """The file cannot be written: a folder that is not there or is read-only, or a full disk."""

    advice = "What was answered before is kept. Make room or give leave to write, and try again."
