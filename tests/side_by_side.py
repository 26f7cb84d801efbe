"""How tests are dealt to several processes (`-n 2`): by file, and all browser tests to one.

Each process has a database server of its own (tests/plugin.py). The browser tests share one sample shop, which takes
half a minute to build; they are the longest job, so they are dealt first.
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

_BROWSER = "tests/browser/"


class ByFile(LoadScopeScheduling):
    """One file is one job; the browser tests are one job."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return _BROWSER if file.startswith(_BROWSER) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Asked once, in the process that deals."""
    config.option.loadscopereorder = False
    return ByFile(config, log)


class _BrowserFirst:
    """After every other plugin has ordered the tests."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: not item.nodeid.startswith(_BROWSER))


def pytest_configure(config: pytest.Config) -> None:
    """Registered late, so that it runs after the shuffling."""
    config.pluginmanager.register(_BrowserFirst(), "browser-first")
