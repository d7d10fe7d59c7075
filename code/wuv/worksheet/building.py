"""From a code to a whole sheet: the same code, the same sheet, on every machine.

>>> one = sheet("GUA-66GGK")
>>> one.code.topic, one.points, list(one.given)
('gradient_u', 18, ['W', 'u', 'v'])
"""

from dataclasses import replace
from importlib import import_module

from wuv.worksheet.derivations import title
from wuv.worksheet.drawing import Draw
from wuv.worksheet.keys import agreed
from wuv.worksheet.record import Choice, Sheet, Table
from wuv.worksheet.sheet_code import TOPICS, SheetCode, read_code

PART = {"few": 1 / 3, "many": 2 / 3, "all": 1}  # of the cells that may be blank


def sheet(code: str | SheetCode) -> Sheet:
    """Return the `wuv.worksheet.record.Sheet` of a code, a text or a `SheetCode`.

    Raises `wuv.worksheet.sheet_code.BadCode` for a text that is no code.
    """
    code = code if isinstance(code, SheetCode) else read_code(code)
    topic = import_module(f"wuv.worksheet.topics.{code.topic}")
    # how much is blank is not in the seed: those who get more help get the same numbers
    draw = Draw(f"{TOPICS[code.topic]}{code.level}-{code.number}")
    given, questions = getattr(topic, f"level_{code.level}")(draw)
    _follow(questions)
    questions = tuple(_printed(k, x, PART[code.blanks], draw) for k, x in enumerate(questions))
    return Sheet(code, title(code.topic), topic.AIM, given, questions)


def _follow(questions):
    """Raise `wuv.worksheet.keys.WrongKey` where a right entry does not follow from right ones."""
    known = {}
    for question in questions:
        for entry in question.entries:
            if entry.follows is not None:
                agreed(entry.value, entry.follows.function(*map(known.get, entry.follows.names)))
            known[entry.name] = entry.value


def _printed(k, question, part, draw):
    """Return a question with the options of a choice in an order of this sheet's own, and a part of
    a table's cells blank: with one ``draw``, those of few are among those of many."""
    answer, points = question.answer, question.points
    if isinstance(answer, Choice):
        answer = Choice(draw.shuffled(f"options {k}", answer.options))
    elif isinstance(answer, Table):
        order = draw.shuffled("blank cells", answer.cells)
        blank = {*order[: max(2, round(len(order) * part))]} | answer.blank
        answer, points = replace(answer, blank=frozenset(blank)), points or len(blank)
    return replace(question, answer=answer, points=points)
