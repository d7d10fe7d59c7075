"""The topics: for each main chapter of the book what its sheets ask, at two levels.

A topic is a module with ``AIM``, a line of text, and the functions ``level_1`` and ``level_2``,
which take a `wuv.worksheet.drawing.Draw` and return the student's numbers, {LaTeX name: array},
and the questions.
"""
