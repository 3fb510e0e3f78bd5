"""What can go wrong with the model and the index.

IndexingError
├── ModelError    the embedding model cannot be used
└── StoreError    the index on disk cannot be read or written
"""

from __future__ import annotations


class IndexingError(Exception):
    """Raised when something cannot be found or embedded; the message names what and the way out."""


class ModelError(IndexingError):
    """Raised when the embedding model is missing, changed, or cannot be loaded."""


class StoreError(IndexingError):
    """Raised when the index folder cannot be written, or what is in it cannot be used."""
