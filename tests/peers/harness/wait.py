"""Waiting for a condition with a bound; nothing here sleeps and hopes."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
POLL_SECONDS = 0.02


class Never(AssertionError):
    """The condition did not come true in its time."""


def until(condition: Callable[[], T], seconds: float, what: str | Callable[[], str]) -> T:
    """The first truthy answer of `condition`, asked often for at most `seconds`; else fails and says `what`."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() >= deadline:
            text = what() if callable(what) else what
            raise Never(f"not within {seconds:g} s: {text}")
        time.sleep(POLL_SECONDS)


def throughout(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Fails as soon as `condition` is not true during `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not condition():
            raise AssertionError(f"did not hold for {seconds:g} s: {what}")
        time.sleep(POLL_SECONDS)
