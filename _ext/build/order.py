"""All steps of a build in their order: this is the one extension of ours that `_config.yml` names.

`STEPS` lists, for each event of Sphinx, what is done then and why there; a step stands before or
after `OTHERS`, which is what Sphinx, MyST-NB and Furo do at that event. `TRANSFORMS` lists what
changes a page's tree, at numbers between those of others, and `DIRECTIVES` what a page's source may
say besides. What else a module adds to Sphinx, such
as nodes, directives and settings, it adds in its own `setup`.

Steps are called as Sphinx calls listeners. But those that write do so for the site alone, and the
last of them, which get `app` and no more, only once everything before them went well.
"""

import sys
from functools import wraps

from _ext.build import freshness, kernels, parallel, state
from _ext.live import site as live
from _ext.notebooks import elsewhere, notebook, pack
from _ext.notebooks.lite import site as lite
from _ext.offline import keeper
from _ext.page import (
    ahead,
    case,
    dress,
    executed,
    folds,
    lean_code,
    levels,
    mathfont,
    mathml,
    pictures,
    predict,
    reading_time,
    search,
    tables,
    tracebacks,
    used_in,
)
from _ext.paper import handouts, pdf

OTHERS, THEIRS = "others", 500  # nearly all of them have this priority

STEPS = {
    "config-inited": [
        (freshness.forget_old_results, "MyST-NB looks for old results next"),
        OTHERS,
        (elsewhere.check, "an address that cannot work ends the build at once"),
        (lean_code.choose, "the styles of code are settled"),
        (live.tag, "chapters are about to ask for {only} live"),
    ],
    "builder-inited": [
        OTHERS,
        (kernels.use_own_profile, "no kernel runs yet"),
        (search.replace_stock, "Sphinx has not begun an index of its own"),
        (notebook.build_wheel, "notebooks will name it, pages offer it, `live/` compile it"),
        (live.prepare, "what cannot be had is said before the chapters run"),
        (lite.prepare, "it uses the Python of the live cells"),
        (dress.bundle, "Furo knows its colours of code"),
    ],
    "env-purge-doc": [OTHERS, (state.purge, "a page is gone, or about to be read anew")],
    "env-before-read-docs": [
        OTHERS,
        (used_in.read_chapters, "the reference, which is read next, names the chapters"),
        (parallel.widen, "chapters are read side by side from here"),
    ],
    "autodoc-skip-member": [OTHERS, (used_in.skip_fields, "while the reference is read")],
    "autodoc-process-docstring": [
        OTHERS,
        (used_in.say_where, "it adds a line to a docstring"),
        (used_in.link_chapters, "the docstring is complete"),
    ],
    "doctree-read": [
        OTHERS,
        (executed.check, "a page's equations are judged when it is read"),
        (reading_time.measure, "its cells have run, and nothing of ours was added"),
    ],
    "env-merge-info": [OTHERS, (state.merge, "pages come back from where they were read")],
    "env-updated": [
        OTHERS,
        (executed.renew_first_page, "all is read, so the sum may be another"),
        (levels.renew_lists, "and so may the list of exercises"),
        (parallel.narrow, "to here side by side, now one page after another"),
    ],
    "doctree-resolved": [
        OTHERS,
        (executed.say, "it adds a page's last line, which all that follow write too"),
        (reading_time.list_times, "it adds to lines which all that follow write too"),
        (search.collect, "the page is complete"),
        (notebook.write_notebook, "the page is complete"),
        (lite.write_notebook, "the page is complete"),
        (pdf.write_page, "the page is complete"),
    ],
    "html-collect-pages": [OTHERS, (lite.door, "it stands beside the pages made of chapters")],
    "html-page-context": [
        OTHERS,
        (folds.offer, "what a template asks for"),
        (pdf.offer, "what a template asks for"),
        (live.offer, "what a template asks for"),
        (notebook.offer, "it says which page is a chapter, which the next three ask"),
        (pack.offer, "what a template asks for"),
        (elsewhere.offer, "what a template asks for"),
        (lite.offer, "what a template asks for"),
        (dress.dress, "it takes away the scripts and styles of others"),
    ],
    "build-finished": [
        OTHERS,
        (mathfont.write_font, "all formulas are written: the font is cut to what they use"),
        (pdf.write_pdfs, "all pages are written for Typst"),
        (handouts.write, "all codes are known"),
        (search.write_index, "all sections are known"),
        (notebook.remove_leftovers, "the rest is packed next"),
        (pack.write, "all notebooks are written"),
        (dress.write_bundles, "in place of what others wrote"),
        (live.write, "the wheel is built"),
        (lite.write, "all notebooks are written"),
        (keeper.write, "last of all: what is written later would not be kept"),
    ],
}

# What adds directives to those of others, and does nothing else at any event.
DIRECTIVES = [predict, ahead, case]

# Between them: sphinx_exercise settles its numbers and titles up to 22, Furo wraps at 500.
TRANSFORMS = [
    (25, levels.SayLevels, "an exercise's title is settled"),
    (30, folds.TakeTitle, "a solution's title is settled"),
    (50, pictures.DescribePictures, "MyST-NB has chosen what is shown of a cell"),
    (60, tracebacks.ShortenTracebacks, "MyST-NB has chosen what is shown of a cell"),
    (390, mathml.NameLinks, "links are resolved, and their formulas are where they were"),
    (400, mathml.KeepPunctuation, "no text is divided after this"),
    (600, tables.OneAnchor, "the wrappers are there"),
]


def steps():
    """Each step as its event, its priority and its function."""
    for event, rows in STEPS.items():
        for priority, row in enumerate(rows, THEIRS - rows.index(OTHERS)):
            if row != OTHERS:
                yield event, priority, row[0]


def writing(step):
    """A step that writes a page: for the site alone."""
    return wraps(step)(lambda app, *given: app.builder.format == "html" and step(app, *given))


def last(step):
    """A step at the end: for the site alone, and only if nothing went wrong."""
    return wraps(step)(lambda app, error: error is None and writing(step)(app))


def connect(app, *modules):
    """Add modules, by their full names, to a build: what else is theirs, steps and transforms."""
    modules = {state.__name__: None} | dict.fromkeys(modules)
    for name in modules:
        if hasattr(sys.modules[name], "setup"):
            sys.modules[name].setup(app)
    for event, priority, step in steps():
        if step.__module__ in modules:
            kind = {"doctree-resolved": writing, "build-finished": last}.get(event)
            app.connect(event, kind(step) if kind else step, priority)
    for priority, transform, _ in TRANSFORMS:
        if transform.__module__ in modules:
            transform.default_priority = priority
            app.add_post_transform(transform)


def setup(app):
    everything = [step for *_, step in steps()] + [row[1] for row in TRANSFORMS]
    directives = (module.__name__ for module in DIRECTIVES)
    connect(app, *directives, *(item.__module__ for item in everything))
    return {"env_version": 2, "parallel_read_safe": True, "parallel_write_safe": False}
