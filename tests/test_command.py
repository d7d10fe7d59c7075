"""The command line as people meet it: what is printed runs, and what is made can be installed."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from wuv.__main__ import main

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "chapters").glob("*.md"))]
PRINTED = re.compile(r"\.venv/bin/wuv ([^`#\n]+)")
COMMANDS = sorted({x.strip() for page in PAGES for x in PRINTED.findall(page.read_text("utf-8"))})
CLASS = "name,id\nAda,7\nBlaise,8\n"
NUMBERS = "name,code,3a1 r,3a2 r,3a3 r,3b L\nAda,GUA-66GGK,3,-2,-1,14\n"
ANSWERS = "name,answer\nAda,2*W.T@(W@u-v)\nBlaise,2*W@(W@u-v)\n"


def wuv(*words, **more):
    """The command that `pip install` makes, or, where that was done before there was one, the same
    by the module's name."""
    script = Path(sys.executable).with_name("wuv")
    more["env"] = {k: x for k, x in os.environ.items() if k != "PYTHONUNBUFFERED"}
    start = [str(script)] if script.exists() else [sys.executable, "-m", "wuv"]
    return subprocess.Popen([*start, *words], text=True, encoding="utf-8",
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)  # fmt: skip


def test_a_page_prints_commands_as_they_run_after_make_book():
    assert {x.split()[0] for x in COMMANDS} == {"check", "derive", "diagnose", "worksheet"}
    for page in PAGES:
        text = page.read_text("utf-8")
        assert not re.search(r"python3? -m wuv", text), f"{page.name}: only .venv/bin knows wuv"
        for line in re.findall(r"(?m)^ {4}.*\bwuv (?:check|derive|diagnose|worksheet) .*", text):
            assert PRINTED.search(line), f"{page.name}: {line}"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_printed_command_runs(command, tmp_path):
    (tmp_path / "chapters").mkdir()  # two: all of them are checked in test_equations
    for name in ("gradient_u.md", "gradient_v.md"):
        (tmp_path / "chapters" / name).symlink_to(ROOT / "chapters" / name)
    (tmp_path / "class.csv").write_text(CLASS, "utf-8")
    (tmp_path / "answers.csv").write_text(ANSWERS, "utf-8")
    (tmp_path / "numbers.csv").write_text(NUMBERS, "utf-8")
    run = wuv(*shlex.split(command), cwd=tmp_path)
    said, complaint = run.communicate()
    names_a_mistake = command.startswith("diagnose") and "--class" not in command
    assert (run.returncode, complaint) == (int(names_a_mistake), "")
    assert said


@pytest.mark.parametrize(
    "words",
    [["--help"], ["derive", "--help"], ["check", "a.md"], ["check", "--json", "a.md"],
     ["derive", "u.T @ u", "--wrt", "u"], ["derive", "u.T @ u", "--wrt", "u", "--json"],
     ["diagnose", "2*W@(W@u - v)", "--wrt", "u"], ["diagnose", "--class", "a.csv", "--wrt", "u"],
     ["worksheet", "gradient_u"], ["worksheet", "gradient_u", "--json"]],
    ids=" ".join,
)  # fmt: skip
def test_a_reader_who_has_enough_is_no_trouble(words, tmp_path):
    (tmp_path / "a.md").write_text("# A\n\n```{math}\n1 + 1 = 2\n```\n", "utf-8")
    (tmp_path / "a.csv").write_text(ANSWERS, "utf-8")
    run = wuv(*words, cwd=tmp_path)
    run.stdout.close()  # long before the first line is printed
    assert run.stderr.read() == ""
    assert run.wait() == 141
    run.stderr.close()


def test_the_command_is_the_module():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["scripts"] == {"wuv": "wuv.__main__:main"}
    script = metadata.EntryPoint("wuv", project["scripts"]["wuv"], "console_scripts")
    assert script.load() is main


def test_the_usage_says_what_is_typed(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    assert capsys.readouterr().out.startswith("usage: wuv ")


def test_a_wheel_has_the_readme_the_command_and_the_types(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (path,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        files = {x.split("/", 1)[1]: x for x in wheel.namelist()}
        about = wheel.read(files["METADATA"]).decode("utf-8")
        assert "Description-Content-Type: text/markdown" in about
        assert (ROOT / "README.md").read_text("utf-8").strip() in about
        assert "wuv = wuv.__main__:main" in wheel.read(files["entry_points.txt"]).decode("utf-8")
        assert "py.typed" in files
        assert "worksheet/chapters/gradient_u.md" in files
