"""The OpenAPI document is true: schemathesis asks every route of it, with the token of every role and with none."""

import subprocess
import sys
from pathlib import Path

from harness.office import Office
from web.client import BASE, Client
from web.world import world

SEED = "20261125"
EXAMPLES = "4"
SECONDS = 300
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,unsupported_method"
)
# What would end the session that asks, or never ends.
LEFT_OUT = ["/users/.user_id./password", "/auth/logout", "/auth/password", "/auth/sessions", "/events"]


def conforms(office: Office, client: Client, name: str) -> None:
    pabxd = office.pabxd
    document = office.folder / "openapi.json"
    document.write_bytes(client.get("/openapi.json").ok().body)
    line = [
        str(Path(sys.executable).parent / "schemathesis"), "run", str(document),
        "--url", f"https://localhost:{pabxd.https_port}{BASE}", "--tls-verify", str(pabxd.certificate),
        "--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--seed", SEED, "--no-shrink",
        "--rate-limit", "45/s", "--suppress-health-check", "all", "--warnings", "off", "--workers", "1",
    ]
    line += ["--exclude-path-regex", f"^({'|'.join(LEFT_OUT)})"]
    if client.token:
        line += ["--header", f"Authorization: Bearer {client.token}"]
    done = subprocess.run(line, capture_output=True, text=True, timeout=SECONDS, check=False, cwd=office.folder)
    (office.folder / f"schemathesis-{name}.txt").write_text(done.stdout + done.stderr)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    if client.token:
        client.get("/me").ok()


def test_for_the_super_admin(office: Office) -> None:
    conforms(office, world(office).boss, "super")


def test_for_an_admin(office: Office) -> None:
    conforms(office, world(office).acme.admin, "admin")


def test_for_a_user(office: Office) -> None:
    conforms(office, world(office).acme.user, "user")


def test_for_nobody(office: Office) -> None:
    conforms(office, world(office).nobody, "nobody")
