"""Text to vectors, vectors in FAISS, heads on top: what a message is about and which passages fit it."""
