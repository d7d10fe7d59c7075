"""A sheet's text: formulas between dollars, code between backticks."""


def pieces(text):
    """Return a text with formulas between dollars and code between backticks, in its pieces.

    >>> pieces("Let $u$ be `u`.")
    [('text', 'Let '), ('math', 'u'), ('text', ' be '), ('code', 'u'), ('text', '.')]
    """
    found = []
    for kind, part in _between("$", ("text", "math"), text):
        found += [(kind, part)] if kind == "math" else _between("`", ("text", "code"), part)
    return found


def _between(sign, kinds, text):
    parts = text.split(sign)
    if len(parts) % 2 == 0:
        raise ValueError(f"a {sign} is missing in {text!r}")
    return [(kinds[k % 2], part) for k, part in enumerate(parts) if part]
