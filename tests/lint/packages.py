"""Who may depend on whom (docs/architecture.md), read from `cargo metadata`."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

# The only arrows between our packages.
ARROWS = {
    "pabx-model": set(),
    "pabx-sip": set(),
    "pabx-media": set(),
    "pabx-call": {"pabx-sip", "pabx-media", "pabx-model"},
    "pabx-store": {"pabx-model"},
    "pabxd": {"pabx-call", "pabx-media", "pabx-model", "pabx-sip", "pabx-store"},
}
# Test tools of ours: nothing may depend on them.
TOOLS = {"pabx-load", "pabx-bench", "pabx-sim"}
SANS_IO = ("pabx-model", "pabx-sip", "pabx-media", "pabx-call")
# What touches the world: sockets, files, threads, run-times. Not in the tree of a sans-IO package, however deep.
WORLDLY = re.compile(
    r"^(tokio.*|mio|async-.*|smol|rusqlite|libsqlite3-sys|nix|rustix|socket2|polling|libsystemd.*|systemd|alsa.*"
    r"|hickory-.*|reqwest|hyper.*|tiny_http|crossbeam-channel|rayon|parking_lot|chrono|time)$"
)
# Without `std` jiff is arithmetic alone: it asks no clock and reads no file.
WORLDLY_WITH_STD = {"jiff"}
BANNED_CALLS = ("std::time::Instant::now", "std::time::SystemTime::now")
NEWEST_RUST = (1, 96)  # Debian 12's own compiler: bookworm-security has rustc-web 1.96.


def metadata(root: Path) -> dict:
    # Inside and outside view at once: the resolved graph of everything, for every target.
    command = ["cargo", "metadata", "--quiet", "--format-version", "1", "--locked"]
    return json.loads(subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE, text=True).stdout)


def normal_dependencies(graph: dict) -> dict[str, list[str]]:
    """Package id to the ids it is linked with: no dev- and no build-dependencies."""
    edges = {}
    for node in graph["resolve"]["nodes"]:
        linked = [dep["pkg"] for dep in node["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"])]
        edges[node["id"]] = linked
    return edges


def tree_of(start: str, edges: dict[str, list[str]]) -> set[str]:
    seen, left = set(), [start]
    while left:
        package = left.pop()
        if package not in seen:
            seen.add(package)
            left.extend(edges.get(package, []))
    return seen - {start}


def breaches(root: Path) -> Iterator[str]:
    graph = metadata(root)
    by_id = {package["id"]: package for package in graph["packages"]}
    ours = {by_id[member]["name"]: by_id[member] for member in graph["workspace_members"]}
    edges = normal_dependencies(graph)
    features = {node["id"]: node["features"] for node in graph["resolve"]["nodes"]}
    yield from missing_packages(ours)
    for name, package in sorted(ours.items()):
        yield from wrong_arrows(name, package, set(ours))
        yield from wrong_rust_version(name, package)
        yield from missing_lints(name, package)
    for name in (name for name in SANS_IO if name in ours):
        yield from worldly(name, tree_of(ours[name]["id"], edges), by_id, features)
        yield from missing_bans(name, Path(ours[name]["manifest_path"]).parent)


def worldly(name: str, tree: set[str], by_id: dict, features: dict[str, list[str]]) -> Iterator[str]:
    for id_ in sorted(tree):
        found = by_id[id_]["name"]
        if WORLDLY.match(found) or (found in WORLDLY_WITH_STD and "std" in features[id_]):
            yield f"{name}: is sans-IO, but {found} is in its tree"


def missing_packages(ours: dict) -> Iterator[str]:
    for name in sorted(set(ARROWS) - set(ours)):
        yield f"{name}: the package is not in the workspace"


def wrong_arrows(name: str, package: dict, ours: set[str]) -> Iterator[str]:
    """Dev-dependencies count too: a test that needs another package belongs one level up."""
    if name not in ARROWS and name not in TOOLS:
        yield f"{name}: no arrows are drawn for this package (tests/lint/packages.py)"
    used = {dependency["name"] for dependency in package["dependencies"]} & ours
    for other in sorted(used - ARROWS.get(name, ours) - {name}):
        yield f"{name}: may not depend on {other}"
    for other in sorted(used & TOOLS):
        yield f"{name}: may not depend on the test tool {other}"


def wrong_rust_version(name: str, package: dict) -> Iterator[str]:
    version = package["rust_version"]
    if version is None:
        yield f"{name}: states no rust-version"
    elif tuple(int(part) for part in version.split(".")[:2]) > NEWEST_RUST:
        yield f"{name}: rust-version {version} is newer than Debian 12's {NEWEST_RUST[0]}.{NEWEST_RUST[1]}"


def missing_lints(name: str, package: dict) -> Iterator[str]:
    text = Path(package["manifest_path"]).read_text()
    if not re.search(r"^\[lints\]\nworkspace = true$", text, re.MULTILINE):
        yield f"{name}: does not take the lints of the workspace"


def missing_bans(name: str, folder: Path) -> Iterator[str]:
    file = folder / "clippy.toml"
    text = file.read_text() if file.is_file() else ""
    for call in BANNED_CALLS:
        if call not in text:
            yield f"{name}: its clippy.toml does not ban {call}"
    if "std::net::UdpSocket" not in text:
        yield f"{name}: its clippy.toml does not ban sockets"
