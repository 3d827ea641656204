"""Run the command line on documents, and print what it did to the outside: `python -m tests.codegen.audited FOLDER`.

FOLDER holds `specs/*.json` with `*.toml` beside them; each is generated and checked, in a folder `outs/NAME`.
"""

from __future__ import annotations

import json
import os
import sys
import sysconfig
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from groundwire_codegen import cli, compile, emit, pipeline, render, vendor

CODE = {
    str(Path(path).resolve())
    for path in (
        *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
        *(Path(module.__file__ or "").parent for module in (cli, compile, emit, pipeline, render, vendor)),
    )
}
"""Where Python, its packages and the generator itself are read from."""
CHANGES = {
    *("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.link", "os.chmod", "os.chown"),
    *("os.truncate", "os.utime", "os.setxattr", "shutil.rmtree", "shutil.move", "tempfile.mkdtemp"),
}
FORBIDDEN = (
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "subprocess.",
    "socket.",
    "ctypes.",
)
EXCHANGE: dict[str, tuple[Any, ...]] = {
    "ctypes.dlopen": (None,),
    "ctypes.dlsym": ("renameat2", "renamex_np"),
}
"""How two folders change places: a function that Python itself has not."""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Audit:
    """What was touched while it listens."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.listens = False
        self.inputs: set[str] = set()
        self.out = ""

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.listens:
            return
        if event == "open":
            self._open(*arguments)
        elif event in CHANGES and not _is_below_a_folder(event, arguments):
            for argument in arguments:
                if isinstance(argument, (str, bytes, os.PathLike)):
                    # What is moved or removed is a link itself, not what it leads to.
                    place = Path(os.fsdecode(argument)).absolute()
                    self._judge(event, place.parent.resolve() / place.name, follow=False)
        elif event in EXCHANGE and arguments[-1] in EXCHANGE[event]:
            pass
        elif event.startswith(FORBIDDEN):
            self.seen.append((event, repr(arguments)))

    def _open(self, path: Any, mode: str | None, flags: int) -> None:
        # `shutil.rmtree`, whose own event is judged, opens names below a folder that it has open.
        if not isinstance(path, (str, bytes, os.PathLike)) or (
            mode is None and not Path(os.fsdecode(path)).is_absolute()
        ):
            return
        if flags & WRITING or set(mode or "") & set("wax+"):
            self._judge("write", path)
        elif flags & os.O_DIRECTORY and self._full(path) == str(Path(self.out).parent):
            pass  # The folder around the output is held while the output is exchanged.
        elif self._full(path) not in self.inputs and not _is_code(self._full(path)):
            self._judge("read", path)

    def _judge(self, event: str, path: Any, *, follow: bool = True) -> None:
        full = self._full(path) if follow else str(path)
        beside = f"{Path(self.out).parent}{os.sep}.{Path(self.out).name}.groundwire"
        if not any(full == place or full.startswith(place + os.sep) for place in (self.out, beside)):
            self.seen.append((event, full))

    @staticmethod
    def _full(path: Any) -> str:
        """Where a path leads, links on the way included."""
        return os.path.realpath(os.fsdecode(path))


def _is_code(place: str) -> bool:
    return any(place == code or place.startswith(code + os.sep) for code in CODE)


def _is_below_a_folder(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether names are meant from a folder that is open: `shutil.rmtree`, whose own event is judged."""
    return event in ("os.remove", "os.rmdir") and len(arguments) > 1 and arguments[1] != -1


def main(folder: Path) -> None:
    audit = Audit()
    sys.addaudithook(audit.hook)
    codes: dict[str, list[int]] = {}
    for spec in sorted((folder / "specs").glob("*.json")):
        overlay = spec.with_suffix(".toml")
        more = ["--overlay", str(overlay)] if overlay.exists() else []
        out = folder / "outs" / spec.stem
        audit.inputs = {str(spec.resolve()), str(overlay.resolve())}
        audit.out = str(out.parent.resolve() / out.name)
        for command in ("generate", "check"):
            audit.listens = True
            result = CliRunner().invoke(cli.main, [command, str(spec), "--out", str(out), *more])
            audit.listens = False
            assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
            codes.setdefault(spec.stem, []).append(result.exit_code)
    print(json.dumps({"codes": codes, "seen": audit.seen}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
