"""Students who work a sheet through and make one slip: what they would type, and what it costs.

Later entries follow from their own numbers wherever the sheet says how.
"""

from fractions import Fraction

import numpy as np

from wuv.worksheet.record import Choice


def typed(value):
    """What a person types for a number."""
    return str(Fraction(value)).replace("-", "−")


def numbers_of(value):
    """The numbers of an entry, row by row."""
    return np.asarray(value, dtype=object).reshape(-1).tolist()


def entries_of(sheet):
    """(question, entry) of all that is to be found."""
    return [(q, e) for q, x in enumerate(sheet.questions) for e in range(len(x.entries))]


def worked(sheet, slips):
    """{(question, entry): value} of a student: ``slips`` are {(question, entry): a function of the
    value that the student would otherwise have}."""
    own, values = {}, {}
    for q, e in entries_of(sheet):
        entry = sheet.questions[q].entries[e]
        value = entry.value
        if entry.follows is not None:
            value = entry.follows.function(*map(own.get, entry.follows.names))
        own[entry.name] = values[q, e] = slips.get((q, e), lambda x: x)(value)
    return values


def row_of(sheet, values, columns):
    """{key: what is typed} of a student who ticks the right options."""
    row = {}
    for x in columns:
        answer = sheet.questions[x.question].answer
        if isinstance(answer, Choice):
            row[x.key] = str([y.right for y in answer.options].index(True) + 1)
        else:
            value = np.asarray(values[x.question, x.entry], dtype=object)
            place = (*x.place, 0) if len(x.place) == 1 else x.place
            row[x.key] = typed(value[place])
    return row


def lost(sheet, q, e, value):
    """The points that a slip in one entry costs, if all else follows."""
    question = sheet.questions[q]
    pairs = [*zip(numbers_of(value), numbers_of(question.entries[e].value), strict=True)]
    wrong = sum(a != b for a, b in pairs)
    return Fraction(question.points * wrong, len(question.entries) * len(pairs))
