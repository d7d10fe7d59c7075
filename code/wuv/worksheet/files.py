"""Files, all of them or none: written beside their folder, and moved in when all are there."""

import os
import shutil
import tempfile
from contextlib import contextmanager
from errno import EISDIR
from pathlib import Path

from wuv.worksheet.sheet_code import WorksheetError


@contextmanager
def all_or_nothing(folder):
    """Give a function (name, data) that writes a file for ``folder``.

    When the block ends well, all files are moved there; when it does not, nothing is left of them.
    The folder is made if it is missing. Raises `WorksheetError` where that is not possible.
    """
    folder, made = Path(folder), []
    try:
        made = [x for x in (folder, *folder.parents) if not x.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        waiting = Path(tempfile.mkdtemp(dir=folder, prefix=".unfinished-"))
    except OSError as error:
        _forget(made)
        raise WorksheetError(f"{folder}: {error.strerror}; choose another with --out") from None
    try:

        def write(name, data):
            (waiting / name).write_bytes(data)

        yield write
        _move_all(waiting, folder)
    except OSError as error:
        raise WorksheetError(f"{error.filename2 or folder}: {error.strerror}") from error
    finally:
        shutil.rmtree(waiting, ignore_errors=True)
        _forget(made)


def _move_all(waiting, folder):
    """Move all files, or put back what stood in their places."""
    old = Path(tempfile.mkdtemp(dir=folder, prefix=".unfinished-"))
    done = []
    try:
        for path in sorted(waiting.iterdir()):
            place = folder / path.name
            if place.is_dir():
                raise IsADirectoryError(EISDIR, "is a folder", str(path), None, str(place))
            if place.exists():
                os.replace(place, old / path.name)
            done.append(path.name)
            os.replace(path, place)
    except BaseException:
        for name in done:
            (folder / name).unlink(missing_ok=True)
        for path in old.iterdir():
            os.replace(path, folder / path.name)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _forget(folders):
    """Remove those of the folders that are empty."""
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return
