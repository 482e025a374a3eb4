"""Deployments: D01 to D09."""

from __future__ import annotations

import io
import zipfile

from tests.golden.models import OTHER, QUICK, UNIT
from tests.golden.talk import XML, Talk

D = "/deployment"
ZIP = "application/zip"


def archive(**files: bytes) -> bytes:
    """A kjar, the same every time."""
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w") as opened:
        for name, content in files.items():
            opened.writestr(
                zipfile.ZipInfo(name.replace("__", "/"), (2026, 1, 1, 0, 0, 0)), content
            )
    return told.getvalue()


def deployments(say: Talk) -> None:
    """Look, deploy, switch off and on, undeploy."""
    kjar = archive(**{"pay.bpmn2": QUICK})
    deploy = f"POST {D}/{OTHER}/deploy"
    say("D01", "all units", f"GET {D}")
    say("D02", "all definitions", f"GET {D}/processes")
    say("D02", "a page", f"GET {D}/processes?page=2&pageSize=3")
    say("D02", "a negative page", f"GET {D}/processes?page=-2")
    say("D03", "a unit", f"GET {D}/{UNIT}")
    say("D03", "with empty parts", f"GET {D}/{UNIT}::")
    say("D03", "an unknown unit", f"GET {D}/no:such:1")
    say("D03", "a bare word", f"GET {D}/myDeployment")
    say("D07", "its definitions", f"GET {D}/{UNIT}/processes?p=1&s=2")
    say("D07", "of an unknown unit", f"GET {D}/no:such:1/processes")
    say("D04", "somebody who may not", deploy, body=kjar, content_type=ZIP)
    say(
        "D04",
        "a kjar",
        f"{deploy}?strategy=per_request&mergemode=merge_collections",
        "boss",
        kjar,
        content_type=ZIP,
    )
    say("D04", "without a body, deployed already", deploy, "boss")
    say("D04", "without a body, no kjar there", f"POST {D}/no:such:1/deploy", "boss")
    say("D04", "an unknown strategy", f"{deploy}?strategy=SOMETIMES", "boss")
    say("D04", "an unknown merge mode", f"{deploy}?mergemode=KEEP", "boss")
    say("D04", "an archive that is none", deploy, "boss", b"PK\x03\x04nothing", content_type=ZIP)
    say(
        "D04",
        "a process that is broken",
        f"POST {D}/a:b:1/deploy",
        "boss",
        archive(**{"a.bpmn2": QUICK.replace(b'"_9"/>', b'"_8"/>')}),
        content_type=ZIP,
    )
    say("D04", "a body of another kind", deploy, "boss", "text", content_type="text/plain")
    say(
        "D05",
        "a descriptor",
        f"PUT {D}/{UNIT}/deploy",
        "boss",
        "<deployment-descriptor><runtime-strategy>PER_REQUEST</runtime-strategy></deployment-descriptor>",
        content_type=XML,
    )
    say(
        "D05",
        "a descriptor that is none",
        f"PUT {D}/{UNIT}/deploy",
        "boss",
        "<something/>",
        content_type=XML,
    )
    say("D05", "a kjar", f"PUT {D}/a:b:1/deploy", "boss", kjar, content_type=ZIP)
    say("D01", "a page", f"GET {D}?page=1&pageSize=2")
    say("D01", "a negative page", f"GET {D}?page=-1")
    say("D03", "nobody asks", f"GET {D}/{UNIT}", None)
    say("D01", "page zero means the first", f"GET {D}?p=0&s=1")
    say("D09", "somebody who may not", f"POST {D}/{OTHER}/deactivate")
    say("D09", "a unit", f"POST {D}/{OTHER}/deactivate", "boss")
    say("D09", "an unknown unit", f"POST {D}/no:such:1/deactivate", "boss")
    say("R03", "the unit is switched off", f"POST /runtime/{OTHER}/process/acme.quick/start")
    say("D08", "somebody who may not", f"POST {D}/{OTHER}/activate")
    say("D08", "a unit", f"POST {D}/{OTHER}/activate", "boss")
    say("D08", "an unknown unit", f"POST {D}/no:such:1/activate", "boss")
    say("R03", "the unit is switched on again", f"POST /runtime/{OTHER}/process/acme.quick/start")
    say("D06", "somebody who may not", f"POST {D}/{OTHER}/undeploy")
    say("D06", "a unit", f"POST {D}/{OTHER}/undeploy", "boss")
    say("D06", "the same again", f"POST {D}/{OTHER}/undeploy", "boss")
    say("D06", "an unknown unit", f"POST {D}/no:such:1/undeploy", "boss")
    say.engine.processes.start(say.engine.admin, "acme.waiting")
    say("D06", "a unit with running instances", f"POST {D}/{UNIT}/undeploy", "boss")
    say("D06", "by the wrong method", f"GET {D}/{UNIT}/undeploy", "boss")
