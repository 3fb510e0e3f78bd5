"""Take the pictures in docs/pictures: the real app with the real coach, in a real browser (`make screenshots`)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from tests.browser.harness import CHROMIUM, Server, Visit, chromium

PICTURES: Final = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WIDE: Final[ViewportSize] = {"width": 1440, "height": 1000}
TALL: Final[ViewportSize] = {"width": 1440, "height": 1500}
PHONE: Final[ViewportSize] = {"width": 360, "height": 740}
LOOKS: Final[dict[str, dict[str, Any]]] = {
    "wide": {"viewport": WIDE, "color_scheme": "light"},
    "phone": {"viewport": PHONE, "color_scheme": "light", "device_scale_factor": 2},
    "dark": {"viewport": WIDE, "color_scheme": "dark"},
    "phone-dark": {"viewport": PHONE, "color_scheme": "dark", "device_scale_factor": 2},
}
CONCERN: Final = "since the twins were born we're basically coworkers, i miss him"
STRAIN: Final = "tried everything for three years and nothing works, should we see a couples therapist?"
DANGER: Final = "he hit me last night"
SETTLE: Final = 900  # milliseconds for the scroll to a new reply to come to its end


def main() -> int:
    """Take all pictures, and say where they are."""
    if not CHROMIUM:
        sys.stderr.write("No Chromium here; tests/browser/install.sh says how to get one.\n")
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    server = Server()
    server.start()
    try:
        with sync_playwright() as playwright, chromium(playwright) as browser:
            for look, options in LOOKS.items():
                for take in (first_answer, referral, danger):
                    with visit(browser, server.url, options) as page:
                        take(page, look)
            with visit(browser, server.url, LOOKS["wide"]) as page:
                pages(page)
    finally:
        server.stop()
    sys.stdout.write(f"The pictures are in {PICTURES}\n")
    return 0


@contextmanager
def visit(browser: Browser, url: str, options: dict[str, Any]) -> Iterator[Visit]:
    """Yield the app as a new person sees it, without motion."""
    context = browser.new_context(reduced_motion="reduce", **options)
    context.set_default_timeout(30_000)
    try:
        yield Visit(context.new_page(), url).open().ready()
    finally:
        context.close()


def first_answer(page: Visit, look: str) -> None:
    """Take the empty page, and a first answer at its top and at its end."""
    save(page, f"chat-empty-{look}")
    save(page.say(CONCERN), f"first-answer-{look}")
    if "dark" not in look:
        page.page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 1e6)")
        save(page, f"first-answer-end-{look}")


def referral(page: Visit, look: str) -> None:
    """Take a suggestion to see somebody."""
    page.say(STRAIN).page.wait_for_timeout(SETTLE)
    box = page.page.locator("[class*=st-key-referral_]")
    if box.count():
        box.last.evaluate("box => box.scrollIntoView({block: 'start'})")
    save(page, f"referral-{look}")


def danger(page: Visit, look: str) -> None:
    """Take a safety reply."""
    save(page.say(DANGER), f"safety-{look}")


def pages(page: Visit) -> None:
    """Take the other pages after a conversation: a passage lit in the article, the map, help and about."""
    page.say(CONCERN)
    page.page.get_by_role("link", name="Read it in the article").first.click()
    page.page.get_by_text("The passage you asked for").wait_for()
    save(page.rest(), "article-wide")
    page.page.get_by_text("Map", exact=True).click()
    page.page.locator("svg path").first.wait_for(state="attached")
    page.page.get_by_role("button", name="Hectic schedules").first.click()
    page.page.locator("svg path.on").first.wait_for(state="attached")
    page.page.set_viewport_size(TALL)
    save(page.rest(), "map-wide")
    page.page.set_viewport_size(WIDE)
    for name in ("Help", "About"):
        save(page.go(name), f"{name.lower()}-wide")


def save(page: Visit, name: str) -> None:
    """Write what is in view as a small PNG."""
    page.page.wait_for_timeout(SETTLE)
    with Image.open(BytesIO(page.page.screenshot())) as picture:
        small = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        small.save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
