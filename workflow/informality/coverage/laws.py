"""All laws of `workflow/laws/`: read, checked against the vocabulary and against each other, and chosen for a survey."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from informality import vocabulary as v
from informality.coverage.law import Law, extended
from informality.decisions import read_yaml, shown, validated
from informality.errors import UserError, nearest
from informality.expressions import Condition, parse


def load_laws(folder: Path) -> dict[str, Law]:
    """Every law of a folder by name. UserError: a key, a column, a level, a rate that cannot be, two laws of a country on one day."""
    contents = {path.stem: (path, read_yaml(path)) for path in sorted(folder.glob("*.yaml"))}
    laws = {}
    for name, (path, _) in contents.items():
        laws[name] = validated(Law, _whole(name, contents), shown(path))
        if laws[name].law != name:
            raise UserError(
                f"the law is called '{laws[name].law}' but its file {path.name}",
                where=shown(path),
                todo=f"rename the file to {laws[name].law}.yaml, or change 'law:'",
            )
        for condition in conditions(laws[name]):
            condition.check(known_columns())
    for country in sorted({law.country for law in laws.values()}):
        _one_at_a_time([law for law in laws.values() if law.country == country])
    return laws


def _whole(name: str, contents: Mapping[str, tuple[Path, Any]], above: tuple[str, ...] = ()) -> Any:
    """The content of a law with that of the law which it extends."""
    path, content = contents[name]
    if not isinstance(content, dict) or "extends" not in content:
        return content
    base = content["extends"]
    if base not in contents or base in (name, *above):
        raise UserError(
            f"the law extends '{base}', which is not there"
            if base not in contents
            else "laws extend each other in a circle",
            where=f"{shown(path)}, extends",
            todo=nearest(str(base), [other for other in contents if other != name]),
        )
    whole = _whole(base, contents, (*above, name))
    if not isinstance(whole, dict) or not all(isinstance(x.get("schemes") or {}, dict) for x in (content, whole)):
        return content
    if not all(isinstance(s, dict) for x in (content, whole) for s in (x.get("schemes") or {}).values()):
        return content
    return extended(content, whole)


def known_columns() -> dict[str, tuple[str, ...] | None]:
    """Columns that a law may ask, with their levels: the vocabulary, which knows nothing of formal and informal."""
    return {
        column: levels
        for name, variable in v.VARIABLES.items()
        for column, levels in ((name, variable.levels), (v.why(name), v.REASONS))
    }


def conditions(law: Law) -> list[Condition]:
    """Every condition of a law."""
    found = [
        parse(rule.condition, f"workflow/laws/{law.law}.yaml, schemes.{name}.rules.{rule.id}.if")
        for name, scheme in law.schemes.items()
        for rule in scheme.rules
    ]
    return found + ([] if law.to_verify is None else [to_verify(law)])


def to_verify(law: Law) -> Condition:
    """The condition of those whose "no" is to be verified; nobody where the law names none."""
    return parse(law.to_verify or "FALSE", f"workflow/laws/{law.law}.yaml, to_verify")


def _one_at_a_time(laws: Iterable[Law]) -> None:
    ordered = sorted(laws, key=lambda law: law.first_day)
    for one, other in pairwise(ordered):
        if one.last_day is None or one.last_day >= other.first_day:
            until = "without end" if one.last_day is None else f"until {one.last_day}"
            raise UserError(
                f"two laws of {one.country} are in force at once: '{one.law}' {until}, '{other.law}' from {other.first_day}",
                where=f"workflow/laws/{one.law}.yaml, to",
                todo=f"end '{one.law}' on the day before '{other.law}' begins",
            )


def of_country(laws: Mapping[str, Law], iso3: str) -> dict[str, Law]:
    """The laws of one country, in the order of time."""
    return {law.law: law for law in sorted(laws.values(), key=lambda law: law.first_day) if law.country == iso3}


def in_force(laws: Mapping[str, Law], day: date) -> str | None:
    """The law of the day among those of one country; None where there is none."""
    return next((name for name, law in laws.items() if law.in_force(day)), None)
