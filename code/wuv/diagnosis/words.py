"""Words for each mistake: what happened, and why it is tempting.

>>> print(WORDS["transpose-dropped"].what.format(now="W", was="Wᵀ", x="u"))
You have W where Wᵀ belongs: a transpose is missing.

In ``what``, {now} is what the answer has and {was} what belongs there, {x} is the variable, {what}
is gradient or Hessian. In ``why``, {x} too; {residual} and {turned} are the residual of the loss
and the same with its sign turned round.
``step`` is what the reason of a line of the derivation says where the answer parts from it;
``chapter`` is where the book tells more, or "" for the chapter of the variable.
"""

from typing import NamedTuple


class Words(NamedTuple):
    """What to say about one kind of mistake."""

    what: str
    why: str
    step: str = ""
    chapter: str = ""


SQUARES = "square"
CROSSES = "cross"
RESIDUAL = "residual moves|moves"
WORDS = {
    "transpose-dropped": Words(
        "You have {now} where {was} belongs: a transpose is missing.",
        "For square matrices the sizes fit either way, so nothing warns you. The transpose is "
        "there because a matrix crosses an inner product as its transpose.",
        CROSSES,
    ),
    "transpose-added": Words(
        "You have {now} where {was} belongs: one transpose too many.",
        "It is tempting to transpose until the sizes fit; a factor is transposed only when it "
        "crosses the inner product.",
        CROSSES,
    ),
    "factors-swapped": Words(
        "The right factors in another order: {now} where {was} belongs.",
        "With numbers, f′(g)·g′ may be written in any order; matrices keep theirs. The matrix "
        "that crosses the inner product ends up on the side from which it acts.",
        CROSSES,
    ),
    "sign": Words(
        "Your answer is the {what} with its sign turned round.",
        "{residual} and {turned} have the same square, so either may stand in the loss; what is "
        "inside gives its own sign to the slope.",
        RESIDUAL,
    ),
    "sign-of-one-term": Words(
        "One sign is turned round: {now} where {was} belongs.",
        "A minus is easily lost when brackets are opened or a residual is written out.",
        RESIDUAL,
    ),
    "inner-sign-lost": Words(
        "The sign is turned round: {x} stands behind a minus in {was}, with a slope of −1.",
        "The outer slope is so familiar that the inner factor, a bare −1, is overlooked.",
        RESIDUAL,
    ),
    "factor": Words(
        "Every entry is {scale} times what it should be: a constant factor is off.",
        "Constants get lost between the slope of a square, which brings a 2, and a ½ or 1/N in "
        "front of the loss.",
        SQUARES,
    ),
    "constant": Words(
        "A constant factor is off: {now} where {was} belongs.",
        "Constants get lost between the slope of a square, which brings a 2, and a ½ or 1/N in "
        "front of the loss.",
        SQUARES,
    ),
    "factor-of-one-term": Words(
        "A constant factor is off in one place: {now} where {was} belongs.",
        "Each square brings its own 2, and each constant of the loss goes with its own term.",
        SQUARES,
    ),
    "factor-dropped": Words(
        "A factor is missing: {now} where {was} belongs.",
        "In a chain of products every factor that does not move stays as it is.",
        RESIDUAL,
    ),
    "term-dropped": Words(
        "A term is missing: {now} where {was} belongs.",
        "What is constant has no slope of its own, but inside a square or a product it still "
        "counts.",
        SQUARES,
    ),
    "variable-for-variable": Words(
        "One letter stands for another: {now} where {was} belongs.",
        "Two arrays with the same shape are easily mistaken for each other.",
    ),
    "plus-for-times": Words(
        "A sum where a product belongs: {now} instead of {was}.",
        "The chain rule multiplies the outer slope with the inner one.",
    ),
    "times-for-plus": Words(
        "A product where a sum belongs: {now} instead of {was}.",
        "Terms of a sum are differentiated one by one and added.",
    ),
    "elementwise-for-matrix": Words(
        "An entry by entry product where a matrix product belongs: {now} instead of {was}.",
        "In NumPy, * multiplies entry by entry; the matrix product is @.",
        CROSSES,
        "shapes",
    ),
    "matrix-for-elementwise": Words(
        "A matrix product where an entry by entry product belongs: {now} instead of {was}.",
        "A function that acts on each entry has a slope for each entry, and these multiply entry "
        "by entry (∗ or ⊙).",
    ),
    "inner-for-outer": Words(
        "An inner product where an outer one belongs: {now} instead of {was}.",
        "Both are made of the same two columns; the one is a number, the other a matrix.",
        CROSSES,
    ),
    "outer-for-inner": Words(
        "An outer product where an inner one belongs: {now} instead of {was}.",
        "Both are made of the same two columns; the one is a matrix, the other a number.",
    ),
    "divided-for-multiplied": Words(
        "A division where a product belongs: {now} instead of {was}.",
        "It helps to check the units: double one factor, and see what the slope should do.",
    ),
    "multiplied-for-divided": Words(
        "A product where a division belongs: {now} instead of {was}.",
        "It helps to check the units: double one factor, and see what the slope should do.",
    ),
    "denominator-lost": Words(
        "A denominator is missing: {now} where {was} belongs.",
        "A constant in front of the loss stays in front of the gradient; the quotient rule keeps "
        "its denominator.",
    ),
    "power": Words(
        "An exponent is off: {now} where {was} belongs.",
        "The power rule brings the exponent to the front and lowers it by one.",
        SQUARES,
    ),
    "norm-for-square": Words(
        "A norm where its square belongs: {now} instead of {was}.",
        "‖r‖² and ‖r‖ look alike, and their slopes do not.",
        SQUARES,
    ),
    "square-for-norm": Words(
        "A squared norm where the norm belongs: {now} instead of {was}.",
        "‖r‖² and ‖r‖ look alike, and their slopes do not.",
        SQUARES,
    ),
    "norm-lost": Words(
        "A norm is missing: {now} where {was} belongs.",
        "A norm is a number; without it, an array is left.",
    ),
    "norm-added": Words(
        "A norm that does not belong there: {now} instead of {was}.",
        "The slope of ‖r‖² is 2r, an array with the shape of r: the norm is gone.",
        SQUARES,
    ),
    "sum-lost": Words(
        "A sum is missing: {now} where {was} belongs.",
        "What enters every term of a sum collects a slope from every term.",
    ),
    "sum-added": Words(
        "A sum too many: {now} where {was} belongs.",
        "A gradient has one entry for each entry of {x}; a sum melts them into one number.",
    ),
    "wrong-axis": Words(
        "A sum over the wrong axis: {now} instead of {was}.",
        "axis=0 adds up the rows and leaves one number a column; axis=1 the reverse.",
    ),
    "mean-for-sum": Words(
        "A mean where a sum belongs: {now} instead of {was}.",
        "Frameworks average by default, formulas on paper mostly sum.",
        chapter="batches",
    ),
    "sum-for-mean": Words(
        "A sum where a mean belongs: {now} instead of {was}.",
        "The 1/N of a mean stays in front of the gradient.",
        chapter="batches",
    ),
    "function-lost": Words(
        "A function is missing: {now} where {was} belongs.",
        "The slope is taken at the same place as the function itself, so the inside comes back "
        "wrapped.",
    ),
    "slope-for-function": Words(
        "The slope of a function where the function itself belongs: {now} instead of {was}.",
        "Each function is differentiated once; in the other factors it stays as it is.",
    ),
    "function-for-slope": Words(
        "A function where its slope belongs: {now} instead of {was}.",
        "The chain rule asks for f′ at the inside, not for f.",
    ),
    "transpose-misplaced": Words(
        "The transpose is on the wrong factor: {now} where {was} belongs.",
        "Only what crosses the inner product is transposed; what stayed where it was, is not.",
        CROSSES,
    ),
    "inverse-for-transpose": Words(
        "An inverse where a transpose belongs: {now} instead of {was}.",
        "Both undo something. A matrix crosses an inner product as its transpose; that is its "
        "inverse for rotations only.",
        CROSSES,
    ),
    "transpose-for-inverse": Words(
        "A transpose where an inverse belongs: {now} instead of {was}.",
        "The two agree for rotations only.",
    ),
    "letters-exchanged": Words(
        "Two letters stand in each other's place: {now} where {was} belongs.",
        "Which one is multiplied by the matrix is easily mixed up.",
    ),
    "elementwise-for-outer": Words(
        "An entry by entry product where an outer product belongs: {now} instead of {was}.",
        "In NumPy, * multiplies entry by entry. With a column and a row it would stretch both; "
        "with two columns it does not.",
        CROSSES,
        "shapes",
    ),
    "outer-for-elementwise": Words(
        "An outer product where an entry by entry product belongs: {now} instead of {was}.",
        "With a column and a row, NumPy's * stretches both into a matrix.",
        "",
        "shapes",
    ),
    "column-needed": Words(
        "With columns this would be right; with flat arrays the sizes do not meet.",
        "NumPy lines up a flat array with the last axis. Make it a column where it goes with rows: "
        "r[:, None].",
        "",
        "shapes",
    ),
    "number-with-at": Words(
        "@ stands beside a number, and it takes arrays alone; write * there.",
        "On paper both products look the same.",
        "",
        "shapes",
    ),
    "factor-added": Words(
        "A factor too many: {now} where {was} belongs.",
        "Each factor of the derivation comes back once.",
    ),
    "term-added": Words(
        "A term too many: {now} where {was} belongs.",
        "Each term of the derivation comes back once.",
    ),
    "function-added": Words(
        "A function that does not belong there: {now} instead of {was}.",
        "The slope of a square is its inside, with its sign, times 2.",
        SQUARES,
    ),
    "minimiser": Words(
        "This is where the gradient is 0, and not the gradient.",
        "Setting the gradient to 0 and solving for {x} comes after finding it.",
        "",
        "descent",
    ),
    "loss-itself": Words(
        "This is the loss itself, and not its slope.",
        "A gradient has one entry for each entry of {x}.",
    ),
    "nearly": Words(
        "It agrees with the {what} to nine digits, and is not equal to it.",
        "Something small was added, or a constant was rounded.",
    ),
    "zero": Words(
        "It claims that the loss does not change with {x}.",
        "What looks constant here still depends on {x}.",
        SQUARES,
    ),
    "slope-added": Words(
        "A slope too many: {now} where {was} belongs.",
        "It belongs to a squared error. Here the logarithm's slope has cancelled it.",
    ),
    "inverse-lost": Words(
        "An inverse is missing: {now} where {was} belongs.",
        "An inverse stays an inverse when it crosses over; it is transposed only.",
    ),
    "inverse-added": Words(
        "An inverse that does not belong there: {now} instead of {was}.",
        "A matrix crosses an inner product as its transpose: its inverse for rotations only.",
        CROSSES,
    ),
    "diagonal-lost": Words(
        "A diag is missing: {now} where {was} belongs.",
        "diag turns a column into a matrix that scales, and a matrix into its diagonal.",
    ),
    "symmetry-assumed": Words(
        "This holds for a symmetric matrix only: {now} stands where {was} belongs.",
        "For a quadratic form xᵀAx the slope is (A + Aᵀ)x; it is 2Ax if A = Aᵀ.",
    ),
    "quadratic-rule": Words(
        "The rule for quadratic forms, where there is none: {now} stands where {was} belongs.",
        "(A + Aᵀ)x is the slope of xᵀAx; here {x} is multiplied by the matrix once.",
        CROSSES,
    ),
    "inner-derivative-lost": Words(
        "The inner derivative is missing: {now} moves with {x} too, and its slope does not show.",
        "The outer slope alone looks finished. The chain rule multiplies it with the slope of "
        "what is inside.",
        RESIDUAL,
    ),
    "outer-derivative-lost": Words(
        "The outer derivative is missing: only what is inside {was} was differentiated.",
        "The chain rule multiplies both slopes, the outer one taken at the inside.",
        SQUARES,
    ),
    "counted-once": Words(
        "{x} occurs more than once, and only one occurrence was counted.",
        "Each occurrence moves in its turn, and the slopes are added.",
        "product rule|quadratic form|quotient",
    ),
    "norm-kept": Words(
        "The norm was kept: {now} stands for the slope of {was}.",
        "The scalar rule 2f·f′ was used with f = ‖r‖. But the slope of ‖r‖² is 2r, an array.",
        SQUARES,
    ),
    "power-kept": Words(
        "The exponent came to the front and was not lowered: {now} stands for the slope of {was}.",
        "The power rule has two parts, and the second one is easily forgotten.",
        SQUARES,
    ),
    "undifferentiated": Words(
        "{was} was left undifferentiated.",
        "A slope belongs there; exp alone is its own.",
    ),
    "another-loss": Words(
        "This is the gradient of another loss: of one with {now} instead of {was}.",
        "The rules are right; the loss was misread, or another book has it so.",
        SQUARES,
    ),
    "constant-added": Words(
        "A constant was added: + {constant}.",
        "Constants of integration belong to integrals. A slope is settled to the last number.",
    ),
    "row-for-column": Words(
        "It is laid out as {yours}, and the gradient has the shape of {x}: {shape}.",
        "Many books write derivatives as rows. Transpose it, and it is a gradient.",
        chapter="layouts",
    ),
    "transposed": Words(
        "It is the transpose of the gradient.",
        "Some books write derivatives so. If you did not mean it, two factors stand in the wrong "
        "order: what crosses over is transposed and comes last.",
        chapter="layouts",
    ),
    "flat": Words(
        "It has the shape {yours}, and {x} has {shape}.",
        "NumPy keeps flat arrays apart from columns, and .T does nothing to them.",
        chapter="shapes",
    ),
    "uphill": Words(
        "This step goes uphill: it adds the gradient.",
        "The gradient points to where the loss grows, so a step that lowers it subtracts.",
        chapter="descent",
    ),
}

CHAPTERS = {"u": "gradient_u", "v": "gradient_v", "W": "gradient_W"}
OTHER_CHAPTER = "chain_rule"
TITLES = {
    "gradient_u": "Find the gradient with respect to u",
    "gradient_v": "Find the gradient with respect to v",
    "gradient_W": "Find the gradient with respect to W",
    "chain_rule": "Chain derivatives in the right order",
    "batches": "Put many pairs side by side",
    "shapes": "Multiply the right shapes",
    "layouts": "Read other people's layouts",
    "descent": "Go downhill",
    "curvature": "Read the curvature",
}
VERDICT_HEADS = {
    "right": "Right",
    "layout": "Right, in another layout",
    "convention": "Right for another loss",
    "wrong": "Not yet",
    "unrecognised": "Not yet",
    "cannot-evaluate": "This has no value",
    "unreadable": "This cannot be read",
}
HEADS = {
    "factors-swapped": "the factors stand in another order",
    "sign": "the sign is turned round",
    "sign-of-one-term": "one sign is turned round",
    "factor": "a constant factor is off",
    "constant": "a constant factor is off",
    "factor-of-one-term": "a constant factor is off in one place",
    "variable-for-variable": "one letter stands for another",
    "plus-for-times": "a sum stands where a product belongs",
    "times-for-plus": "a product stands where a sum belongs",
    "elementwise-for-matrix": "entry by entry, where a matrix product belongs",
    "matrix-for-elementwise": "a matrix product, where entry by entry belongs",
    "elementwise-for-outer": "entry by entry, where an outer product belongs",
    "outer-for-elementwise": "an outer product, where entry by entry belongs",
    "inner-for-outer": "an inner product stands where an outer one belongs",
    "outer-for-inner": "an outer product stands where an inner one belongs",
    "divided-for-multiplied": "a division stands where a product belongs",
    "multiplied-for-divided": "a product stands where a division belongs",
    "denominator-lost": "a denominator is missing",
    "power": "an exponent is off",
    "norm-for-square": "a norm stands where its square belongs",
    "square-for-norm": "a square stands where the norm belongs",
    "wrong-axis": "a sum runs over the wrong axis",
    "slope-for-function": "a slope stands where the function belongs",
    "function-for-slope": "a function stands where its slope belongs",
    "transpose-misplaced": "the transpose is on the wrong factor",
    "inverse-for-transpose": "an inverse stands where a transpose belongs",
    "transpose-for-inverse": "a transpose stands where an inverse belongs",
    "letters-exchanged": "two letters stand in each other's place",
    "column-needed": "a column is needed",
    "number-with-at": "@ stands beside a number",
    "minimiser": "this is where the gradient is 0",
    "loss-itself": "this is the loss itself",
    "nearly": "it is close, and not equal",
    "zero": "the slope is not 0",
    "symmetry-assumed": "it holds for a symmetric matrix only",
    "quadratic-rule": "the rule for quadratic forms does not apply",
    "inner-derivative-lost": "the inner derivative is missing",
    "inner-sign-lost": "the sign of the inside is missing",
    "outer-derivative-lost": "the outer derivative is missing",
    "counted-once": "one occurrence was not counted",
    "norm-kept": "the norm was kept",
    "power-kept": "the exponent was not lowered",
    "undifferentiated": "something was left undifferentiated",
    "another-loss": "it belongs to another loss",
    "row-for-column": "a row stands for a column",
    "transposed": "it is transposed",
    "flat": "a flat array stands for a column",
    "uphill": "this step goes uphill",
}


def headline(verdict, mistake):
    """Return a verdict and its mistake in plain words.

    >>> headline("wrong", "transpose-dropped+factor")
    'Not yet: a transpose is missing, and a constant factor is off'
    """
    said = VERDICT_HEADS[verdict]
    if mistake is None or verdict in ("right", "layout", "convention"):
        return said
    return f"{said}: {', and '.join(map(head, mistake.split('+')))}"


def head(kind):
    """Return a kind of mistake in a few words."""
    if kind in HEADS:
        return HEADS[kind]
    word, _, end = kind.rpartition("-")
    one = f"an {word}" if word[0] in "aeiou" else f"a {word}"
    return f"{one} is missing" if end in ("dropped", "lost") else f"{one} too many"
