r"""Formulas as people type them: LaTeX's grammar, in the signs of a keyboard.

>>> read_typed("2*W'(Wu - v)", {"W", "u", "v"})
product(star(number(2), transpose(name(W))), sub(product(name(W), name(u)), name(v)))
>>> read_typed("½‖Ax‖₂²")
product(div(number(1), number(2)), power(norm(product(name(A), name(x)), 2), number(2)))

Nobody types formulas as one program wants them: a missing multiplication sign, ᵀ or ' for a
transpose, ‖ ‖ for a norm, MATLAB's, Julia's and R's products. Here such a text becomes the tokens
that `wuv.algebra.latex_formula` reads. What a sign means by the sizes of what it stands between,
``star`` (*), ``bars`` (|x|) and a column's power, is settled by `wuv.algebra.meant`.
"""

import itertools
import re
from contextlib import suppress

from wuv.algebra.functions import WORDS, applied
from wuv.algebra.latex_formula import BARS, CLOSING, TRANSPOSE, Formula
from wuv.algebra.latex_tokens import TEXT, UPRIGHT
from wuv.algebra.names import INDICES, known_as
from wuv.algebra.tree import Expr, Place, Unreadable, name, number, rebuild, walk
from wuv.algebra.typed_tokens import NAMED, PREFIXES, lexemes, typed_tokens

ONE, MINUS_ONE = number(1), Expr("neg", (number(1),))
TIGHT = {"*": "star", "@": "product", "·": "cdot", ".": "cdot", ".*": "times", "./": "edivide",
         "%o%": "outer", "⧵": "solve"}  # fmt: skip
REDUCED = {"sum", "mean", "prod", "maximum", "minimum"}  # Julia's take a function first
WITHIN = (r"\in", "∈")
WITHOUT = (r"\ne", r"\neq", "≠", "!=")
BOOKISH = {"matmul": "product", "dot": "cdot", "np_inner": "cdot", "np_diag": "diag",
           "matrix_power": "power", "multiply": "times"}  # fmt: skip


def read_typed(text, names=(), found=None, *, closed=False, latex=None):
    """Return the tree of a formula as it is typed on a keyboard, in LaTeX, or in both.

    ``names`` are those that it may have, with their sizes if it is a mapping; where they are
    ``closed``, a word that is none of them is still one name. ``found`` are the formula's own
    lexemes. In LaTeX a word that nobody declared is a product of its letters.

    Raises `Unreadable`, with the place.
    """
    found = lexemes(text) if found is None else found
    try:
        return _read(text, names, found, closed, latex)
    except Unreadable as error:
        bars = [*_apart(found)]  # |a||b|
        with suppress(Unreadable):
            if len(bars) > len(found):
                return _read(text, names, bars, closed, latex)
        raise error


def _apart(found):
    """Yield lexemes with every || as two bars."""
    for x in found:
        if x.text == "||":
            yield x._replace(text="|", stop=x.start + 1)
            x = x._replace(text="|", start=x.start + 1)
        yield x


def _read(text, names, found, closed, latex):
    latex = any(x.kind == "command" for x in found) if latex is None else latex
    tokens = typed_tokens(text, names, found, closed=closed, latex=latex)
    reader = Typed(text, tokens, names, closed, latex)
    if not reader.tokens:
        raise Unreadable("there is nothing to read", Place(text, 0, 0))
    tree = reader.whole()
    if reader.peek() in {*CLOSING.values(), "}"}:
        reader.refuse(f"nothing is open that {reader.typed()!r} could close")
    if reader.peek():
        reader.refuse(f"{reader.typed()!r} cannot be read here")
    return tree


class Typed(Formula):
    """Reads one formula; the tokens are LaTeX's, the grammar forgives more."""

    def __init__(self, text, tokens, names, closed, latex):
        self.names, self.closed, self.latex = names, closed, latex
        sizes = names.items() if isinstance(names, dict) else ()
        declared = {k: x for k, x in sizes if x is not None}
        super().__init__(text, declared, {"L", "f", "ell", "phi", "varphi", "psi"}, tokens)

    def typed(self):
        """Return the sign that stands here, as it was typed."""
        token = self.tokens[self.i]
        return self.text[token.start : token.stop] or token.text

    def group(self):
        """Return the tokens in {…}, with blanks between them."""
        if self.peek() != "{":
            return self.next()
        depth, found = 0, []
        while True:
            token = self.next()
            depth += (token == "{") - (token == "}")
            if depth == 0:
                return " ".join(found[1:])
            found.append(token)

    def refuse(self, message, start=None):
        if self.peek() and re.search(r"\\[a-z]", message) and not self.latex:
            message = re.sub(r"\\[A-Za-z]+", lambda _: self.typed(), message)
        super().refuse(message, start)

    def juxtaposed(self):
        start = self.at()
        tree = self.factor()
        while True:
            sign = self.peek()
            if sign == "/":
                self.next()
                numeric, below = tree.op == "number", self.factor()
                tree = self.quotient(start, tree, below)
                if self.starts_factor() and not self.stands_beside(numeric, below, tree):
                    self.refuse("does this stand below the slash? Write brackets")
            elif sign in TIGHT:
                self.next()
                right = self.signed() if self.peek() == "-" else self.factor()
                while sign in ("·", ".") and tree.op != "number" and self.is_matrix(right):  # x·Ax
                    right = self.node(start, "product", (right, self.factor()))
                if sign == "%o%":
                    right, sign = self.node(start, "transpose", (right,)), "@"
                if sign == "⧵":
                    tree, sign = self.node(start, "inv", (tree,)), "@"
                tree = self.node(start, TIGHT[sign], (tree, right))
            elif self.starts_factor():
                tree = self.node(start, "product", (tree, self.factor()))
            else:
                return tree

    def is_matrix(self, node):
        """Return whether a matrix stands there, and what it is multiplied by follows."""
        last = node.args[-1] if node.op == "product" else node
        last = last.args[0] if last.op == "transpose" else last
        return self.rank(last) == 2 and self.starts_factor()

    def starts_factor(self):
        return self.peek() not in TIGHT and super().starts_factor()

    def stands_beside(self, numeric, below, whole):
        """Return whether what follows a fraction is no part of its denominator."""
        token = self.tokens[self.i]
        apart = self.text[token.start - 1].isspace()
        if numeric and (apart or token.text == "‖" or token.kind == "function"):
            return True
        if token.text in ("(", "["):
            return numeric and below.op == "number" and self.has_array()
        return self.plain_fraction(below, whole)

    def has_array(self):
        """Return whether the bracket that begins here, or what is transposed behind it, is or has
        an array: no number is divided by it."""
        depth = 0
        for i, token in enumerate(self.tokens[self.i :], self.i + 1):
            depth += (token.text in "([") - (token.text in ")]")
            node = Expr("name", data=token.text)
            letter = token.kind == "name" or (token.text.isalpha() and not token.kind)
            if token.text == "‖" or (letter and self.rank(node)):
                return True
            if depth == 0:
                after = [x.text for x in self.tokens[i : i + 4] if x.text not in "{}"]
                return after[:1] == ["'"] or (
                    after[:1] == ["^"] and after[1:2] in (["T"], [r"\top"])
                )
        return False

    def primed(self, start, node):
        if node.op == "name" and f"{node.data}_prime" in self.names:
            return super().primed(start, node)
        if node.data in self.functions - {*self.names} and self.peek() == "(":
            self.refuse("this is a derivative: write out what it is", start)
        return self.transposed(start, node)

    def is_transpose(self, mark):
        last = mark.split()[-1] if mark.split() else ""
        styled = mark.split()[:-1]
        if not all(x in TEXT | UPRIGHT or x.startswith(r"\text") for x in styled):
            return False
        if last in ("T", "t", "tr") and not styled and self.is_number(last):
            return False
        return mark in TRANSPOSE or last in ("T", "t", "tr", r"\top", r"\prime", "'")

    def is_number(self, word):
        """Return whether an exponent is a number by declaration; what is an array, or a T of
        which nothing is known, is none."""
        sizes = self.declared.get(word)
        return sizes == () if sizes is not None or word == "T" else word in self.names

    def mark(self):
        if self.peek() == "(" and self.peek(2) == ")":
            self.marked = self.i
            inside = self.peek(1)
            self.i += 3
            return inside
        if self.peek() == "(" and self.peek(1) == "-" and self.peek(3) == ")":
            self.marked = self.i
            inside = f"-{self.peek(2)}"
            self.i += 4
            return inside
        return super().mark()

    def atom_one(self):
        start = self.at()
        if self.take("-"):
            return self.node(start, "neg", (self.deeper(self.atom),))
        return self.deeper(self.atom)

    def raised(self, start, base):
        sample = [self.peek(i) for i in range(5)]
        if sample == ["{", "(", sample[2], ")", "}"] and sample[2] in self.running:  # x^{(i)}
            self.i += 5
            return self.node(start, "entry", (base, self.node(start, "name", data=sample[2])))
        if self.take(r"\odot"):  # x^⊙2
            return self.node(start, "epower", (base, self.atom_one()))
        if (
            self.peek() == "-"
            and self.peek(1) in ("T", r"\top")
            and self.is_transpose(self.peek(1))
        ):
            self.i += 2  # A^-T
            return self.node(start, "transpose", (self.node(start, "inv", (base,)),))
        if base == Expr("name", data="e") and "e" not in self.names and self.peek() == "t":
            return self.node(start, "exp", (self.atom_one(),))
        braced = self.peek() in ("{", "(")
        tree = super().raised(start, base)
        if tree.op == "transpose" and base.op == "number":
            return self.transposed(start, base)
        one = tree.op == "inv" or (tree.op == "power" and tree.args[1] in (ONE, MINUS_ONE))
        if one and not braced and self.peek() == "/":
            self.refuse("is the fraction the exponent? Write brackets, as in s^(1/2)")
        return tree

    def transposed(self, start, node):
        """Return a transpose; of the number 1 it is that of a column of ones."""
        if node.op == "number":
            if node != ONE:
                self.refuse("a number has no transpose", start)
            node = self.node(start, "ones")
        return self.node(start, "transpose", (node,))

    def subscripted(self, start, base):
        inside = base.args[0] if base.op == "power" else base
        if inside.op == "bars":  # |x|_2
            norm = inside.with_(op="norm")
            base = base.with_(args=(norm, base.args[1])) if base.op == "power" else norm
        elif inside.op in ("det", "trace", "sum", "mean"):
            self.refuse("a number has no entries")
        return super().subscripted(start, base)

    def labelled(self, start, base):
        """Return the name W1 or W_1 for W₁, whichever the formula may have."""
        kept = self.i
        label = self.mark()
        if label in self.running and f"{base.data}_{label}" not in self.names:
            self.i = kept
            return None
        for key in (f"{base.data}_{label}", f"{base.data}{label}"):
            if base.op == "name" and label.isdigit() and key in self.names:
                return self.node(start, "name", data=key)
        self.i = kept
        return super().labelled(start, base)

    def postfixed(self):
        tree, start = super().postfixed(), self.at()
        if self.take(".^"):
            return self.node(start, "epower", (tree, self.atom_one()))
        while self.peek() == "." and self.tokens[self.i + 1 : self.i + 2]:
            if self.tokens[self.i + 1].kind != "function":
                break
            self.next()
            tree = self.called(start, self.next(), (tree,))
        glued = self.peek() and self.text[self.at() - 1 : self.at()].strip()
        if tree.op in ("norm", "bars") and self.peek()[:1].isdigit() and glued:
            self.refuse("for a square type ^2 behind the norm")
        if self.peek() == "[" != self.peek(1) and glued and self.is_index():  # [[ is a matrix
            self.refuse("for an entry type x_1, counting from 1, or a formula of NumPy alone")
        return tree

    def is_index(self):
        """Return whether the bracket that begins here has what picks an entry: 0, i, :, a comma."""
        inside = list(itertools.takewhile("]".__ne__, (x.text for x in self.tokens[self.i + 1 :])))
        alone = len(inside) == 1 and (inside[0][:1].isdigit() or inside[0] in INDICES)
        return alone or not {":", ","}.isdisjoint(inside)

    def delimited(self, start, opening):
        if opening == "[" and self.peek(1) == "[":
            return applied("array", (self.listed(),), {}, Place(self.text, start, self.at()))
        if opening == r"\langle":
            self.next()
            self.closing.append(r"\rangle")
            first = self.expression()
            if not self.take(","):
                self.refuse("in an inner product <a, b> a comma is missing", start)
            second = self.expression()
            self.closing.pop()
            self.expect(r"\rangle")
            return self.node(start, "inner", (first, second))
        tree = super().delimited(start, opening)
        return tree.with_(op="bars") if tree.op == "abs" and opening in BARS else tree

    def atom(self):
        start = self.at()
        token = self.tokens[self.i] if self.peek() else None
        if token and token.kind == "name":
            self.next()
            return self.node(start, "name", data=token.text)
        if token and token.kind == "function":
            return self.function(start)
        if token and token.kind == "value":
            self.refuse("a text in quotes is no formula")
        if token and token.kind == "unknown":
            known = token.text in WORDS
            said = "needs its argument in brackets" if known else "is not in the language"
            self.refuse(f"{token.text}() {said}")
        tree = super().atom()
        one = tree == ONE or (tree.op == "ones" and not tree.args)
        return self.indicator(start) if one and self.equation_inside() else tree

    def equation_inside(self):
        """Return whether brackets begin here that have an equation in them, as in 1{y = k}."""
        closing = CLOSING.get(self.peek()) if self.peek() in ("(", "[", r"\{") else None
        inside = [x.text for x in self.tokens[self.i + 1 :]]
        return closing in inside and "=" in inside[: inside.index(closing)]

    def indicator(self, start):
        """Read {y = k}: at_y, a column of 1 at y and 0 elsewhere, at k; of y_i a row for each i."""
        closing = CLOSING[self.next()]
        self.closing.append(closing)
        label = self.expression()
        self.expect("=")
        at = self.expression()
        self.closing.pop()
        self.expect(closing)
        inside = label.args[0] if label.op == "entry" and len(label.args) == 2 else label
        if inside.op != "name" or at.op != "name" or at.data not in self.running:
            self.refuse(
                "of indicators, only those such as 1{y = k} in a sum over k can be read", start
            )
        mark = self.node(start, "name", data=f"{'at' if inside is label else 'At'}_{inside.data}")
        return self.node(start, "entry", (mark, *label.args[1:], at))

    def change(self, start, token):
        """Let dG, typed in a loss or an answer, be a name: the usual one of a gradient in G."""
        if token != "d" or self.peek()[:1] in ("", "^") or not self.starts_factor():
            return super().change(start, token)
        what = self.deeper(self.atom)
        if what.op == "name":
            return self.node(start, "name", data=f"d{what.data}")
        return self.node(start, "differential", (what,))

    def letter(self, start):
        if self.peek() == "d" and self.closed and self.tokens[self.i + 1 : self.i + 2]:
            after = self.tokens[self.i + 1]
            if "d" not in self.names and (after.kind or after.text in ("(", "‖", "|")):
                return self.change(start, self.next())
        return super().letter(start)

    def accent(self, start, token):
        tree = super().accent(start, token)
        return tree.with_(data=known_as(tree.data, self.names) or tree.data)

    def may_be_matrix(self, node):
        return node.op == "name" and node.data not in self.declared

    # Sums

    def condition(self, index):
        r"""Read what is summed over, \in S, or left out, \ne t: as in_S, a column of 1 where an
        index is in S and of 0 elsewhere, and as 1 − at_t."""
        start, sign = self.at(), self.next()
        inside = self.factor()
        if inside.op != "name" or sign not in (*WITHIN, *WITHOUT):
            self.refuse(
                "of conditions, only those such as i \\in S and j \\ne t can be read", start
            )
        places = [self.node(start, "name", data=x) for x in index]
        if sign in WITHIN and len(index) <= 2:
            mask = self.node(
                start, "name", data=f"{'in' if len(index) == 1 else 'In'}_{inside.data}"
            )
            return self.node(start, "entry", (mask, *places))
        if len(index) > 1 or inside.data in INDICES:
            self.refuse(f"type two sums: is {inside.data} fixed, or does it run, too?", start)
        mask = self.node(start, "name", data=f"at_{inside.data}")
        return self.node(start, "sub", (ONE, self.node(start, "entry", (mask, *places))))

    def bare_total(self, start):
        return self.over_its_index(start, self.deeper(self.loose))

    def over_its_index(self, start, body):
        """Return a sum over the one index that its body has, or over the body's entries."""
        body = rebuild(body, self.unlabelled)
        met = [y.data for x in walk(body) if x.op == "entry" for y in x.args[1:] if y.op == "name"]
        met = {x for x in met if x in INDICES and x not in {*self.running, *self.declared}}
        met -= {x.data for x in walk(body) if x.op == "sigma"}
        if len(met) > 1:
            self.refuse(
                f"over which of {', '.join(sorted(met))} does this sum run? Type sum_i", start
            )
        if met:
            return self.node(start, "sigma", (body,), met.pop())
        return self.node(start, "sum", (body,))

    def unlabelled(self, node):
        """Return t_i, a name of its own outside of a sum, as an entry of t."""
        base, _, label = node.data.rpartition("_") if node.op == "name" else ("", "", "")
        if not base or label not in INDICES or node.data in self.declared:
            return node
        letters = (name(x).with_(place=node.place) for x in (base, label))
        return Expr("entry", tuple(letters), place=node.place)

    def upright(self, start, token):
        word = self.peek(1).strip() if self.peek() == "{" else ""
        if word in WORDS and (word in PREFIXES or self.peek(3) == "("):
            self.group()
            return self.function(start, word)
        if word in self.names:
            self.group()
            return self.node(start, "name", data=word)
        return super().upright(start, token)

    # Functions

    def function(self, start, word=None):
        """Read a function and what it works on; its word is still to come, if it is not given."""
        word = word or self.next()
        if self.peek() == "(" and self.text[self.at() - 1 : self.at()].strip():
            return self.called(start, word)
        if WORDS[word][0] == "trace":  # of all that follows: no matrix stands behind a number
            return self.node(start, "trace", (self.juxtaposed(),))
        argument = self.factor()  # sum (y − Xw)², log|S|
        if self.starts_factor():
            self.refuse("where does the argument end? Write brackets")
        if word == "sum":
            return self.over_its_index(start, argument)
        return self.bookish(start, applied(word, (argument,), {}, self.spot(start)))

    def called(self, start, word, args=()):
        args, keywords = list(args), []
        self.expect("(")
        if word in REDUCED and self.peek(1) == "," and self.tokens[self.i].kind == "function":
            each = self.next()  # sum(abs2, x)
            self.next()
            self.closing.append(")")
            inside = applied(each, (self.argument(),), {}, self.spot(start))
            self.closing.pop()
            self.expect(")")
            return self.bookish(start, applied(word, (inside,), {}, self.spot(start)))
        self.closing.append(")")
        while self.peek() != ")":
            if self.peek(1) == "=":
                key = self.next()
                self.next()
                keywords.append((key, self.argument()))
            else:
                args.append(self.argument())
            if not self.take(","):
                break
        self.closing.pop()
        self.expect(")")
        index = args[1] if word == "sum" and len(args) == 2 else None
        if index is not None and index.op == "name" and index.data in INDICES:
            return self.node(start, "sigma", (args[0],), index.data)
        if word == "sum" and len(args) == 1 and not keywords:
            return self.over_its_index(start, args[0])
        return self.bookish(start, applied(word, tuple(args), keywords, self.spot(start)))

    def spot(self, start):
        return Place(self.text, start, self.tokens[self.i - 1].stop)

    def bookish(self, start, node):
        """Return a function's node in the book's operations."""
        args, op = node.args, BOOKISH.get(node.op, node.op)
        if op == "item":
            return args[0]
        if op == "outer":
            return self.node(start, "product", (args[0], self.node(start, "transpose", args[1:])))
        if op in ("ravel", "reshape"):
            self.refuse("this is NumPy's: write the whole formula in NumPy", start)
        data = None if node.data in ((None, False), "C") else node.data
        return self.node(start, op, args, data)

    def argument(self):
        """Read what a function takes: a formula, or what stands where no formula can."""
        start, word = self.at(), self.peek()
        kind = self.tokens[self.i].kind if word else ""
        if kind == "value" or (word in NAMED and word not in self.names):
            self.next()
            said = "fro" if word in ("F", "f") else word  # in R
            return self.node(start, "value", data=NAMED.get(said, said))
        if word == "[" or (word == "(" and self.comma_inside()):
            return self.listed()
        return self.expression()

    def comma_inside(self):
        depth = 0
        for token in self.tokens[self.i :]:
            depth += (token.text in CLOSING) - (token.text in ")]")
            if depth == 1 and token.text == ",":
                return True
            if depth == 0:
                return False
        return False

    def listed(self):
        start, closing = self.at(), CLOSING[self.next()]
        self.closing.append(closing)
        inside = []
        while self.peek() != closing:
            inside.append(self.deeper(self.argument))
            if not self.take(","):
                break
        self.closing.pop()
        self.expect(closing)
        return self.node(start, "list", inside)
