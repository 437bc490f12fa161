"""Finds the tests, runs each in a process of its own (a few at once), prints a line each and the sum at the end.

A test is a function `test_…(office)` of a module in cases/; its name is the sentence that is shown.
"""

import argparse
import importlib
import os
import shutil
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .office import Office, Skip
from .pabxd import ROOT, binary

CASES = Path(__file__).resolve().parents[1] / "cases"
SKIPPED = 77
TEST_SECONDS = 300
JOBS = 3
WITHOUT_PABXD = ("harness_itself.", "provider_itself.")


def alone(test: Callable) -> Callable:
    """Marks a test that wants a quiet machine: no other test runs beside it."""
    test.alone = True
    return test


def load() -> dict[str, Callable]:
    """Every test, as `module.function`, in the order of the files."""
    tests = {}
    for file in sorted(CASES.glob("[a-z]*.py")):
        module = importlib.import_module(f"cases.{file.stem}")
        for name, value in vars(module).items():
            if name.startswith("test_") and callable(value):
                tests[f"{file.stem}.{name.removeprefix('test_')}"] = value
    return tests


def run_here(name: str, test: Callable, folder: Path) -> int:
    """One test, in this process. Its folder is kept when it fails."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    office = Office(folder)
    try:
        test(office)
    except Skip as reason:
        print(reason)
        return SKIPPED
    except Exception:
        print(traceback.format_exc())
        print(f"what it left: {folder}")
        if office._pabxd is not None and office._pabxd.child is not None:
            print(office._pabxd.child.tail(60))
        return 1
    finally:
        office.close()
    shutil.rmtree(folder, ignore_errors=True)
    return 0


def run_apart(name: str, folder: Path) -> tuple[int, str, float]:
    """One test in its own process: status, what it printed, seconds."""
    started = time.monotonic()
    command = [sys.executable, str(CASES.parent / "run.py"), "--here", name, "--folder", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TEST_SECONDS, check=False)
        status, output = done.returncode, done.stdout + done.stderr
    except subprocess.TimeoutExpired as late:
        status, output = 1, f"not done within {TEST_SECONDS} s\n{(late.stdout or b'').decode(errors='replace')}"
    return status, output, time.monotonic() - started


def report(name: str, status: int, output: str, seconds: float) -> str:
    word = {0: "ok", SKIPPED: "skipped"}.get(status, "FAILED")
    module, _, sentence = name.partition(".")
    print(f"{word:8} {module}: {sentence.replace('_', ' ')} ({seconds:.1f} s)", flush=True)
    if word == "skipped":
        print(f"skip: {module}: {output.strip()}")
    elif word == "FAILED":
        print("    " + output.strip().replace("\n", "\n    "), flush=True)
    return word


def why(output: str) -> str:
    """The exception in what a failed test printed, in a line."""
    lines = [line for line in output.splitlines() if line.startswith(("AssertionError", "harness.", "not done within"))]
    return lines[-1][:300] if lines else output.strip()[-300:]


def run_all(names: list[str], tests: dict[str, Callable], jobs: int, folder: Path) -> int:
    counts, failed = {"ok": 0, "FAILED": 0, "skipped": 0}, []

    def note(name: str, result: tuple[int, str, float]) -> None:
        word = report(name, *result)
        counts[word] += 1
        if word == "FAILED":
            failed.append(f"failed: {name}: {why(result[1])}")

    together = [name for name in names if not getattr(tests[name], "alone", False)]
    apart = [name for name in names if name not in together]
    with ThreadPoolExecutor(jobs) as pool:
        for name, result in zip(together, pool.map(lambda name: run_apart(name, folder / name), together), strict=True):
            note(name, result)
    for name in apart:
        note(name, run_apart(name, folder / name))
    if counts["FAILED"] == 0:
        shutil.rmtree(folder, ignore_errors=True)
    line = f"{counts['ok']} passed, {counts['FAILED']} failed, {counts['skipped']} skipped"
    # Again at the end, where it is found: a failed test's own words are long, and others come after it.
    print("".join(f"{text}\n" for text in failed) + f"detail: {line}\n{line}")
    return 1 if counts["FAILED"] else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Tests of pabxd with real phones and tools.")
    parser.add_argument("words", nargs="*", help="run only the tests whose name has one of these")
    parser.add_argument("--jobs", type=int, default=JOBS, help=f"tests at once (default {JOBS})")
    parser.add_argument("--list", action="store_true", help="only name them")
    parser.add_argument("--here", metavar="NAME", help=argparse.SUPPRESS)
    default = ROOT / ".cache" / "peers" / str(os.getpid())
    parser.add_argument("--folder", type=Path, default=default, help="where logs and recordings of a failed test stay")
    options = parser.parse_args()
    tests = load()
    if options.here:
        return run_here(options.here, tests[options.here], options.folder)
    names = [name for name in tests if not options.words or any(word.replace(" ", "_") in name for word in options.words)]
    if options.list:
        print("\n".join(names))
        return 0
    if not binary().exists() and any(not name.startswith(WITHOUT_PABXD) for name in names):
        print(f"there is no {binary()}: build it (cargo build --release -p pabxd), or set PABXD")
        return 1
    return run_all(names, tests, options.jobs, options.folder)
