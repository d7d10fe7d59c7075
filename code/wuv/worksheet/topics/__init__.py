"""The topics: for each main chapter of the book what its sheets ask, at two levels.

A topic is a module with ``AIM``, a line of text, and ``LEVELS``, {level: function}; the function
takes a `wuv.worksheet.drawing.Draw` and how much is left ``blank``, and returns the student's
numbers, {LaTeX name: array}, and the questions.
"""
