"""Which models are shown: the key `models` of `tables.yaml`, with what `models.yaml` declares of each (kind, groups, order of terms)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from informality.decisions import Decision, read_yaml
from informality.errors import UserError, nearest

Kind = Literal["logit", "decomposition"]
# How the outcome of a decomposition is written: a share in per cent, or a logarithm as it is.
Unit = Literal["percent", "log"]


# Columns of a law in a condition.
_OF_LAW = re.compile(r"\b(legal|below_pension)\b")


class ModelTable(Decision):
    """One sheet: a model, and the unit of its outcome."""

    model: str
    unit: Unit = "percent"


@dataclass(frozen=True)
class ModelEntry:
    """A model to be shown. ``terms``: in the order of rows; ``groups``: the first and the second, of a decomposition; ``of_law``: whom it
    is about depends on the law in force.
    """

    model: str
    kind: Kind
    unit: Unit
    terms: tuple[str, ...]
    groups: tuple[str, ...] = ()
    of_law: bool = False

    def text_keys(self) -> Iterator[str]:
        """Texts that the table needs."""
        yield from (f"model.{self.model}.{part}" for part in ("title", "subtitle", "note"))
        if self.kind == "decomposition":
            yield from (f"model.{self.model}.{part}" for part in ("mean", "difference"))


def check_shown(names: Sequence[str], tables: Mapping[str, ModelEntry], where: str) -> None:
    """UserError where a figure shows a model that no table holds in full, or models that are not of one kind and unit."""
    by_name = {entry.model: entry for entry in tables.values()}
    for name in names:
        if name not in by_name:
            todo = f"give it a table under `models` of tables.yaml; {nearest(name, by_name)}"
            raise UserError(f"no table shows the model '{name}'", where=where, todo=todo)
    if len({(by_name[name].kind, by_name[name].unit) for name in names}) > 1:
        raise UserError(
            "the models are not of one kind and unit", where=where, todo="show them in figures of their own"
        )


def declared_models(tables: Mapping[str, ModelTable], path: Path) -> dict[str, ModelEntry]:
    """The entries by item number; ``path``: models.yaml. UserError for a model that is not declared there."""
    if not tables:
        return {}
    content = read_yaml(path)
    declared, universes = content["models"], content["universes"]
    found = {}
    for item, table in tables.items():
        where = f"{item} in tables.yaml"
        if table.model not in declared:
            raise UserError(f"no model '{table.model}' is declared", where=where, todo=nearest(table.model, declared))
        model = declared[table.model]
        if model["kind"] == "logit" and table.unit != "percent":
            raise UserError(f"'{table.model}' is a logit model, which has no unit", where=where, todo="take `unit` out")
        terms = [term for text in (*model["terms"], *model.get("where_asked", [])) for term in text.split("|")]
        groups = model.get("groups", {})
        found[item] = ModelEntry(
            table.model,
            model["kind"],
            table.unit,
            tuple(term.replace(" ", "") for term in terms),
            tuple(groups[place] for place in ("first", "second")) if groups else (),
            bool(_OF_LAW.search(universes.get(model["universe"], ""))),
        )
    return found
