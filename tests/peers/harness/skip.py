"""What makes a test be skipped."""


class Skip(Exception):
    """The test cannot run here; the text says why."""
