"""The daemon with its hooks for tests (cargo feature `test-hooks`), which no image ever holds."""

import os
import subprocess
from pathlib import Path

from . import paths


def daemon() -> Path:
    """Built from this tree, once; the file is kept beside the image."""
    file = paths.CACHE / "image/pabxd-hooked"
    target = Path(os.environ.get("CARGO_TARGET_DIR", paths.ROOT / "target"))
    build = ["cargo", "build", "--quiet", "--release", "--locked", "-p", "pabxd"]
    run(*build, "--features", "test-hooks")
    try:
        run("strip", "-o", str(file), str(target / "release/pabxd"))
    finally:
        run(*build)  # the one without hooks stands in its place again
    return file


def run(*command: str) -> None:
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: {done.stderr}")
