"""The app with a coach that answers by the book."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app_parts.engine import engine
from corpus.content import Content
from tests.app.scripted import ScriptedCoach

APP: Final = Path(__file__).resolve().parents[2] / "app.py"
Open = Callable[..., AppTest]


@pytest.fixture
def scripted(content: Content, monkeypatch: pytest.MonkeyPatch) -> ScriptedCoach:
    """Return the coach that the app will load."""
    made = ScriptedCoach(content)
    use(lambda **_: made, monkeypatch)
    return made


def use(load: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the app load its coach with ``load``, and forget what it had loaded before."""
    st.cache_resource.clear()
    monkeypatch.setattr("app_parts.engine.Coach", SimpleNamespace(load=load))


@pytest.fixture
def open_app() -> Open:
    """Return what opens the app in a new session."""

    def opened(*, wait: bool = True) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=30).run()
        if wait:
            engine().wait(30)
            app.run()
        return app

    return opened


def say(app: AppTest, message: str) -> AppTest:
    """Type a message and send it."""
    return app.chat_input(key="message").set_value(message).run()


def texts(app: AppTest) -> str:
    """Return all that is drawn as Markdown, captions and plain text."""
    drawn = [*app.markdown, *app.caption, *app.text, *app.error, *app.title, *app.header]
    return "\n".join(str(element.value) for element in drawn)


def data(app: AppTest, name: str) -> list[dict[str, Any]]:
    """Return what was handed to the components of one kind, in order."""
    import json

    found = [element.proto for element in app.get("bidi_component")]
    return [json.loads(proto.json) for proto in found if proto.component_name == f"nearer_{name}"]
