"""Finds the groups, runs their tests one after the other, prints a line each and the sum at the end.

A group is the class `Group` of a module in groups/. Its tests (`test_…`, the name is the sentence that is shown) run in the
order they are written in, and groups hand one running box on to each other. A test that fails does not stop the others, unless the
box is gone. `long = True` keeps a group, or (as the decorator `long`) a test, for --long.
"""

import argparse
import importlib
import os
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from . import network, paths
from .lab import Lab, Skip

GROUPS = Path(__file__).resolve().parents[1] / "groups"
ORDER = ["first", "ssh", "clock", "network", "watchdog", "powercut", "update", "reset", "aarch64"]


def long(test: Callable) -> Callable:
    """Marks a test that only --long runs."""
    test.long = True
    return test


def load() -> dict[str, type]:
    return {name: importlib.import_module(f"groups.{name}").Group for name in ORDER if (GROUPS / f"{name}.py").exists()}


def tests_of(group: type) -> list[tuple[str, Callable]]:
    return [(name.removeprefix("test_"), value) for name, value in vars(group).items() if name.startswith("test_")]


def wanted(groups: dict[str, type], words: list[str], with_long: bool) -> Iterator[tuple[str, list[tuple[str, Callable]]]]:
    """With words, whatever has one of them in its name, long or not; a group's name is what it runs without words."""
    for name, group in groups.items():
        chosen = []
        for test, function in tests_of(group):
            is_long = getattr(group, "long", False) or getattr(function, "long", False)
            named = any(word not in groups and word.replace(" ", "_") in test for word in words)
            whole = (not words or name in words) and (with_long or not is_long)
            if named or whole:
                chosen.append((test, function))
        if chosen:
            yield name, chosen


class Report:
    def __init__(self) -> None:
        self.counts = {"ok": 0, "FAILED": 0, "skipped": 0}

    def line(self, word: str, group: str, test: str, seconds: float, text: str = "") -> None:
        self.counts[word] += 1
        print(f"{word:8} {group}: {test.replace('_', ' ')} ({seconds:.1f} s)", flush=True)
        if word == "skipped":
            print(f"skip: {group}: {text.strip()}", flush=True)
        elif text:
            print("    " + text.strip().replace("\n", "\n    "), flush=True)


def run_groups(chosen: list[tuple[str, list]], groups: dict[str, type], folder: Path, report: Report) -> None:
    """One after the other in one world; after a failure the next group gets a new one."""
    lab = None
    for name, tests in chosen:
        lab = lab or Lab(folder / name)
        failed = report.counts["FAILED"]
        run_group(name, groups[name], tests, lab, report)
        if report.counts["FAILED"] != failed:
            lab.close()
            print(f"    what it left: {lab.folder}")
            lab = None
    if lab is not None:
        lab.close()
        shutil.rmtree(lab.folder, ignore_errors=True)


def run_group(name: str, group: type, tests: list[tuple[str, Callable]], lab: Lab, report: Report) -> None:
    try:
        made = group(lab)
        for test, function in tests:
            run_test(name, test, lambda function=function: function(made), lab, report)
    except Exception:
        report.line("FAILED", name, "starts", 0, traceback.format_exc() + lab.story())
    finally:
        lab.close_phones()


def run_test(group: str, test: str, call: Callable[[], None], lab: Lab, report: Report) -> None:
    started = time.monotonic()
    try:
        call()
        report.line("ok", group, test, time.monotonic() - started, lab.take_notes())
    except Skip as reason:
        report.line("skipped", group, test, time.monotonic() - started, f"{test.replace('_', ' ')}: {reason}")
    except Exception:
        report.line("FAILED", group, test, time.monotonic() - started, traceback.format_exc() + lab.story())


def main() -> int:
    parser = argparse.ArgumentParser(description="Tries the image that scripts/build-image --reference made, in QEMU.")
    parser.add_argument("words", nargs="*", help="run only the tests whose name has one of these, long ones too")
    parser.add_argument("--long", action="store_true", help="also what takes long: many power cuts, aarch64")
    parser.add_argument("--list", action="store_true", help="only name them")
    default = paths.CACHE / "image-tests" / str(os.getpid())
    parser.add_argument("--folder", type=Path, default=default, help="where logs and disks of a failed group stay")
    options = parser.parse_args()
    groups = load()
    chosen = list(wanted(groups, options.words, options.long))
    if options.list:
        print("\n".join(f"{name}: {test.replace('_', ' ')}" for name, tests in chosen for test, _ in tests))
        return 0
    network.enter()
    report = Report()
    run_groups(chosen, groups, options.folder, report)
    if report.counts["FAILED"] == 0:
        shutil.rmtree(options.folder, ignore_errors=True)
    line = f"{report.counts['ok']} passed, {report.counts['FAILED']} failed, {report.counts['skipped']} skipped"
    print(f"detail: {line}\n{line}")
    return 1 if report.counts["FAILED"] or not report.counts["ok"] else 0


if __name__ == "__main__":
    sys.exit(main())
