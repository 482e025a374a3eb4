"""Build the Java clients and run each of them against a fresh server: ``make clients``.

``python -m clients [60 … 65] [--required]``; ``--build`` does nothing more than building, for which
Python itself is enough. Each version has a server of its own, with the processes of
``java/processes`` in three deployments, because the clients clear histories and signal everybody.
Without a JDK or Maven nothing is run and that is said; with ``--required`` it is a failure. Two
clients run at a time. The status is other than 0 if a check failed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.acceptance.server import Server

JAVA = Path(__file__).parent / "java"
PASSWORD = "correct horse battery"  # noqa: S105 (of people who live as long as one run)
VERSIONS = {
    "60": "kie-services-client 6.0.1.Final",
    "61": "kie-services-client 6.1.0.Final",
    "62": "kie-remote-client 6.2.0.Final",
    "63": "kie-remote-client 6.3.0.Final",
    "64": "kie-remote-client 6.4.0.Final",
    "65": "kie-remote-client 6.5.0.Final",
}
UNITS = {
    "com.acme:hr:1.0": "SINGLETON",
    "com.acme:hr:request": "PER_REQUEST",
    "com.acme:hr:instance": "PER_PROCESS_INSTANCE",
}
JVM = (
    *("--add-opens", "java.base/java.lang=ALL-UNNAMED"),
    *("--add-opens", "java.base/java.util=ALL-UNNAMED"),
    *("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
)
LONGEST_RUN_S = 300


def main(arguments: list[str]) -> int:
    """What to exit with."""
    required = "--required" in arguments
    wanted = [name for name in arguments if not name.startswith("--")] or list(VERSIONS)
    missing = [name for name in ("javac", "java", "mvn") if shutil.which(name) is None]
    if missing:
        print(f"the Java clients are not run: {', '.join(missing)} not found (JDK 11+ and Maven)")
        return 1 if required else 0
    began = time.monotonic()
    if not built():
        return 1
    print(f"built in {time.monotonic() - began:.0f} s", flush=True)
    if "--build" in arguments:
        return 0
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(run, wanted))
    print("\nclosing lines")
    for line, _ in outcomes:
        print(f"  {line}")
    return 0 if all(is_good for _, is_good in outcomes) else 1


def built() -> bool:
    """Compile every module, without the network if the local repository has it all."""
    repository = Path(os.environ.get("MAVEN_REPOSITORY", Path.home() / ".m2" / "repository"))
    place_boms(repository)
    command = ["mvn", "--batch-mode", "--quiet", f"-Dmaven.repo.local={repository}", "compile"]
    if subprocess.run([*command, "--offline"], cwd=JAVA, capture_output=True).returncode == 0:  # noqa: S603
        return True
    print("fetching the clients from Maven's central repository …", flush=True)
    return subprocess.run(command, cwd=JAVA).returncode == 0  # noqa: S603


def place_boms(repository: Path) -> None:
    """The one BOM that the central repository lacks, for each version."""
    name, text = "dashboard-builder-bom", (JAVA / "dashboard-builder-bom.pom").read_text()
    for client in VERSIONS.values():
        version = client.rpartition(" ")[2]
        place = repository / "org" / "jboss" / "dashboard-builder" / name / version
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{name}-{version}.pom").write_text(text.replace("VERSION", version))


def run(version: str) -> tuple[str, bool]:
    """One client against a server of its own: its closing line, and whether all went well."""
    from tests.acceptance.server import Server

    module = JAVA / f"v{version}" / "target"
    classes = f"{module / 'classes'}{os.pathsep}{module / 'dependency'}{os.sep}*"
    with tempfile.TemporaryDirectory() as directory:
        server = Server(f"sqlite:///{directory}/data.db", Path(directory))
        server.start()
        try:
            prepare(server)
            command = ["java", *JVM, f"-Dclient.version={version}", "-cp", classes, "clients.Main"]
            done = subprocess.run(  # noqa: S603
                [*command, f"{server.base}/business-central", VERSIONS[version]],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=LONGEST_RUN_S,
            )
        finally:
            server.stop()
    print(done.stdout, end="", flush=True)
    return done.stdout.rstrip().rpartition("\n")[2], done.returncode == 0


def prepare(server: Server) -> None:
    """People and deployments, by the same doors that everybody uses."""
    import httpx2

    from tests.acceptance.server import PASSWORD as ADMIN_PASSWORD

    with httpx2.Client(base_url=server.base, auth=("admin", ADMIN_PASSWORD), timeout=30) as client:
        client.post("/api/groups", json={"name": "HR"})
        for name, group in (("ann", "HR"), ("bob", "HR"), ("boss", "Administrators")):
            person = {"name": name, "password": PASSWORD, "groups": [group]}
            client.post("/api/users", json=person).raise_for_status()
        files = [
            ("file", (path.name, path.read_bytes(), "application/xml"))
            for path in sorted((JAVA / "processes").iterdir())
        ]
        for unit, strategy in UNITS.items():
            address = f"/business-central/rest/deployment/{unit}/deploy?strategy={strategy}"
            client.post(address, files=files).raise_for_status()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
