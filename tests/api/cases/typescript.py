"""The typed client of the web UI, compiled by `scripts/webui`, against a running daemon."""

import os
import subprocess

from harness.office import Office
from harness.pabxd import ROOT
from web.world import PASSWORD, boss


def test_the_typed_client_signs_in_makes_changes_and_says_what_is_wrong(office: Office) -> None:
    boss(office)
    program = ROOT / "webui/.build/client.mjs"
    assert program.exists(), "scripts/webui makes it"
    origin = f"https://localhost:{office.pabxd.https_port}"
    environment = os.environ | {
        "ORIGIN": origin, "USERNAME": "admin", "PASSWORD": PASSWORD.format("boss"),
        "NODE_EXTRA_CA_CERTS": str(office.pabxd.certificate),
    }
    done = subprocess.run(["node", str(program)], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "ok\n"), done.stdout + done.stderr
