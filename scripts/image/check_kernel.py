"""Checks that a kernel's configuration has what the appliance asks for: check_kernel.py [--modules] CONFIG FRAGMENT….

Kconfig drops what it cannot satisfy without a word. With --modules (Debian's kernel) `m` is as good as `y`.
"""

import re
import sys
from pathlib import Path

LINE = re.compile(r"^(CONFIG_\w+)=(.*)$")
# Not asked of Debian's kernel: the reference image starts without them.
ONLY_OURS = {
    "CONFIG_PANIC_TIMEOUT", "CONFIG_SYSFB_SIMPLEFB", "CONFIG_DRM_SIMPLEDRM", "CONFIG_STRICT_MODULE_RWX",
    "CONFIG_DEVTMPFS_MOUNT",  # the reference image's initramfs mounts it
}


def options(path: Path) -> dict[str, str]:
    return {match[1]: match[2] for line in path.read_text().splitlines() if (match := LINE.match(line))}


def missing(config: Path, fragments: list[Path], modules: bool) -> list[str]:
    have = options(config)
    result = []
    for fragment in fragments:
        for name, value in options(fragment).items():
            found = have.get(name, "n")
            same = found == value or (modules and value == "y" and found == "m") or (modules and name in ONLY_OURS)
            if not same:
                result.append(f"{fragment.parent.name}: {name} is {found}, not {value}")
    return result


def main() -> int:
    words = sys.argv[1:]
    modules = "--modules" in words
    config, *fragments = (Path(word) for word in words if word != "--modules")
    lines = missing(config, fragments, modules)
    for line in lines:
        print(line, file=sys.stderr)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
