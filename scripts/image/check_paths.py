"""Checks that a root file system has every path of board/packages.map: check_paths.py ROOT."""

import os
import sys
from pathlib import Path

MAP = Path(__file__).resolve().parents[2] / "board/packages.map"


def rows() -> list[tuple[str, list[str], list[str], list[str]]]:
    """Feature, Buildroot symbols, Debian packages, paths."""
    result = []
    for line in MAP.read_text().splitlines():
        if line and not line.startswith("#"):
            columns = [column.split() for column in line.split("|")]
            feature, symbols, packages, paths = ([word for word in column if word != "-"] for column in columns)
            result.append((feature[0], symbols, packages, paths))
    return result


def present(root: Path, path: str) -> bool:
    """A link counts where its target is in the tree too."""
    real = os.path.realpath(root / path.lstrip("/"))
    return os.path.exists(real)


def main() -> int:
    root = Path(sys.argv[1])
    missing = [f"{feature}: {path}" for feature, _, _, paths in rows() for path in paths if not present(root, path)]
    for line in missing:
        print(f"missing in the image: {line}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
