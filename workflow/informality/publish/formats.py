"""`workflow/report/formats.yaml`: in which other sizes figures can be had, beside that of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import Field, field_validator, model_validator

from informality.decisions import Decision, load
from informality.errors import UserError, nearest
from informality.publish.style import Style

# The format of all figures, whose sizes are those of `style.Style`.
PAGE = "page"
# Folders beside the figures that are none of a format.
_TAKEN = (PAGE, "counterfactual")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
# Steps in which text is made smaller until a figure fits, in points.
_STEP = 0.5


class Format(Decision):
    """A size of figures: lengths in mm, text in points.

    ``height``: None where a figure is as high as what stands on it. ``text``: of labels, and at once the scale of marks, lines and
    rows; it is made smaller, down to ``least_text``, where a figure needs the room. The other sizes are kept, but title, subtitle and
    marks are never much larger than the labels.
    """

    width: float = Field(ge=50, le=1200)
    height: float | None = Field(None, ge=40, le=1200)
    text: float = Field(ge=4, le=80)
    least_text: float = Field(ge=4, le=80)
    title: float = Field(ge=4, le=160)
    subtitle: float = Field(ge=4, le=80)
    note: float = Field(ge=4, le=80)
    mark: float = Field(ge=4, le=80)

    @model_validator(mode="after")
    def _in_order(self) -> Format:
        if self.least_text > self.text:
            raise ValueError("least_text must not be greater than text")
        return self

    @property
    def sizes(self) -> list[float]:
        """Sizes of text to try, the largest first."""
        steps = int((self.text - self.least_text) / _STEP + 1e-9)
        return [
            *(self.text - _STEP * at for at in range(steps + 1) if self.text - _STEP * at > self.least_text),
            self.least_text,
        ]

    def scale(self, text: float) -> float:
        """How many times a page's measures a figure has whose labels are set in ``text`` points."""
        return text / Style().text

    def style(self, text: float) -> Style:
        """The sheet on which such a figure is laid out, in the measures of a page; the picture is then enlarged by `scale`."""
        by = self.scale(text)
        return Style(
            width=self.width / by, height=None if self.height is None else self.height / by, title=min(self.title, text * 1.7) / by,
            subtitle=min(self.subtitle, text * 1.1) / by, note=self.note / by, mark=min(self.mark, text * 1.2) / by,
        )  # fmt: skip


class _Formats(Decision):
    formats: dict[str, Format]

    @field_validator("formats")
    @classmethod
    def _names(cls, value: dict[str, Format]) -> dict[str, Format]:
        for name in value:
            if not _NAME.fullmatch(name) or name in _TAKEN:
                raise ValueError(
                    f"'{name}' cannot name a format: small letters, digits and single hyphens, and not {' or '.join(_TAKEN)}"
                )
        return value


def load_formats(folder: Path) -> dict[str, Format]:
    """The formats of the report folder, by name in the order of the file; UserError where one is wrong."""
    return load(_Formats, folder / "formats.yaml").formats


def check_asked(names: Iterable[str], formats: Mapping[str, Format], where: str) -> None:
    """UserError for a format that nobody has described; ``where``: file and key that ask for it."""
    for name in names:
        if name not in (PAGE, *formats):
            raise UserError(
                f"there is no format '{name}'",
                where=where,
                todo=f"{nearest(name, [PAGE, *formats])}; they stand in workflow/report/formats.yaml",
            )


def in_order(names: Iterable[str], formats: Mapping[str, Format]) -> list[str]:
    """The formats that are asked for beside the page, each once."""
    wanted = set(names)
    return [name for name in formats if name in wanted]
