"""One's own CSV file: columns, splits, and every way a file goes wrong."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.tasks import CSV

GOOD = "time,load,wind\n" + "".join(f"{t},{t * 0.5},{(t * 7) % 5}\n" for t in range(40))


@pytest.fixture
def file(tmp_path):
    def write(content, **options):
        path = tmp_path / "mine.csv"
        data = content if isinstance(content, bytes) else content.encode()
        path.write_bytes(data)
        return CSV(str(path), **{"inputs": ["wind"], "targets": ["load"], **options})

    return write


def test_splits_in_time_by_share(file):
    task = file(GOOD, train_share=0.5, validation_share=0.25, washout=4)
    assert task.ends == (20, 30, 40)
    assert [d.judged_count for d in (task.train, task.validation, task.test)] == [15, 10, 10]
    np.testing.assert_allclose(
        task.target_normalisation.undo(task.test.targets[task.test.judged > 0])[:, 0],
        np.arange(30, 40) * 0.5,
    )


def test_no_rows_are_left_for_parts_without_a_share(file):
    task = file(GOOD, train_share=0.8, validation_share=0.2)
    assert task.test is None
    assert file(GOOD, train_share=1.0, validation_share=0.0).validation is None


@pytest.mark.parametrize("horizon", [0, 1, 3])
def test_the_answer_is_so_many_rows_ahead(file, horizon):
    data = file(GOOD, inputs=["time"], horizon=horizon, normalisation="none").train
    np.testing.assert_allclose(data.targets, (data.inputs + horizon) * 0.5)


def test_a_target_among_the_inputs_is_fed_back(file):
    task = file(
        GOOD, inputs=["wind", "load"], targets="load", evaluation="free_running", free_steps=5
    )
    assert task.targets == ("load",)
    assert task.train.feedback == (-1, 0)
    assert task.train.free_running == 11


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n"),
        GOOD + "\n\n",
        GOOD + ",,\n , ,\n",
        GOOD.replace("load", ' load" ').replace('load" ', "load "),
        GOOD.replace("wind", '"wind"'),
    ],
    ids=["bom", "crlf", "empty lines", "empty cells", "spaces", "quotes"],
)
def test_harmless_variants_are_read_alike(file, content):
    np.testing.assert_array_equal(file(content).input_rows, file(GOOD).input_rows)


def test_another_delimiter(file):
    task = file(GOOD.replace(",", ";"), delimiter=";")
    np.testing.assert_array_equal(task.input_rows, file(GOOD).input_rows)


def test_columns_nobody_asked_for_may_hold_anything(file):
    assert file("date,wind,load\n" + "today,1,2\n,2,3\n" * 20).train.judged_count > 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "mine.csv is empty: it needs a line of column names"),
        ("\n\n", "mine.csv is empty"),
        ("time,load,wind\n", r"line 1: column names \(time, load, wind\) but no rows"),
        (GOOD.replace("wind", "wnd"), r"line 1: .*no column 'wind' \(did you mean 'wnd'\?\)"),
        (GOOD.replace("wind", "load"), "line 1: .*no column 'wind'"),
        (GOOD.replace("time", "wind"), "line 1: column 'wind' appears 2 times"),
        (GOOD.replace(",", ";"), "is ',' the delimiter"),
        (GOOD.replace("\n3,1.5,1", "\n3,n/a,1"), "line 5, column 'load': 'n/a' is not a number"),
        (GOOD.replace("\n3,1.5,1", "\n3,,1"), "line 5, column 'load': empty cell; fill the gap"),
        (GOOD.replace("\n3,1.5,1", "\n3,nan,1"), "line 5, column 'load': 'nan' is not finite"),
        (GOOD.replace("\n3,1.5,1", '\n3,"1,5",1'), "line 5, column 'load'.*decimal point"),
        (GOOD.replace("\n3,1.5,1", "\n3,1.5"), "line 5: 2 cells, but the header has 3"),
        (GOOD.replace("\n3,1.5,1", "\n3,1,5,1"), "line 5: 4 cells, but the header has 3"),
        (GOOD.replace("\n3,1.5,1", "\n"), "line 5: 0 cells"),
        (GOOD.replace("\n3,1.5,1", '\n3,"1.5"x,1'), "line 5: not CSV"),
        (GOOD.replace("wind", "wind°").encode("latin-1"), "line 1: not UTF-8 .byte 0xb0.; save"),
        (GOOD.encode("utf-16"), "line 1: not UTF-8"),
        (GOOD.encode() + b"\xff", "line 42: not UTF-8"),
        (
            GOOD[: GOOD.index("\n8,")],
            "6 training rows leave nothing to judge after a washout of 10",
        ),
        ("wind,load\n" + "1,2\n" * 30, "column 'wind' is 1 in every training row"),
    ],
)
def test_a_bad_file_is_one_error_with_line_column_and_cure(file, content, message):
    with pytest.raises(ConfigurationError, match=message):
        file(content).train  # noqa: B018 - reading it is the point


def test_a_file_that_cannot_be_read(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(ConfigurationError, match=f"{path} cannot be read: .*check the path"):
            CSV(path, ["a"], ["b"]).train  # noqa: B018 - reading it is the point


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"inputs": []}, "inputs must name at least one"),
        ({"targets": ["load", "load"]}, "targets must name .* each once"),
        ({"inputs": [1]}, "list of column names"),
        ({"inputs": 3}, "list of column names"),
        ({"horizon": -1}, "horizon must be at least 0"),
        ({"horizon": 0, "inputs": ["load"]}, "'load' among inputs and targets gives the answer"),
        ({"train_share": 0.0}, "train_share must be above 0"),
        ({"train_share": 0.9, "validation_share": 0.2}, "more than the whole"),
        ({"delimiter": "tab"}, "one character, got 'tab'"),
        ({"evaluation": "free_running"}, r"target that is an input too \(got none\)"),
        (
            {"evaluation": "free_running", "inputs": ["load"], "horizon": 2},
            r"needs horizon 1 \(got 2\)",
        ),
        ({"path": 7}, "path must name a file, got 7"),
    ],
)
def test_contradictory_options_are_named(options, message):
    with pytest.raises(ConfigurationError, match=message):
        CSV(**{"path": "x.csv", "inputs": ["wind"], "targets": ["load"], **options})
