#!/usr/bin/env python3
"""Writes the configuration of an Asterisk with the accounts of a demo.json: asterisk.py DEMO FOLDER PREFIX.

Every file goes to FOLDER; PREFIX is what Asterisk itself calls that folder (it may run in a root of its own). Only what
the measurements need is loaded: pjsip, the registrar, Dial, RTP, G.711, call records are off.
"""

import json
import sys
from pathlib import Path

MODULES = """\
app_dial bridge_simple bridge_native_rtp chan_pjsip codec_alaw codec_ulaw func_callerid pbx_config res_pjproject
res_pjsip res_pjsip_acl res_pjsip_authenticator_digest res_pjsip_caller_id res_pjsip_dtmf_info
res_pjsip_endpoint_identifier_user res_pjsip_nat res_pjsip_registrar res_pjsip_rfc3326 res_pjsip_sdp_rtp
res_pjsip_pubsub res_pjsip_session res_rtp_asterisk res_sorcery_astdb res_sorcery_config res_sorcery_memory res_timing_timerfd
""".split()

ENDPOINT = """\
[{number}]
type=endpoint
context=phones
disallow=all
allow=ulaw,alaw
auth={number}
aors={number}
direct_media=no
rtp_symmetric=yes

[{number}]
type=auth
auth_type=userpass
username={username}
password={password}

[{number}]
type=aor
max_contacts=5
remove_existing=yes
minimum_expiration=60

"""


def files(demo: dict, prefix: str) -> dict[str, str]:
    folders = ["astetcdir", "astvarlibdir", "astdbdir", "astkeydir", "astagidir", "astspooldir", "astrundir", "astlogdir"]
    server = demo["sip"]["udp"]
    pjsip = f"[global]\ntype=global\nendpoint_identifier_order=username\n\n[udp]\ntype=transport\nprotocol=udp\nbind={server}\n\n"
    return {
        "asterisk.conf": "[directories]\nastmoddir => /usr/lib/x86_64-linux-gnu/asterisk/modules\n"
        "astdatadir => /usr/share/asterisk\n"
        + "".join(f"{name} => {prefix}\n" for name in folders)
        + "[options]\nverbose = 0\ndebug = 0\nmaxfiles = 65536\n",
        "modules.conf": "[modules]\nautoload=no\n" + "".join(f"load={name}.so\n" for name in MODULES),
        "pjsip.conf": pjsip + "".join(ENDPOINT.format(**extension) for extension in demo["extensions"]),
        "extensions.conf": "[phones]\nexten => _X.,1,Dial(PJSIP/${EXTEN},25)\n",
        "rtp.conf": "[general]\nrtpstart=10000\nrtpend=19999\nicesupport=no\n",
        "logger.conf": "[general]\n[logfiles]\nconsole => error,warning\n",
        "cdr.conf": "[general]\nenable=no\n",
    }


def main() -> None:
    demo, folder, prefix = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]), sys.argv[3]
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files(demo, prefix).items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    main()
