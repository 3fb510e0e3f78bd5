"""The ``nearer`` command. Each command parses, makes one call, prints, and returns an exit code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from cli.batch import BatchError, answer_lines, search_lines
from cli.tables import index_table, passages_table
from cli.talk import talk
from coach import Coach, Conversation
from corpus.check import check
from corpus.content import load_content
from corpus.errors import CorpusError
from evals import plots, report, scorecard
from evals.bench import run as measure
from index.embedder import TUNED, Embedder
from index.errors import IndexingError
from index.finder import build
from index.parts import LARGE_NAME, large_model
from index.progress import bar
from index.settings import Settings
from index.store import read_manifest
from index.train import EPOCHS
from index.train import train as train_encoder

BAD_INPUT: Final = 2

app = typer.Typer(
    help="A private coach for couples. Nothing leaves this machine.", no_args_is_help=True, add_completion=False
)
index_app = typer.Typer(help="The FAISS index over all content.", no_args_is_help=True)
corpus_app = typer.Typer(help="The curated content.", no_args_is_help=True)
app.add_typer(index_app, name="index")
app.add_typer(corpus_app, name="corpus")
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Country = Annotated[str | None, typer.Option("--country", help="Two-letter code for helplines, such as GB.")]


@app.command()
def chat(country: Country = None) -> None:
    """Talk in the terminal. Nothing is kept; an empty line or Ctrl-D ends it."""
    with bar(err) as progress:
        coach = Coach.load(progress=progress)
    talk(coach, _known(country, coach), sys.stdin, out)


@app.command()
def ask(
    text: Annotated[str, typer.Argument(help="What is going on, in your own words.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the reply as JSON.")] = False,
    country: Country = None,
) -> None:
    """Answer one message."""
    with bar(err) as progress:
        coach = Coach.load(progress=progress)
    reply = coach.reply(text, Conversation(country=_known(country, coach)))
    out.print(reply.model_dump_json(indent=2) if as_json else reply.text, markup=False)


@app.command()
def batch(
    source: Annotated[Path, typer.Argument(metavar="IN.jsonl", help='Lines {"id", "turns": [...], "country"?}.')],
    target: Annotated[Path, typer.Argument(metavar="OUT.jsonl", help='Lines {"id", "replies": [...]}.')],
) -> None:
    """Answer many conversations, as if each turn were typed after the other."""
    with bar(err) as progress:
        coach = Coach.load(progress=progress)
        problems = answer_lines(coach, source, target, progress)
    _finish(problems)


@app.command()
def search(
    source: Annotated[Path, typer.Argument(metavar="IN.jsonl", help='Lines {"id", "message", "history"?}.')],
    target: Annotated[Path, typer.Argument(metavar="OUT.jsonl", help='Lines {"id", "hits": [...]}.')],
    k: Annotated[int, typer.Option("-k", min=1, help="How many passages a message.")] = 10,
) -> None:
    """Rank the passages for many messages, before dialogue and safety."""
    with bar(err) as progress:
        coach = Coach.load(progress=progress)
        problems = search_lines(coach.finder, source, target, k, progress)
    _finish(problems)


@index_app.command("build")
def index_build(
    again: Annotated[bool, typer.Option("--again", help="Build even when a good index is there.")] = False,
) -> None:
    """Build the index, if it is missing or does not fit the content."""
    settings = Settings.from_environment()
    with bar(err) as progress:
        folder = build(
            load_content(settings.corpus_dir),
            Embedder(settings.model, settings.index_dir),
            settings,
            progress,
            again=again,
        )
    out.print(f"index ready: {folder}")


@index_app.command("info")
def index_info() -> None:
    """Say what the index holds and what it was built from."""
    settings = Settings.from_environment()
    with bar(err) as progress:
        folder = build(
            load_content(settings.corpus_dir), Embedder(settings.model, settings.index_dir), settings, progress
        )
    out.print(index_table(read_manifest(folder), folder))


@corpus_app.command("check")
def corpus_check() -> None:
    """Lint all content and say in plain words what is wrong and where."""
    settings = Settings.from_environment()
    content = load_content(settings.corpus_dir)
    problems = check(content)
    for problem in problems:
        err.print(problem, markup=False)
    counts = f"{len(content.articles)} articles, {len(content.passages)} passages, {len(content.situations)} situations"
    out.print(f"{counts}, {len(content.exemplars)} exemplars, {len(content.signals)} signals: {len(problems)} problems")
    raise typer.Exit(BAD_INPUT if problems else 0)


@corpus_app.command("show")
def corpus_show(
    source: Annotated[str | None, typer.Argument(help="An article's source_id; all articles when left out.")] = None,
) -> None:
    """Print the passages of an article as the coach sees them."""
    content = load_content(Settings.from_environment().corpus_dir)
    if source is not None and source not in content.article_by_id:
        raise typer.BadParameter(f"no article called {source!r}; there is: {', '.join(content.article_by_id)}")
    for article in content.articles:
        if source in {None, article.sidecar.source_id}:
            out.print(passages_table(article))


@app.command(name="eval")
def evaluate(
    folder: Annotated[Path, typer.Option("--to", help="Where the scorecard goes.")] = Path("docs"),
) -> None:
    """Run the dev sets, print the scorecard and write it as Markdown, JSON and pictures (about a quarter of an hour)."""
    with bar(err) as progress:
        card = scorecard.run(Coach.load(progress=progress), progress)
    scorecard.write(card, folder)
    try:
        plots.draw(card, folder)
    except ModuleNotFoundError as error:
        err.print(f"nearer: no pictures drawn: {error.name} comes with `make install`", markup=False)
    out.print(scorecard.markdown(card), markup=False)


@app.command()
def bench(
    folder: Annotated[Path, typer.Option("--to", help="Where the figures go.")] = Path("docs"),
    messages: Annotated[int, typer.Option(min=20, help="Messages that are timed.")] = 150,
    conversations: Annotated[int, typer.Option(min=2, help="Conversations held to see whether memory grows.")] = 1000,
) -> None:
    """Measure speed and memory, side by side with peers, and write Markdown, JSON and a picture."""
    settings = Settings.from_environment()
    with bar(err) as progress:
        coach = Coach.load(settings, progress=progress)
        card = measure(coach, large_model(settings.index_dir), messages, conversations, progress)
    report.write(card, folder)
    out.print(report.markdown(card), markup=False)


@app.command()
def train(
    folder: Annotated[Path, typer.Argument(help="Where the tuned model goes.")] = TUNED,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over all texts.")] = EPOCHS,
) -> None:
    """Train the encoder and its heads from the content again (about an hour on two cores)."""
    settings = Settings.from_environment()
    content = load_content(settings.corpus_dir)
    with bar(err) as progress:
        train_encoder(content, Embedder(LARGE_NAME, settings.index_dir), folder, progress, epochs)
    out.print(f"tuned model: {folder}")


def run() -> None:
    """Run the command; what can go wrong with content, model or input is one line and exit code 2."""
    try:
        app()
    except (CorpusError, IndexingError, BatchError) as error:
        err.print(f"nearer: {error}", markup=False)
        sys.exit(BAD_INPUT)


def _known(country: str | None, coach: Coach) -> str | None:
    """Return the country's code, or refuse one that there are no helplines for."""
    if country is None or country.upper() in coach.content.country_by_code:
        return country.upper() if country else None
    raise typer.BadParameter(f"no helplines for {country!r}; there are: {', '.join(coach.content.country_by_code)}")


def _finish(problems: list[str]) -> None:
    for problem in problems:
        err.print(f"nearer: {problem}", markup=False)
    raise typer.Exit(BAD_INPUT if problems else 0)
