"""The command line. ``evornn --help`` shows what it can do."""

from evornn.cli.app import main as main
from evornn.cli.app import run_script as run_script
