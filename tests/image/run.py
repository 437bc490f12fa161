#!/usr/bin/env python3
"""Tries the image in QEMU: tests/image/run.py [WORD…], see --help."""

import sys

from box.runner import main

if __name__ == "__main__":
    sys.exit(main())
