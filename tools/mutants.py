"""Change the package, one operator, number or name at a time: does a test see each change?

    python tools/mutants.py [--sample 300 --seed 0 --limit 30] [MODULE…]

mutmut says what can be changed in the package's functions; of all these changes, or of those in the
modules that are named (``tape``, ``algebra``), a sample is drawn. The tests that need no book run
once as they are, and it is noted which function each of them reaches. Then, for one change after
the other, a copy of this process puts it in place and runs the tests that reach it, the quickest
first, until one fails; it is asked of so many tests as took ``--limit`` seconds together. Nothing
on the disk is changed, so what a test starts as a process of its own sees no change.

Survivors are printed, each with its change, and a table by module: what was tried, what the tests
killed, what survived them, what did not end in three times their usual work, and what no test
reaches. A survivor is no failure: a change may mean the same.
"""

import argparse
import cProfile
import difflib
import gc
import json
import math
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from types import CodeType, FunctionType
from typing import NamedTuple

import pytest
from _pytest.runner import runtestprotocol
from mutmut.mutation.file_mutation import create_mutations

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "code" / "wuv"
MEMORY = 4 << 30
FATES = ("killed", "survived", "timed out", "reached by no test", "not tried")


class Change(NamedTuple):
    """One change of a module: its text before, and its text after."""

    path: Path
    before: str
    after: str

    @property
    def module(self):
        """The module's name, without the package's."""
        return self.path.relative_to(PACKAGE).with_suffix("").as_posix()

    def __str__(self):
        lines = [x.splitlines() for x in (self.before, self.after)]
        shown = [*difflib.unified_diff(*lines, n=0, lineterm="")][2:]
        return f"{self.module} {shown[0].split()[1]}\n" + "\n".join(shown[1:])


def changes(path):
    """Return what can be changed in the functions of a module, as (its tree, the changes)."""
    tree, found, *_ = create_mutations(str(path), path.read_text("utf-8"))
    return tree, [x for x in found if x.contained_by_top_level_function]


def drawn(paths, sample, seed):
    """Return a sample of all changes of some modules, and how many there are."""
    every = [(path, *changes(path)) for path in paths]
    places = [(path, tree, x) for path, tree, found in every for x in found]
    some = random.Random(seed).sample(places, min(sample, len(places)))
    some = [(path, tree, tree.deep_replace(x.original_node, x.mutated_node))
            for path, tree, x in some]  # fmt: skip
    return [Change(path, tree.code, new.code) for path, tree, new in some], len(places)


# A change is put in place


def functions(code):
    """Yield the code of every function, those within others included."""
    for part in code.co_consts:
        if isinstance(part, CodeType):
            if part.co_flags & 0x2:  # has local variables: a function's, not a class's
                yield part
            yield from functions(part)


def altered(change):
    """Return {(name of a function, which of that name): its new code}, of those that differ."""
    old, new = ({}, {})
    for text, found in ((change.before, old), (change.after, new)):
        count = Counter()
        for code in functions(compile(text, str(change.path), "exec")):
            count[code.co_qualname] += 1
            found[code.co_qualname, count[code.co_qualname]] = code
    return {key: code for key, code in new.items() if key in old and old[key] != code}


def put_in_place(change):
    """Give the functions that are there their new code; return how many."""
    codes, original = altered(change), {}
    for code in functions(compile(change.before, str(change.path), "exec")):
        original.setdefault(code.co_qualname, []).append(code.co_firstlineno)
    count = 0
    for function in [x for x in gc.get_objects() if type(x) is FunctionType]:
        code = function.__code__
        if code.co_filename == str(change.path):
            which = original[code.co_qualname].index(code.co_firstlineno) + 1
            new = codes.get((code.co_qualname, which))
            if new is not None:
                function.__code__ = new
                count += 1
    return count


def forget():
    """Empty the caches of the package: what is in them was computed without the change."""
    for x in gc.get_objects():
        if hasattr(type(x), "cache_clear") and getattr(x, "__module__", "").startswith("wuv"):
            x.cache_clear()


# The tests are asked


def fails(item):
    """Run a test by itself; return whether it fails."""
    return any(report.failed for report in runtestprotocol(item, log=False))


def followed(items):
    """Run all tests as they are; return [(seconds, functions reached)], None where one fails."""
    found = []
    for item in items:
        profile, start = cProfile.Profile(subcalls=False, builtins=False), time.process_time()
        failed = profile.runcall(fails, item)
        codes = [x.code for x in profile.getstats() if isinstance(x.code, CodeType)]
        names = {(x.co_filename, x.co_qualname) for x in codes
                 if x.co_filename.startswith(str(PACKAGE))}  # fmt: skip
        found.append(None if failed else (time.process_time() - start, sorted(names)))
    return found


def asked(change, items, limit):
    """Return, as the number with which a process ends, whether these tests see a change."""
    try:
        if not put_in_place(change):
            return FATES.index("not tried")
    except ValueError:  # it has other variables of a function around it
        return FATES.index("not tried")
    forget()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
    return FATES.index("killed" if any(map(fails, items)) else "survived")


def in_a_copy(work):
    """Do some work in a copy of this process, which says nothing; return how it ended: the number
    that ``work`` returned, that of "not tried" for an error, or less than 0 for a signal."""
    sys.stdout.flush()
    copy = os.fork()
    if copy:
        return os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
    end = FATES.index("not tried")
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        end = work()
    finally:
        os._exit(end)


class Asking:
    """A plugin for pytest: instead of running the tests once, it asks them about each change."""

    def __init__(self, sample, limit):
        self.sample, self.limit, self.fates = sample, limit, []

    def pytest_runtestloop(self, session):
        """Return True: the tests were run."""
        known = self.known(session.items)
        for change in sorted(self.sample, key=str):
            fate, count = self.fate(change, known)
            self.fates.append((change.module, fate))
            if fate in ("survived", "reached by no test"):
                said = f" {count} tests" if count else ""
                print(f"\n{fate}{said}: {change}", flush=True)
        return True

    def known(self, items):
        """Return {function: [(seconds, test)]}, the quickest tests first."""
        with tempfile.NamedTemporaryFile() as file:
            note = Path(file.name)
            in_a_copy(lambda: note.write_text(json.dumps(followed(items))) and 0)
            found = json.loads(note.read_text() or "null")
        if not found:
            raise pytest.UsageError("the tests did not come to their end")
        known = {}
        for item, one in zip(items, found, strict=True):
            if one is None:
                print(f"not asked, since it fails without a change: {item.nodeid}", flush=True)
                continue
            seconds, names = one
            for name in names:
                known.setdefault(tuple(name), []).append((seconds, item))
        return {k: sorted(x, key=lambda pair: pair[0]) for k, x in known.items()}

    def fate(self, change, known):
        """Return one of `FATES`, and how many tests were asked at most."""
        names = {(str(change.path), name) for name, _ in altered(change)}
        if not names:
            return "not tried", 0
        total, tests = 0, {}
        for seconds, item in sorted((x for name in names for x in known.get(name, ())),
                                    key=lambda pair: pair[0]):  # fmt: skip
            if item not in tests and total + seconds < self.limit:
                total += seconds
                tests[item] = None
        if not tests:
            return "reached by no test", 0
        limit = math.ceil(3 * total) + 10
        end = in_a_copy(lambda: asked(change, tests, limit))
        if end in (-signal.SIGXCPU, -signal.SIGKILL):
            return "timed out", len(tests)
        return FATES[end] if end >= 0 else "killed", len(tests)  # a signal: it broke down


def report(fates):
    """Print a table by module."""
    counts = Counter(fates)
    print(f"\n{'':32}" + "".join(f"{x:>20}" for x in ("tried", *FATES)))
    rows = [(x, [x]) for x in sorted({module for module, _ in counts})]
    for title, modules in [*rows, ("all", [x for x, _ in rows])]:
        row = [sum(counts[x, fate] for x in modules) for fate in FATES]
        print(f"{title:32}" + "".join(f"{x:20}" for x in (sum(row[:3]), *row)))


def modules(names):
    """Return the paths of the modules of these names, or of all."""
    found = sorted(PACKAGE.rglob("*.py"))
    if names:
        whole = [PACKAGE / x for x in names]
        found = [x for x in found if any(y in (x.with_suffix(""), *x.parents) for y in whole)]
    return found


def main():
    """Draw, ask, report; return the exit status."""
    parser = argparse.ArgumentParser(description="Does a test see each change of the package?")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="such as tape, algebra")
    parser.add_argument("--sample", type=int, default=300, help="how many changes are tried")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=float, default=30, help="seconds of tests for a change")
    given = parser.parse_args()
    os.chdir(ROOT)
    paths = modules(given.modules)
    if not paths:
        parser.error(f"no module of wuv is called {' or '.join(given.modules)}")
    sample, every = drawn(paths, given.sample, given.seed)
    print(f"{len(sample)} of {every} changes", flush=True)
    asking = Asking(sample, given.limit)
    options = ["-q", "-s", "--no-header", "-n0", "-p", "no:cacheprovider"]
    options += ["-m", "not book and not frameworks"]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        status = pytest.main([*options, "--hypothesis-seed=0"], plugins=[asking])
    report(asking.fates)
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
