#!/usr/bin/env python3
"""Attacks on a running pabxd: tests/security/run.py [WORD…], see --help. Uses the harness of tests/peers."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "peers"))

from harness import runner  # noqa: E402

if __name__ == "__main__":
    runner.CASES = Path(__file__).resolve().parent / "cases"
    sys.exit(runner.main())
