"""A real Chromium and a real server with the real coach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from coach import Coach
from tests.browser.harness import CHROMIUM, Server, Visit, chromium

Visitor = Callable[..., Visit]
NEUTRAL = "https://www.bbc.com/weather"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark these tests, and skip them with one clear line where there is no Chromium."""
    for item in items:
        if "tests/browser" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine; see tests/browser/install.sh"))


@pytest.fixture(scope="session")
def server(coach: Coach) -> Iterator[Server]:
    """Yield a running server; the coach fixture makes sure that its index is there."""
    assert coach
    made = Server()
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Yield one Chromium for all tests."""
    with sync_playwright() as playwright, chromium(playwright) as made:
        yield made


@pytest.fixture
def visitor(server: Server, browser: Browser) -> Iterator[Visitor]:
    """Yield what opens the app as a new person; afterwards, nothing but this machine may have been asked."""
    visits: list[Visit] = []

    def visit(path: str = "", *, at: Server = server, ready: bool = True, **options: Any) -> Visit:
        context = browser.new_context(**{"viewport": {"width": 1200, "height": 900}, **options})
        context.set_default_timeout(30_000)
        context.route(
            f"{NEUTRAL}*", lambda route: route.fulfill(body="<title>Weather</title>Sunny", content_type="text/html")
        )
        made = Visit(context.new_page(), at.url)
        visits.append(made)
        return made.open(path).ready() if ready else made.show(path)

    yield visit
    asked = {url for visit_ in visits for url in visit_.asked}
    for visit_ in visits:
        visit_.page.context.close()
    allowed = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:http://127.0.0.1:", NEUTRAL)
    assert [url for url in asked if not url.startswith(allowed)] == []
