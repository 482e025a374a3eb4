"""Published engines to hold our answers against: fetched by Maven, run by the JDK, tests only."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.scripting.notation import LINE, Case

HERE = Path(__file__).parent


def answers(
    artifacts: Iterable[str], sources: Iterable[str], main: str, told: list[Case], folder: Path
) -> list[str]:
    """What a published engine answers to each case, in the notation of the tables."""
    if not (shutil.which("javac") and shutil.which("java")):
        pytest.skip("no JDK is installed")
    path = os.pathsep.join([str(_jar(artifact)) for artifact in artifacts])
    files = [str(HERE / source) for source in sources]
    compiled = ["javac", "-nowarn", "-cp", path, "-d", str(folder), *files]
    subprocess.run(compiled, check=True, timeout=120)
    lines = [f"{case.given}\t{case.source.replace(chr(10), LINE)}" for case in told]
    answered = subprocess.run(
        ["java", "-cp", f"{path}{os.pathsep}{folder}", main],
        input="\n".join(lines).encode() + b"\n",
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=120,
    ).stdout.decode()
    found = answered.split("\n")[:-1]
    return ["error" if one.startswith("error") else one for one in found]


def _jar(artifact: str) -> Path:
    """A published library, fetched if it is not there yet."""
    group, name, version = artifact.split(":")
    place = f".m2/repository/{group.replace('.', '/')}/{name}/{version}/{name}-{version}.jar"
    jar = Path.home() / place
    maven = shutil.which("mvn")
    if not jar.exists() and maven:
        subprocess.run(
            [maven, "-q", "-B", "dependency:get", "-Dtransitive=false", f"-Dartifact={artifact}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=120,
        )
    if not jar.exists():
        pytest.skip(f"{artifact} could not be fetched")
    return jar
