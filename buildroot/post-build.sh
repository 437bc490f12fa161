#!/usr/bin/env bash
# Buildroot calls this with the target's folder and the board: what scripts/image does to every root file system.
set -euo pipefail
target=$1 board=$2
tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
: "${PABX_VERSION:?call scripts/build-image, not make}" "${PABX_BUILD:?}" "${PABX_CERTIFICATE:?}" "${SOURCE_DATE_EPOCH:?}"

config=$(find "$BUILD_DIR" -maxdepth 2 -path '*/linux-*/.config' ! -path '*headers*' | sort | sed -n 1p)
python3 "$tree/scripts/image/check_kernel.py" "$config" "$tree/board/common/kernel.config" "$tree/board/$board/kernel.config"
# GRUB reads the kernel from the slot.
for kernel in bzImage Image; do
  [ ! -e "$target/boot/$kernel" ] || mv "$target/boot/$kernel" "$target/boot/vmlinuz"
done
python3 "$tree/scripts/image/finalise.py" --root "$target" --board "$board" --version "$PABX_VERSION" --build "$PABX_BUILD" \
  --epoch "$SOURCE_DATE_EPOCH" --keyring "$PABX_CERTIFICATE" --assembler buildroot
python3 "$tree/scripts/image/check_paths.py" "$target"
