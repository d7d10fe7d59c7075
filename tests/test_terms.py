"""Words before their chapter: a page that uses a term too early links to where it is introduced."""

import re
from pathlib import Path

import pytest

BOOK = Path(__file__).parents[1]
AT_HAND = "At hand"
GLOSSARY = re.compile(r"```\{glossary\}\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ENTRY = re.compile(r"^(\S.*)\n((?:  .*\n?)+)", re.MULTILINE)
NO_PROSE = re.compile(
    r"\A---\n.*?^---\n|^(`{3,})\{(?:code-cell|math)\}.*?^\1$|^%.*?$|^:(?!::).*?$|\$[^$]*\$|`[^`\n]*`"
    r"|^#.*?$",
    re.DOTALL | re.MULTILINE,
)


def chapters():
    """The pages of the book in their order, without those that are at hand."""
    toc = (BOOK / "_toc.yml").read_text("utf8").partition(AT_HAND)[0]
    return [name for name in re.findall(r"file: chapters/(\w+)", toc) if name != "exercises"]


def terms():
    """The words of the glossary, each with the chapter that it names last."""
    (glossary,) = GLOSSARY.findall((BOOK / "chapters/notation.md").read_text("utf8"))
    return {
        term.lower(): re.findall(r"\]\((\w+)\.md", text)[-1]
        for term, text in ENTRY.findall(glossary)
    }


def prose(text):
    """A page's own words, line by line; what is no prose is blank."""
    blank = NO_PROSE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    return blank.splitlines()


def too_early(text, later):
    """The terms of ``later`` that a text uses, where the first line that does so has no link.

    ``later`` gives each term the chapter that introduces it.
    """
    found = []
    for term, chapter in later.items():
        word = re.compile(rf"(?<![\w-]){re.escape(term)}(?:e?s)?(?![\w-])", re.IGNORECASE)
        for line in prose(text):
            if word.search(re.sub(r"\]\([^)]*\)", "]", line)):
                if not re.search(rf"\]\((?:{chapter}|notation)\.md", line):
                    found.append(term)
                break
    return found


@pytest.mark.parametrize("name", chapters())
def test_a_term_is_used_after_its_chapter_or_with_a_link(name):
    order = chapters()
    here = order.index(name)
    later = {
        term: chapter
        for term, chapter in terms().items()
        if chapter in order and order.index(chapter) > here
    }
    assert too_early((BOOK / f"chapters/{name}.md").read_text("utf8"), later) == []


def test_the_glossary_is_read_and_names_a_chapter_for_each_term():
    found = terms()
    assert len(found) >= 25
    assert set(found.values()) <= {*chapters()}
    assert found["residual"] == "question"
    assert found["singular values"] == "descent"


LATER = {"adjoint": "chain_rule", "learning rate": "descent", "batch": "batches"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Take the adjoint.", ["adjoint"]),
        ("Take [the adjoint](chain_rule.md#a).\nThe adjoint again.", []),
        ("Take the adjoint, see [the words](notation.md).", []),
        ("Take the adjoint.\nSee [the adjoint](chain_rule.md).", ["adjoint"]),
        ("Two batches and a Learning rate.", ["learning rate", "batch"]),
        ("No minibatch, no batch-wise step, no adjointness.", []),
        ("$\\text{batch}$ and `batch` and [here](batch.md).", []),
        ("```{code-cell} ipython3\nbatch = 1\n```\n\n% a batch\n\n# A batch\n", []),
        (":::{note}\nA batch.\n:::", ["batch"]),
        ("---\nbatch: 1\n---\nNone.", []),
    ],
)
def test_a_term_too_early_would_be_seen_and_what_is_no_prose_would_not(text, found):
    assert too_early(text, LATER) == found
