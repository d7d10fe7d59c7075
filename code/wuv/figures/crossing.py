"""Crossings: what a factor becomes on the other side of an inner product, as one picture."""

from wuv.figures.picture import LIGHT, Picture, arrow, drawn, frame, spoken, upright, write

# ⟨S, forwards⟩ = ⟨backwards, X⟩; where forwards is a number, S is the number s.
CROSSINGS = (
    (r"A X", r"A^{\mathsf T} S", "stays on its side, transposed"),
    (r"X B", r"S B^{\mathsf T}", "stays on its side, transposed"),
    (r"A X B", r"A^{\mathsf T} S B^{\mathsf T}", "both at once"),
    (r"X^{\mathsf T}", r"S^{\mathsf T}", "a transpose stays a transpose"),
    (r"C \odot X", r"C \odot S", "entry by entry: unchanged"),
    (r"\lambda X", r"\lambda S", "a number: unchanged"),
    (r"x \mathbf{1}^{\mathsf T}", r"S \mathbf{1}", "copying becomes adding up"),
    (r"\operatorname{tr}(X)", r"s I", "a trace becomes the identity"),
    (r"a^{\mathsf T} X b", r"s a b^{\mathsf T}", "an outer product"),
)


def crossings() -> Picture:
    """Draw what acts on X against what acts on S once it has crossed ⟨ , ⟩; `Picture`."""

    def draw(axes):
        write(axes, -1.25, 0.62, r"acts on $X$", "u", size=13, va="baseline")
        write(axes, 1.25, 0.62, r"acts on $S$", "r", size=13, va="baseline")
        for row, (onward, back, remark) in enumerate(CROSSINGS):
            y = -row
            for x, text, colour in ((-1.25, onward, "u"), (1.25, back, "r")):
                shown = upright(text).replace(r"\operatorname", r"\mathrm")
                write(axes, x, y, f"${shown}$", colour, size=16)
            look = {"arrowstyle": "<|-|>", "linewidth": 1.6}
            arrow(axes, (-0.45, y), (0.45, y), "faint", 14, **look)
            write(axes, 0, y - 0.42, remark, size=11)
            if row:
                axes.axhline(y + 0.37, color=LIGHT["rule"], linewidth=0.8)
        frame(axes, (-2.3, 2.3), (-len(CROSSINGS) + 0.35, 0.9))

    parts = [f"{spoken(a)} crosses as {spoken(b)}" for a, b, _ in CROSSINGS]
    return drawn(draw, f"Across the inner product: {'; '.join(parts)}.", 4.4, 6.9)
