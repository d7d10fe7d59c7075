"""From what was asked for to files: sheets, keys, a list of who has which, other formats."""

import difflib
import re
from typing import NamedTuple

from wuv.csv_tables import as_csv
from wuv.worksheet.answers import template
from wuv.worksheet.building import sheet
from wuv.worksheet.files import all_or_nothing
from wuv.worksheet.moodle_xml import moodle
from wuv.worksheet.qti_package import qti
from wuv.worksheet.record import Numbers
from wuv.worksheet.sheet_code import TOPICS, BadCode, WorksheetError, read_code
from wuv.worksheet.students import Student, assigned, read_students, without_names
from wuv.worksheet.typesetting import Copy, Look, marks, pdf, printable


class Made(NamedTuple):
    """What was made: the copies, the names of all files, and what a person should know."""

    copies: tuple[Copy, ...]
    files: tuple[str, ...]
    warnings: tuple[str, ...]

    def to_dict(self):
        """Return what ``wuv worksheet --json`` prints."""
        sheets = [
            {
                "name": copy.name,
                "id": copy.id,
                **copy.sheet.code._asdict(),
                "code": str(copy.sheet.code),
                "points": copy.sheet.points,
                "given": {k: x.tolist() for k, x in copy.sheet.given.items()},
                "answers": [_values(x.answer) for x in copy.sheet.questions],
            }
            for copy in self.copies
        ]
        return {"sheets": sheets, "files": list(self.files), "warnings": list(self.warnings)}


def _values(answer):
    """Return the numbers of an answer, {name in LaTeX: rows of text}, or None for another kind."""
    if not isinstance(answer, Numbers):
        return None
    return {x.name: [list(map(str, row)) for row in x.rows] for x in answer.entries}


def make(options, progress=None):
    """Write what the options of the command line ask for, all of it or nothing; return `Made`.

    ``progress`` is called with how many files of a class are done, and how many there are.
    """
    if not options.out:
        raise WorksheetError("--out wants a folder")
    copies, keys_only = _copies(options)
    if options.points is not None:
        copies = [x._replace(sheet=x.sheet.worth(options.points)) for x in copies]
    if options.points == 0 and (options.moodle or options.qti):
        raise WorksheetError("a school's system wants points; leave --points 0 out")
    warnings = []
    printed = [_with_a_printable_name(copy, warnings) for copy in copies]
    look = Look(options.paper, options.large, options.together)
    first, names = copies[0].sheet.code, []
    with all_or_nothing(options.out) as write:

        def add(name, data):
            write(name, data)
            names.append(name)

        for done, (name, data) in enumerate(_papers(printed, look, keys_only), start=1):
            add(name, data)
            if progress:
                progress(done, _paper_count(copies, look, keys_only))
        if not keys_only and (len(copies) > 1 or copies[0].name):
            add(f"list-{first}.csv", _list(copies))
        if options.students is not None or (options.count or 1) > 1:
            add(f"marks-{first}.pdf", marks(printed, look))
        if options.answers:
            for kind in _kinds(copies):
                add(f"numbers-{kind[0].sheet.code}.csv", template(kind).encode("utf-8-sig"))
        if options.moodle:
            add(f"moodle-{first}.xml", moodle([x.sheet for x in copies]))
        if options.qti:
            add(f"qti-{first}.zip", qti([x.sheet for x in copies]))
    return Made(tuple(copies), tuple(names), tuple(warnings))


def _copies(options):
    """Return the `Copy`s that are asked for, and whether only their keys are."""
    of_a_class = options.students is not None or options.count is not None
    of_a_topic = options.level is not None or options.blanks is not None
    if options.key:
        if options.topics or of_a_class or of_a_topic:
            raise WorksheetError(
                "--key makes keys from codes alone; leave the topics, the class, the level and the "
                "blanks out"
            )
        return [Copy(sheet(code)) for code in dict.fromkeys(map(_code, options.key))], True
    if not options.topics:
        raise WorksheetError(f"a TOPIC is wanted, one of {', '.join(TOPICS)}")
    students = [Student()]
    if options.students is not None:
        students = read_students(options.students)
    elif options.count is not None:
        students = without_names(options.count)
    copies, topics = [], []
    for topic in options.topics:
        topics += TOPICS if topic == "all" else [topic]
    for topic in dict.fromkeys(topics):
        if topic in TOPICS:
            codes = assigned(
                students, topic, options.level or 1, options.blanks or "few", options.seed
            )
            copies += [Copy(sheet(c), *s) for c, s in zip(codes, students, strict=True)]
            continue
        try:
            code = read_code(topic)
        except BadCode as error:
            raise WorksheetError(_unknown(topic, error)) from None
        if of_a_class or of_a_topic:
            raise WorksheetError(
                f"{code} is the code of one sheet, which says its level and its blanks; a class "
                "wants a topic"
            )
        copies.append(Copy(sheet(code)))
    return copies, False


def _code(text):
    """Return the `SheetCode` that is typed after --key."""
    try:
        return read_code(text)
    except BadCode:
        if text in TOPICS:
            raise WorksheetError(
                f"{text} is a topic; --key wants the code on a sheet, such as GUA-66GGK"
            ) from None
        raise


def _unknown(topic, error):
    close = difflib.get_close_matches(topic, TOPICS, n=1)
    if close:
        return f"{topic} is no topic; did you mean {close[0]}?"
    if re.match(r"[A-Za-z]{3}\W?[A-Z0-9]", topic):
        return str(error)
    return f"{topic} is no topic; the topics are {', '.join(TOPICS)}"


def _with_a_printable_name(copy, warnings):
    """Return the copy; where no font has the signs of the name, with a line to write it on."""
    kept = {}
    for field in ("name", "id"):
        text = getattr(copy, field)
        if text and not printable(text) and not printable(text, system=True):
            warnings.append(
                f"no font here has all signs of {text}; on {copy.sheet.code} there is a line to "
                "write it on"
            )
            text = None
        kept[field] = text
    return copy._replace(**kept)


def _papers(copies, look, keys_only):
    """Yield (file name, PDF)."""
    if look.backs:
        code = copies[0].sheet.code
        if not keys_only:
            yield f"together-{code}.pdf", pdf(copies, look)
        yield f"together-{code}-keys.pdf", pdf(copies, look, key=True)
        return
    for copy in copies:
        if not keys_only:
            yield f"{copy.sheet.code}.pdf", pdf([copy], look)
        yield f"{copy.sheet.code}-key.pdf", pdf([copy], look, key=True)


def _paper_count(copies, look, keys_only):
    return (1 if look.backs else len(copies)) * (1 if keys_only else 2)


def _kinds(copies):
    """Return the copies in groups, each of one topic and level."""
    kinds: dict[tuple, list[Copy]] = {}
    for copy in copies:
        kinds.setdefault(copy.sheet.code[:2], []).append(copy)
    return kinds.values()


def _list(copies):
    """Return a CSV file that says who has which sheet."""
    rows = [("name", "id", "code", "topic", "level", "blanks", "points")]
    for copy in copies:
        code = copy.sheet.code
        rows.append((copy.name, copy.id, str(code), *code[:3], copy.sheet.points))
    return as_csv(rows).encode("utf-8-sig")
