"""The Python of the pages in docs runs from top to bottom."""

import re
from pathlib import Path

import pytest

PAGES = sorted((Path(__file__).parents[2] / "docs").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_python_of_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    snippets = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert snippets
    namespace = {"__name__": page.stem}
    for code in snippets:
        exec(compile(code, page.name, "exec"), namespace)
    assert not list(tmp_path.iterdir())


def test_there_are_pages():
    assert PAGES
