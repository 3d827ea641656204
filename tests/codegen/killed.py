"""Stop a run at each of its steps on the disk, and print what was left: `python -m tests.codegen.killed FOLDER STEPS`.

FOLDER holds `old.json` and `new.json`, each the files of a tree. A child replaces the one by the other and is stopped.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from groundwire_codegen.emit import emit

STEPS = ("os.", "shutil.", "tempfile.", "ctypes.dlsym")
WRITING = os.O_WRONLY | os.O_RDWR


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt() -> None:
    raise KeyboardInterrupt


def fail() -> None:
    raise OSError(28, "no space is left")


STOPS: dict[str, tuple[Callable[[], None], bool]] = {
    "killed": (kill, False),
    "interrupted": (interrupt, False),
    "failed once": (fail, False),
    "failed from there on": (fail, True),
}


def stop_at(step: int, stop: Callable[[], None], *, for_good: bool) -> None:
    """Stop this process at its n-th change of the disk."""
    count = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if event.startswith(STEPS) or (event == "open" and arguments[2] & WRITING):
            count += 1
            if count == step or (for_good and count > step):
                stop()

    sys.addaudithook(hook)


def run(place: Path, files: dict[str, str], step: int, how: str) -> bool:
    """Emit in a child that is stopped at a step; False when it came to its end before."""
    child = os.fork()
    if child == 0:
        stop, for_good = STOPS[how]
        stop_at(step, stop, for_good=for_good)
        try:
            emit(place, files)
        except (KeyboardInterrupt, OSError):
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return status != 0


def tree(place: Path) -> dict[str, str] | None:
    if not place.exists():
        return None
    return {
        path.relative_to(place).as_posix(): path.read_text("utf-8")
        for path in place.rglob("*")
        if path.is_file()
    }


def main(folder: Path, most: int) -> None:
    old, new = (json.loads((folder / name).read_text("utf-8")) for name in ("old.json", "new.json"))
    mine = {"mine.txt": "mine", "part/mine.txt": "mine"}
    chosen = random.Random(0)  # noqa: S311 - an order, no secret
    found: list[dict[str, Any]] = []
    for first in (False, True):
        before = None if first else {**old, **mine}
        after = new if first else {**new, **mine}
        for how in STOPS:
            steps = 1
            while run(fresh(folder, before), new, steps, how):
                steps *= 2
            wanted = most if how == "killed" and not first else most // 5
            points = sorted(chosen.sample(range(1, steps), min(wanted, steps - 1)))
            for step in points:
                place = fresh(folder, before)
                stopped = run(place, new, step, how)
                left = tree(place)
                state = "old" if left == before else "new" if left == after else "torn"
                emit(place, new)
                whole = tree(place) == after and [path.name for path in place.parent.iterdir()] == ["out"]
                found.append(
                    {
                        "how": how,
                        "first": first,
                        "step": step,
                        "stopped": stopped,
                        "left": state,
                        "mended": whole,
                    }
                )
    print(json.dumps(found))


def fresh(folder: Path, files: dict[str, str] | None) -> Path:
    """The folder of an output with the files of an earlier run, or none."""
    shutil.rmtree(folder / "at", ignore_errors=True)
    (folder / "at").mkdir()
    for path, text in (files or {}).items():
        (folder / "at" / "out" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "at" / "out" / path).write_text(text, "utf-8", newline="")
    return folder / "at" / "out"


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
