"""axe-core on every page, with and without a conversation, in light and in dark."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import Visitor
from tests.browser.harness import Visit
from tests.browser.test_journeys import CONCERN, CRISIS

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")


def findings(visit: Visit) -> list[str]:
    """Return the serious and critical findings on the page as it stands."""
    visit.page.evaluate(AXE)
    found = visit.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    grave = [finding for finding in found if finding["impact"] in {"serious", "critical"}]
    return [f"{finding['id']}: {node['html'][:150]}" for finding in grave for node in finding["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_no_grave_finding_anywhere(visitor: Visitor, scheme: str, width: int) -> None:
    """The whole journey: an empty page, advice, its reasons, a crisis, the article, its map, help, about."""
    visit = visitor(color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce")
    seen = {"empty": findings(visit)}
    visit.say(CONCERN)
    visit.page.get_by_text("Why this answer?").click()
    visit.page.get_by_text("What it looked at for safety").wait_for()
    seen["advice"] = findings(visit.rest())
    visit.say(CRISIS)
    seen["crisis"] = findings(visit)
    for name in ("Article", "Help", "About"):
        seen[name] = findings(visit.go(name))
        if name == "Article":
            visit.page.get_by_text("Map", exact=True).click()
            visit.page.locator("svg path").first.wait_for(state="attached")
            seen["map"] = findings(visit.rest())
    assert {name: found for name, found in seen.items() if found} == {}
