r"""The mistakes: one paragraph for each.

>>> paragraphs = TABLE.split("\n\n")
>>> len(paragraphs) == len({x.split()[0] for x in paragraphs})
True

First stand the slug, the weight and what else is known (see `wuv.diagnosis.mistakes`); then, each
in a line that is indented, the mistake in a few words; what happened; and why it is tempting, or
what would be right. Behind a bar stands what is said instead where that is not the case: the loss
has no square, or the lost term is one that moves.

In what happened, {now} is what the answer has and {was} what belongs there; it is said only where
both stand in the formulas. There and in the last line {x} is the variable, {what} is gradient or
Hessian.
"""

TABLE = """
transpose-dropped 1.0 undone=transpose-added step=crossing
elsewhere=chain_rule#columns-in-reverse-with-transposes
  a transpose is missing
  {now} stands where {was} belongs.
  What crosses an inner product is transposed.

transpose-added 1.05 undone=transpose-dropped step=crossing needs=transpose
elsewhere=chain_rule#columns-in-reverse-with-transposes
  a transpose too many
  {now} stands where {was} belongs.
  A factor is transposed only when it crosses the inner product.

factors-swapped 1.1 undone=factors-swapped step=crossing
elsewhere=chain_rule#what-the-habit-from-school-gets-wrong
  the factors are swapped
  {now} stands where {was} belongs.
  Matrices keep their order.

sign 0.8 undone=sign family=sign step=residual,moving/product
elsewhere=gradient_v#where-the-sign-gets-lost
  the sign is turned round
  It is −1 times the {what}.
  The square hides that sign, the slope does not. | A minus is easily lost on the way.

sign-of-one-term 1.0 undone=sign-of-one-term family=sign step=residual,moving/product
elsewhere=gradient_v#where-the-sign-gets-lost
  one sign is turned round
  {now} stands where {was} belongs.
  Follow the signs term by term.

factor 1.0 undone=factor family=constant step=square
elsewhere=batches#sums-and-means
  a constant factor is off
  It is {scale} times the {what}.
  A square brings a 2; what stands before the loss stays. | Follow the constants line by line.

constant 1.0 undone=constant family=constant step=square
elsewhere=batches#sums-and-means
  a constant factor is off
  {now} stands where {was} belongs.
  A square brings a 2; what stands before the loss stays. | Follow the constants line by line.

factor-of-one-term 1.1 undone=factor-of-one-term family=constant step=square
  one term's constant is off
  {now} stands where {was} belongs.
  Each square brings its own 2.

factor-dropped 1.4 undone=factor-added step=residual,moving/product
  a factor is missing
  {now} stands where {was} belongs.
  What does not move stays as it is.

term-dropped 1.3 undone=term-added step=square
elsewhere=gradient#a-nudge-and-what-it-does
  a term is missing
  {now} stands where {was} belongs.
  A constant has no slope, but may stand in one. | Each term that moves brings its slope.

variable-for-variable 2.0 undone=variable-for-variable
  one letter replaces another
  {now} stands where {was} belongs.
  Read the letters one by one.

factor-added 1.7 undone=factor-dropped
  a factor too many
  {was} is enough where {now} stands.
  Each factor of the derivation comes back once.

term-added 1.7 undone=term-dropped
  a term too many
  {was} is enough where {now} stands.
  Each term of the derivation comes back once.

plus-for-times 2.0 undone=times-for-plus
  a sum replaces a product
  {now} stands where {was} belongs.
  The chain rule multiplies slopes.

times-for-plus 2.1 undone=plus-for-times
  a product replaces a sum
  {now} stands where {was} belongs.
  Slopes of terms are added.

elementwise-for-matrix 1.3 undone=matrix-for-elementwise step=crossing
chapter=numpy_traps#a-star-is-no-matrix-product needs=times
  * replaces a matrix product
  {now} stands where {was} belongs.
  In NumPy, * goes entry by entry; matrices take @.

brackets 1.1 undone=brackets needs=times
  the brackets are elsewhere
  {now} stands where {was} belongs.
  Beside a matrix product, what goes entry by entry needs brackets.

counted-twice 0.9
  a term is counted twice
  {now} stands there twice.
  Each occurrence of {x} moves once.

term-not-there 1.0
  a term too many
  {now} does not belong there.
  Without it, the {what} is right.

number-in-sum 1.0
  a number stands among arrays
  {now} is one number.
  Each term of a gradient has an entry for each entry of {x}.

matrix-for-elementwise 1.5 undone=elementwise-for-matrix
chapter=backpropagation#a-layer-that-works-entry-by-entry
  a matrix product replaces ⊙
  {now} stands where {was} belongs.
  What acts entry by entry has a slope for each entry.

inner-for-outer 1.0 undone=outer-for-inner step=crossing
chapter=gradient_W#inner-for-outer-and-elementwise
  inner replaces outer product
  {now} stands where {was} belongs.
  An inner product is a number.

outer-for-inner 1.05 undone=inner-for-outer
chapter=shapes#the-inner-product-two-columns-make-a-number
  outer replaces inner product
  {now} stands where {was} belongs.
  An outer product is a matrix.

divided-for-multiplied 1.8 undone=multiplied-for-divided needs=div/edivide
  a division replaces a product
  {now} stands where {was} belongs.
  Double one factor, and see what the slope should do.

multiplied-for-divided 1.8 undone=divided-for-multiplied
  a product replaces a division
  {now} stands where {was} belongs.
  Double one factor, and see what the slope should do.

denominator-lost 1.5
  a denominator is missing
  {now} stands where {was} belongs.
  What divides the loss, or a slope, stays.

power 1.3 undone=power step=square
  an exponent is off
  {now} stands where {was} belongs.
  Follow the exponent line by line.

norm-for-square 1.3 undone=square-for-norm family=norm step=square needs=norm/sqrt
  a norm replaces its square
  {now} stands where {was} belongs.
  ‖r‖² and ‖r‖ look alike, and their slopes do not.

square-for-norm 1.3 undone=norm-for-square step=square
  a square replaces the norm
  {now} stands where {was} belongs.
  ‖r‖² and ‖r‖ look alike, and their slopes do not.

norm-lost 1.8 undone=norm-added
  a norm is missing
  {now} stands where {was} belongs.
  A norm is a number; without it, an array is left.

norm-added 1.9 undone=norm-lost family=norm step=square needs=norm/sqrt
  a norm too many
  {now} stands where {was} belongs.
  The slope of ‖r‖² is 2r: the norm is gone.

sum-lost 1.4 undone=sum-added
elsewhere=batches#a-column-that-all-pairs-share
  a sum is missing
  {now} stands where {was} belongs.
  What enters every term collects a slope from every term.

sum-added 1.5 undone=sum-lost needs=sum/trace/mean
  a sum too many
  {now} stands where {was} belongs.
  A gradient has an entry for each entry of {x}.

wrong-axis 1.5 undone=wrong-axis needs=sum/mean
  a sum takes another axis
  {now} stands where {was} belongs.
  axis=0 adds up the rows, axis=1 the columns.

mean-for-sum 1.2 undone=sum-for-mean family=constant chapter=batches#sums-and-means needs=mean
  a mean replaces a sum
  {now} stands where {was} belongs.
  Frameworks average by default; formulas mostly sum.

sum-for-mean 1.2 undone=mean-for-sum family=constant chapter=batches#sums-and-means needs=sum/trace
  a sum replaces a mean
  {now} stands where {was} belongs.
  The 1/N of a mean stays.

function-lost 1.5 undone=function-added
  a function is missing
  {now} stands where {was} belongs.
  The slope is taken where the function is: the inside stays wrapped.

function-added 1.7 undone=function-lost step=chain,softplus,square
  a function too many
  {now} stands where {was} belongs.
  Count how often the loss applies it.

slope-misplaced 0.9 step=chain chapter=backpropagation#a-layer-that-works-entry-by-entry
  the slope's place is wrong
  {now} stands where {was} belongs.
  f′(z) takes what goes in; written in y = f(z), it takes y.

slope-of-another 1.2 about=loss step=chain
chapter=backpropagation#a-layer-that-works-entry-by-entry
  another function's slope was taken
  The slope of {was} is another one.
  tanh has 1 − y², σ has y(1 − y), in the value y.

diagonal-only 1.0 about=loss step=softmax
  softmax's slope is more than its diagonal
  Each entry of {was} depends on every input.
  One entry gains, the others lose: diag(p) − ppᵀ, not p(1 − p).

normaliser-still 1.1 about=loss step=softmax
  softmax's denominator moves, too
  The denominator of {was} was kept constant.
  Every input stands in it.

inverse-sign-lost 0.7 about=loss family=sign step=inverse
  the inverse's minus is missing
  The slope of {was} has a minus.
  From A A⁻¹ = I: d(A⁻¹) = −A⁻¹ dA A⁻¹.

inverse-once 1.1 about=loss step=inverse
  the inverse stands on both sides
  {was} brings itself twice, once on each side.
  From A A⁻¹ = I: d(A⁻¹) = −A⁻¹ dA A⁻¹.

inverse-on-one-side 1.1 about=loss step=inverse
  the inverse stands on both sides
  {was} brings itself twice, once on each side.
  1/x² for numbers; matrices keep their order.

slope-for-function 1.4 undone=function-for-slope
  a slope replaces the function
  {now} stands where {was} belongs.
  Each function is differentiated once.

function-for-slope 1.3 undone=slope-for-function
  a function replaces its slope
  {now} stands where {was} belongs.
  The chain rule asks for f′ at the inside, not for f.

transpose-misplaced 1.15 undone=transpose-misplaced step=crossing needs=transpose
elsewhere=chain_rule#columns-in-reverse-with-transposes
  the transpose is misplaced
  {now} stands where {was} belongs.
  Only what crosses the inner product is transposed.

inverse-for-transpose 1.2 undone=transpose-for-inverse step=crossing needs=inv
  an inverse replaces a transpose
  {now} stands where {was} belongs.
  The two agree for orthogonal matrices only.

transpose-for-inverse 1.3 undone=inverse-for-transpose needs=transpose
  a transpose replaces an inverse
  {now} stands where {was} belongs.
  The two agree for orthogonal matrices only.

letters-exchanged 1.6 undone=letters-exchanged
  two letters are exchanged
  {now} stands where {was} belongs.
  Which one the matrix multiplies is easily mixed up.

elementwise-for-outer 0.95 undone=outer-for-elementwise step=crossing
chapter=gradient_W#inner-for-outer-and-elementwise needs=times
  * replaces an outer product
  {now} stands where {was} belongs.
  In NumPy, * goes entry by entry.

outer-for-elementwise 1.5 undone=elementwise-for-outer
chapter=shapes#the-outer-product-two-columns-make-a-matrix
  an outer product replaces ⊙
  {now} stands where {was} belongs.
  What acts entry by entry has a slope for each entry.

slope-added 1.3
  a slope too many
  {was} is enough where {now} stands.
  It belongs to a squared error; here the logarithm's slope has cancelled it.

inverse-lost 1.3 undone=inverse-added
  an inverse is missing
  {now} stands where {was} belongs.
  An inverse that crosses stays an inverse.

inverse-added 1.5 undone=inverse-lost step=crossing needs=inv
  an inverse too many
  {now} stands where {was} belongs.
  What crosses is transposed; that is its inverse for orthogonal matrices only.

diagonal-lost 1.5
  a diag is missing
  {now} stands where {was} belongs.
  diag makes a matrix of a column, and a column of a matrix.

symmetry-assumed 1.0 undone=quadratic-rule step=form
chapter=gradient_u#the-square-case-where-shapes-decide-nothing
  a matrix is taken as symmetric
  {now} stands where {was} belongs.
  The two agree for a symmetric matrix only.

quadratic-rule 0.9 undone=symmetry-assumed step=crossing
chapter=gradient_u#the-square-case-where-shapes-decide-nothing
  a quadratic form's rule misapplied
  {now} stands where {was} belongs.
  (A + Aᵀ)x is the slope of xᵀAx.

inner-derivative-lost 1.05 about=loss step=residual,moving/product
chapter=chain_rule#one-map-after-the-other
  the inner derivative is missing
  {now} moves with {x}, too.
  The chain rule multiplies with the slope of the inside.

slope-lost 1.0 about=loss step=chain,softplus
chapter=chain_rule#one-map-after-the-other
  a function's slope is missing
  {was} has a slope of its own, too.
  The chain rule multiplies with it.

inner-sign-lost 0.75 about=loss family=sign step=residual,moving/product
chapter=gradient_v#where-the-sign-gets-lost
  the inside's sign is missing
  {x} stands behind a minus in {was}.
  Its slope there is a bare −1, and easily overlooked.

outer-derivative-lost 1.15 about=loss step=square
  the outer derivative is missing
  {was} has a slope of its own, too.
  The chain rule multiplies both slopes.

counted-once 1.05 about=loss step=product/inverse,form,quotient
chapter=chain_rule#a-letter-that-occurs-twice-counts-twice
  one occurrence was not counted
  {x} occurs more than once in {was}.
  Each occurrence moves in its turn, and the slopes are added.

norm-kept 1.2 family=norm step=square needs=norm/sqrt
elsewhere=gradient#from-the-map-to-the-gradient
  the norm was kept
  A norm stands where a slope belongs.
  The slope of ‖r‖² is 2r, an array.

power-kept 1.25 about=loss step=square
  the exponent was not lowered
  The slope of {was} has a lower exponent.
  The power rule brings it to the front and lowers it by one.

undifferentiated 1.3
  something was not differentiated
  {was} stands where its slope belongs.
  Of the usual functions, exp alone is its own slope.

another-loss 1.35 about=loss step=square
  it fits another loss
  It is a gradient for {now} instead of {was}.
  The rules are right; the loss was misread.

another-variable 1.0 about=loss
elsewhere=gradient#a-nudge-and-what-it-does
  it is another letter's gradient
  It is the gradient in {now}; {x} was asked for.
  Let {x} move, and keep the rest.

hessian 1.0 about=loss chapter=curvature#a-bowl-in-each
  it is the Hessian
  It is the Hessian: its entries are second derivatives.
  A gradient has the shape of {x}.

gradient-for-hessian 1.0 about=loss chapter=curvature#a-bowl-in-each
  it is the gradient
  It is the gradient: its entries are first derivatives.
  The Hessian is the matrix of its slopes, one row and one column for each entry of {x}.

number-for-array 1.0 chapter=gradient#from-the-map-to-the-gradient
  a number replaces an array
  It is one number, and {x} has more entries.
  A gradient has an entry for each entry of {x}.

constant-added 1.0
  a constant too many
  A constant was added: + {constant}.
  Constants belong to integrals.

column-needed 1.0 chapter=numpy_traps#flat-arrays-neither-column-nor-row
  a column is needed
  With columns this would be right.
  NumPy lines up a flat array with the last axis; r[:, None] is a column.

number-with-at 1.0 chapter=numpy_traps#flat-arrays-neither-column-nor-row
  @ stands beside a number
  @ takes arrays alone; write * there.
  On paper both products look the same.

row-for-column 0.5 undone=row-for-column chapter=layouts#one-table-of-slopes-two-ways-to-lay-it-out
  a row replaces a column
  Transpose it, and it is the {what}.
  Many books write derivatives as rows.

transposed 0.5 chapter=layouts#one-table-of-slopes-two-ways-to-lay-it-out
  it is transposed
  Transpose it, and it is the {what}.
  Some books write it so; if you did not mean it, two factors stand in the wrong order.

flat 0.5 chapter=numpy_traps#flat-arrays-neither-column-nor-row
  a flat array replaces a column
  The numbers are right; the shape is not that of {x}.
  NumPy keeps flat arrays apart from columns.

uphill 1.0 chapter=descent#three-update-rules
  this step goes uphill
  It adds the gradient.
  The gradient points to where the loss grows: subtract it.

zero 1.0 step=square
  the slope is not 0
  The loss changes with {x}.
  What looks constant depends on {x}.

entry-sign 1.0
  one entry's sign is turned round
  It has the other sign.
  All the others are right.

entry-product-lost 1.0
  a product is missing in one entry
  One of the products that it adds up is missing.
  All the others are right.

entry-product-sign 1.0
  one entry has a product's sign turned round
  One of the products that it adds up has the other sign.
  All the others are right.

entry-digits 1.0
  one entry's digits are turned round
  Its digits stand in the other order.
  All the others are right.

one-entry 1.0
  one entry is wrong
  Its sum went wrong somewhere.
  All the others are right.

nearly 1.0 chapter=how_it_checks#why-a-few-numbers-are-enough
  close, and not equal
  It agrees with the {what} to nine digits.
  Something small was added, or a constant was rounded.

some-sizes 1.0 chapter=how_it_checks#for-which-sizes
  right for some sizes only
  It is the {what} for the sizes that are tried first.
  What is 0 at sizes 2 and 3 need not be 0 at 5.

minimiser 1.0 chapter=curvature#where-the-slope-is-zero
  it is where the gradient is 0
  It solves for {x}.
  Setting the gradient to 0 comes after finding it.

normal-equations 1.0 chapter=curvature#where-the-slope-is-zero
  it says where the gradient is 0
  Its two sides are equal where the gradient is 0.
  Type the gradient itself, which needs no equals sign.

loss-itself 1.0
  this is the loss itself
  Its slope was asked for.
  A gradient has an entry for each entry of {x}.
""".strip()
