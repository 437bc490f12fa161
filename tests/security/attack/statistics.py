"""Whether two samples of times come from the same source."""

import math


def mann_whitney_z(one: list[float], other: list[float]) -> float:
    """How many standard deviations the rank sum lies from what equal distributions give (ties by mid-ranks)."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    rank_sum, at = 0.0, 0
    while at < len(ranked):
        end = at
        while end < len(ranked) and ranked[end][0] == ranked[at][0]:
            end += 1
        middle = (at + 1 + end) / 2
        rank_sum += middle * sum(1 for _, which in ranked[at:end] if which == 0)
        at = end
    n, m = len(one), len(other)
    u = rank_sum - n * (n + 1) / 2
    return (u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
