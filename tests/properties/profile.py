"""How many random examples the properties are tried on: few and always the same ones, or as many as one asks for.

BATON_PROPERTY_EXAMPLES=5000 makes a long run with fresh random examples.
"""

from __future__ import annotations

import os
from random import Random

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

WANTED = os.environ.get("BATON_PROPERTY_EXAMPLES")


def examples(usual: int) -> settings:
    """A decorator: `usual` examples in the suite, the wanted number in a long run."""
    return settings(
        max_examples=int(WANTED or usual),
        derandomize=WANTED is None,
        deadline=None,
        phases=[phase for phase in Phase if phase is not Phase.explain],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def chance() -> st.SearchStrategy[Random]:
    """A source of evenly spread picks: what is done need not be simple, only the diagram that it is done with."""
    return st.integers(0, 2**32 - 1).map(Random)
