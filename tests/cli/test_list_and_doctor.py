"""``evornn list`` and ``evornn doctor``."""

from __future__ import annotations

import json

import pytest

from evornn import encodings, networks, optimizers, tasks
from evornn.cli.commands import doctor
from evornn.cli.commands.listing import KINDS
from evornn.errors import ConfigurationError

REGISTRIES = dict(
    zip(
        KINDS,
        (networks.REGISTRY, tasks.REGISTRY, optimizers.REGISTRY, encodings.REGISTRY),
        strict=True,
    )
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_registered_name_is_listed_with_what_it_is(evornn, kind):
    left = evornn("list", kind, "--json")
    assert left.code == 0
    entries = json.loads(left.out)[kind]
    assert [entry["name"] for entry in entries] == list(REGISTRIES[kind])
    assert all(entry["description"] for entry in entries)
    shown = evornn("list", kind).out
    assert all(name in shown for name in REGISTRIES[kind])


def test_options_have_types_and_defaults(evornn):
    entries = json.loads(evornn("list", "optimizers", "--json").out)["optimizers"]
    genetic = next(entry for entry in entries if entry["name"] == "genetic")
    options = {option["name"]: option for option in genetic["options"]}
    assert options["population_size"] == {"name": "population_size", "type": "int", "default": 100}
    assert options["crossover_options"]["default"] == {}
    networks = json.loads(evornn("list", "networks", "--json").out)["networks"]
    assert "default" not in networks[0]["options"][0]


def test_networks_say_where_they_come_from_and_what_trains_them(evornn):
    found = json.loads(evornn("list", "networks", "--json").out)["networks"]
    lstm = next(entry for entry in found if entry["name"] == "lstm")
    assert lstm["year"] == 2000
    assert lstm["source"].startswith("Gers, Schmidhuber & Cummins 2000")
    assert lstm["trained_by"] == ["global search", "BPTT", "least squares"]
    assert lstm["data"] == "sequence"
    assert "trained by global search, BPTT" in evornn("list", "networks").out


def test_one_part_is_listed_alone(evornn):
    shown = evornn("list", "t_maze")
    assert shown.code == 0
    assert "delay=0" in shown.out
    assert "turns=1, shown=5" in evornn("list", "tasks").out
    found = json.loads(evornn("list", "t_maze", "--json").out)
    assert [entry["name"] for entry in found["tasks"]] == ["t_maze"]
    assert list(found) == ["tasks"]


def test_inner_parts_are_listed_as_json(evornn):
    shown = evornn("list", "memetic").out
    assert '{"name": "genetic", "options": {"population_size": 30,' in shown


def test_no_two_of_a_kind_are_described_alike(evornn):
    for entries in json.loads(evornn("list", "--json").out).values():
        descriptions = [entry["description"] for entry in entries]
        assert len(set(descriptions)) == len(descriptions)


def test_an_unknown_kind_is_answered_with_the_nearest(evornn):
    left = evornn("list", "network")
    assert left.code == 2
    assert "did you mean 'networks'" in left.err


def test_doctor_finds_this_machine_well(evornn):
    left = evornn("doctor")
    assert left.code == 0, left.out
    assert [line.split()[0] for line in left.out.splitlines() if not line.startswith(" ")] == [
        "ok"
    ] * len(doctor.CHECKS)


def test_doctor_says_what_is_wrong(evornn, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EVORNN_CACHE_DIR", str(tmp_path / "file" / "kernels"))
    left = evornn("doctor")
    assert left.code == 2
    (line,) = [line for line in left.out.splitlines() if line.startswith("NO")]
    assert "kernel cache" in line


def test_doctor_measures_the_disk(monkeypatch):
    monkeypatch.setattr(doctor, "_FREE_BYTES", 2**80)
    with pytest.raises(ConfigurationError, match="make room"):
        doctor.disk()
