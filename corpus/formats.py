"""Turn an article file into the plain text that is kept and that all offsets point into.

Plain text is kept byte for byte. Markdown is rendered first, and HTML is reduced to the text of its
article element, so that what is quoted is what a reader would see.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from corpus.errors import ArticleError

if TYPE_CHECKING:
    from bs4 import Tag

HEADING_MARK: Final = "\u2063"  # invisible separator: put before a heading that the markup names as one
_SKIPPED_TAGS: Final = [
    "script",
    "style",
    "noscript",
    "template",
    "nav",
    "aside",
    "footer",
    "form",
    "button",
    "svg",
    "iframe",
]
_HEADINGS: Final = re.compile(r"^h[1-6]$")
_BLOCKS: Final = ["h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "blockquote", "td", "dd", "dt", "figcaption", "pre"]


def read_text(path: Path) -> str:
    """Return the text that is kept for an article file.

    Raises:
        ArticleError: the file is missing, not UTF-8, or in a format that is not read.
    """
    try:
        raw = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise ArticleError(f"{path}: no such article file; put it there or correct `file:` in its sidecar") from None
    except UnicodeDecodeError as error:
        raise ArticleError(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    suffix = path.suffix.lower()
    if suffix == ".txt":
        return raw
    if suffix in {".md", ".markdown"}:
        from markdown_it import MarkdownIt  # noqa: PLC0415 - only where an article is in Markdown

        return text_of_html(MarkdownIt("commonmark").render(raw))
    if suffix in {".html", ".htm"}:
        return text_of_html(raw)
    raise ArticleError(f"{path}: {suffix or 'no'} extension; articles are read from .txt, .md and .html")


def text_of_html(html: str) -> str:
    """Return the readable blocks of an HTML page, one paragraph each, headings and list items marked."""
    from bs4 import BeautifulSoup, Tag  # noqa: PLC0415 - only where an article is marked up

    soup = BeautifulSoup(html, "html.parser")
    for tag in soup(_SKIPPED_TAGS):
        tag.decompose()
    root = soup.find("article") or soup.find("main") or soup.body or soup
    blocks = [line for block in root.find_all(_BLOCKS) if isinstance(block, Tag) and (line := _block_text(block))]
    return "\n\n".join(blocks) + "\n"


def _block_text(block: Tag) -> str:
    """Return one block on one line; empty when its words belong to a block inside it."""
    if block.find(_BLOCKS) is not None:
        own = [node for node in block.find_all(string=True, recursive=False) if node.strip()]
        if not own or block.name != "li":
            return ""
        words = " ".join(own)
    else:
        words = block.get_text(" ")
    line = re.sub(r"\s+([,.;:!?”’)])", r"\1", " ".join(words.split()))
    if not line:
        return ""
    if _HEADINGS.match(block.name):
        return HEADING_MARK + line
    item = block if block.name == "li" else block.find_parent("li")
    return _item_mark(item) + line if item is not None else line


def _item_mark(item: Tag) -> str:
    """Return the bullet or the number that a browser would draw before a list item."""
    parent = item.find_parent(["ol", "ul"])
    if parent is None or parent.name == "ul":
        return "• "
    return f"{len(item.find_previous_siblings('li')) + 1}. "
