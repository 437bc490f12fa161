# shellcheck shell=bash
# Installs what a fresh Debian 12 machine lacks. Each function does nothing, quickly, when there is nothing to do.

# Oldest compiler that builds this tree: rust-version in Cargo.toml.
RUST_NEEDED=1.95
NEXTEST_VERSION=0.9.143
DENY_VERSION=0.20.2
FUZZ_VERSION=0.13.2

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif have sudo; then
    sudo "$@"
  else
    die "this needs root and there is no sudo: run as root: $*"
  fi
}

apt_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# ensure_apt PACKAGE…: installs the packages that are missing; refreshes the lists only when apt does not know one.
ensure_apt() {
  local missing=() package
  for package in "$@"; do
    apt_installed "$package" || missing+=("$package")
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  have apt-get || die "missing ${missing[*]}, and this is no Debian: install them by hand"
  say "installing ${missing[*]} (apt)"
  apt_install "${missing[@]}" || {
    as_root apt-get -q update >&2
    apt_install "${missing[@]}" || die "apt could not install ${missing[*]}"
  }
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive ${RUNLEVEL:+RUNLEVEL="$RUNLEVEL"} apt-get -qq install -y --no-install-recommends \
    -o Dpkg::Use-Pty=0 "$@" >&2
}

# ensure_apt_asleep SERVICE PACKAGE…: packages of which the first brings a service that must never run here by itself. It is
# masked before it comes (without systemd, a runlevel keeps it from starting); one that was there already is left alone.
ensure_apt_asleep() {
  local service=$1
  shift
  apt_installed "$1" || as_root ln -sfn /dev/null "/etc/systemd/system/$service.service"
  RUNLEVEL=1 ensure_apt "$@"
}

# version_at_least HAVE NEEDED
version_at_least() {
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

rust_is_new_enough() {
  have cargo && have rustc && version_at_least "$(rustc --version | cut -d ' ' -f 2)" "$RUST_NEEDED"
}

# A compiler: the one that is there (rustup, say), or Debian's own rustc-web from bookworm-security (1.96).
ensure_rust() {
  rust_is_new_enough && return 0
  if have rustup; then
    say "installing Rust $RUST_NEEDED (rustup)"
    rustup toolchain install "$RUST_NEEDED" --profile minimal -c rustfmt -c clippy >&2 \
      || die "rustup could not install Rust $RUST_NEEDED"
    export RUSTUP_TOOLCHAIN=$RUST_NEEDED
    return 0
  fi
  say "no Rust $RUST_NEEDED here: taking Debian's (rustc-web, cargo-web)"
  as_root apt-get -q update >&2 || true
  apt_install rustc-web cargo-web rustfmt-web \
    || die "no Rust: install rustup (https://rustup.rs), then Rust $RUST_NEEDED or newer, and run this again"
  hash -r
  rust_is_new_enough || die "Debian's Rust is older than $RUST_NEEDED: install rustup (https://rustup.rs) and run this again"
}

# What the daemon is built from: a C compiler (SQLite, ring), cmake and the two system libraries.
ensure_build_tools() {
  ensure_apt build-essential pkg-config cmake git ca-certificates libsystemd-dev libasound2-dev
  ensure_rust
}

# cargo_tool BINARY CRATE VERSION: a developer's tool, into .cache/tools unless the machine has one. Built without
# optimisation: that halves the build, and it runs for seconds.
cargo_tool() {
  have "$1" && return 0
  say "building $2 $3 (once, a few minutes)"
  CARGO_TARGET_DIR="$CACHE/build-tools" cargo install --quiet --locked --debug --root "$TOOLS" "$2@$3" >&2 \
    || die "could not build $2 $3 (cargo install)"
  rm -rf "$CACHE/build-tools"
}

ensure_nextest() { cargo_tool cargo-nextest cargo-nextest "$NEXTEST_VERSION"; }
ensure_deny() { cargo_tool cargo-deny cargo-deny "$DENY_VERSION"; }
ensure_fuzz() { cargo_tool cargo-fuzz cargo-fuzz "$FUZZ_VERSION"; }

# Node and npm for the web UI: what is there, or Debian's. Its npm installs the packages; those bring the Node that they need.
ensure_node() {
  have node && have npm && version_at_least "$(node --version | tr -d v)" 18 && return 0
  ensure_apt nodejs npm
}

# The packages of webui/package-lock.json, and their Node first on the PATH.
ensure_webui_packages() {
  local folder=$ROOT/webui machine
  ensure_node
  if ! cmp -s "$folder/package-lock.json" "$folder/node_modules/installed-lock.json"; then
    say "installing the web UI's packages (npm)"
    (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2) || die "npm could not install webui/package-lock.json"
    cp "$folder/package-lock.json" "$folder/node_modules/installed-lock.json"
  fi
  case $(uname -m) in aarch64) machine=arm64 ;; *) machine=x64 ;; esac
  export PATH="$folder/node_modules/node-linux-$machine/bin:$PATH"
}

# What tests need from PyPI (tests/requirements.txt, pinned with hashes), in an environment of its own; sets PYTHON.
ensure_python() {
  local environment=$CACHE/python wanted=$ROOT/tests/requirements.txt
  ensure_apt python3 python3-venv
  PYTHON=$environment/bin/python
  cmp -s "$wanted" "$environment/requirements.txt" && "$PYTHON" -c '' 2>/dev/null && return 0
  say "installing $(grep -c '==' "$wanted") Python packages"
  rm -rf "$environment"
  python3 -m venv "$environment" || die "python3 -m venv failed"
  "$PYTHON" -m pip --quiet --disable-pip-version-check install --require-hashes --only-binary :all: -r "$wanted" >&2 \
    || die "pip could not install tests/requirements.txt"
  cp "$wanted" "$environment/requirements.txt"
}
