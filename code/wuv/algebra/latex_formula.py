r"""One formula of LaTeX, read by recursive descent.

From loose to tight: ``+ −``; ``\cdot \times \odot \otimes``; products without a sign, and ``/``;
prefixes such as ``\nabla_u`` and ``\operatorname{tr}``; exponents and subscripts. What a letter
stands for (`wuv.algebra.names`) settles what its subscript means, and a bracket after it.
"""

from fractions import Fraction

from wuv.algebra import along, matrices
from wuv.algebra.elementwise import COMPARISONS, ELEMENTWISE, ROWS, TABLE
from wuv.algebra.functions import applied
from wuv.algebra.latex_tokens import GAPS, RELATIONS, TEXT, UPRIGHT, Cursor, Token
from wuv.algebra.names import ACCENTS, GREEK, GREEK_SIGNS, INDICES, LAMBDAS, kind
from wuv.algebra.tree import Expr, Place, Unreadable, number, walk

MAX_DIGITS = 100
BINARY = {"max": "maximum", "min": "minimum"}  # of two arguments
LOOSE = {
    r"\cdot": "cdot", r"\times": "cdot", r"\odot": "times", r"\circ": "times",
    r"\otimes": "kron", r"\oslash": "edivide",
}  # fmt: skip
OPERATORS = {
    "tr": "trace", "Tr": "trace", "trace": "trace", "vec": "vec", "diag": "diag", "Diag": "diag",
    "det": "det", "ln": "log", "sum": "sum", "mean": "mean", "sgn": "sign",
    **along.OPERATORS, **{x: x for x in ("rows", "cols", "vstack", "hstack")},
    **{op: op for op in (*matrices.TABLE, *ELEMENTWISE) if op not in {*COMPARISONS, "eigvalsh"}},
}  # fmt: skip
# Those that are commands of LaTeX.
NAMED = {"det", "ln", "max", "min"} | {row.latex[1:] for row in ROWS if row.latex} - {"sigma"}
BOLD = {
    r"\mathbf",
    r"\boldsymbol",
    r"\bm",
    r"\pmb",
    r"\mathbb",
    r"\mathcal",
    r"\mathit",
    r"\vec",
    r"\bold",
}
TRANSPOSE = {r"\top", "T", r"\intercal", r"\mathsf T", r"\mathrm T", r"\text T", r"\mathtt T"}
CLOSING = {"(": ")", "[": "]", r"\{": r"\}", r"\lVert": r"\rVert", r"\lvert": r"\rvert",
           r"\langle": r"\rangle", r"\|": r"\|", r"\Vert": r"\Vert", "|": "|", r"\vert": r"\vert",
           r"\lbrack": r"\rbrack", "‖": "‖"}  # fmt: skip
HATS = {rf"\{x}" for x in (*ACCENTS, "widehat", "widetilde", "overline", "ell")}
ORDERS = {"F": "fro", "fro": "fro", r"\infty": "inf", "∞": "inf", "inf": "inf", "*": "nuc",
          r"\ast": "nuc", r"\star": "nuc", "nuc": "nuc"}  # fmt: skip
NORMS = {r"\lVert", r"\|", r"\Vert", "‖"}
BARS = {r"\lvert", "|", r"\vert"}
MATRICES = {"pmatrix", "bmatrix", "matrix", "smallmatrix", "Bmatrix", "array"}


class Formula(Cursor):
    """Reads expressions; each method reads one kind of thing and leaves the cursor behind it."""

    def __init__(self, text, declared, functions, tokens=None):
        super().__init__(text, tokens)
        self.declared, self.functions = declared, functions
        self.running = []  # the indices of sums that are open here
        self.closing = []  # what would close the brackets that are open here

    def relation_ahead(self):
        return self.peek() in RELATIONS or (self.peek() == ":" and self.peek(1) == "=")

    # Expressions, from loose to tight

    def whole(self):
        """Read an expression in which every change is one of something."""
        tree = self.expression()
        for node in walk(tree):
            if node.op == "∂" or (node.op == "differential" and (node.data or not node.args)):
                raise Unreadable("this change is divided by none", node.place)
        return tree

    def expression(self):
        return self.deeper(self.sum)

    def sum(self):
        start = self.at()
        found = self.signed()
        while self.peek() in ("+", "-", "&"):
            if self.peek() == "&":
                if self.peek(1) not in ("+", "-") or self.closing:
                    break
                self.next()
            op = "add" if self.next() == "+" else "sub"
            self.take("&")
            found = self.node(start, op, (found, self.signed()))
        return found

    def signed(self):
        start = self.at()
        if self.take("-"):
            inner = self.deeper(self.signed)
            return self.node(start, "neg", (inner,))
        if self.take("+"):
            return self.deeper(self.signed)
        return self.loose()

    def loose(self):
        start = self.at()
        found = self.juxtaposed()
        while self.peek() in LOOSE:
            op = LOOSE[self.next()]
            right = self.signed() if self.peek() == "-" else self.juxtaposed()
            found = self.node(start, op, (found, right))
        return found

    def juxtaposed(self):
        start = self.at()
        found = self.factor()
        while True:
            if self.peek() == "/":
                self.next()
                below = self.factor()
                found = self.quotient(start, found, below)
                if self.starts_factor() and not self.plain_fraction(below, found):
                    self.refuse("does this stand below the slash? Write \\frac or brackets")
            elif self.starts_factor():
                found = self.node(start, "product", (found, self.factor()))
            else:
                return found

    def plain_fraction(self, below, whole):
        """Return whether no one would take what follows for a part of the denominator.

        ``1/2 (a + b)`` and ``2/N X`` are read, ``1/2N`` and ``a/b (c + d)`` are not.
        """
        ahead = self.peek()
        if ahead in ("(", "["):
            return all(x.op == "number" for x in whole.args)
        scalar = kind(ahead) == "scalar" if ahead.isalpha() else ahead[1:] in GREEK
        return below.op in ("name", "number") and not scalar and not ahead.isdigit()

    def quotient(self, start, above, below):
        change = self.derivative(start, above, below)
        return change or self.node(start, "div", (above, below))

    def derivative(self, start, above, below):
        r"""Return the derivative that ∂L/∂u is, or None for a fraction of anything else."""
        changes = ("∂", "differential")
        if above.op not in changes or below.op not in (*changes, "product"):
            return None
        if above.op == "differential" and below.op != "differential":
            return None
        what = above.args[0] if above.args else None
        if above.data == 2:
            what = what or self.factor()
            twice = [x.args[0] for x in _changes(below) for _ in range(x.data or 1)]
            if len(twice) != 2:
                self.refuse("a second derivative is taken twice", start)
            a, b = twice
            if (b.op == "transpose" and b.args[0] == a) or (a == b and a.op == "name"):
                return self.node(start, "hessian", (what, a))
            inner = self.node(start, "partial", (what, b))
            return self.node(start, "partial", (inner, a))
        if below.op == "product" or not below.args:
            self.refuse("one variable is wanted below the derivative", start)
        return self.node(start, "partial", (what or self.factor(), below.args[0]))

    def starts_factor(self):
        token = self.peek()
        if not token or token in self.closing[-1:] or self.tokens[self.i].side == "right":
            return False
        if token in STOPS or token in GAPS or token in LOOSE or token in TEXT:
            return False
        return not self.relation_ahead() and token != ":"

    def factor(self):
        """Read an atom with its exponents and subscripts."""
        return self.deeper(self.postfixed)

    def postfixed(self):
        start = self.at()
        found, below = self.atom(), None
        while True:
            if self.take("_"):
                if below is not None:
                    self.refuse("a second subscript")
                below = True
                found = self.subscripted(start, found)
            elif self.take("^"):
                found = self.raised(start, found)
            elif self.take("'"):
                found = self.primed(start, found)
            elif self.take("!"):
                self.refuse("factorials are not in the language")
            elif self.peek() == "(" and self.is_function(found):
                found = self.applied(start, found)
            else:
                return found

    def primed(self, start, node):
        if node.op != "name":
            self.refuse("a prime belongs to a name")
        return self.node(start, "name", data=f"{node.data}_prime")

    def is_function(self, node):
        known = node.data in self.functions or node.data == "sigma"
        return node.op == "name" and known and node.data not in self.declared

    def applied(self, start, function):
        self.next()
        self.closing.append(")")
        args = [self.expression()]
        while self.take(",", ";"):
            args.append(self.expression())
        self.closing.pop()
        self.expect(")")
        if function.data == "sigma" and len(args) == 1:
            return self.node(start, "sigmoid", args)
        return self.node(start, "call", args, function.data)

    # Exponents and subscripts

    def raised(self, start, base):
        mark = self.mark()
        if self.is_transpose(mark):
            return self.node(start, "transpose", (base,))
        if mark.startswith("-") and self.is_transpose(mark[1:].strip()):
            return self.node(start, "transpose", (self.node(start, "inv", (base,)),))
        self.i = self.marked
        if self.peek() in ("*", r"\star", r"\ast", r"\prime"):
            self.next()
            if base.op != "name":
                self.refuse("a star belongs to a name", start)
            return self.node(start, "name", data=f"{base.data}_star")
        braced = self.take("{")
        self.closing.append("}" if braced else "")
        elementwise = self.take(r"\odot", r"\circ") if braced else None
        exponent = self.expression() if braced else self.deeper(self.atom_one)
        self.closing.pop()
        if braced:
            self.expect("}")
        if elementwise:
            return self.node(start, "epower", (base, exponent))
        if base.op == "name" and base.data == "e" and "e" not in self.declared:
            return self.node(start, "exp", (exponent,))
        if exponent == Expr("neg", (number(1),)) and not _is_scalar(base, self.declared):
            return self.node(start, "inv", (base,))
        return self.node(start, "power", (base, exponent))

    def is_transpose(self, mark):
        return mark in TRANSPOSE

    def mark(self):
        """Return the exponent's text with single blanks, for those that are signs; ``marked`` is
        where it starts."""
        self.marked = self.i
        start = self.at()
        if self.peek() == "{":
            text = self.group()
        else:
            text = self.next()
            if text in UPRIGHT | TEXT:
                self.group()
                text = self.text[start : self.at()]
        while text.startswith("{") and text.endswith("}"):
            text = text[1:-1]
        return " ".join(text.replace("{", " ").replace("}", " ").split())

    def atom_one(self):
        """Read one token as LaTeX does in ``x^12``, where only the 1 is raised."""
        token = self.peek()
        if token.isdigit() and len(token) > 1:
            self.refuse("brace an exponent of more than one digit")
        return self.atom()

    def subscripted(self, start, base):
        """Read a subscript: an entry, the label of a name, or the size of I, 1 and 0."""
        if base.op == "power" and base.args[0].op == "norm":
            norm, exponent = base.args
            return self.node(start, "power", (self.subscripted(start, norm), exponent))
        if base.op == "norm":
            return self.normed(start, base.args)
        if base.op == "inner":
            if self.mark().split(" ")[-1] != "F":
                self.refuse("of inner products, only the one that sums all entries can be read")
            return base
        labelled = self.labelled(start, base)
        if labelled is not None:
            return labelled
        braced = self.take("{")
        self.closing.append("}")
        places = [self.deeper(self.sum if braced else self.atom_one)]
        while braced and self.take(",", ";"):
            places.append(self.deeper(self.sum))
        self.closing.pop()
        if braced:
            self.expect("}")
        if base.op in ("eye", "ones", "zeros") and not base.args:
            wanted = 1 if base.op == "eye" else 2
            places = places if len(places) == wanted else [*places, number(1)]
            places = [x for place in places for x in _run(place)] if wanted == 2 else places
            return self.node(start, base.op, places[:2])
        if len(places) == 1:
            several = _run(places[0])
            column = self.rank(base) == 1 and not self.may_be_matrix(base)
            if column and len([x for x in several if x.data in INDICES]) > 1:
                said = (
                    "a column has one index; for a matrix type a capital letter, or say its sizes"
                )
                self.refuse(said, start)
            places = places if column else several
        if base == Expr("name", data="e") and "e" not in self.declared and len(places) == 1:
            return self.node(start, "basis", places)
        if base == Expr("name", data="delta") and len(places) == 2:
            return self.node(start, "delta", places)
        if len(places) > 2:
            self.refuse("an entry has one or two indices", start)
        return self.node(start, "entry", (base, *places))

    def may_be_matrix(self, node):
        """Return whether what is a column by habit may have two indices."""
        return False

    def normed(self, start, args):
        """Read the order below a norm."""
        mark = self.mark()
        order = ORDERS.get(mark.split(" ")[-1])
        if order is None:
            try:
                order = Fraction(mark.replace(" ", ""))
            except (ValueError, ZeroDivisionError):
                order = 0
            if order <= 0:
                self.refuse("of norms, F, 1, 2, inf, * and numbers above 0 can be read", start)
        if order == "nuc":
            return self.node(start, "nuclear", args)
        order = order if isinstance(order, str) else number(order).data
        return self.node(start, "norm" if order in ("fro", 2) else "p_norm", args, order)

    def rank(self, node):
        """Return how many indices a name has, 0, 1 or 2; None for any other node."""
        if node.op == "name":
            if node.data in self.declared:
                sizes = self.declared[node.data]
                return 2 if len(sizes) == 2 and sizes[1] != 1 else min(len(sizes), 1)
            return {"matrix": 2, "column": 1, "scalar": 0}[kind(node.data)]
        return None

    def labelled(self, start, base):
        """Return the longer name that a subscript makes, or None where it picks an entry."""
        if base.op != "name":
            return None
        kept = self.i
        label = self.mark()
        word = label.split()[-1] if label.split() else ""
        if label.split() and label.split()[0] in TEXT | UPRIGHT:
            return self.node(start, "name", data=f"{base.data}_{_identifier(word)}")
        plain = label.replace("\\", "").replace(" ", "")
        if label in ("*", r"\star", r"\ast"):
            return self.node(start, "name", data=f"{base.data}_star")
        known = f"{base.data}_{plain}" in self.declared
        sizes = {x for shape in self.declared.values() for x in shape}  # of these one is an index
        letter = label.isalpha() and len(label) == 1 and label not in INDICES
        greek = plain in GREEK
        scalar = _is_scalar(base, self.declared) and base.data != "delta" and plain.isalnum()
        word = plain.isalpha() and set(plain) - set(INDICES)
        if known or greek or scalar or ((letter or word) and label not in sizes):
            return self.node(start, "name", data=f"{base.data}_{_identifier(plain)}")
        self.i = kept
        return None

    # Atoms

    def atom(self):
        start, token = self.at(), self.peek()
        if not token:
            self.refuse("this ends too early")
        if token[0].isascii() and token[0].isdigit():
            return self.numeral(start)
        if token.isalpha() and len(token) == 1:
            return self.letter(start)
        if token == "{":
            return self.bracketed("{", "}")
        side = self.tokens[self.i].side
        if token in CLOSING and side != "right":
            return self.delimited(start, token)
        read = COMMANDS.get(token)
        if read:
            self.next()
            return getattr(self, read.__name__)(start, token)  # where readers of typed text differ
        if token[1:] in GREEK:
            self.next()
            return self.node(start, "name", data=self.greek(token[1:]))
        return self.refuse(f"{token!r} cannot be read here")

    def numeral(self, start):
        token = self.next()
        if len(token) > MAX_DIGITS:
            self.refuse(f"a number of more than {MAX_DIGITS} digits", start)
        if self.peek(0)[:1].isdigit():
            self.refuse("two numbers side by side; write · between them")
        return number(Fraction(token)).with_(
            place=Place(self.text, start, start + len(token), book=True)
        )

    def letter(self, start):
        token = self.next()
        following = self.peek()
        if token in GREEK_SIGNS:
            return self.node(start, "name", data=self.greek(GREEK_SIGNS[token]))
        changed = following.isalpha() or following[1:] in GREEK or following in BOLD | HATS
        if token == "d" and "d" not in self.declared and changed:
            return self.change(start, token)
        if token == "I" and "I" not in self.declared:
            return self.node(start, "eye")
        return self.node(start, "name", data=token)

    def greek(self, word):
        if word == "lambda":
            return next((x for x in LAMBDAS if x in self.declared), LAMBDAS[0])
        return word

    def bracketed(self, opening, closing):
        self.expect(opening)
        start = self.at()
        self.closing.append(closing)
        found = self.expression()
        if self.take(r"\over"):
            found = self.quotient(start, found, self.expression())
        self.closing.pop()
        self.expect(closing)
        return found

    def delimited(self, start, opening):
        """Read (…), [...], a norm, an absolute value or an inner product."""
        self.next()
        if opening in BARS and self.doubled(opening):
            return self.double_bars(start, opening)
        self.closing.append(CLOSING[opening])
        inside = [self.expression()]
        if opening == r"\langle":
            self.expect(",")
            inside.append(self.expression())
        self.closing.pop()
        self.expect(CLOSING[opening])
        if opening == r"\langle":
            return self.node(start, "inner", inside)
        if opening in NORMS:
            return self.node(start, "norm", inside)
        if opening in BARS:
            return self.node(start, "abs", inside)
        return inside[0]

    def doubled(self, opening):
        """Return whether a second bar stands here, and both are closed in a row."""
        closing, depth = CLOSING[opening], 0
        if self.peek() != opening or closing == opening:
            return self.peek() == opening
        for ahead in range(len(self.tokens) - self.i):
            depth += (self.peek(ahead) == opening) - (self.peek(ahead) == closing)
            if depth == 0:
                return self.peek(ahead + 1) == closing
        return False

    def double_bars(self, start, opening):
        """Read ||…||, as people type a norm."""
        self.next()
        self.closing.append(CLOSING[opening])
        inside = self.expression()
        self.closing.pop()
        self.expect(CLOSING[opening])
        self.expect(CLOSING[opening])
        return self.node(start, "norm", (inside,))

    def fraction(self, start, token):
        above = self.part()
        below = self.part()
        return self.quotient(start, above, below)

    def part(self):
        r"""Read one argument of \frac: {…}, or a single token as in \frac12."""
        if self.peek() == "{":
            return self.bracketed("{", "}")
        if self.peek().isdigit() and len(self.peek()) == 2:
            token = self.tokens[self.i]
            self.tokens[self.i : self.i + 1] = [
                Token(token.text[0], token.start),
                Token(token.text[1], token.start + 1),
            ]
            found = number(int(self.next()))
            return found.with_(place=Place(self.text, token.start, token.start + 1, book=True))
        return self.deeper(self.atom)

    def root(self, start, token):
        if self.peek() == "[":
            self.refuse("of roots, only the square root can be read")
        return self.node(start, "sqrt", (self.part(),))

    def change(self, start, token):
        r"""Read what follows \mathrm{d} or \partial: one atom, with its subscripts."""
        op = "∂" if token == r"\partial" else "differential"
        order = None
        if self.take("^"):
            order = self.part()
            if order != number(2):
                self.refuse("of higher derivatives, only the second can be read", start)
        if not self.starts_factor():
            return self.node(start, op, (), 2 if order else None)
        what = self.deeper(self.atom)
        inner = self.at()
        while self.take("_"):
            what = self.subscripted(inner, what)
        if self.peek() == "(" and self.is_function(what):
            what = self.applied(inner, what)
        if self.peek() == "^":  # ∂u², d‖r‖² and dX⁻¹; but duᵀ is (du)ᵀ
            kept = self.i
            self.next()
            mark = self.mark()
            if mark == "2" and what.op in ("name", "entry"):
                return self.node(start, op, (what,), 2)
            self.i = kept
            if op == "∂" or mark not in TRANSPOSE:
                self.next()
                what = self.raised(inner, what)
        return self.node(start, op, (what,), 2 if order else None)

    def nabla(self, start, token):
        order = self.part() if self.take("^") else None
        if not self.take("_"):
            self.refuse("say in which variable, as in \\nabla_u", start)
        variable = self.part()
        order = self.part() if self.take("^") else order
        if order not in (None, number(2)):
            self.refuse("of higher derivatives, only the second can be read", start)
        op = "gradient" if order is None else "hessian"
        return self.node(start, op, (self.factor(), variable))

    def operator(self, start, token):
        name = token.lstrip("\\")
        return self.operated(start, OPERATORS[name])

    def operated(self, start, op):
        if self.peek() == "." and self.peek(1) == "(":  # entry by entry, as Julia has it
            self.next()
        if op in ("rows", "cols", "vstack", "hstack"):
            return self.put_together(start, op)
        op, data = op if isinstance(op, tuple) else (op, None)
        if self.peek() in ("(", "[", r"\{"):
            args = self.several(op, CLOSING[self.peek()])
            op = BINARY.get(op, op) if len(args) == 2 else op
            return self.node(start, op, args, data)
        if self.peek() == "^" and op in ELEMENTWISE:
            return self.power_of(start, op, data)
        if self.peek() in ("^", "_"):
            self.refuse("give the argument first, then the exponent")
        argument = self.factor()
        if self.starts_factor() and self.peek() != "/":
            self.refuse("where does the argument end? Write brackets")
        return self.node(start, op, (argument,), data)

    def power_of(self, start, op, data):
        """Read tanh^2(z), which is (tanh z)^2 entry by entry; tanh^-1 may be two things."""
        self.next()
        exponent = self.part()
        if exponent.op != "number" or exponent.data < 2 or self.peek() == "^":
            self.refuse("give the argument first, then the exponent")
        base = self.operated(start, (op, data))
        return self.node(start, "epower", (base, exponent))

    def put_together(self, start, word):
        """Read parts of arrays, and arrays that are put together."""
        self.expect("(")
        self.closing.append(")")
        args = [self.expression()]
        while self.take(","):
            args.append(self.expression())
        self.closing.pop()
        self.expect(")")
        place = Place(self.text, start, self.at(), book=True)
        return applied(word, tuple(args), (), place).with_(place=place)

    def several(self, op, closing):
        """Read the arguments of a function, in brackets and with commas between them."""
        fewest = len(TABLE[op].slopes) if op in TABLE else 1
        most = 2 if op in BINARY else fewest
        self.next()
        self.closing.append(closing)
        args = [self.expression()]
        while len(args) < most and self.take(","):
            args.append(self.expression())
        self.closing.pop()
        if len(args) < fewest:
            self.refuse(f"{op}() needs {fewest} arguments")
        self.expect(closing)
        return args

    def upright(self, start, token):
        """Read an upright word: d for a differential, an operator, I, or a name."""
        word = _identifier(self.group())
        if word == "d" and token != r"\mathsf":
            return self.change(start, "d")
        if word in OPERATORS:
            return self.operated(start, OPERATORS[word])
        if word == "I" and "I" not in self.declared:
            return self.node(start, "eye")
        if not word.isidentifier():
            self.refuse(f"{word!r} is not a name", start)
        called = self.peek() == "(" and len(word) > 1
        if (called or "operatorname" in token) and word not in self.declared:
            self.refuse(f"{word}() is not in the language", start)
        return self.node(start, "name", data=word)

    def bold(self, start, token):
        if self.peek() in ("1", "0") or self.name_in_braces() in ("1", "0"):
            word = self.group().strip()
            return self.node(start, "ones" if word == "1" else "zeros")
        if token == r"\mathbb":
            self.refuse("of blackboard letters, only the 1 can be read here", start)
        if self.peek() == "{":
            return self.bracketed("{", "}")
        return self.deeper(self.atom)

    def name_in_braces(self):
        if self.peek() != "{":
            return ""
        return self.peek(1) if self.peek(2) == "}" else ""

    def accent(self, start, token):
        inside = self.part()
        if inside.op != "name":
            self.refuse("an accent belongs to a name", start)
        mark = token[1:].replace("wide", "").replace("overline", "bar")
        return self.node(start, "name", data=f"{inside.data}_{mark}")

    def noted(self, start, token):
        r"""Read \underbrace{…}_{…}; the label below is a note to the reader."""
        inside = self.part()
        if self.take("_", "^"):
            self.group()
        return inside

    def shown(self, start, token):
        r"""Read \boxed{…}, \color{…}{…} and their like: what is inside."""
        if "color" in token:
            self.group()
        return self.part()

    def total(self, start, token):
        r"""Read \sum_{i=1}^{m} and what it runs over: the product that follows."""
        if not self.take("_"):
            return self.bare_total(start)
        bounds, index, low, factor = [], [], None, None
        if self.take("{"):
            self.closing.append("}")
            index, low, factor = self.runs_over()
            self.closing.pop()
            self.expect("}")
        else:
            index = [self.next()]
        if not all(len(x) == 1 and x.isalpha() for x in index):
            self.refuse("a sum runs over letters", start)
        if self.take("^"):
            if low is None:
                self.refuse("this sum has an end and no beginning", start)
            bounds = [low, self.part()]
        elif low is not None:
            self.refuse("this sum has a beginning and no end", start)
        self.running += index
        body = self.deeper(self.loose)
        del self.running[-len(index) :]
        if factor is not None:
            body = self.node(start, "product", (factor, body))
        for letter in reversed(index):
            body = self.node(start, "sigma", (body, *bounds), letter)
        return body

    def runs_over(self):
        """Read what stands below a sum: its letters, where it begins, and a factor that is 1 for
        what it runs over and else 0."""
        bracket, low, factor = self.take("("), None, None
        index = [self.next()]
        while self.take(","):
            index.append(self.next())
        if bracket:
            self.expect(")")
        if len(index) == 1 and self.take("="):
            low = self.expression()
        while len(self.peek()) == 1 and self.peek().isalpha():
            index.append(self.next())
        if self.peek() != "}":
            factor = self.condition(index)
        return index, low, factor

    def condition(self, index):
        """Read a condition below a sum, which typed text may have."""
        self.refuse(f"'}}' is missing; here stands {self.peek()!r}")

    def bare_total(self, start):
        self.refuse("say over which index this sum runs")

    def environment(self, start, token):
        kind = self.group()
        if kind not in MATRICES:
            self.refuse(f"\\begin{{{kind}}} cannot be read here", start)
        if kind == "array":
            self.group()
        rows, entries = [], []
        self.closing.append(r"\end")
        while True:
            entries.append(self.expression())
            if self.take("&"):
                continue
            rows.append(entries)
            entries = []
            if not self.take(r"\\") or self.peek() == r"\end":
                break
        self.closing.pop()
        self.expect(r"\end")
        if self.group() != kind:
            self.refuse(f"\\end{{{kind}}} is missing", start)
        if len({len(row) for row in rows}) != 1:
            self.refuse("the rows differ in length", start)
        return self.node(
            start, "matrix", (x for row in rows for x in row), (len(rows), len(rows[0]))
        )

    def ell(self, start, token):
        return self.node(start, "name", data="ell")


STOPS = {"+", "-", "&", "&&", r"\\", r"\end", "}", ")", "]", r"\}", r"\rVert", r"\rvert",
         r"\rangle", r"\rbrack", r"\]", r"\over", "$", "/", "^", "_", ".", "'", r"\label", r"\tag",
         r"\not", r"\right"}  # fmt: skip
COMMANDS = {
    r"\frac": Formula.fraction,
    r"\tfrac": Formula.fraction,
    r"\dfrac": Formula.fraction,
    r"\sqrt": Formula.root,
    r"\partial": Formula.change,
    r"\nabla": Formula.nabla,
    r"\sum": Formula.total,
    r"\begin": Formula.environment,
    r"\ell": Formula.ell,
    **{rf"\{x}": Formula.operator for x in NAMED},
    **dict.fromkeys(UPRIGHT, Formula.upright),
    **dict.fromkeys(BOLD, Formula.bold),
    **{rf"\{x}": Formula.accent for x in (*ACCENTS, "widehat", "widetilde", "overline")},
    **dict.fromkeys((r"\underbrace", r"\overbrace"), Formula.noted),
    **dict.fromkeys((r"\boxed", r"\color", r"\textcolor"), Formula.shown),
}


def _changes(node):
    """Return the factors ∂a ∂b below a second derivative."""
    if node.op == "product":
        return [x for side in node.args for x in _changes(side)]
    return [node] if node.op in ("∂", "differential") and node.args else []


def _run(place):
    """Return the indices in ``ij`` or ``12``: a product of letters, or digits."""
    if place.op in ("product", "cdot"):
        return [x for side in place.args for x in _run(side)]
    if place.op == "number" and isinstance(place.data, int) and place.data >= 10:
        return [number(int(digit)) for digit in str(place.data)]
    return [place]


def _is_scalar(node, declared):
    if node.op == "number":
        return True
    if node.op != "name":
        return False
    return declared[node.data] == () if node.data in declared else kind(node.data) == "scalar"


def _identifier(text):
    return text.replace("\\_", "_").replace(" ", "").strip("{}")
