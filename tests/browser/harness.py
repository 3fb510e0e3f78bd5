"""A server of the app, and a browser page that knows when the app has come to rest."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Locator, Page, Playwright

ROOT: Final = Path(__file__).resolve().parents[2]
CHROMIUM: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
FLAGS: Final = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
START_WAIT: Final = 60.0
REST_WAIT: Final = 60_000  # milliseconds
_RESTING: Final = """() => {
  const app = document.querySelector('[data-testid="stApp"]')
  return app?.dataset.testScriptState === "notRunning" && app?.dataset.testConnectionState === "CONNECTED"
}"""
_READ: Final = """() => {
  const inside = node => (node.shadowRoot ? read(node.shadowRoot) : "") + (node.value ?? "") + read(node)
  const one = node => node.nodeType === 3 ? node.data
    : node.nodeType === 1 && !["STYLE", "SCRIPT"].includes(node.tagName) ? inside(node) : ""
  const read = node => [...node.childNodes].map(one).join("\\n")
  return document.title + read(document.body)
}"""


class Server:
    """One `streamlit run app.py` on a port of its own."""

    def __init__(self, **environment: str) -> None:
        """Choose a free port; nothing runs yet.

        Args:
            environment: variables to set for the app, such as another folder for its index.
        """
        self.port = _free_port()
        self._environment = environment
        self.url = f"http://127.0.0.1:{self.port}"
        self._home = tempfile.mkdtemp(prefix="app-home-")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        Path(self._home).mkdir(exist_ok=True)
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self.port)]
        env = {**os.environ, "HF_HUB_OFFLINE": "1", "HOME": self._home, **self._environment}
        out = subprocess.DEVNULL
        self._process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out)  # noqa: S603
        until = time.monotonic() + START_WAIT
        while not self._answers():
            if time.monotonic() > until:
                raise TimeoutError(f"{self.url}: the app did not start")
            time.sleep(0.2)

    def stop(self) -> None:
        """End it."""
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
        shutil.rmtree(self._home, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1).close()  # noqa: S310 - ourselves
        except OSError:
            return False
        return True


class Visit:
    """One page of the app in the browser."""

    def __init__(self, page: Page, url: str) -> None:
        """Use this page of a browser."""
        self.page = page
        self.url = url
        self.asked: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))

    def show(self, path: str = "") -> Visit:
        """Open the app, and wait for nothing but its frame."""
        self.page.goto(f"{self.url}/{path}")
        self.page.wait_for_selector('[data-testid="stApp"]')
        return self

    def open(self, path: str = "") -> Visit:
        """Open the app and wait until it rests."""
        return self.show(path).rest()

    def rest(self) -> Visit:
        """Wait until no script of the app has run for a moment."""
        calm = 0
        while calm < 3:  # three looks in a row
            self.page.wait_for_function(_RESTING, timeout=REST_WAIT)
            self.page.wait_for_timeout(120)
            calm = calm + 1 if self.page.evaluate(_RESTING) else 0
        return self

    def ready(self) -> Visit:
        """Wait until the coach is loaded."""
        self.page.wait_for_selector("text=/getting ready|First start/", state="detached", timeout=600_000)
        return self.rest()

    def say(self, message: str) -> Visit:
        """Type a message, send it, and wait for the reply."""
        before = self.replies.count()
        self.box.fill(message)
        self.box.press("Enter")
        self.page.wait_for_function(
            "n => document.querySelectorAll('[class*=st-key-answer_]').length > n", arg=before, timeout=600_000
        )
        return self.rest()

    def go(self, name: str) -> Visit:
        """Open another page of the app by its name in the navigation."""
        self.page.get_by_role("link", name=name, exact=True).first.click()
        self.page.wait_for_timeout(300)
        return self.rest()

    @property
    def box(self) -> Locator:
        """Return the box to write in."""
        return self.page.get_by_test_id("stChatInputTextArea")

    @property
    def replies(self) -> Locator:
        """Return the coach's replies."""
        return self.page.locator("[class*=st-key-answer_]").filter(has=self.page.get_by_text("Why this answer?"))

    def words(self) -> str:
        """Return all that can be read on the page, inside its small components too."""
        return str(self.page.evaluate(_READ))


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Yield a headless Chromium."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    try:
        yield browser
    finally:
        browser.close()


def _free_port() -> int:
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        return int(plug.getsockname()[1])
