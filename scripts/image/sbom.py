"""The parts of an image as CycloneDX 1.6: Rust crates, npm packages, system packages."""

import argparse
import json
import re
import time
import tomllib
import urllib.parse
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
LOCK_OF_NPM = TREE / "webui/package-lock.json"


def component(kind: str, name: str, version: str, purl: str, hashes: list[dict] | None = None) -> dict:
    result = {"type": kind, "name": name, "version": version, "purl": purl, "bom-ref": purl}
    if hashes:
        result["hashes"] = hashes
    return result


def crates() -> list[dict]:
    """Everything that Cargo.lock has from the registry. That is what may be in the daemon, tests' crates included."""
    result = []
    for package in tomllib.loads((TREE / "Cargo.lock").read_text())["package"]:
        if "source" in package:
            hashes = [{"alg": "SHA-256", "content": package["checksum"]}] if "checksum" in package else None
            name, version = package["name"], package["version"]
            result.append(component("library", name, version, f"pkg:cargo/{name}@{version}", hashes))
    return result


def npm() -> list[dict]:
    if not LOCK_OF_NPM.exists():
        return []
    result = []
    for path, package in json.loads(LOCK_OF_NPM.read_text()).get("packages", {}).items():
        # Optional is the Node that the build runs on.
        if path.startswith("node_modules/") and not package.get("dev") and not package.get("optional"):
            name = path.rpartition("node_modules/")[2]
            purl = f"pkg:npm/{urllib.parse.quote(name)}@{package['version']}"
            result.append(component("library", name, package["version"], purl))
    return result


def debian(listing: Path) -> list[dict]:
    """From the names of the .deb files: NAME_VERSION_ARCH.deb, a colon written as %3a."""
    result = []
    for line in listing.read_text().split():
        match = re.fullmatch(r"(.+)_(.+)_(.+)\.deb", line)
        if match:
            name, version, arch = match[1], urllib.parse.unquote(match[2]), match[3]
            purl = f"pkg:deb/debian/{name}@{urllib.parse.quote(version)}?arch={arch}"
            result.append(component("library", name, version, purl))
    return result


def buildroot(listing: Path) -> list[dict]:
    """From `make show-info`: what goes into the target."""
    result = []
    for name, package in json.loads(listing.read_text()).items():
        if package.get("type") == "target" and not package.get("virtual") and package.get("version"):
            version = package["version"]
            result.append(component("library", name, version, f"pkg:generic/{name}@{urllib.parse.quote(version)}"))
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--epoch", type=int, required=True)
    parser.add_argument("--packages", type=Path, help="names of .deb files")
    parser.add_argument("--show-info", type=Path, help="what Buildroot's make show-info prints")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    components = crates() + npm()
    if options.packages:
        components += debian(options.packages)
    if options.show_info:
        components += buildroot(options.show_info)
    document = {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(options.epoch)),
            "component": component("operating-system", options.name, options.version, f"pkg:generic/{options.name}@{options.version}"),
        },
        "components": sorted(components, key=lambda part: part["purl"]),
    }
    options.out.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
