"""The table of steps: everything of `_ext` is in it, and stands where its reason says."""

import ast
import pickle
from types import SimpleNamespace

import pytest
from serve import ROOT

from _ext.build import files, freshness, kernels, order, state

STEPS = list(order.steps())
PLACE = {
    f"{step.__module__.removeprefix('_ext.')}.{step.__name__}": k
    for k, (*_, step) in enumerate(STEPS)
}
ROWS = [row for rows in order.STEPS.values() for row in rows if row != order.OTHERS]


def test_every_step_stands_once_and_says_why():
    assert len({row[0] for row in ROWS}) == len(ROWS) == len(STEPS) > 40
    assert all(len(why.split()) >= 3 for _, why in ROWS)
    assert all(len(why.split()) >= 3 for *_, why in order.TRANSFORMS)
    assert all(rows.count(order.OTHERS) == 1 for rows in order.STEPS.values())


def test_what_stands_first_in_the_table_comes_first_and_others_in_their_place():
    for event, rows in order.STEPS.items():
        priorities = [priority for name, priority, _ in STEPS if name == event]
        assert priorities == sorted(set(priorities))
        assert order.THEIRS not in priorities
        before = rows.index(order.OTHERS)
        assert sum(priority < order.THEIRS for priority in priorities) == before


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("page.executed.say", "page.search.collect"),
        ("notebooks.notebook.build_wheel", "live.site.prepare"),
        ("live.site.prepare", "notebooks.lite.site.prepare"),
        ("notebooks.notebook.offer", "notebooks.pack.offer"),
        ("notebooks.notebook.remove_leftovers", "notebooks.pack.write"),
        ("live.site.write", "notebooks.lite.site.write"),
    ],
)
def test_a_step_comes_after_the_one_that_it_needs(first, then):
    assert PLACE[first] < PLACE[then]


def test_the_service_worker_is_written_last():
    event, _, step = STEPS[-1]
    assert (event, step.__module__, step.__name__) == (
        "build-finished",
        "_ext.offline.keeper",
        "write",
    )


def test_no_module_connects_itself_and_none_is_left_out():
    known = {row[0].__module__ for row in ROWS} | {row[1].__module__ for row in order.TRANSFORMS}
    known |= {module.__name__ for module in order.DIRECTIVES}
    for path in sorted((ROOT / "_ext").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        tree = ast.parse(path.read_text("utf-8"))
        calls = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        if name != order.__name__:
            assert not {"connect", "add_post_transform"} & calls, name
        takes_app = {
            node.name
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name == "setup"
        }
        assert not takes_app or name in {*known, order.__name__, "_ext.live.ask", "_ext.live.cells"}


def test_every_wing_says_what_it_is():
    wings = [path.parent for path in (ROOT / "_ext").rglob("__init__.py")]
    assert len(wings) == 8
    for wing in wings:
        assert ast.get_docstring(ast.parse((wing / "__init__.py").read_text("utf-8")))


class Recorder:
    """What a build is told."""

    def __init__(self):
        self.heard, self.transforms, self.settings = [], [], []

    def connect(self, event, step, priority):
        self.heard.append((event, step, priority))

    def add_post_transform(self, transform):
        self.transforms.append(transform)

    def add_config_value(self, name, *_):
        self.settings.append(name)


def test_some_modules_can_be_connected_alone():
    app = Recorder()
    order.connect(app, "_ext.page.executed")
    assert {step.__module__ for _, step, _ in app.heard} == {
        "_ext.page.executed",
        "_ext.build.state",
    }
    app = Recorder()
    order.connect(app, "_ext.page.tracebacks", freshness.__name__)
    assert [one.__name__ for one in app.transforms] == ["ShortenTracebacks"]
    assert app.transforms[0].default_priority == 60
    assert app.settings == ["sources_digest"]


@pytest.mark.parametrize(
    ("kind", "given"), [(order.writing, ("tree", "page")), (order.last, (None,))]
)
def test_only_the_site_is_written_and_only_after_a_build_that_went_well(kind, given):
    done = []
    step = kind(lambda app, *rest: done.append(rest))
    step(SimpleNamespace(builder=SimpleNamespace(format="latex")), *given)
    assert done == []
    site = SimpleNamespace(builder=SimpleNamespace(format="html"))
    step(site, *given)
    assert done == [given if kind is order.writing else ()]
    order.last(lambda app: done.append("too much"))(site, ValueError("it went wrong"))
    assert len(done) == 1


def test_what_a_page_has_is_kept_merged_and_forgotten():
    env, other = SimpleNamespace(), SimpleNamespace()
    state.by_page(env, "executed")["a"] = 1
    state.by_page(other, "executed").update(a=2, b=3, c=4)
    state.merge(None, env, ["b", "d"], other)
    assert state.by_page(env, "executed") == {"a": 1, "b": 3}
    again = pickle.loads(pickle.dumps(env))
    state.purge(None, again, "a")
    assert state.by_page(again, "executed") == {"b": 3}
    assert state.by_page(env, "handouts") == {}


def test_each_build_has_a_record_of_its_own():
    one, other = Recorder(), Recorder()
    state.of(one).wheel = "wuv.whl"
    assert state.of(one).wheel == "wuv.whl"
    assert state.of(other).wheel == ""


def test_files_are_named_by_what_they_hold_and_leave_with_it(tmp_path):
    files.put(tmp_path / "deep" / "a.txt", "a")
    files.put(tmp_path / "deep" / "b.txt", "b")
    files.put(tmp_path / "deep" / "c.md", "c")
    files.remove_others(tmp_path / "deep", "*.txt", {"a.txt"})
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["a.txt", "c.md"]
    assert files.stamp(b"a") == files.stamp(b"a") != files.stamp(b"b")
    assert files.stamp(b"a", b"b") != files.stamp(b"ab")
    assert (files.ROOT / "_config.yml").is_file()


def test_results_of_an_older_package_are_forgotten(tmp_path, monkeypatch):
    monkeypatch.setattr(freshness, "ROOT", tmp_path)
    for folder in ("code/wuv", "_ext"):
        files.put(tmp_path / folder / "a.py", "1")
    app = SimpleNamespace(outdir=tmp_path / "html")
    config = SimpleNamespace(nb_execution_cache_path=str(tmp_path / "cache"))

    def kept_after(change):
        files.put(tmp_path / "cache" / "result", "1")
        change()
        freshness.forget_old_results(app, config)
        return (tmp_path / "cache" / "result").is_file()

    assert not kept_after(lambda: None)  # where nothing is known of what was kept
    digest = config.sources_digest
    assert kept_after(lambda: None)
    assert config.sources_digest == digest
    assert kept_after(lambda: files.put(tmp_path / "_ext" / "a.py", "2"))
    assert config.sources_digest != digest  # pages are made anew, and nothing runs
    assert not kept_after(lambda: files.put(tmp_path / "code/wuv/a.py", "2"))
    assert kept_after(lambda: files.put(tmp_path / "code/wuv/notes.txt", "no source"))


def test_kernels_start_with_the_book_s_own_profile(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", "a reader's own")
    monkeypatch.setenv("WUV_PAGES", "elsewhere")
    kernels.use_own_profile(SimpleNamespace(outdir=tmp_path / "html"))
    assert kernels.os.environ["IPYTHONDIR"] == str(tmp_path / ".ipython")
    assert kernels.os.environ["WUV_PAGES"] == ""
    assert (tmp_path / ".ipython/profile_default/ipython_kernel_config.json").is_file()
