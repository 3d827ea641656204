"""`python -m tests.audits.builds.hooks`: pre-commit with the hooks of this repository's last commit, in a scratch repository."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.codegen.documents import bookshop, encoded, with_property

ROOT: Final = Path(__file__).parents[3]
CONFIG: Final = """\
repos:
  - repo: {root}
    rev: {revision}
    hooks:
      - id: groundwire-check
        args: [shop.json, --out, shop]
      - id: groundwire-vendor-check
        args: [service/_shop]
"""


def command(folder: Path, *arguments: str, code: int = 0) -> str:
    """What a command prints; its exit code has to be this one."""
    done = subprocess.run(  # noqa: S603 - our own arguments
        arguments,
        cwd=folder,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PRE_COMMIT_HOME": str(folder.parent / "cache"),
            "GIT_CONFIG_GLOBAL": os.devnull,
        },
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    text = done.stdout + done.stderr
    if done.returncode != code:
        sys.exit(f"{' '.join(arguments)} ended with {done.returncode}, not {code}:\n{text}")
    return text


def commit(folder: Path, *, code: int = 0) -> str:
    command(folder, "git", "add", "--all")
    who = ("-c", "user.name=n", "-c", "user.email=n@example.com")
    return command(folder, "git", *who, "commit", "--quiet", "--message", "change", code=code)


def said(text: str, *parts: str) -> None:
    missing = [part for part in parts if part not in text]
    if missing:
        sys.exit(f"{missing} not in:\n{text}")


def hooks(folder: Path) -> None:
    """A commit passes with what was generated, and is refused with an edit and with another document."""
    command(folder, "git", "init", "--quiet")
    revision = command(ROOT, "git", "rev-parse", "HEAD").strip()
    (folder / ".pre-commit-config.yaml").write_text(CONFIG.format(root=ROOT, revision=revision), "utf-8")
    (folder / "shop.json").write_bytes(encoded(bookshop()))
    generator = (sys.executable, "-m", "groundwire_codegen")
    command(folder, *generator, "generate", "shop.json", "--out", "shop")
    command(folder, *generator, "vendor", "service/_shop", "--document", "shop.json")
    command(folder, "pre-commit", "install")
    said(commit(folder), "description gives", "Passed")
    module = folder / "shop" / "messages.py"
    text = module.read_text("utf-8")
    module.write_text(text.replace("Its name.", "My name."), "utf-8")
    line = 1 + text[: text.index("Its name.")].count("\n")
    said(commit(folder, code=1), f"edited by hand: shop/messages.py, line {line}", "My name.")
    module.write_text(text, "utf-8")
    (folder / "shop.json").write_bytes(encoded(with_property("isbn", {"type": "string"})))
    said(commit(folder, code=1), "moved: document", "stale: _shop/messages.py, line")


def main() -> None:
    """Try the hooks, and exit with what went wrong."""
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "repository").mkdir()
        hooks(Path(place) / "repository")
    print("the hooks hold")


if __name__ == "__main__":
    main()
