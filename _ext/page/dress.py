"""What surrounds a chapter: one style sheet, one script, a description, a way in from the root.

The templates are in `templates/`, the style and the script in `static/`. Furo's style,
which is small, is joined with ours, and its script is left out (ours does what the page needs,
without measuring the page while it loads): a page asks for two files and its font.
"""

import re
from html import escape
from pathlib import Path

import furo
from docutils import nodes

from _ext.build import state
from _ext.build.files import stamp

HERE = Path(__file__).parent
WORD = re.compile(r'<span class="pre">([^<]*)</span>')  # Sphinx's, around each word of code
FURO = furo.THEME_PATH / "static"


def bundle(app):
    """Join Furo's style and ours."""
    style = (FURO / "styles" / "furo.css").read_text("utf-8")
    state.of(app).bundles = {
        "book.css": "\n".join(
            (drop_map(style), furo.get_pygments_stylesheet(), read_static("book.css"))
        ),
        "book.js": read_static("book.js"),
    }


def address(name, text):
    """Where a page gets this file; its digest renews a browser's copy."""
    return f"_static/{name}?v={stamp(text.encode())}"


def read_static(name):
    return (HERE / "static" / name).read_text("utf-8")


def drop_map(text):
    return re.sub(r"/[/*]# sourceMappingURL=\S+(\s*\*/)?", "", text)


def words(doctree):
    """The first paragraph of a page as plain text of at most 160 characters."""
    for paragraph in doctree.findall(nodes.paragraph) if doctree else ():
        text = " ".join(paragraph.astext().replace("\\", "").split())
        if len(text) >= 50:
            return text if len(text) <= 160 else text[:157].rsplit(" ", 1)[0].rstrip(",;:") + " …"
    return ""


def dress(app, pagename, templatename, context, doctree):
    """Give a page's template what it needs, and take away what it does not."""
    for name, text in state.of(app).bundles.items():
        context[name.replace(".", "_")] = address(name, text)
    if "body" in context:
        context["body"] = WORD.sub(r"\1", context["body"])
    context["css_files"] = context["script_files"] = []
    metatags = re.sub(r'<meta [^>]*name="viewport"[^>]*>', "", context.get("metatags", ""))
    if 'name="description"' not in metatags:
        given = (app.env.metadata.get(pagename) or {}).get("description")
        text = given or words(doctree) or f"{context.get('title', '')}: {app.config.html_title}"
        metatags += f'<meta name="description" content="{escape(str(text))}">'
    context["metatags"] = metatags


def write_bundles(app):
    out = Path(app.outdir)
    for name, text in state.of(app).bundles.items():
        (out / "_static" / name).write_text(text, "utf-8")
    target = app.builder.get_target_uri(app.config.root_doc)
    base = app.config.html_baseurl
    about = {"title": app.config.html_title, "lang": app.config.language, "target": target}
    about["canonical"] = (base.rstrip("/") + "/" if base else "") + target
    page = app.builder.templates.render("entrance.html", about)
    (out / "index.html").write_text(page + "\n", "utf-8")


def setup(app):
    app.setup_extension("furo")
    app.add_config_value("comments_config", {}, "html", [dict])  # Jupyter Book sets it for all
