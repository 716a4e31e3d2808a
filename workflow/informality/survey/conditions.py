"""Every condition of a survey's description, parsed, with the place where it stands; and the columns of the file they name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from informality import vocabulary as v
from informality.expressions import Condition, Rule, parse
from informality.survey.description import Survey
from informality.survey.question import Recode

# Suffix under which the outcome of a national table is a column for the tables after it and for checks.
OUTCOME = "_rule"
# Suffix of the text column that holds Stata's missing letters of a column.
LETTERS = "_missing"


@dataclass(frozen=True)
class RecodeRules:
    """One variable: its number, or its levels and after them the reasons, as one first-match table."""

    number: Condition | None
    rules: tuple[Rule, ...]
    n_levels: int


@dataclass(frozen=True)
class Conditions:
    """The parsed description of one survey; ``flags`` are columns of the file, each a condition that is only a name."""

    keep: Condition | None
    household: Condition | None
    person: Condition | None
    design: Mapping[str, Condition]
    employed: Mapping[str, Condition]
    base: Condition | None
    variables: Mapping[str, RecodeRules]
    questions: Mapping[str, RecodeRules]
    national_universe: Condition | None
    national: Mapping[str, tuple[Rule, ...]]
    checks: Mapping[str, tuple[Condition, Condition]]
    flags: Mapping[str, Condition]
    absent: frozenset[str]

    def all(self) -> Iterable[Condition]:
        """Each condition once; flags, which are only names of columns, are left out."""
        yield from self.design.values()
        yield from self.employed.values()
        keys = (self.keep, self.household, self.person, self.base, self.national_universe)
        yield from (c for c in keys if c is not None)
        for recode in (*self.variables.values(), *self.questions.values()):
            if recode.number is not None:
                yield recode.number
            yield from (rule.condition for rule in recode.rules)
        for rules in self.national.values():
            yield from (rule.condition for rule in rules)
        for pair in self.checks.values():
            yield from pair

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Columns that the national tables make."""
        return tuple(f"{table}{OUTCOME}" for table in self.national)

    def columns(self) -> tuple[str, ...]:
        """Columns that the file must hold, in one spelling each, sorted; absent ones and outcomes of national tables left out."""
        made = {name.lower() for name in (*self.outcomes, *self.absent)}
        spelling: dict[str, str] = {}
        for condition in (*self.all(), *self.flags.values()):
            for name in condition.columns:
                if name.lower() not in made:
                    spelling.setdefault(name.lower(), name)
        return tuple(sorted(spelling.values(), key=str.lower))


def conditions(survey: Survey) -> Conditions:
    """Parse the description of one survey; UserError names the key of a condition that is not understood."""
    family, file, national = survey.family, survey.file, survey.family.national
    _check_totals(survey)
    absent = {a.lower() for a in survey.absent}
    tables = national.tables if national else {}
    return Conditions(
        keep=parse(survey.keep, f"{file}, {survey.place('keep')}") if survey.keep is not None else None,
        household=(
            parse(survey.household, f"{file}, {survey.place('household')}") if survey.household is not None else None
        ),
        person=parse(survey.person, f"{file}, {survey.place('person')}") if survey.person is not None else None,
        design={
            key: parse(text, f"{file}, {survey.place('design', key)}")
            for key, text in survey.design.expressions().items()
            if text != "none"
        },
        employed={
            name: parse(concept.employed, f"{file}, {survey.place('concepts', name)}.employed")
            for name, concept in survey.concepts.items()
        },
        base=(
            parse(family.national_base.condition, f"{file}, national_base.condition") if family.national_base else None
        ),
        variables={
            name: _rules(recode, f"{file}, {survey.place('variables', name)}")
            for name, recode in survey.variables.items()
        },
        questions={
            name: _rules(question.answers, f"{file}, {survey.place('social_security', name)}.answers")
            for name, question in survey.social_security.items()
        },
        national_universe=(
            parse(national.universe, f"{file}, national.universe") if national and national.universe else None
        ),
        national={
            name: tuple(
                Rule(rule.id, parse(rule.condition, f"{file}, national.tables.{name}.{rule.id}"), rule.outcome)
                for rule in table.rules
            )
            for name, table in tables.items()
        },
        checks={
            name: (
                parse(check.condition, f"{file}, checks.{name}.if"),
                parse(check.among, f"{file}, checks.{name}.among"),
            )
            for name, check in family.checks.items()
        },
        flags={
            name: Condition(table.flag, f"{file}, national.tables.{name}.flag", (table.flag,), ())
            for name, table in tables.items()
            if table.flag and table.flag.lower() not in absent
        },
        absent=survey.absent,
    )


def _check_totals(survey: Survey) -> None:
    """Refuse a condition of population totals that is not over the vocabulary."""
    known: dict[str, Sequence[str] | None] = {"age_base": None, "national_base": None}
    for name, variable in v.VARIABLES.items():
        known |= {name: survey.levels(name) if variable.kind == "level" else None, v.why(name): v.REASONS}
    for key, totals in survey.totals():
        if totals.condition is not None:
            parse(totals.condition, f"{survey.file}, {key}.if").check(known)


def _rules(recode: Recode, where: str) -> RecodeRules:
    rules = [Rule(level, parse(text, f"{where}.{level}"), level) for level, text in recode.levels.items()]
    rules += [Rule(reason, parse(text, f"{where}.{reason}"), reason) for reason, text in recode.reasons.items()]
    number = parse(recode.number, where) if recode.number is not None else None
    return RecodeRules(number, tuple(rules), len(recode.levels))
