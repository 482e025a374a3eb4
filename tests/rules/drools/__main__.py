"""Run the rule cases in the published Drools 6.5 and compare with what the case files say.

``python -m tests.rules.drools`` needs a JDK and Maven; ``--write`` puts what Drools says into the
case files instead of comparing.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.rules.drl.case_files import FOLDER, cases_of

HERE = Path(__file__).parent
BUILD = HERE / "target"
OPENED = ["java.base/java.lang", "java.base/java.util"]
ONCE = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""For a run that ends before the better compiler and other threads would be worth their work."""


def build() -> str:
    """Fetch Drools and compile the runner; answers the class path."""
    library = BUILD / "lib"
    if not list(library.glob("drools-core-*.jar")):
        command = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
        subprocess.run([*command, f"-DoutputDirectory={library}"], check=True)
    path = f"{BUILD / 'classes'}:{library}/*"
    sources = [str(one) for one in sorted((HERE / "src").glob("*.java"))]
    target = str(BUILD / "classes")
    subprocess.run(["javac", "-nowarn", "-cp", path, "-d", target, *sources], check=True)
    return path


def java(
    path: str, main: str, *args: str, flags: tuple[str, ...] = (), seconds: float | None = None
) -> str:
    """Run a class, for so long at most; answers what it prints."""
    opened = [word for one in OPENED for word in ("--add-opens", f"{one}=ALL-UNNAMED")]
    command = ["java", "-Xshare:auto", *flags, *opened, "-cp", path, main, *args]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds
    )
    return done.stdout.decode()


def told(output: str) -> dict[tuple[str, str], list[str]]:
    """What Drools says of each case, by file and name."""
    found: dict[tuple[str, str], list[str]] = {}
    file, lines = "", []
    for line in output.split("\n"):
        if line.startswith("##### "):
            file = line[6:].strip().removesuffix(".txt")
        elif line.startswith("=== "):
            lines = found.setdefault((file, line[4:].strip()), [])
        elif line.strip():
            lines.append(line.rstrip())
    return found


def write(path: Path, found: dict[tuple[str, str], list[str]]) -> None:
    """Put what Drools says into a case file."""
    made = ""
    for part in ("\n" + path.read_text(encoding="utf-8")).split("\n=== ")[1:]:
        name = part.split("\n")[0].strip()
        body = part.split("\n--- expect\n")[0].rstrip()
        made += "=== " + body + "\n--- expect\n" + "\n".join(found[path.stem, name]) + "\n\n"
    path.write_text(made, encoding="utf-8")


def main() -> int:
    files = sorted(FOLDER.glob("*.txt"))
    found = told(java(build(), "Runner", *map(str, files), flags=ONCE))
    if "--write" in sys.argv:
        for file in files:
            write(file, found)
        return 0
    cases = [case for file in files for case in cases_of(file)]
    wrong = [case for case in cases if found.get((case.file, case.name)) != list(case.expect)]
    for case in wrong:
        print(f"{case.id}: Drools says {found.get((case.file, case.name))}")
    print(f"{len(cases)} rule cases in Drools, {len(wrong)} of them not as written")
    return 1 if wrong or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
