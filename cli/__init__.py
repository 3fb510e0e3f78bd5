"""The ``nearer`` command."""
