# shellcheck shell=bash
# Shared by every script: where the tree is, how to speak, and how to fail.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export ROOT
CACHE="$ROOT/.cache"
TOOLS="$CACHE/tools"
export CACHE TOOLS
export PATH="$TOOLS/bin:$HOME/.cargo/bin:$PATH"

mkdir -p "$CACHE/stamps"

# Where cargo puts what it builds; a caller may have set its own.
target_dir() { printf '%s\n' "${CARGO_TARGET_DIR:-$ROOT/target}"; }

say() { printf '==> %s\n' "$*" >&2; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Exit status of a test group that could not run at all; the reason goes first.
SKIPPED=77
skip() {
  printf 'skip: %s\n' "$*"
  exit "$SKIPPED"
}

# For a part of a group that could not run while the rest did.
skip_part() { printf 'skip: %s\n' "$*"; }
