"""``python -m evornn``: the command line."""

from evornn.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
