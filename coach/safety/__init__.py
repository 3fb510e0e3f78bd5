"""The safety gate: what is noticed, what is remembered, and what is said then."""
