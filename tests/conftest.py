"""What all tests share: no way out to the internet, and the content and the coach loaded once."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import Any, Final

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

from coach import Coach
from corpus.content import Content, load_content
from index.settings import Settings

HERE: Final = ("127.0.0.1", "localhost", "::1")
_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


def _check(plug: socket.socket, address: Any) -> None:
    if plug.family != socket.AF_UNIX and address[0] not in HERE:
        raise OSError(f"blocked: a test tried to reach {address!r}")


def _guarded_connect(plug: socket.socket, address: Any) -> None:
    _check(plug, address)
    _connect(plug, address)


def _guarded_connect_ex(plug: socket.socket, address: Any) -> int:
    _check(plug, address)
    return _connect_ex(plug, address)


@pytest.fixture(autouse=True, scope="session")
def _no_way_out() -> Iterator[None]:
    """Let no test reach another machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _guarded_connect)
        patch.setattr(socket.socket, "connect_ex", _guarded_connect_ex)
        yield


@pytest.fixture(scope="session")
def content() -> Content:
    """Return all content as it is shipped."""
    return load_content(Settings.from_environment().corpus_dir)


@pytest.fixture(scope="session")
def coach() -> Coach:
    """Return the real coach; its index is built at the first use if there is none."""
    return Coach.load()
