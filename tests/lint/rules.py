"""The rules of the tree that no compiler checks. Prints every breach; fails when there is one.

Each rule is a function that yields breaches as text. Exceptions are listed in exceptions.txt, and one that is no
longer needed is a breach too.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import packages
import sizes

ROOT = Path(__file__).resolve().parents[2]
EXCEPTIONS = Path(__file__).with_name("exceptions.txt")

# Written in halves, so that this file does not break its own rule.
FORBIDDEN_TEXT = {
    "a path of somebody's machine": re.compile(
        r"(?<![\w.~-])/(?:" + "wo" + r"rk|ro" + r"ot|home/\w+)/(?!\.\.)[\w.]"
    ),
    "a registry that is not crates.io's": re.compile(r"(?<!-)\bregistry\s*=\s*\"(?!https://github\.com/rust-lang/)|sparse\+http"),
    "a private key": re.compile("-----BEGIN [A-Z ]*PRIVATE" + " KEY-----"),
    "a credential": re.compile(r"\b(?:AK" + r"IA[0-9A-Z]{16}|gh[pousr]_[0-9A-Za-z]{36}|xox[bp]-[0-9A-Za-z-]{10,})\b"),
}
LOCK_SOURCE = 'source = "registry+https://github.com/rust-lang/crates.io-index"'
TEXT_LIMIT = 2_000_000  # octets; a larger file is no source


def tracked() -> list[Path]:
    """The files of the tree: committed, and new ones that are not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return sorted(path for name in set(names) - {""} if (path := ROOT / name).is_file())


def text_of(path: Path) -> str:
    """The file's text; nothing where it is binary or too large to be source."""
    data = path.read_bytes()
    return "" if len(data) > TEXT_LIMIT or b"\0" in data else data.decode("utf-8", "replace")


def nothing_that_does_not_belong(files: list[Path]) -> Iterator[str]:
    for path in files:
        for number, line in enumerate(text_of(path).splitlines(), 1):
            for what, pattern in FORBIDDEN_TEXT.items():
                if pattern.search(line):
                    yield f"{path.relative_to(ROOT)}:{number}: {what}: {line.strip()[:100]}"


def one_registry(files: list[Path]) -> Iterator[str]:
    for path in (path for path in files if path.name == "Cargo.lock"):
        for number, line in enumerate(text_of(path).splitlines(), 1):
            if line.startswith("source = ") and line != LOCK_SOURCE:
                yield f"{path.relative_to(ROOT)}:{number}: a dependency from elsewhere: {line}"


def public_modules_are_documented(files: list[Path]) -> Iterator[str]:
    """A `pub mod x;` has a doc comment where it is declared, or its file opens with one."""
    declaration = re.compile(r"^(\s*)pub mod (\w+)(;| \{)")
    for path in (path for path in files if path.suffix == ".rs" and "fuzz" not in path.parts):
        lines = text_of(path).splitlines()
        for index, line in enumerate(lines):
            match = declaration.match(line)
            if match and not documented_here(lines, index) and not documented_there(path, match[2]):
                yield f"{path.relative_to(ROOT)}:{index + 1}: no documentation for pub mod {match[2]}"


def documented_here(lines: list[str], index: int) -> bool:
    before = index - 1
    while before >= 0 and lines[before].strip().startswith("#["):
        before -= 1
    inside = lines[index + 1].strip().startswith("//!") if index + 1 < len(lines) else False
    return inside or (before >= 0 and lines[before].strip().startswith("///"))


def documented_there(declaring: Path, module: str) -> bool:
    folder = declaring.parent if declaring.name in ("lib.rs", "main.rs", "mod.rs") else declaring.with_suffix("")
    for candidate in (folder / f"{module}.rs", folder / module / "mod.rs"):
        if candidate.is_file():
            return candidate.read_text().lstrip().startswith("//!")
    return False


def scripts_can_be_run(files: list[Path]) -> Iterator[str]:
    for path in files:
        executable = bool(path.stat().st_mode & 0o111)
        if text_of(path).startswith("#!") != executable and path.suffix in ("", ".sh", ".py"):
            yield f"{path.relative_to(ROOT)}: a #! line and the executable bit go together"


def links_lead_somewhere(files: list[Path]) -> Iterator[str]:
    """A relative link in a document names a file of the tree."""
    link = re.compile(r"\[[^\]]*\]\((?!https?:|#|mailto:)([^)#\s]+)")
    for path in (path for path in files if path.suffix == ".md"):
        for number, line in enumerate(text_of(path).splitlines(), 1):
            for target in link.findall(line):
                if not (path.parent / target).exists():
                    yield f"{path.relative_to(ROOT)}:{number}: no such file: {target}"


def all_breaches() -> Iterator[str]:
    files = tracked()
    yield from packages.breaches(ROOT)
    yield from sizes.breaches(ROOT, files)
    yield from nothing_that_does_not_belong(files)
    yield from one_registry(files)
    yield from public_modules_are_documented(files)
    yield from scripts_can_be_run(files)
    yield from links_lead_somewhere(files)


def excepted(breaches: list[str]) -> tuple[list[str], list[str]]:
    """Breaches without an exception, and exceptions without a breach. An exception is the start of a breach's text."""
    lines = EXCEPTIONS.read_text().splitlines()
    exceptions = [line for line in lines if line.strip() and not line.startswith("#")]
    left = [breach for breach in breaches if not any(breach.startswith(exception) for exception in exceptions)]
    stale = [exception for exception in exceptions if not any(breach.startswith(exception) for breach in breaches)]
    return left, [f"exceptions.txt: no longer needed: {exception}" for exception in stale]


def main() -> int:
    left, stale = excepted(list(all_breaches()))
    for breach in left + stale:
        print(breach)
    print(f"detail: {len(left) + len(stale)} breaches")
    return 1 if left or stale else 0


if __name__ == "__main__":
    sys.exit(main())
