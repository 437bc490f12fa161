# shellcheck shell=bash
# What building and trying the image needs, for a fresh Debian 12 machine.

# The reference image is made of this suite of Debian: its systemd, kernel and RAUC are nearest to Buildroot's.
export REFERENCE_SUITE=trixie

# ensure_image_tools: what assembles an image.
ensure_image_tools() {
  ensure_apt mmdebstrap squashfs-tools genimage dosfstools mtools e2fsprogs grub-common ${GRUB_PACKAGE_HERE:+"$GRUB_PACKAGE_HERE"} rauc openssl \
    bmap-tools xz-utils python3 binutils kmod systemd git debian-archive-keyring
}

# ensure_qemu x86_64|aarch64: QEMU and UEFI firmware for such machines; from the backports where Debian's own does not fit the
# tools that are there already.
ensure_qemu() {
  local machine=$1 emulator=(qemu-system-x86 ovmf) suite
  [ "$machine" != aarch64 ] || emulator=(qemu-system-arm qemu-efi-aarch64)
  have "qemu-system-$machine" && apt_installed "${emulator[1]}" && return 0
  apt_install "${emulator[@]}" 2>/dev/null && return 0
  as_root apt-get -q update >&2
  apt_install "${emulator[@]}" 2>/dev/null && return 0
  say "taking QEMU from the backports"
  suite="$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")-backports"
  suite_list "$suite" | as_root tee /etc/apt/sources.list.d/pabx-backports.list >/dev/null
  as_root apt-get -q update >&2
  apt_install -t "$suite" "${emulator[@]}" || die "apt could not install QEMU"
}

# ensure_image_tests x86_64|aarch64: what the tests that start an image need, or the reason why they cannot run here.
ensure_image_tests() {
  [ "$(id -u)" -eq 0 ] || skip "starting machines needs a network namespace: run as root"
  [ -c /dev/net/tun ] || skip "starting machines needs /dev/net/tun"
  ensure_build_tools
  ensure_qemu "$1"
  ensure_apt dnsmasq-base iproute2 iputils-ping baresip-core mtools dosfstools binutils openssh-client openssl
}

# image_is_current BOARD: whether scripts/build-image has made the board's image of this commit, where nothing was changed since.
image_is_current() {
  [ -s "$CACHE/image/$1/pabx-$1.img" ] && [ "$(cat "$CACHE/image/work-$1/built-from" 2>/dev/null)" = "$(git rev-parse HEAD)" ] \
    && [ -z "$(git status --porcelain)" ] && say "taking the image of this commit that is there"
}

# Where this machine's apt finds Debian, and where its security updates.
debian_mirror() { configured_uris | sed '/security/d' | sed -n 1p; }
security_mirror() { configured_uris | sed -n '/security/p' | sed -n 1p; }
configured_uris() {
  sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | tr ' ' '\n' || true
  sed -nE 's/^deb +(\[[^]]*\] +)?([^ ]+) .*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true
}

# suite_list SUITE: one line for apt, with this machine's mirror.
suite_list() {
  local mirror
  mirror=$(debian_mirror)
  [ -n "$mirror" ] || die "no Debian mirror in /etc/apt: the reference image is made from Debian's packages"
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$mirror" "$1"
}

# security_list SUITE
security_list() {
  local mirror
  mirror=$(security_mirror)
  [ -z "$mirror" ] || printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s-security main\n' "$mirror" "$1"
}

# low COMMAND…: something heavy, so that the machine stays usable.
low() { nice -n 10 "$@"; }
