"""Change the package, one operator, number or name at a time: does a test see each change?

    python tools/mutants.py [--sample 300 --seed 0] [MODULE…]

mutmut makes the changes in a copy of the repository, finds out which tests reach which function,
and asks these tests about each change. A sample of the changes is drawn, of all modules or of those
named (``tape``, ``algebra``). The survivors are printed by module, each with what was changed; they
are no failure: a change may mean the same.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "_build" / "mutants"
FOLDERS = ["_ext", "chapters", "tests", "tools"]
FILES = ["*.toml", "*.yml", "*.md", "*.txt", "*.cff", "LICENSE*", "Makefile"]
# What reads the package as a text, where mutmut has written its own functions between.
NOT_ASKED = [
    "tests/test_command.py::test_a_wheel_has_the_readme_the_command_and_the_types",
    "tests/test_imports.py::test_a_module_and_its_functions_are_explained",
    "tests/test_imports.py::test_a_module_needs_numpy_and_what_it_is_allowed",
    "tests/test_types.py",
]
SURVIVED, NO_TEST = 0, 33  # as mutmut notes them


def copy(modules):
    """Make the copy; the package lies in `src`, where mutmut expects it."""
    skip = shutil.ignore_patterns("__pycache__", "*.egg-info")
    WORK.mkdir(parents=True, exist_ok=True)
    for name in (*FOLDERS, "src"):
        shutil.rmtree(WORK / name, ignore_errors=True)
        shutil.copytree(ROOT / ("code" if name == "src" else name), WORK / name, ignore=skip)
    names = [path.name for pattern in FILES for path in ROOT.glob(pattern)]
    for name in names:
        shutil.copy2(ROOT / name, WORK / name)
    settings = {
        "source_paths": ["src/wuv"],
        "also_copy": ["src", *FOLDERS, *names],
        "only_mutate": [f"src/wuv/{x}{end}" for x in modules for end in (".py", "/*")],
        "pytest_add_cli_args": ["-m", "not book", *(f"--deselect={test}" for test in NOT_ASKED)],
        "use_git_change_detection": False,
        "timeout_multiplier": 3,
        "timeout_constant": 10,
    }
    with (WORK / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n[tool.mutmut]\n")
        for name, value in settings.items():
            file.write(f"{name} = {json.dumps(value)}\n")


def mutmut(*arguments, **how):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-m", "mutmut", *arguments]
    return subprocess.run(command, cwd=WORK, env=environment, text=True, **how)


def fates():
    """{change: what mutmut noted of it}, None for one that was not tried."""
    found = {}
    for path in sorted((WORK / "mutants" / "src").rglob("*.meta")):
        found |= json.loads(path.read_text("utf-8"))["exit_code_by_key"]
    return found


def place(change):
    """The module of a change: `wuv.algebra.tree` of `wuv.algebra.tree.x_name__mutmut_1`."""
    return change.rpartition(".x")[0]


def report(tried):
    """Print the survivors, each with its change, and a line for each module."""
    for change in sorted(change for change, fate in tried.items() if fate == SURVIVED):
        shown = mutmut("show", change, capture_output=True).stdout.splitlines()
        print(f"\n{change}")
        print("\n".join(x for x in shown if x[:1] in "+-" and x[:3] not in ("+++", "---")))
    counts = Counter((place(change), fate) for change, fate in tried.items())
    print("\nmodule: changes, survivors, reached by no test")
    for module in sorted({module for module, _ in counts}):
        whole = sum(count for (name, _), count in counts.items() if name == module)
        print(f"{module}: {whole}, {counts[module, SURVIVED]}, {counts[module, NO_TEST]}")
    left = sum(fate == SURVIVED for fate in tried.values())
    print(f"{len(tried)} changes, {left} survivors")


def main():
    parser = argparse.ArgumentParser(description="Does a test see each change of the package?")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="such as tape, algebra")
    parser.add_argument("--sample", type=int, default=300, help="how many changes are tried")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    copy(given.modules)
    mutmut("run", "none of them")  # makes the changes, and learns which test reaches what
    changes = sorted(fates())
    if not changes or not (WORK / "mutants" / "mutmut-stats.json").is_file():
        raise SystemExit("mutmut ended early: it says why above")
    sample = min(given.sample, len(changes))
    drawn = sorted(random.Random(given.seed).sample(changes, sample))
    print(f"{sample} of {len(changes)} changes", flush=True)
    mutmut("run", *drawn)
    after = fates()
    report({change: after[change] for change in drawn})


if __name__ == "__main__":
    main()
