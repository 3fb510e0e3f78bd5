"""Take the pictures in docs/pictures: the real app with the real coach, in a real browser. Run by `make screenshots`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.browser.harness import CHROMIUM, Server, Visit, chromium

PICTURES: Final = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WIDE: Final = {"width": 1440, "height": 1000}
PHONE: Final = {"width": 360, "height": 740}
LOOKS: Final[dict[str, dict[str, Any]]] = {
    "wide": {"viewport": WIDE, "color_scheme": "light"},
    "phone": {"viewport": PHONE, "color_scheme": "light", "device_scale_factor": 2},
    "dark": {"viewport": WIDE, "color_scheme": "dark"},
    "phone-dark": {"viewport": PHONE, "color_scheme": "dark", "device_scale_factor": 2},
}
CONCERN: Final = "since the twins were born we're basically coworkers, i miss him"
STRAIN: Final = "we've tried everything for three years and nothing changes between us"
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
                for take in (conversation, danger):
                    take(browser, server.url, look, options)
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


def conversation(browser: Browser, url: str, look: str, options: dict[str, Any]) -> None:
    """Take the empty page, a first answer from its top to its end, and a referral."""
    with visit(browser, url, options) as page:
        save(page, f"chat-empty-{look}")
        save(page.say(CONCERN), f"first-answer-{look}")
        page.page.get_by_text("Why this answer?").scroll_into_view_if_needed()
        save(page, f"first-answer-end-{look}")
        save(page.say(STRAIN), f"referral-{look}", lambda: page.page.locator("[class*=st-key-referral_]").last)


def danger(browser: Browser, url: str, look: str, options: dict[str, Any]) -> None:
    """Take a safety reply."""
    with visit(browser, url, options) as page:
        save(page.say(DANGER), f"safety-{look}")


def pages(page: Visit) -> None:
    """Take the other pages after a conversation: a passage lit in the article, the map, help and about."""
    page.say(CONCERN)
    page.page.get_by_role("link", name="Read it in the article").first.click()
    page.page.get_by_text("The passage you asked for").wait_for()
    save(page.rest(), "article-wide")
    page.page.get_by_text("Map", exact=True).click()
    page.page.locator("svg path").first.wait_for(state="attached")
    save(page.rest(), "map-wide")
    for name in ("Help", "About"):
        save(page.go(name), f"{name.lower()}-wide")


def save(page: Visit, name: str, show: Callable[[], Any] | None = None) -> None:
    """Write what is in view as a small PNG, after scrolling to what ``show`` finds."""
    page.page.wait_for_timeout(SETTLE)
    if show and show().count():
        show().scroll_into_view_if_needed()
        page.page.wait_for_timeout(SETTLE)
    with Image.open(BytesIO(page.page.screenshot())) as picture:
        small = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        small.save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
