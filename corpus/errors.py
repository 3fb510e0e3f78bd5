"""Everything that can be wrong with curated content, as one small family of errors.

CorpusError
├── ArticleError    an article or its sidecar cannot be used
└── ContentError    a curated YAML or JSONL file cannot be used
"""

from __future__ import annotations


class CorpusError(Exception):
    """Raised when something in the corpus cannot be used; the message names the file and the way out."""


class ArticleError(CorpusError):
    """Raised when an article is missing, changed without its sidecar, or in a format that is not read."""


class ContentError(CorpusError):
    """Raised when a curated file has a wrong, missing or misspelt entry."""
