"""All laws of `workflow/laws/`: read, checked against the vocabulary and against each other, and chosen for a survey."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from informality import vocabulary as v
from informality.coverage.law import FIRST_RULES, Law, extended
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
    if not isinstance(base, str) or base not in contents or base in (name, *above):
        circle = isinstance(base, str) and base in contents
        raise UserError(
            "laws extend each other in a circle" if circle else f"the law extends '{base}', which is not there",
            where=f"{shown(path)}, extends",
            todo=nearest(str(base), [other for other in contents if other != name]),
        )
    for file, part in (contents[name], contents[base]):
        if (key := _not_to_be_laid(part)) is not None:
            raise UserError(
                f"{key}: something else stands here than a law takes, so it and its versions cannot be joined",
                where=shown(file),
                todo="schemes, acts and each of them are keys with values, rules and first_rules are lists",
            )
    return extended(content, _whole(base, contents, (*above, name)))


def _not_to_be_laid(content: Any) -> str | None:
    """The first key whose value is of another kind than laws can be joined by; None where there is none."""
    if not isinstance(content, dict):
        return "(top)"
    for key in ("acts", "schemes"):
        if not isinstance(content.get(key, {}), dict):
            return key
    for name, scheme in content.get("schemes", {}).items():
        if not isinstance(scheme, dict):
            return f"schemes.{name}"
        for key in ("rules", FIRST_RULES):
            if not isinstance(scheme.get(key, []), list):
                return f"schemes.{name}.{key}"
    return None


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
