"""What this project does, as sessions: `nox -l` lists them, `nox -s NAME` runs one with all of its set-up."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nox

nox.options.sessions = ["tests", "lint", "types"]
nox.options.default_venv_backend = "venv"
nox.needs_version = ">=2024.4.15"

ROOT = Path(__file__).parent
SHARED = ROOT.parent / "shared"
PACKAGES = ("codegen", "runtime", "generated", "exports", "contract")
GENERATE = (
    "spec/earthengine.v1beta.json",
    "--overlay",
    "spec/earthengine.v1beta.overlay.toml",
    "--out",
    "generated/groundwire",
)


def vectors() -> dict[str, str]:
    """Where the outside vectors are, when they stand beside the project."""
    given = os.environ.get("GROUNDWIRE_VECTORS")
    if given is None and SHARED.is_dir():
        given = str(SHARED)
    return {"GROUNDWIRE_VECTORS": given} if given else {}


@nox.session
def demo(session: nox.Session) -> None:
    """Generate the client, start an export with it against the contract server, and watch it finish."""
    session.install("-q", "-e", ".[codegen,contract]", "mypy>=1.18")
    session.run("python", "-m", "demo", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests, in random order."""
    session.install("-q", "-e", ".[dev]")
    session.run("pytest", *session.posargs, env=vectors())


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format, and who imports whom."""
    session.install("-q", "-e", ".[dev]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports", env={"PYTHONPATH": os.pathsep.join(PACKAGES)})


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy and pyright, generated code included."""
    session.install("-q", "-e", ".[dev]")
    session.run("mypy", *PACKAGES, "demo")
    session.run("pyright")


@nox.session
def generate(session: nox.Session) -> None:
    """Write generated/groundwire from spec/."""
    session.install("-q", "-e", ".[codegen]")
    session.run("groundwire-codegen", "generate", *GENERATE)


@nox.session
def drift(session: nox.Session) -> None:
    """Check that generated/groundwire is what spec/ gives."""
    session.install("-q", "-e", ".[codegen]")
    session.run("groundwire-codegen", "check", *GENERATE)


@nox.session
def vendor(session: nox.Session) -> None:
    """Vendor the client under another name, and run it with nothing but its four dependencies."""
    copy = Path(session.create_tmp()).resolve() / "copy"
    session.install("-q", "-e", ".[codegen]")
    session.run("groundwire-codegen", "vendor", str(copy / "earth"), "--with", "exports")
    session.run("python", "-m", "pip", "uninstall", "-q", "-y", "groundwire")
    session.install("-q", "mypy>=1.18", "pyright[nodejs]>=1.1.400")
    session.chdir(copy)
    session.run("python", "-c", "import earth; earth.Client; earth.converter; import earth._exports")
    session.run("mypy", "--strict", "-p", "earth")
    config = copy / "pyrightconfig.json"
    config.write_text('{"typeCheckingMode": "strict", "include": ["earth"]}\n', encoding="utf-8")
    session.run("pyright")


@nox.session
def build(session: nox.Session) -> None:
    """Build wheel and sdist, and install each in an empty environment."""
    dist = Path(session.create_tmp()).resolve() / "dist"
    session.install("-q", "build>=1.2")
    session.run("python", "-m", "build", "-q", "--outdir", str(dist))
    for pattern in ("*.whl", "*.tar.gz"):
        artifact = max(dist.glob(pattern), key=lambda path: path.stat().st_mtime)
        session.run("python", "-m", "venv", "--clear", str(dist / "env"))
        binary = dist / "env" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        session.run(str(binary), "-m", "pip", "install", "-q", f"{artifact}[codegen,contract]", external=True)
        session.run(str(binary), str(ROOT / "tests" / "installed.py"), external=True)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure speed and memory beside the peers; print ratios."""
    session.install("-q", "-e", ".[dev]", "-r", "benchmarks/requirements.txt")
    session.run("python", "-m", "benchmarks", *session.posargs, env=vectors())
