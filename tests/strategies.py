"""What Hypothesis draws: small whole-number problems of every shape, square and 1×1 included."""

from math import prod

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


def wholes(*shape, largest=9):
    size = prod(shape)
    entries = st.lists(st.integers(-largest, largest), min_size=size, max_size=size)
    return entries.map(lambda found: np.array(found).reshape(shape))


@st.composite
def problems(draw, pairs=1, sizes=4, largest=9):
    """W, u, v; ``pairs`` is the most columns that u and v may have."""
    m, n = draw(st.integers(1, sizes)), draw(st.integers(1, sizes))
    N = draw(st.integers(1, pairs))
    return tuple(draw(wholes(*shape, largest=largest)) for shape in ((m, n), (n, N), (m, N)))
