"""The body of a response that is read as it comes."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack

from attrs import define

from .bounded_response import BoundedResponse
from .clock import Deadline
from .http import Request
from .transport import FAULTS, translated


@define
class Hold:
    """The connection that an open body holds. It is closed where bytes are left on it."""

    connection: ExitStack
    answer: BoundedResponse
    ended: bool = False

    def release(self) -> None:
        """Return the connection."""
        if self.ended:
            self.connection.close()
        else:
            self.connection.__exit__(GeneratorExit, GeneratorExit(), None)


class OpenBody:
    """The body of a response that is read as it comes, over the connection that it holds."""

    def __init__(self, pieces: Iterator[bytes], hold: Hold, request: Request, deadline: Deadline) -> None:
        self._hold = hold
        # No frame of it holds this object, so that one that is dropped ends at once.
        self._pieces = _held_pieces(pieces, hold, request, deadline)

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        """Leave the rest, and free the connection."""
        try:
            self._pieces.close()
        except ValueError:  # another thread reads: it meets the end of the connection, and frees it
            self._hold.answer.shut()
        else:
            self._hold.release()

    def __del__(self) -> None:
        self.close()


def _held_pieces(
    pieces: Iterator[bytes], hold: Hold, request: Request, deadline: Deadline
) -> Generator[bytes]:
    try:
        yield from pieces
        hold.ended = True
    except FAULTS as error:
        raise translated(error, request, deadline, sent=True) from error
    finally:
        hold.release()
