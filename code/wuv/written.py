"""Numbers and arrays in one line, as people write them.

>>> number_text(-2.0), number_text(1 / 3)
('−2', '0.333333')
>>> array_text([[1], [-2]]), array_text([[1, 2], [3, 4]]), array_text([[5]])
('(1, −2)ᵀ', '[[1, 2], [3, 4]]', '5')
"""

import numpy as np
from numpy.typing import ArrayLike

from wuv.shapes import Number


def number_text(x: Number, digits: int = 6) -> str:
    """Return a number's text: a true minus, and no more than so many digits of a float."""
    if isinstance(x, float | np.floating):
        text = str(int(x)) if x.is_integer() and -1e15 < x < 1e15 else f"{x:.{digits}g}"
    else:
        text = str(x)
    return text.replace("-", "−")


def listed(value: ArrayLike) -> str:
    """Return the numbers of an array, row by row: "(1, −2)"."""
    return f"({', '.join(map(number_text, np.asarray(value, dtype=object).flat))})"


def array_text(value: ArrayLike) -> str:
    """Return a number or an array in one line: a column is marked as one."""
    value = np.asarray(value, dtype=object)
    if value.size == 1:
        return number_text(value.item())
    if value.ndim == 2 and value.shape[1] == 1:
        return f"{listed(value)}ᵀ"
    if value.ndim == 1 or value.shape[0] == 1:
        return listed(value)
    return f"[{', '.join(f'[{listed(row)[1:-1]}]' for row in value)}]"
