"""What importing loads, and that every public name is there."""

import importlib.metadata
import subprocess
import sys

import pytest

import evornn

HEAVY = ("numba", "scipy", "matplotlib", "cma", "deap", "pyswarms", "pydantic", "typer", "numpy")


def loaded_by(code: str) -> set[str]:
    """The modules of a fresh process after `code`."""
    program = f"{code}\nimport sys\nprint('\\n' + ' '.join(sys.modules))"
    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    return set(shown.splitlines()[-1].split())


def test_import_evornn_loads_nothing_heavy():
    assert loaded_by("import evornn").isdisjoint(HEAVY)


def test_names_can_be_listed_without_the_compiler():
    listing = "\n".join(
        f"import evornn.{kind}\nlist(evornn.{kind}.REGISTRY)"
        for kind in ("networks", "tasks", "optimizers", "encodings")
    )
    assert loaded_by(listing).isdisjoint({"numba", "scipy", "matplotlib", "cma", "deap"})


def test_help_loads_nothing_heavy():
    shown = loaded_by("from evornn.cli import main\nassert main(['--help']) == 0")
    assert shown.isdisjoint({"numba", "scipy", "matplotlib", "cma", "deap", "pyswarms"})


@pytest.mark.parametrize("name", evornn.__all__)
def test_every_public_name_resolves(name):
    assert getattr(evornn, name) is getattr(evornn, name)
    assert name in dir(evornn)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'lstm'"):
        _ = evornn.lstm


def test_the_version_is_that_of_the_installed_package():
    assert importlib.metadata.version("evornn") == evornn.__version__
