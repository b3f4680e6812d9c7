"""Data flows one way: the contracts in pyproject.toml hold."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_no_import_goes_against_an_arrow():
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    shown = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert shown.returncode == 0, shown.stdout
    assert "0 broken" in shown.stdout
