"""Commit the built notebooks to a branch of their own: `make notebooks-branch`.

The branch holds what the zip of all notebooks holds, and never meets the main branch: Binder,
Colab and nbgitpuller open it. Nothing is checked out and nothing is sent; if the notebooks are
those of the last commit there, nothing happens.
"""

import argparse
import os
import subprocess
import tempfile
import zipfile
from pathlib import Path

from serve import ROOT, SITE


def git(*arguments, **environment):
    command = ["git", "-C", str(ROOT), *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}
    )
    if done.returncode:
        raise SystemExit(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def tip(branch):
    """The last commit of the branch, or nothing."""
    return git("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")


def tree_of(archive, work):
    """Git's name for the contents of the archive's one folder."""
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(work)
    (folder,) = (path for path in work.iterdir() if path.is_dir())
    index = {"GIT_INDEX_FILE": str(work / "index")}
    git("--work-tree", str(folder), "add", "--all", "--force", str(folder), **index)
    return git("write-tree", **index)


def main():
    parser = argparse.ArgumentParser(description="Commit the built notebooks to a branch.")
    parser.add_argument("--branch", default="notebooks")
    branch = parser.parse_args().branch
    if git("branch", "--show-current") == branch:
        raise SystemExit(f"You are on the branch {branch}: change to another, then try again.")
    archives = list(SITE.glob("notebooks/*.zip"))
    if len(archives) != 1:
        raise SystemExit("There are no built notebooks: run `make book` first.")
    with tempfile.TemporaryDirectory() as work:
        tree = tree_of(archives[0], Path(work))
    old = tip(branch)
    if old and git("rev-parse", f"{old}^{{tree}}") == tree:
        print(f"The branch {branch} is as it should be.")
        return
    message = f"notebooks: built from {git('rev-parse', '--short', 'HEAD')}"
    new = git("commit-tree", tree, *(("-p", old) if old else ()), "-m", message)
    git("update-ref", f"refs/heads/{branch}", new, *((old,) if old else ()))
    print(f"The branch {branch} is new. To publish it: git push origin {branch}")


if __name__ == "__main__":
    main()
