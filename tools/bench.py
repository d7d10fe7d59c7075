"""Measure the package against what it cannot beat, and how long a derivation and a verdict take.

Every row is a ratio of medians of interleaved runs in this one process, so that noise hits all
alike. Differences are compared with 2N bare evaluations of the loss, gradients with a copy of W,
those of a batch with the same lines by hand, the slopes of a chain of products with one evaluation
of it, and the start of a Python that imports the package with one that imports NumPy.
The losses of `tests/cases/gradients.jsonl` are derived; each has its known gradient judged, that
with one place changed, and a bare name, which is far from anything.
On a busy machine OPENBLAS_NUM_THREADS=1 steadies the second table: threads that share out a product
wait for the last of them.
"""

import json
import os
import platform
import random
import subprocess
import sys
import time
import warnings
from functools import partial
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from timeit import timeit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import autograd
import autograd.numpy as anp
import numdifftools
import numpy as np
from matplotlib.figure import Figure
from scipy.optimize._numdiff import approx_derivative
from wrong_gradients import changes

import wuv
from wuv.algebra import AlgebraError

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "_build" / "bench.svg"
CASES = ROOT / "tests" / "cases" / "gradients.jsonl"
BATCH = 64
PACKAGES = ["numpy", "scipy", "numdifftools", "autograd", "torch", "jax"]
# Okabe and Ito's colours, told apart by everyone; markers and lines tell them apart in grey.
COLOURS = ["#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#777777"]
LINES = ["-", "o-", "s--", "^-.", "D:", "v-", "P--", "X-."]


def plain_loss(W, u, v):
    r = W @ u - v
    return (r * r).sum()


def problem(n, N=1):
    rng = np.random.default_rng(n)
    return tuple(rng.standard_normal(shape) for shape in ((n, n), (n, N), (n, N)))


def by_hand(W, u, v):
    """The three gradients in three lines, from one residual."""
    r = 2 * (W @ u - v)
    return r @ u.T, W.T @ r, -r


def differences(n):
    """What measures the slopes of the loss in the n² entries of W; the floor comes first."""
    W, u, v = problem(n)
    f, start, direction = partial(plain_loss, u=u, v=v), W.reshape(-1), np.ones((n, n))

    def flat(x):
        return f(x.reshape(n, n))

    def floor():
        for _ in range(2 * n * n):
            f(W)

    runs = {
        "2N evaluations of the loss": floor,
        "wuv.central_difference": lambda: wuv.central_difference(f, W),
        "SciPy approx_derivative, 3-point": lambda: approx_derivative(
            flat, W.reshape(-1), method="3-point"
        ),
        "wuv.directional_derivative": lambda: wuv.directional_derivative(f, W, direction),
    }
    if n <= 50:  # beyond that it takes minutes
        runs["numdifftools.Gradient"] = lambda: numdifftools.Gradient(flat)(start)
    return runs


def gradients(n):
    """What computes all three gradients; the copy comes first."""
    W, u, v = problem(n)
    out = [np.empty_like(a) for a in (W, u, v)]

    reverse = autograd.grad(lambda a: anp.sum((anp.dot(a[0], a[1]) - a[2]) ** 2))
    runs = {
        "a copy of W": W.copy,
        "a copy into a given array": lambda: np.copyto(out[0], W),
        "wuv.gradients, into given arrays": lambda: wuv.gradients(W, u, v, out=out),
        "wuv.gradients": lambda: wuv.gradients(W, u, v),
        "three NumPy lines": lambda: by_hand(W, u, v),
        "autograd": lambda: reverse((W, u, v)),
    }
    for name, make in (("torch", torch_run), ("jax", jax_run)):
        if installed(name):
            runs[name] = make(import_module(name), W, u, v)
    return runs


def batches(n):
    """What computes all three gradients of a batch; the same lines by hand come first."""
    W, u, v = problem(n, BATCH)
    out = [np.empty_like(a) for a in (W, u, v)]
    runs = {
        "the same lines by hand": lambda: by_hand(W, u, v),
        "wuv.gradients, into given arrays": lambda: wuv.gradients(W, u, v, out=out),
        "wuv.gradients": lambda: wuv.gradients(W, u, v),
    }
    for name, make in (("torch", torch_run), ("jax", jax_run)):
        if installed(name):
            runs[name] = make(import_module(name), W, u, v)
    return runs


def starts(_):
    """What starts Python and imports something; NumPy comes first."""
    texts = ("import numpy", "import wuv", "from wuv import case_a, grad_u", "import wuv.check")
    command = [sys.executable, "-c"]
    return {text: partial(subprocess.run, [*command, text], check=True) for text in texts}


def chains(n):
    """What computes the gradients of ‖BWu‖² for square B and W; one evaluation comes first."""
    rng = np.random.default_rng(n)
    W, B, u = (rng.standard_normal(shape) for shape in ((n, n), (n, n), (n, 1)))

    def value(u):
        y = B @ (W @ u)
        return (y * y).sum()

    def forwards():
        row = 2 * (B @ (W @ u)).T
        return [row @ (B @ (W @ e)) for e in np.split(np.eye(n), n, axis=1)]

    def squares(W, B, u):
        return (B @ (W @ u)).sum_of_squares()

    return {
        "one evaluation": lambda: value(u),
        "wuv.Tape: all slopes, in u, W and B": lambda: wuv.value_and_gradients(squares, W, B, u),
        "n forward passes: slopes in u": forwards,
        "differences: slopes in u": lambda: wuv.central_difference(value, u),
    }


def judged():
    """Yield (what, seconds, id) for each loss derived, and each answer judged."""
    for line in CASES.read_text("utf-8").splitlines():
        case, draw = json.loads(line), random.Random(line)
        asked = case["wrt"], case["loss"], case["shapes"]
        answers = [case["known"], case["wrt"]]
        answers += [text for _, text in draw.sample(changes(case["known"], case["shapes"]), 1)]
        runs = [("wuv.derive", partial(wuv.derive, case["loss"], case["wrt"], case["shapes"]))]
        runs += [("wuv.diagnose", partial(wuv.diagnose, x, *asked)) for x in answers]
        for what, run in runs:
            start = time.process_time()
            try:
                run()
            except AlgebraError:
                continue  # what has no gradient
            yield what, time.process_time() - start, case["id"]


def torch_run(torch, *arrays):
    W, u, v = (torch.tensor(a, requires_grad=True) for a in arrays)
    return lambda: torch.autograd.grad(((W @ u - v) ** 2).sum(), (W, u, v))


def jax_run(jax, *arrays):
    jax.config.update("jax_enable_x64", True)
    arrays = [jax.numpy.asarray(a) for a in arrays]
    run = jax.jit(jax.grad(lambda W, u, v: ((W @ u - v) ** 2).sum(), argnums=(0, 1, 2)))
    return lambda: jax.block_until_ready(run(*arrays))


def installed(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def ratios(runs, repetitions):
    """The median time of each run divided by that of the first."""
    times = {name: [] for name in runs}
    for run in runs.values():
        run()  # the first time is for compilers and caches
    for _ in range(repetitions):
        for name, run in runs.items():
            times[name].append(timeit(run, number=1))
    floor = median(next(iter(times.values())))
    return {name: median(each) / floor for name, each in times.items()}


def measured(make, sizes, repetitions):
    """Ratios by name and size; nothing where a run is left out."""
    table = {}
    for n in sizes:
        for name, ratio in ratios(make(n), repetitions(n)).items():
            table.setdefault(name, {})[n] = ratio
    return table


def show(title, table, sizes):
    width = max(map(len, table))
    print(f"\n{title}\n{'':{width}}" + "".join(f"{f'n = {n}':>10}" for n in sizes))
    for name, row in table.items():
        cells = (f"{row[n]:10.3g}" if n in row else f"{'–':>10}" for n in sizes)
        print(f"{name:{width}}" + "".join(cells))


def show_times(rows):
    for what in dict.fromkeys(x for x, *_ in rows):
        each = sorted((seconds, name) for x, seconds, name in rows if x == what)
        (slowest, name), middle = each[-1], each[len(each) // 2][0]
        print(f"{what:15}{len(each):5} times: median {1000 * middle:.0f} ms, "
              f"longest {slowest:.2f} s ({name})")  # fmt: skip


def draw(tables):
    figure = Figure(figsize=(16, 5.5), layout="constrained")
    for axes, (title, table) in zip(figure.subplots(1, len(tables)), tables.items(), strict=True):
        for (name, row), colour, line in zip(table.items(), COLOURS, LINES, strict=False):
            axes.loglog(list(row), list(row.values()), line, color=colour, label=name)
        axes.set(title=title, xlabel="n, for W of n × n entries", ylabel="time, in multiples")
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=2)
    PICTURE.parent.mkdir(exist_ok=True)
    figure.savefig(PICTURE)


def main():
    warnings.simplefilter("error")
    versions = [platform.python_version()]
    versions += [f"{name} {installed(name) or 'not installed, left out'}" for name in PACKAGES]
    blas = os.environ.get("OPENBLAS_NUM_THREADS", "all")
    print(f"{os.cpu_count()} hardware threads, {blas} for OpenBLAS; Python", "; ".join(versions))
    small, large = (10, 20, 50, 100), (100, 200, 500, 1000, 2000)
    middle = (10, 30, 100, 300)
    tables = {
        "Slopes of the loss in W, against 2N evaluations": measured(
            differences, small, lambda n: max(9, 500 // n)
        ),
        "The three gradients, against a copy of W": measured(
            gradients, large, lambda n: max(31, 20_000 // n)
        ),
        "Slopes of a chain of two products, against one evaluation": measured(
            chains, middle, lambda n: max(9, 500 // n)
        ),
    }
    for (title, table), sizes in zip(tables.items(), (small, large, middle), strict=True):
        show(title, table, sizes)
    draw(tables)
    for title, make, sizes, times in (
        (f"The three gradients of {BATCH} columns, against the same lines", batches, large, 20_000),
        ("The start of Python with an import, against NumPy's", starts, (1,), 31),
    ):
        show(title, measured(make, sizes, lambda n, times=times: max(15, times // n)), sizes)
    print("\nLosses derived, and answers judged, in processor time")
    show_times([*judged()])
    print(f"\nDrawn in _build/{PICTURE.name}")


if __name__ == "__main__":
    main()
