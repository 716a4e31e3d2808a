"""Folders of decisions with one file a country, called after it in small letters: `lao.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import Field

from informality.decisions import Decision, load, shown
from informality.errors import UserError


class OfCountry(Decision):
    """What a file of one country begins with: its three letters (ISO 3166-1)."""

    country: str = Field(pattern=r"^[A-Z]{3}$")


Content = TypeVar("Content", bound=OfCountry)


def by_country(schema: type[Content], folder: Path) -> dict[str, Content]:
    """Every file of a folder by the letters of its country; UserError for one that is not called after it."""
    found = {}
    for path in sorted(folder.glob("*.yaml")):
        content = load(schema, path)
        if content.country.lower() != path.stem:
            raise UserError(
                f"the file is of {content.country} but is called {path.name}",
                where=shown(path),
                todo=f"rename the file to {content.country.lower()}.yaml, or change 'country:'",
            )
        found[content.country] = content
    return found
