"""Privacy as a feature: no connection, nothing on disk, nothing in the log, imports in one direction."""

from __future__ import annotations

import ast
import logging
import os
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from coach import Coach, Conversation

ROOT = Path(__file__).resolve().parent.parent
SECRET = "we live like marmalade flatmates since august"  # noqa: S105 - a made-up concern


def test_the_tests_themselves_cannot_reach_the_network() -> None:
    """Any connection beyond this machine is refused before it is tried."""
    with pytest.raises(OSError, match="blocked"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_a_reply_opens_no_socket(coach: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even to this machine."""

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)

    assert coach.reply(SECRET).text


def test_nothing_of_a_conversation_reaches_disk_or_log(
    coach: Coach, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Home, working folder and temporary folder stay empty, and the log does not hold a word of it."""
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    caplog.set_level(logging.DEBUG)
    conversation = Conversation()
    for message in (SECRET, "why does this happen", "he hit me"):
        conversation = conversation.add(message, coach.reply(message, conversation))

    assert list(tmp_path.rglob("*")) == []
    assert "marmalade" not in caplog.text


def test_a_failing_reply_does_not_log_the_message(
    coach: Coach, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An error inside is told without the words that caused it."""

    def broken(text: str, *_rest: object) -> None:
        raise ValueError(text)

    monkeypatch.setattr("coach.coach.understand", broken)
    coach.reply(SECRET)

    assert "marmalade" not in caplog.text


def test_a_process_of_its_own_connects_nowhere(tmp_path: Path) -> None:
    """A whole `nearer ask`, from start to reply, with connecting made fatal."""
    guard = (
        "import socket, sys\n"
        "def refuse(self, address, *rest):\n"
        "    if self.family != socket.AF_UNIX: raise SystemExit(f'connected to {address}')\n"
        "socket.socket.connect = refuse\n"
        "sys.argv = ['nearer', 'ask', 'he never listens to me']\n"
        "from cli.main import run\n"
        "run()\n"
    )

    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", guard], capture_output=True, text=True, check=False, env=dict(os.environ)
    )

    assert done.returncode == 0, done.stderr
    assert "Caruso" in done.stdout


def test_streamlit_is_set_to_keep_to_itself() -> None:
    """Bound to this machine, no statistics, no error details, no file watcher."""
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))

    assert config["server"]["address"] == "127.0.0.1"
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] in {"none", False}


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        ("corpus", {"index", "coach", "evals", "cli", "app_parts", "streamlit", "torch", "faiss"}),
        ("index", {"coach", "evals", "cli", "app_parts", "streamlit"}),
        ("coach", {"evals", "cli", "app_parts", "streamlit"}),
        ("evals", {"cli", "app_parts", "streamlit"}),
    ],
)
def test_imports_run_one_way(package: str, forbidden: set[str]) -> None:
    """Corpus <- index <- coach <- everything else."""
    imported = set()
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            imported |= {name.split(".")[0] for name in names}

    assert imported & forbidden == set()
