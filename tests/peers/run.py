#!/usr/bin/env python3
"""Runs the tests in cases/: tests/peers/run.py [WORD…], see --help."""

import sys
from pathlib import Path

# The client of the API is that of its own tests.
sys.path.append(str(Path(__file__).resolve().parents[1] / "api"))

from harness.runner import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
