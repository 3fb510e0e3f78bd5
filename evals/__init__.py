"""The dev and test sets, and the figures on them."""
