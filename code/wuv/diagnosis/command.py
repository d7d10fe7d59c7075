"""Name the mistake in a gradient: where it parts from the derivation, and which slip it is.

The answer is NumPy text, LaTeX, or a formula as people type it. Exit status: 0 for an answer that
is right, be it in another layout or for another convention, 1 for one that is not, 2 for a command
or a file that cannot be understood. With --class, a CSV file of answers becomes a table of mistakes
and a line for each student.
"""

import json
import sys

from wuv.algebra import AlgebraError
from wuv.csv_tables import BadTable
from wuv.diagnosis import GOOD, diagnose
from wuv.diagnosis.classroom import as_dict, marked, read_class, save, summary
from wuv.diagnosis.question import BOOK

HELP = "name the mistake in a gradient"


def arguments(parser):
    """Say what the verb takes."""
    parser.add_argument("answer", metavar="ANSWER", nargs="?", help="a gradient, as it was typed")
    parser.add_argument("--wrt", metavar="X", help="the variable")
    parser.add_argument(
        "--loss", metavar="LOSS", default=BOOK, help="as for derive; default: %(default)s"
    )
    parser.add_argument("--shapes", metavar="DECL", help='such as "A:m,n; x:n,1; w:n; t:"')
    parser.add_argument("--assume", metavar="WHAT", help='such as "S symmetric; y one-hot"')
    parser.add_argument("--hessian", action="store_true", help="it is the Hessian in a column")
    parser.add_argument("--step", action="store_true", default=None, help="it is an update rule")
    parser.add_argument(
        "--from", dest="language", choices=("numpy", "latex"), help="the language of ANSWER"
    )
    parser.add_argument(
        "--hint",
        type=int,
        choices=(1, 2),
        default=2,
        metavar="N",
        help="how far to go: 1 says where, 2 which slip too; default: %(default)s",
    )
    parser.add_argument("--solution", action="store_true", help="say what is right, too")
    parser.add_argument("--all", action="store_true", help="say which other slips come to the same")
    parser.add_argument(
        "--class",
        dest="students",
        metavar="FILE",
        help="a CSV file with the columns name and answer, or name and one for each variable",
    )
    parser.add_argument("--out", metavar="FILE", help="with --class: write .csv or .json there")
    parser.add_argument("--json", action="store_true", help="everything, for programs")


def run(options):
    """Print what was diagnosis and return the exit status."""
    if (options.answer is None) == (options.students is None):
        return _refused(options, "an ANSWER is wanted, or a file with --class")
    try:
        if options.students is not None:
            return _class(options)
        if options.wrt is None:
            return _refused(options, "--wrt says in which variable")
        diagnosis = diagnose(
            options.answer,
            options.wrt,
            options.loss,
            options.shapes,
            step=options.step,
            language=options.language,
            order=2 if options.hessian else 1,
            assume=options.assume,
        )
    except (AlgebraError, BadTable) as error:
        return _refused(options, str(error))
    print(diagnosis.to_json() if options.json else "\n".join(_said(diagnosis, options)))
    return 0 if diagnosis.verdict in GOOD else 1


def _said(diagnosis, options):
    """Yield the lines that were asked for."""
    yield diagnosis.shown(options.hint)
    if options.all and diagnosis.also:
        yield diagnosis.others()
    if options.solution and diagnosis.solution:
        yield f"Right is: {diagnosis.solution}"
    if diagnosis.chapter:
        yield f"More: chapter {diagnosis.chapter}"


def _class(options):
    lines = marked(read_class(options.students, options.wrt), options.loss, options.shapes)
    if options.out:
        save(options.out, lines)
    if options.json:
        print(json.dumps(as_dict(lines), ensure_ascii=False, indent=2))
        return 0
    width = max(len(x.name) for x in lines)
    for kind, count in summary(lines):
        print(f"{count:5}  {kind}")
    print()
    for x in lines:
        print(f"{x.name:<{width}}  {x.wrt}  {x.kind}  {x.diagnosis.headline}")
    return 0


def _refused(options, message):
    if options.json:
        print(json.dumps({"error": message}, ensure_ascii=False))
    print(f"diagnose: {message}", file=sys.stderr)
    return 2
