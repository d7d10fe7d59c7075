"""Find the gradient of a loss, step by step, and print the steps with their reasons.

Of a column such as tanh(W x + b) it is the Jacobian, of a matrix its change, linear in dX; with
--hessian, of a loss, the Hessian.

Every step is tried at random points before it is shown. Exit status: 0 for a gradient, 1 for a
refusal, which is one line, 2 for a command that cannot be understood.
"""

import json
import sys

from wuv.algebra import AlgebraError
from wuv.derivation import CannotDerive, derive, derive_all
from wuv.derivation.listings import LANGUAGES

HELP = "find a gradient, step by step"


def arguments(parser):
    """Say what the verb takes."""
    parser.add_argument("loss", metavar="LOSS", help="NumPy text, LaTeX, or as people type it")
    parser.add_argument(
        "--wrt", required=True, metavar="X", help="the variable; several: W,u,v; or: all"
    )
    parser.add_argument("--shapes", metavar="DECL", help='such as "A:m,n; x:n,1; w:n; t:"')
    parser.add_argument("--assume", metavar="WHAT", help='such as "S symmetric; y one-hot"')
    parser.add_argument("--hessian", action="store_true", help="the second derivative of LOSS")
    routes = ("differential", "components", "jacobian")
    parser.add_argument("--route", choices=routes, default=routes[0], help="how it is found")
    parser.add_argument(
        "--from",
        dest="language",
        choices=("numpy", "latex"),
        help="the language of LOSS, where its signs would mislead",
    )
    parser.add_argument("--sizes", action="store_true", help="the size of each factor, below it")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="everything, for programs")
    form.add_argument("--latex", action="store_true", help="the steps, as an aligned display")
    form.add_argument("--numpy", action="store_true", help="the answer alone, as NumPy text")
    form.add_argument("--code", choices=LANGUAGES, help="a function of the value and the gradient")
    form.add_argument("--text", action="store_true", help="the steps, as plain text (the default)")


def run(options):
    """Print a derivation and return 0, or say in one line why there is none and return 1."""
    try:
        found = _found(options)
        text = _written(found, options)
    except AlgebraError as error:
        if options.json:
            print(json.dumps({"error": str(error)}, ensure_ascii=False))
        print(f"derive: {error}", file=sys.stderr)
        return 1
    print(text)
    return 0


def _found(options):
    """Return what was asked about the loss."""
    together = options.wrt == "all" or "," in options.wrt
    if not together:
        order = 2 if options.hessian else 1
        return derive(
            options.loss,
            options.wrt,
            options.shapes,
            order=order,
            route=options.route,
            language=options.language,
            sizes=options.sizes,
            assume=options.assume,
        )
    if options.hessian or options.assume or options.route != "differential":
        raise CannotDerive("several variables have plain gradients only: one derivation for each")
    wrt = None if options.wrt == "all" else options.wrt
    given = {"language": options.language, "sizes": options.sizes}
    return derive_all(options.loss, wrt, options.shapes, **given)


def _written(found, options):
    """Return what was asked for."""
    if options.json:
        return json.dumps(found.to_dict(), ensure_ascii=False, indent=2)
    if options.code:
        return found.code(options.code).rstrip()
    if options.latex:
        return found.aligned()
    return found.program_text if options.numpy else str(found)
