"""Labels of the file's variables and values, read from `workflow/surveys/simulation/lao_lfs_codebook.yaml`."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from informality import decisions
from informality.decisions import Decision
from informality.errors import nearest
from informality.survey.simulation.targets import DATA


class Variable(Decision):
    """One variable: label, who is asked, and values - a set's name or codes with labels; ``number`` for quantities."""

    label: str
    asked: str = "everybody"
    values: str | dict[int, str] = Field(default_factory=dict)
    number: bool = False


class Codebook(Decision):
    """All variables in the order of the file, and the sets of values that several share."""

    values: dict[str, dict[int, str]]
    variables: dict[str, Variable]

    @model_validator(mode="after")
    def _known(self) -> Self:
        for name, variable in self.variables.items():
            if isinstance(variable.values, str) and variable.values not in self.values:
                raise ValueError(f"{name}: unknown values '{variable.values}'; {nearest(variable.values, self.values)}")
        return self

    def labels(self) -> dict[str, str]:
        """Variable labels, with who is asked where that is not everybody."""
        return {
            name: each.label if each.asked == "everybody" else f"{each.label} [asked: {each.asked}]"
            for name, each in self.variables.items()
        }

    def value_labels(self) -> dict[str, dict[int, str]]:
        """Value labels of each variable that has some."""
        named = {n: self.values[v.values] if isinstance(v.values, str) else v.values for n, v in self.variables.items()}
        return {name: labels for name, labels in named.items() if labels}

    def measures(self) -> dict[str, str]:
        """SPSS measurement level of each variable."""
        return {name: "scale" if each.number else "nominal" for name, each in self.variables.items()}


@functools.cache
def load(folder: Path = DATA) -> Codebook:
    """Read `lao_lfs_codebook.yaml` in ``folder``; `UserError` where the file does not follow the model."""
    return decisions.load(Codebook, folder / "lao_lfs_codebook.yaml")
