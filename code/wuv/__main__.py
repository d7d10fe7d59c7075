"""The command line: ``wuv VERB …``, which is ``python -m wuv VERB …`` as well.

A verb is a module with a ``HELP``, ``arguments(parser)`` that says what it takes, and
``run(options)`` that does it and returns the exit status. A new one is a line in `VERBS`.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

VERBS = {
    "check": "wuv.equations.command",
    "derive": "wuv.derivation.command",
    "diagnose": "wuv.diagnosis.command",
    "worksheet": "wuv.worksheet.command",
}


def main(given: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit status: 0 well, 1 something is wrong, 2 a bad command, and
    141, as a shell says it, if nobody reads on, as in ``wuv check chapters | head -1``."""
    try:
        try:
            return _run(sys.argv[1:] if given is None else given)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # what is still waiting to be printed goes nowhere, or Python would complain at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _run(given):
    """Run the verb of a command line."""
    parser = argparse.ArgumentParser("wuv", description="Gradients, executed.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, where in VERBS.items():
        module = import_module(where)
        verb_parser = verbs.add_parser(
            verb,
            help=module.HELP,
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.arguments(verb_parser)
        verb_parser.set_defaults(run=module.run)
    options = parser.parse_args([_formula_first(x) for x in given])
    return options.run(options)


def _formula_first(argument):
    """Return an argument such that −np.sum(x) is a formula and not an option: with a blank."""
    is_formula = argument[:1] == "-" and argument[1:2] != "-" and argument != "-h"
    return f" {argument}" if is_formula else argument


if __name__ == "__main__":
    sys.exit(main())
