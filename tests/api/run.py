#!/usr/bin/env python3
"""The management API of a running pabxd: tests/api/run.py [WORD…], see --help. Uses the harness of tests/peers."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE), str(HERE.parents[0] / "peers")]

from harness import runner  # noqa: E402

if __name__ == "__main__":
    runner.CASES = HERE / "cases"
    sys.exit(runner.main())
