from __future__ import annotations

import pytest

from .outside import missing

pytest_plugins = ["tests.promises.plugin"]
_FILES = pytest.StashKey[frozenset[str]]()


def pytest_collection_finish(session: pytest.Session) -> None:
    session.config.stash[_FILES] = frozenset(item.nodeid.partition("::")[0] for item in session.items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    line = missing(config.stash.get(_FILES, frozenset()))
    if line:
        terminalreporter.write_line(line, yellow=True)
