#!/usr/bin/env bash
# Buildroot calls this with the images' folder and the board: slot, disk and bundle are made as for the reference image.
set -euo pipefail
images=$1 board=$2
tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
: "${PABX_VERSION:?}" "${PABX_BUILD:?}" "${PABX_KEY:?}" "${PABX_CERTIFICATE:?}" "${PABX_OUT:?}" "${SOURCE_DATE_EPOCH:?}"
# shellcheck source=board/x86_64/meta disable=SC1091
. "$tree/board/$board/meta"
PATH="$HOST_DIR/bin:$HOST_DIR/sbin:$PATH"

# The Raspberry Pi's firmware, U-Boot and device trees lie beside GRUB.
if [ -e "$images/u-boot.bin" ]; then
  firmware="$images/esp-firmware"
  rm -rf "$firmware"
  mkdir -p "$firmware"
  cp -r "$images"/rpi-firmware/. "$firmware/"
  cp "$images/u-boot.bin" "$firmware/"
  find "$images" -maxdepth 1 -name '*.dtb' -exec cp {} "$firmware/" \;
  export PABX_FIRMWARE=$firmware
fi
"$tree/scripts/image/slot" "$TARGET_DIR" "$images/rootfs.squashfs" "$SOURCE_DATE_EPOCH"
grub=$(find "$images/efi-part/EFI/BOOT" -iname "$GRUB_NAME" | sed -n 1p)
"$tree/scripts/image/disk" "$board" "$images/rootfs.squashfs" "$PABX_OUT/pabx-$board.img" "$grub" "$SOURCE_DATE_EPOCH"
"$tree/scripts/image/bundle" "$board" "$PABX_VERSION" "$PABX_BUILD" "$images/rootfs.squashfs" "$PABX_KEY" "$PABX_CERTIFICATE" \
  "$PABX_OUT/pabx-$board.raucb"
