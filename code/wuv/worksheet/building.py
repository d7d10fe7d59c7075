"""From a code to a whole sheet: the same code, the same sheet, on every machine.

>>> found = sheet("GUA-66GGK")
>>> found.code.topic, found.points, list(found.given)
('gradient_u', 18, ['W', 'u', 'v'])
"""

from importlib import import_module

from wuv.worksheet.derivations import title
from wuv.worksheet.drawing import Draw
from wuv.worksheet.record import Choice, Question, Sheet
from wuv.worksheet.sheet_code import TOPICS, SheetCode, read_code


def sheet(code):
    """Return the `wuv.worksheet.record.Sheet` of a code, a text or a `SheetCode`.

    Raises `wuv.worksheet.sheet_code.BadCode` for a text that is no code.
    """
    code = code if isinstance(code, SheetCode) else read_code(code)
    topic = import_module(f"wuv.worksheet.topics.{code.topic}")
    # how much is blank is not in the seed: those who get more help get the same numbers
    draw = Draw(f"{TOPICS[code.topic]}{code.level}-{code.number}")
    given, questions = topic.LEVELS[code.level](draw, code.blanks)
    questions = tuple(_mixed(k, question, draw) for k, question in enumerate(questions))
    return Sheet(code, title(code.topic), topic.AIM, given, questions)


def _mixed(k, question, draw):
    """Return a question with the options of a choice in an order of this sheet's own."""
    if not isinstance(question.answer, Choice):
        return question
    options = draw.shuffled(f"options {k}", question.answer.options)
    return Question(question.text, Choice(options), question.points, question.worked)
