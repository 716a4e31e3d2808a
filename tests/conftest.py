"""Which tests run, and how they are spread over processes: long ones only where they are asked for; those that share something costly
stay together, and the longest begin first.
"""

from __future__ import annotations

import gc
import re

import pytest
from hypothesis import settings

# Folders in the order in which their tests begin; whatever is last must be short.
FIRST = ("workflow", "real")
SURVEY = re.compile(r"[a-z]{3}_[a-z]+_\d{4}\w*")

# No property may fail because a machine is busy.
settings.register_profile("without_deadline", deadline=None)
settings.load_profile("without_deadline")

# Imports leave little garbage, and to look for it among ever more modules takes a tenth of their time.
gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A process of `pytest -n auto --dist loadgroup` takes a whole module, of the real data all that is asked of one survey."""
    # Not by `-m` in the options of pyproject.toml: another `-m` on the command line would take the long ones in again.
    if not re.search(r"\blong\b", config.option.markexpr):
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("long")])
        items[:] = [item for item in items if not item.get_closest_marker("long")]
    items.sort(key=lambda item: _place(item))
    for item in items:
        together = (_survey(item) if _folder(item) == "real" else None) or item.path.name
        item.add_marker(pytest.mark.xdist_group(f"{_folder(item)}-{together}"))


def pytest_collection_finish() -> None:
    """What was imported stays to the end, so the collector of garbage need not look through it each time: half a second, often."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_unconfigure() -> None:
    """At the end nothing may be left over: extension modules complain of it."""
    gc.unfreeze()


def _survey(item: pytest.Item) -> str | None:
    values = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return next((value for value in values if isinstance(value, str) and SURVEY.fullmatch(value)), None)


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(item.config.rootpath / "tests").parts[0]


def _place(item: pytest.Item) -> int:
    return FIRST.index(_folder(item)) if _folder(item) in FIRST else len(FIRST)
