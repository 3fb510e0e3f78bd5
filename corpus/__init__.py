"""The curated content: articles, situations, signals, wordings, and how all of it is read and checked."""
