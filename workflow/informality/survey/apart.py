"""Ingest in a process of its own, so that a reader that dies of a damaged file takes nothing with it, and the user is told why.

The process that was started for the job imports no reader: it starts another one, which does the whole job, and waits. No data come
back, only files in the job's folder; a second interpreter without the readers costs 0.1 s and 20 MB.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from informality.errors import UserError
from informality.job import Job, ended_well
from informality.survey.reading import Begun, listen

# How a process ends that a library has brought down; other signals come from outside.
BROKEN = frozenset({"SIGSEGV", "SIGBUS", "SIGABRT", "SIGFPE", "SIGILL", "SIGSYS", "SIGTRAP"})
_PATHS = ("folder", "home")
_DIE_WITH_PARENT = 1  # Linux: prctl(PR_SET_PDEATHSIG, …)


def ingest_apart(job: Job) -> None:
    """`stage.ingest_job` in a process of its own. UserError where its reader broke down; ends the process with 1 where it ended
    with a message, which has then been written already.
    """
    command = [sys.executable, "-P", "-m", "informality.survey.apart", str(os.getpid())]
    # The job's own folder for temporary files, which the next run clears.
    environment = os.environ | {"TMPDIR": tempfile.gettempdir()}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as child:
        try:
            told, _ = child.communicate(_packed(job))
        except KeyboardInterrupt:  # the child was told as well, and says so
            child.kill()
            sys.exit(1)
        except BaseException:
            child.kill()
            raise
    if child.returncode > 0:
        sys.exit(1)
    if child.returncode < 0:
        raise death(-child.returncode, told)


def death(number: int, told: bytes) -> Exception:
    """What the end of a process by a signal means; ``told`` are the lines of what it was reading."""
    lines = [line for line in told.splitlines() if line.endswith(b"}")]
    last: dict[str, str] = json.loads(lines[-1]) if lines else {}
    name = signal.Signals(number).name
    if not last:
        return RuntimeError(f"ingest was ended by {name}") if name in BROKEN else _stopped(name, "the survey's file")
    begun = Begun(**last)
    return begun.damaged() if name in BROKEN else _stopped(name, begun.where)


def _stopped(name: str, where: str) -> UserError:
    return UserError(
        f"reading was stopped from outside ({name})",
        where=where,
        todo="run the same command again; where the system or a cluster stops it again, look at the limits that it sets",
    )


def _packed(job: Job) -> bytes:
    fields = {name: getattr(job, name) for name in ("stage", "survey", "language", "settings", "threads")}
    paths = {name: str(getattr(job, name)) for name in _PATHS}
    return json.dumps({**fields, **paths, "inputs": {name: str(path) for name, path in job.inputs.items()}}).encode()


def _unpacked(packed: bytes) -> Job:
    fields: dict[str, Any] = json.loads(packed)
    paths: dict[str, Any] = {name: Path(fields.pop(name)) for name in _PATHS}
    inputs = {name: Path(path) for name, path in fields.pop("inputs").items()}
    return Job(**fields, **paths, inputs=inputs)


def _child(parent: int) -> None:
    """Do the job that stands on standard input; standard output is kept for telling what is being read."""
    _end_with(parent)
    job = _unpacked(sys.stdin.buffer.read())
    channel = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints goes to the log
    listen(lambda begun: _say(channel, begun))
    from informality.survey.stage import ingest_job

    ingest_job(job)


def _say(channel: int, begun: dict[str, str]) -> None:
    os.write(channel, json.dumps(begun).encode() + b"\n")


def _end_with(parent: int) -> None:
    """End at once when the parent does, however it ends: nobody would wait for the files. Where the system cannot, work to the end."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(1)


if __name__ == "__main__":
    with ended_well():
        _child(int(sys.argv[1]))
