from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from .outside import missing

pytest_plugins = ["tests.promises.plugin"]
_FILES = pytest.StashKey[frozenset[str]]()


def pytest_collection_finish(session: pytest.Session) -> None:
    session.config.stash[_FILES] = frozenset(item.nodeid.partition("::")[0] for item in session.items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: Sequence[str]) -> None:
    node.config.stash[_FILES] = frozenset(each.partition("::")[0] for each in ids)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    line = missing(config.stash.get(_FILES, frozenset()))
    if line:
        terminalreporter.write_line(line, yellow=True)
