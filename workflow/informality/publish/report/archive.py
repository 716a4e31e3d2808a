"""A zip archive whose bytes depend on its contents alone: members in order, without the clock or the system that wrote them."""

from __future__ import annotations

import io
import zipfile

# The first day that a zip archive can tell.
FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def normalised(archive: bytes) -> bytes:
    """The archive written again; Office Open XML asks for the list of content types first. Pictures are not compressed twice."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            member = zipfile.ZipInfo(name, FIRST_DAY)
            member.create_system = 0
            member.compress_type = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            new.writestr(member, old.read(name))
    return out.getvalue()
