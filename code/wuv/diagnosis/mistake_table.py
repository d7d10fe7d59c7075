r"""The mistakes: one paragraph for each.

>>> paragraphs = TABLE.split("\n\n")
>>> len(paragraphs) == len({x.split()[0] for x in paragraphs})
True

Its first line has the slug, the weight and what else is known (see `wuv.diagnosis.mistakes`); the
second the mistake in a few words; the third what happened; the rest, why it is tempting.

In the third line {now} is what the answer has and {was} what belongs there, {x} is the variable,
{what} is gradient or Hessian. In the rest, {x} too; {residual} and {turned} are the residual of
the loss and the same with its sign turned round.
"""

TABLE = """
transpose-dropped 1.0 undone=transpose-added step=crossing
  a transpose is missing
  You have {now} where {was} belongs: a transpose is missing.
  For square matrices the sizes fit either way, so nothing warns you. The transpose is there
  because a matrix crosses an inner product as its transpose.

transpose-added 1.05 undone=transpose-dropped step=crossing
  a transpose too many
  You have {now} where {was} belongs: one transpose too many.
  It is tempting to transpose until the sizes fit; a factor is transposed only when it crosses
  the inner product.

factors-swapped 1.1 undone=factors-swapped step=crossing
  the factors stand in another order
  The right factors in another order: {now} where {was} belongs.
  With numbers, f′(g)·g′ may be written in any order; matrices keep theirs. The matrix that
  crosses the inner product ends up on the side from which it acts.

sign 0.8 undone=sign family=sign step=residual,moving/product
  the sign is turned round
  Your answer is the {what} with its sign turned round.
  {residual} and {turned} have the same square, so either may stand in the loss; what is inside
  gives its own sign to the slope.

sign-of-one-term 1.0 undone=sign-of-one-term family=sign step=residual,moving/product
  one sign is turned round
  One sign is turned round: {now} where {was} belongs.
  A minus is easily lost when brackets are opened or a residual is written out.

factor 1.0 undone=factor family=constant step=square
  a constant factor is off
  Every entry is {scale} times what it should be: a constant factor is off.
  Constants get lost between the slope of a square, which brings a 2, and a ½ or 1/N in front of
  the loss.

constant 1.0 undone=constant family=constant step=square
  a constant factor is off
  A constant factor is off: {now} where {was} belongs.
  Constants get lost between the slope of a square, which brings a 2, and a ½ or 1/N in front of
  the loss.

factor-of-one-term 1.1 undone=factor-of-one-term family=constant step=square
  a constant factor is off in one place
  A constant factor is off in one place: {now} where {was} belongs.
  Each square brings its own 2, and each constant of the loss goes with its own term.

factor-dropped 1.4 undone=factor-added step=residual,moving/product
  a factor is missing
  A factor is missing: {now} where {was} belongs.
  In a chain of products every factor that does not move stays as it is.

term-dropped 1.3 undone=term-added step=square
  a term is missing
  A term is missing: {now} where {was} belongs.
  What is constant has no slope of its own, but inside a square or a product it still counts.

variable-for-variable 2.0 undone=variable-for-variable
  one letter stands for another
  One letter stands for another: {now} where {was} belongs.
  Two arrays with the same shape are easily mistaken for each other.

factor-added 1.7 undone=factor-dropped
  a factor too many
  A factor too many: {now} where {was} belongs.
  Each factor of the derivation comes back once.

term-added 1.7 undone=term-dropped
  a term too many
  A term too many: {now} where {was} belongs.
  Each term of the derivation comes back once.

plus-for-times 2.0 undone=times-for-plus
  a sum stands where a product belongs
  A sum where a product belongs: {now} instead of {was}.
  The chain rule multiplies the outer slope with the inner one.

times-for-plus 2.1 undone=plus-for-times
  a product stands where a sum belongs
  A product where a sum belongs: {now} instead of {was}.
  Terms of a sum are differentiated one by one and added.

elementwise-for-matrix 1.3 undone=matrix-for-elementwise step=crossing chapter=shapes
  entry by entry, where a matrix product belongs
  An entry by entry product where a matrix product belongs: {now} instead of {was}.
  In NumPy, * multiplies entry by entry; the matrix product is @.

matrix-for-elementwise 1.5 undone=elementwise-for-matrix
  a matrix product, where entry by entry belongs
  A matrix product where an entry by entry product belongs: {now} instead of {was}.
  A function that acts on each entry has a slope for each entry, and these multiply entry by
  entry (∗ or ⊙).

inner-for-outer 1.0 undone=outer-for-inner step=crossing
  an inner product stands where an outer one belongs
  An inner product where an outer one belongs: {now} instead of {was}.
  Both are made of the same two columns; the one is a number, the other a matrix.

outer-for-inner 1.05 undone=inner-for-outer
  an outer product stands where an inner one belongs
  An outer product where an inner one belongs: {now} instead of {was}.
  Both are made of the same two columns; the one is a matrix, the other a number.

divided-for-multiplied 1.8 undone=multiplied-for-divided
  a division stands where a product belongs
  A division where a product belongs: {now} instead of {was}.
  It helps to check the units: double one factor, and see what the slope should do.

multiplied-for-divided 1.8 undone=divided-for-multiplied
  a product stands where a division belongs
  A product where a division belongs: {now} instead of {was}.
  It helps to check the units: double one factor, and see what the slope should do.

denominator-lost 1.5
  a denominator is missing
  A denominator is missing: {now} where {was} belongs.
  A constant in front of the loss stays in front of the gradient; the quotient rule keeps its
  denominator.

power 1.3 undone=power step=square
  an exponent is off
  An exponent is off: {now} where {was} belongs.
  The power rule brings the exponent to the front and lowers it by one.

norm-for-square 1.3 undone=square-for-norm family=norm step=square
  a norm stands where its square belongs
  A norm where its square belongs: {now} instead of {was}.
  ‖r‖² and ‖r‖ look alike, and their slopes do not.

square-for-norm 1.3 undone=norm-for-square step=square
  a square stands where the norm belongs
  A squared norm where the norm belongs: {now} instead of {was}.
  ‖r‖² and ‖r‖ look alike, and their slopes do not.

norm-lost 1.8 undone=norm-added
  a norm is missing
  A norm is missing: {now} where {was} belongs.
  A norm is a number; without it, an array is left.

norm-added 1.9 undone=norm-lost family=norm step=square
  a norm too many
  A norm that does not belong there: {now} instead of {was}.
  The slope of ‖r‖² is 2r, an array with the shape of r: the norm is gone.

sum-lost 1.4 undone=sum-added
  a sum is missing
  A sum is missing: {now} where {was} belongs.
  What enters every term of a sum collects a slope from every term.

sum-added 1.5 undone=sum-lost
  a sum too many
  A sum too many: {now} where {was} belongs.
  A gradient has one entry for each entry of {x}; a sum melts them into one number.

wrong-axis 1.5 undone=wrong-axis
  a sum runs over the wrong axis
  A sum over the wrong axis: {now} instead of {was}.
  axis=0 adds up the rows and leaves one number a column; axis=1 the reverse.

mean-for-sum 1.2 undone=sum-for-mean family=constant chapter=batches
  a mean-for too many
  A mean where a sum belongs: {now} instead of {was}.
  Frameworks average by default, formulas on paper mostly sum.

sum-for-mean 1.2 undone=mean-for-sum family=constant chapter=batches
  a sum-for too many
  A sum where a mean belongs: {now} instead of {was}.
  The 1/N of a mean stays in front of the gradient.

function-lost 1.5 undone=function-added
  a function is missing
  A function is missing: {now} where {was} belongs.
  The slope is taken at the same place as the function itself, so the inside comes back wrapped.

function-added 1.7 undone=function-lost step=square
  a function too many
  A function that does not belong there: {now} instead of {was}.
  The slope of a square is its inside, with its sign, times 2.

slope-for-function 1.4 undone=function-for-slope
  a slope stands where the function belongs
  The slope of a function where the function itself belongs: {now} instead of {was}.
  Each function is differentiated once; in the other factors it stays as it is.

function-for-slope 1.3 undone=slope-for-function
  a function stands where its slope belongs
  A function where its slope belongs: {now} instead of {was}.
  The chain rule asks for f′ at the inside, not for f.

transpose-misplaced 1.15 undone=transpose-misplaced step=crossing
  the transpose is on the wrong factor
  The transpose is on the wrong factor: {now} where {was} belongs.
  Only what crosses the inner product is transposed; what stayed where it was, is not.

inverse-for-transpose 1.2 undone=transpose-for-inverse step=crossing
  an inverse stands where a transpose belongs
  An inverse where a transpose belongs: {now} instead of {was}.
  Both undo something. A matrix crosses an inner product as its transpose; that is its inverse
  for rotations only.

transpose-for-inverse 1.3 undone=inverse-for-transpose
  a transpose stands where an inverse belongs
  A transpose where an inverse belongs: {now} instead of {was}.
  The two agree for rotations only.

letters-exchanged 1.6 undone=letters-exchanged
  two letters stand in each other's place
  Two letters stand in each other's place: {now} where {was} belongs.
  Which one is multiplied by the matrix is easily mixed up.

elementwise-for-outer 0.95 undone=outer-for-elementwise step=crossing chapter=shapes
  entry by entry, where an outer product belongs
  An entry by entry product where an outer product belongs: {now} instead of {was}.
  In NumPy, * multiplies entry by entry. With a column and a row it would stretch both; with two
  columns it does not.

outer-for-elementwise 1.5 undone=elementwise-for-outer chapter=shapes
  an outer product, where entry by entry belongs
  An outer product where an entry by entry product belongs: {now} instead of {was}.
  With a column and a row, NumPy's * stretches both into a matrix.

slope-added 1.3
  a slope too many
  A slope too many: {now} where {was} belongs.
  It belongs to a squared error. Here the logarithm's slope has cancelled it.

inverse-lost 1.3 undone=inverse-added
  an inverse is missing
  An inverse is missing: {now} where {was} belongs.
  An inverse stays an inverse when it crosses over; it is transposed only.

inverse-added 1.5 undone=inverse-lost step=crossing
  an inverse too many
  An inverse that does not belong there: {now} instead of {was}.
  A matrix crosses an inner product as its transpose: its inverse for rotations only.

diagonal-lost 1.5
  a diagonal is missing
  A diag is missing: {now} where {was} belongs.
  diag turns a column into a matrix that scales, and a matrix into its diagonal.

symmetry-assumed 1.0 undone=quadratic-rule
  it holds for a symmetric matrix only
  This holds for a symmetric matrix only: {now} stands where {was} belongs.
  For a quadratic form xᵀAx the slope is (A + Aᵀ)x; it is 2Ax if A = Aᵀ.

quadratic-rule 0.9 undone=symmetry-assumed step=crossing
  the rule for quadratic forms does not apply
  The rule for quadratic forms, where there is none: {now} stands where {was} belongs.
  (A + Aᵀ)x is the slope of xᵀAx; here {x} is multiplied by the matrix once.

inner-derivative-lost 1.05 step=residual,moving/product
  the inner derivative is missing
  The inner derivative is missing: {now} moves with {x} too, and its slope does not show.
  The outer slope alone looks finished. The chain rule multiplies it with the slope of what is
  inside.

inner-sign-lost 0.75 family=sign step=residual,moving/product
  the sign of the inside is missing
  The sign is turned round: {x} stands behind a minus in {was}, with a slope of −1.
  The outer slope is so familiar that the inner factor, a bare −1, is overlooked.

outer-derivative-lost 1.15 step=square
  the outer derivative is missing
  The outer derivative is missing: only what is inside {was} was differentiated.
  The chain rule multiplies both slopes, the outer one taken at the inside.

counted-once 1.05 step=product/inverse,form,quotient
  one occurrence was not counted
  {x} occurs more than once, and only one occurrence was counted.
  Each occurrence moves in its turn, and the slopes are added.

norm-kept 1.2 family=norm step=square
  the norm was kept
  The norm was kept: {now} stands for the slope of {was}.
  The scalar rule 2f·f′ was used with f = ‖r‖. But the slope of ‖r‖² is 2r, an array.

power-kept 1.25 step=square
  the exponent was not lowered
  The exponent came to the front and was not lowered: {now} stands for the slope of {was}.
  The power rule has two parts, and the second one is easily forgotten.

undifferentiated 1.3
  something was left undifferentiated
  {was} was left undifferentiated.
  A slope belongs there; exp alone is its own.

another-loss 1.35 step=square
  it belongs to another loss
  This is the gradient of another loss: of one with {now} instead of {was}.
  The rules are right; the loss was misread, or another book has it so.

constant-added 1.0
  a constant too many
  A constant was added: + {constant}.
  Constants of integration belong to integrals. A slope is settled to the last number.

column-needed 1.0 chapter=shapes
  a column is needed
  With columns this would be right; with flat arrays the sizes do not meet.
  NumPy lines up a flat array with the last axis. Make it a column where it goes with rows: r[:,
  None].

number-with-at 1.0 chapter=shapes
  @ stands beside a number
  @ stands beside a number, and it takes arrays alone; write * there.
  On paper both products look the same.

row-for-column 0.5 undone=row-for-column chapter=layouts
  a row stands for a column
  It is laid out as {yours}, and the gradient has the shape of {x}: {shape}.
  Many books write derivatives as rows. Transpose it, and it is a gradient.

transposed 0.5 chapter=layouts
  it is transposed
  It is the transpose of the gradient.
  Some books write derivatives so. If you did not mean it, two factors stand in the wrong order:
  what crosses over is transposed and comes last.

flat 0.5 chapter=shapes
  a flat array stands for a column
  It has the shape {yours}, and {x} has {shape}.
  NumPy keeps flat arrays apart from columns, and .T does nothing to them.

uphill 1.0 chapter=descent
  this step goes uphill
  This step goes uphill: it adds the gradient.
  The gradient points to where the loss grows, so a step that lowers it subtracts.

zero 1.0 step=square
  the slope is not 0
  It claims that the loss does not change with {x}.
  What looks constant here still depends on {x}.

nearly 1.0
  it is close, and not equal
  It agrees with the {what} to nine digits, and is not equal to it.
  Something small was added, or a constant was rounded.

some-sizes 1.0 chapter=how_it_checks
  it is right for some sizes only
  It is the {what} for the sizes that are tried first, and not for all.
  A size that stands in a formula is a number like any other: what is 0 at 2 and at 3 need not be
  0 at 5.

minimiser 1.0 chapter=descent
  this is where the gradient is 0
  This is where the gradient is 0, and not the gradient.
  Setting the gradient to 0 and solving for {x} comes after finding it.

loss-itself 1.0
  this is the loss itself
  This is the loss itself, and not its slope.
  A gradient has one entry for each entry of {x}.
""".strip()
