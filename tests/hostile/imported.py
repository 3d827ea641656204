"""Packages imported in a process of their own that may touch nothing: `python -m tests.hostile.imported FOLDER ...`."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.hostile.audited import ROOT
from tests.hostile.canary import has_run
from tests.modules import forget

FORBIDDEN = ("os.", "subprocess.", "socket.", "shutil.", "ctypes.", "tempfile.", "urllib.", "webbrowser.")


def import_faults(packages: Iterable[Path]) -> dict[str, str]:
    """What importing did that it should not, by the folder of the package; nothing where all is well."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": _python_path()}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tests.hostile.imported"],
        input=json.dumps([str(package) for package in packages]),
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr[-2_000:]
    found: dict[str, str] = json.loads(done.stdout)
    return found


def _python_path() -> str:
    return os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))


class Audit:
    """What an import did beside reading modules."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.listens = False

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.listens:
            return
        if event.startswith(FORBIDDEN) and event not in ("os.listdir", "os.scandir"):
            self.seen.append(f"{event} {arguments}")
        elif event == "open" and isinstance(arguments[0], str) and not arguments[0].endswith((".py", ".pyc")):
            self.seen.append(f"open {arguments}")


def main(packages: list[str]) -> None:
    # What every client imports is not the matter of any of them.
    for module in ("auth", "client", "codec", "operations", "paging", "bounds", "times", "transport"):
        importlib.import_module(f"groundwire_runtime.{module}")
    audit = Audit()
    sys.addaudithook(audit.hook)
    faults: dict[str, str] = {}
    for package in map(Path, packages):
        sys.path.insert(0, str(package.parent))
        audit.seen.clear()
        audit.listens = True
        try:
            client: Any = importlib.import_module(package.name)
            importlib.import_module(f"{package.name}.provenance")
            importlib.import_module(f"{package.name}.codecs")
            assert client.Client is importlib.import_module(f"{package.name}.client").Client
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is what we look for
            faults[str(package)] = f"importing it: {error!r}"[:500]
        finally:
            audit.listens = False
            sys.path.pop(0)
            sys.path_importer_cache.clear()
        forget([package.name])
        if audit.seen or has_run():
            faults[str(package)] = f"importing it did: {audit.seen[:3] or 'the canary ran'}"[:500]
    print(json.dumps(faults))


if __name__ == "__main__":
    main(json.load(sys.stdin))
