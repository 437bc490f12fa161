#!/usr/bin/env python3
"""Runs the tests in cases/: tests/peers/run.py [WORD…], see --help."""

import sys

from harness.runner import main

if __name__ == "__main__":
    sys.exit(main())
