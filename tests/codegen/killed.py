"""Stop a run at each of its steps on the disk, and print what was left: `python -m tests.codegen.killed FOLDER STEPS`.

FOLDER holds `old.json` and `new.json`, each the files of a tree. A child replaces the one by the other and is stopped.
In a tree with a folder `client`, that is what is generated, and the rest are the files that an upgrade replaces with it.
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
from groundwire_codegen.folder import GIT_ATTRIBUTES
from groundwire_codegen.upgrade.replace import replace

CLIENT = "client/"
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


def put(place: Path, files: dict[str, str]) -> None:
    client = {path.removeprefix(CLIENT): text for path, text in files.items() if path.startswith(CLIENT)}
    if client:
        rest = {place / path: text.encode() for path, text in files.items() if not path.startswith(CLIENT)}
        replace(place / CLIENT, client, rest)
    else:
        emit(place, files)


def run(place: Path, files: dict[str, str], step: int, how: str) -> bool:
    """Write in a child that is stopped at a step; False when it came to its end before."""
    child = os.fork()
    if child == 0:
        stop, for_good = STOPS[how]
        stop_at(step, stop, for_good=for_good)
        try:
            put(place, files)
        except (KeyboardInterrupt, OSError):
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return status != 0


def is_hidden(path: Path) -> bool:
    """Whether it is what a run that was killed leaves until the next."""
    return any(part.startswith(".") and part != GIT_ATTRIBUTES for part in path.parts)


def tree(place: Path) -> dict[str, str] | None:
    if not place.exists():
        return None
    return {
        path.relative_to(place).as_posix(): path.read_text("utf-8")
        for path in place.rglob("*")
        if path.is_file() and not is_hidden(path.relative_to(place))
    }


def state(left: dict[str, str] | None, before: dict[str, str] | None, after: dict[str, str]) -> str:
    """Which tree was left: `between` when the client is one of both, and every other file is one of both too."""
    if left in (before, after):
        return "old" if left == before else "new"
    if left is None or before is None or not any(path.startswith(CLIENT) for path in after):
        return "torn"
    clients = [
        {path: text for path, text in files.items() if path.startswith(CLIENT)}
        for files in (left, before, after)
    ]
    rest = {path for path in left if not path.startswith(CLIENT)}
    whole = all(left[path] in (before.get(path), after.get(path)) for path in rest)
    return "between" if clients[0] in clients[1:] and whole else "torn"


def main(folder: Path, most: int) -> None:
    old, new = (json.loads((folder / name).read_text("utf-8")) for name in ("old.json", "new.json"))
    below = CLIENT if any(path.startswith(CLIENT) for path in new) else ""
    mine = {f"{below}mine.txt": "mine", f"{below}part/mine.txt": "mine"}
    chosen = random.Random(0)  # noqa: S311 - an order, no secret
    found: list[dict[str, Any]] = []
    for first in (False,) if below else (False, True):
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
                left = state(tree(place), before, after)
                put(place, new)
                litter = [path for path in place.parent.rglob("*") if is_hidden(path.relative_to(folder))]
                whole = tree(place) == after and litter == []
                found.append(
                    {
                        "how": how,
                        "first": first,
                        "step": step,
                        "stopped": stopped,
                        "left": left,
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
