"""Links to Binder, Colab and a JupyterHub, and the branch that they open."""

import io
import json
import subprocess
import sys
import tarfile
from html import unescape
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import notebooks_branch
import pytest
from serve import ROOT
from sphinx.errors import ConfigError

from _ext.notebooks import elsewhere


def config(**settings):
    given = {"repository_url": "", "notebooks_branch": "notebooks", "jupyterhub_url": ""}
    return SimpleNamespace(**given | settings)


def links(**settings):
    return dict(elsewhere.links(config(**settings), "gradient_u.ipynb"))


def test_without_a_repository_there_are_none():
    assert links() == {}


def test_github_is_opened_in_binder_and_in_colab():
    assert links(repository_url="https://github.com/ann/book.git") == {
        "Binder": "https://mybinder.org/v2/gh/ann/book/notebooks"
        "?urlpath=lab%2Ftree%2Fgradient_u.ipynb",
        "Colab": "https://colab.research.google.com"
        "/github/ann/book/blob/notebooks/gradient_u.ipynb",
    }


def test_binder_knows_gitlab_and_any_other_host():
    found = links(repository_url="https://gitlab.com/group/sub/book", notebooks_branch="a/b")
    assert set(found) == {"Binder"}
    assert found["Binder"].startswith("https://mybinder.org/v2/gl/group/sub%2Fbook/a%2Fb?")
    found = links(repository_url="https://git.example.org/ann/book")
    place = "https%3A%2F%2Fgit.example.org%2Fann%2Fbook"
    assert found["Binder"].startswith(f"https://mybinder.org/v2/git/{place}/notebooks?")


def test_a_hub_is_told_what_to_pull():
    found = links(
        repository_url="https://github.com/ann/book", jupyterhub_url="https://hub.example.org/"
    )
    parts = urlsplit(found["JupyterHub"])
    assert parts.netloc == "hub.example.org"
    assert parts.path == "/hub/user-redirect/git-pull"
    assert parse_qs(parts.query) == {
        "repo": ["https://github.com/ann/book"],
        "branch": ["notebooks"],
        "urlpath": ["lab/tree/book/gradient_u.ipynb"],
    }


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"repository_url": "github.com/ann/book"}, "should begin with https://"),
        ({"repository_url": "https://github.com/ann"}, "should look like"),
        ({"repository_url": "https://github.com/ann/book/tree/main"}, "should look like"),
        ({"jupyterhub_url": "https://hub.example.org"}, "needs repository_url"),
        ({"jupyterhub_url": "javascript:alert()"}, "should begin with https://"),
    ],
)
def test_an_address_that_cannot_work_is_refused(settings, word):
    given = dict.fromkeys(("repository_url", "jupyterhub_url"), "") | settings

    class Config(dict):
        __getattr__ = dict.__getitem__

    with pytest.raises(ConfigError, match=word):
        elsewhere.check(None, Config(given))


def test_a_page_shows_the_links_and_its_notebook_gets_the_package(tmp_path):
    (tmp_path / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom _ext.build import order\n"
        "extensions, names = ['myst_nb'], ['notebook', 'pack', 'elsewhere']\n"
        "setup = lambda app: order.connect(\n"
        "    app, '_ext.page.dress', *(f'_ext.notebooks.{name}' for name in names))\n"
        "html_theme, root_doc, nb_execution_mode = 'furo', 'index', 'off'\n"
        f"templates_path = [{str(ROOT / '_ext/page/templates')!r}]\n"
        "repository_url = 'https://github.com/ann/book'\n"
    )
    (tmp_path / "index.md").write_text("# Book\n\n```{toctree}\ngradient_u\n```\n")
    (tmp_path / "gradient_u.md").write_text(
        "---\nkernelspec: {name: python3, display_name: Python 3}\n---\n"
        "# Chapter\n\n```{code-cell}\nimport wuv\n```\n"
    )
    command = [sys.executable, "-m", "sphinx", "-b", "html", str(tmp_path), str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    page = unescape((tmp_path / "out" / "gradient_u.html").read_text("utf-8"))
    for address in links(repository_url="https://github.com/ann/book").values():
        assert f'href="{address}"' in page
    notebook = json.loads((tmp_path / "out" / "notebooks" / "gradient_u.ipynb").read_text("utf-8"))
    setup = "".join(notebook["cells"][1]["source"])
    assert "wuv @ https://raw.githubusercontent.com/ann/book/notebooks/wuv-" in setup
    compile(setup, "setup", "exec")


# The branch


@pytest.fixture
def repository(tmp_path, monkeypatch):
    for key in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{key}_NAME", "Ann")
        monkeypatch.setenv(f"GIT_{key}_EMAIL", "ann@example.org")
    monkeypatch.setattr(notebooks_branch, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["notebooks_branch.py"])
    notebooks_branch.git("init", "--initial-branch", "main")
    (tmp_path / "file").write_text("mine")
    notebooks_branch.git("add", "file")
    notebooks_branch.git("commit", "-m", "first")
    return tmp_path


def test_the_branch_holds_what_binder_needs_and_the_main_branch_does_not_change(
    site, repository, capsys
):
    notebooks_branch.main()
    assert "git push origin notebooks" in capsys.readouterr().out
    packed = ["git", "-C", repository, "archive", "notebooks"]
    content = subprocess.run(packed, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        names = archive.getnames()
    (wheel,) = (name for name in names if name.endswith(".whl"))
    built = {path.name for path in (site / "notebooks").glob("*.ipynb")}
    assert set(names) == built | {wheel, "README.txt", "requirements.txt", "runtime.txt"}
    assert wheel in notebooks_branch.git("show", "notebooks:requirements.txt")
    assert notebooks_branch.git("status", "--porcelain") == ""
    assert notebooks_branch.git("log", "--format=%s", "main") == "first"

    before = notebooks_branch.tip("notebooks")
    notebooks_branch.main()
    assert notebooks_branch.tip("notebooks") == before
    assert "as it should be" in capsys.readouterr().out


def test_the_branch_that_is_open_is_not_written(site, repository):
    notebooks_branch.main()
    notebooks_branch.git("checkout", "notebooks")
    with pytest.raises(SystemExit, match="change to another"):
        notebooks_branch.main()
