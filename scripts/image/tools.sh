# shellcheck shell=bash
# What building and trying the image needs, for a fresh Debian 12 machine.

# The reference image is made of this suite of Debian: its systemd, kernel and RAUC are nearest to Buildroot's.
export REFERENCE_SUITE=trixie

# ensure_image_tools: what assembles an image.
ensure_image_tools() {
  ensure_apt mmdebstrap squashfs-tools genimage dosfstools mtools e2fsprogs grub-common ${GRUB_PACKAGE_HERE:+"$GRUB_PACKAGE_HERE"} rauc openssl \
    bmap-tools xz-utils python3 binutils kmod systemd git debian-archive-keyring
}

# ensure_qemu: QEMU for PCs, from the backports where Debian's own does not fit the tools that are there already.
ensure_qemu() {
  have qemu-system-x86_64 && apt_installed ovmf && return 0
  apt_install qemu-system-x86 ovmf 2>/dev/null && return 0
  as_root apt-get -q update >&2
  apt_install qemu-system-x86 ovmf 2>/dev/null && return 0
  say "taking QEMU from the backports"
  suite_list "$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")-backports" | as_root tee /etc/apt/sources.list.d/pabx-backports.list >/dev/null
  as_root apt-get -q update >&2
  apt_install -t "$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")-backports" qemu-system-x86 ovmf \
    || die "apt could not install QEMU"
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
