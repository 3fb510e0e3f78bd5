"""What others do with the same encoder and the same article: chunks of characters, the nearest few, nothing else.

Each is set up as its authors show it. They retrieve only; none composes a reply or looks for danger.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from coach import Coach
from evals.finding import Concern
from evals.metrics import Range
from index.progress import Report

BEST: Final = 3
PACKED: Final = 500  # characters of a chunk in the small apps that pack lines
PACKED_SHOWN: Final = 5
SPLIT: Final = (1000, 200)  # LangChain's size and overlap
SPLIT_SHOWN: Final = 4
OURS_SHOWN: Final = 3
MEDIAN: Final = 50

Search = Callable[[str], list[str]]  # a message to the texts that are shown


def run(coach: Coach, model: Path, concerns: Sequence[Concern], progress: Report) -> dict[str, dict[str, Any]]:
    """Return for each system its build time, search time, words shown and how often a best passage is among them."""
    article = coach.content.articles[0].text
    makers: dict[str, Callable[[], Search]] = {
        "Nearer (retrieval only)": lambda: _nearer(coach),
        "500-character chunks, IndexFlatL2, k=5": lambda: _packer(article, model),
        "LangChain 1000/200, FAISS, k=4": lambda: _langchain(article, model),
        "LlamaIndex, defaults": lambda: _llamaindex(article, model),
    }
    found: dict[str, dict[str, Any]] = {}
    for number, (name, make) in enumerate(makers.items(), start=1):
        try:
            found[name] = _measure(make, article, concerns)
        except ModuleNotFoundError as error:
            found[name] = {"not measured": f"{error.name} is not installed; `pip install 'nearer[bench]'`"}
        progress("peers", number, len(makers))
    return found


def _measure(make: Callable[[], Search], article: str, concerns: Sequence[Concern]) -> dict[str, Any]:
    begin = time.perf_counter()
    search = make()
    built = time.perf_counter() - begin
    search("warm")
    took, words, hits = [], [], []
    for concern in concerns:
        begin = time.perf_counter()
        shown = search(concern.message)
        took.append((time.perf_counter() - begin) * 1000)
        words.append(len(" ".join(shown).split()))
        hits.append(_holds_a_best(shown, article, concern))
    return {
        "build seconds": built,
        "p50 ms": float(np.percentile(took, MEDIAN)),
        "words shown": float(np.mean(words)),
        "a best passage is among them": float(np.mean(hits)),
    }


def _holds_a_best(shown: Sequence[str], article: str, concern: Concern) -> bool:
    """Tell whether at least half of a range of the best grade stands in what is shown."""
    best = [Range(r.start, r.end, r.grade) for r in concern.gold if r.grade == BEST]
    for text in shown:
        start = article.find(text)
        end = start + len(text)
        if start >= 0 and any(min(end, r.end) - max(start, r.start) >= (r.end - r.start) / 2 for r in best):
            return True
    return False


def _nearer(coach: Coach) -> Search:
    passages = coach.content.passages
    return lambda message: [passages[hit.passage_id].text for hit in coach.finder.search(message, k=OURS_SHOWN)]


def _packer(article: str, model: Path) -> Search:
    import faiss  # noqa: PLC0415 - heavy, as those below
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    encoder = SentenceTransformer(str(model), device="cpu", local_files_only=True)
    chunks: list[str] = []
    start = 0
    while start < len(article):
        chunks.append(article[start : start + PACKED].strip())
        start += PACKED
    vectors = np.asarray(encoder.encode(chunks, show_progress_bar=False), dtype=np.float32)
    index = faiss.IndexFlatL2(vectors.shape[1])
    index.add(vectors)

    def search(message: str) -> list[str]:
        query = np.asarray(encoder.encode([message], show_progress_bar=False), dtype=np.float32)
        return [chunks[row] for row in index.search(query, PACKED_SHOWN)[1][0]]

    return search


def _langchain(article: str, model: Path) -> Search:
    from langchain_community.vectorstores import FAISS  # noqa: PLC0415
    from langchain_huggingface import HuggingFaceEmbeddings  # noqa: PLC0415
    from langchain_text_splitters import RecursiveCharacterTextSplitter  # noqa: PLC0415

    chunks = RecursiveCharacterTextSplitter(chunk_size=SPLIT[0], chunk_overlap=SPLIT[1]).split_text(article)
    store = FAISS.from_texts(chunks, HuggingFaceEmbeddings(model_name=str(model), model_kwargs={"device": "cpu"}))
    return lambda message: [found.page_content for found in store.similarity_search(message, k=SPLIT_SHOWN)]


def _llamaindex(article: str, model: Path) -> Search:
    from llama_index.core import Document, VectorStoreIndex  # noqa: PLC0415
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding  # noqa: PLC0415

    encoder = HuggingFaceEmbedding(model_name=str(model), device="cpu")
    retriever = VectorStoreIndex.from_documents([Document(text=article)], embed_model=encoder).as_retriever()
    return lambda message: [found.get_content() for found in retriever.retrieve(message)]
