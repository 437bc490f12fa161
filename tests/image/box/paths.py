"""Where things are, and the equipment borrowed from tests/peers (`harness`)."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CACHE = ROOT / ".cache"
PEERS = ROOT / "tests/peers"
if str(PEERS) not in sys.path:
    sys.path.append(str(PEERS))


def out(board: str = "x86_64") -> Path:
    """What scripts/build-image made."""
    return Path(os.environ.get("PABX_IMAGE_OUT", CACHE / "image" / board))


def work(board: str = "x86_64") -> Path:
    """What it left on the way: `root`, and `rootfs.squashfs` made of it."""
    return CACHE / "image" / f"work-{board}"
