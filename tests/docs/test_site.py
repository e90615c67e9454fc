"""The hooks that make pages of the site from the source and from ``conf/``."""

from __future__ import annotations

import importlib.util
import re
from types import SimpleNamespace

import pytest
import yaml
from documented import DOCS, PAGES, name
from small import ROOT

pytest.importorskip("mkdocs", reason="the site needs pip install -e '.[docs]'")


def hook(called):
    """A module of ``docs/hooks``."""
    spec = importlib.util.spec_from_file_location(called, DOCS / "hooks" / f"{called}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rendered(markdown, place="chapter.md"):
    page = SimpleNamespace(file=SimpleNamespace(src_uri=place))
    return hook("excerpts").on_page_markdown(markdown, page=page)


def test_an_excerpt_is_the_code_without_its_docstring():
    text = rendered("Before.\n\n[code: Elman.step](../seqtasks/cells/elman.py)\n\nAfter.")
    assert text.startswith('Before.\n\n```python title="seqtasks/cells/elman.py"\ndef step(')
    assert "return (h,)\n```\n\nAfter." in text
    assert '"""' not in rendered("[code: perplexity](../seqtasks/metrics/nats.py)")
    shown = rendered("[code: gradient_clip_val](../conf/trainer/base.yaml)")
    assert "gradient_clip_val: 1.0" in shown


def test_an_excerpt_of_nothing_fails():
    from mkdocs.exceptions import PluginError

    with pytest.raises(PluginError, match=r"nothing called Elman\.leap"):
        rendered("[code: Elman.leap](../seqtasks/cells/elman.py)")


def test_a_file_comes_with_its_links_turned():
    text = rendered("# Changelog\n\n[text: all](../CHANGELOG.md)\n", "changelog.md")
    assert "## " in text
    for target in re.findall(r"\]\((?!\w+:|#)([^)#]+)", text):
        assert (DOCS / target).exists(), target


def test_links_out_of_the_site_become_text():
    assert rendered("see [conf](../conf/config.yaml) and [cells](cells.md)") == (
        "see conf and [cells](cells.md)"
    )


def test_bars_in_the_code_of_a_table_are_bare():
    assert rendered("| `a \\| b` | c \\| d |") == "| `a | b` | c \\| d |"


def test_every_option_of_every_file_is_on_a_page():
    options = hook("options")
    for group, title in options.groups().items():
        page = options.page(group, title)
        for path in (ROOT / "conf" / group).rglob("*.yaml"):
            assert f"`{options.called(path)}`" in page
    trainer = options.page("trainer", "trainer")
    base = yaml.safe_load((ROOT / "conf" / "trainer" / "base.yaml").read_text(encoding="utf-8"))
    for key, value in base.items():
        if not key.startswith("_"):
            plain = isinstance(value, bool) or value is None
            shown = {True: "true", False: "false", None: "null"}[value] if plain else value
            assert f"| `trainer.{key}` | `{shown}` |" in trainer


def test_a_comment_is_the_meaning_and_nested_options_have_full_names():
    options = hook("options")
    found = options.options("a: 1 # the first\nb:\n  c: [x, y] # the second\nd: {} # none\n")
    assert found == [("a", "1", "the first"), ("b.c", "[x, y]", "the second"), ("d", "{}", "none")]


def test_equations_become_mathml_without_a_script():
    html = hook("maths").equations("h_t = \\tanh(x_t)\na = b\n")
    assert html.count("<math") == 2
    assert "<script" not in html


def test_a_chinese_page_says_its_language():
    called = hook("language").on_post_page
    for place, language in (("zh/index.md", "zh-Hans"), ("index.md", "en")):
        page = SimpleNamespace(file=SimpleNamespace(src_uri=place))
        html = '<html lang="en" class="no-js">'
        assert called(html, page=page) == html.replace("en", language, 1)


def test_every_page_has_a_place_in_the_navigation():
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    listed = set(re.findall(r"[\w/]+\.md", text))
    there = {page.relative_to(DOCS).as_posix() for page in PAGES if DOCS in page.parents}
    assert {one for one in there if not re.match(r"\w\w/", one)} <= listed


def test_the_site_loads_nothing_from_the_net():
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert not re.search(r"https?://", config)
    for path in (DOCS / "assets").glob("*.*"):
        if path.suffix in (".js", ".css"):
            assert not re.search(r"https?://|@import", path.read_text("utf-8")), name(path)
