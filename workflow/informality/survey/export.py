"""Classified persons as SPSS and Stata files, with ILOSTAT's variable names, value labels, and the rule that decided each.

Left of the wall: the files hold persons and stay in processed/<survey>/export/. Columns: a key (the row in the pipeline's own files),
weight and design, every variable of the vocabulary that the survey has, employment on each concept, unit and job with their rules
under each variant, and the answers on social security. Levels are codes with labels: ILOSTAT's where it has a variable
(`vocabulary.ILOSTAT_CODES`), else 1, 2, 3 … in the order of the levels. A value that is missing for a reason is a user-missing code
(SPSS: -9 to -5, Stata: .a to .e); who cannot have a value (a job of somebody without one) has none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from informality import frames
from informality import vocabulary as v
from informality.decisions import FOLDER, Decision, load, read_yaml
from informality.errors import UserError
from informality.files import replacing
from informality.job import Job
from informality.settings import NATIONAL
from informality.survey.clock import STATA, blank_dta_clock, blank_sav_clock

SAV, DTA = "persons.sav", "persons.dta"
# User-missing codes of SPSS and letters of Stata.
MISSING = {"not_asked": -9, "dont_know": -8, "refused": -7, "not_stated": -6, "not_computable": -5}
LETTERS = dict(zip(MISSING.values(), "abcde", strict=True))
_RANGE = {"lo": min(MISSING.values()), "hi": max(MISSING.values())}
# What the programs allow: characters of a name and of a variable's label in Stata, bytes of a value's label and of a file's in SPSS.
_NAME, _STATA_LABEL, _VALUE_LABEL, _FILE_LABEL = 32, 80, 120, 64
_DESIGN = ("stratum", "psu", "household")
_PARTS = ("unit", "unit_rule", "job", "job_rule")


class Words(Decision):
    """`workflow/export.yaml`."""

    file_label: str
    simulated_label: str
    design: dict[str, str]
    variables: dict[str, str]
    classified: dict[str, str]
    cover: str
    gld: str
    provisional: str
    missing: dict[str, str]
    yes: str
    no: str


@dataclass(frozen=True)
class Context:
    """What the persons' frames do not say of themselves.

    ``texts``: text.en.yaml; ``standards``: variant → its standard; ``card``: card.json; ``primary``: the variant whose unit and job
    bear ILOSTAT's names; ``provisional``: variants that are so.
    """

    words: Words
    texts: Mapping[str, Any]
    card: Mapping[str, Any]
    standards: Mapping[str, str]
    primary: str
    provisional: tuple[str, ...] = ()


@dataclass
class Exported:
    """Columns (numbers, or Int64 of codes), their labels, the names of their codes; ``reasons``: columns with user-missing codes."""

    columns: dict[str, Any] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    names: dict[str, dict[int, str]] = field(default_factory=dict)
    reasons: set[str] = field(default_factory=set)

    def add(
        self, name: str, values: Any, label: str, names: Mapping[int, str] | None = None, *, why: bool = False
    ) -> None:
        """One column; UserError for a name that Stata does not take, or that is there already."""
        if len(name) > _NAME or name in self.columns:
            problem = f"is longer than {_NAME} characters" if len(name) > _NAME else "stands twice"
            raise UserError(
                f"the column '{name}' {problem}",
                where="export of microdata",
                todo="give the variant or question that it is called after a shorter name of its own",
            )
        self.columns[name], self.labels[name] = values, label
        if names:
            self.names[name] = {code: _cut(text, _VALUE_LABEL) for code, text in names.items()}
        if why:
            self.reasons.add(name)

    @property
    def frame(self) -> pd.DataFrame:
        """The columns side by side."""
        return pd.DataFrame(self.columns)


def exported(persons: pd.DataFrame, classified: pd.DataFrame, context: Context) -> Exported:
    """All columns of the export; rows as in ``persons`` and ``classified``, which are those of harmonise and classify."""
    out = Exported()
    words = context.words
    out.add("ilo_key", np.arange(1, len(persons) + 1), words.design["key"])
    out.add(v.ILOSTAT_NAMES["weight"], persons["weight"].to_numpy(), _label("weight", words.design["weight"], words))
    for name in _DESIGN:
        if name in persons:
            out.add(name, persons[name].to_numpy(), _label(name, words.design[name], words))
    base = _integers(np.where(persons["age_base"], 1.0, np.nan))
    out.add(v.ILOSTAT_NAMES["age_base"], base, words.design["age_base"], {1: words.yes})
    for column in persons:
        if column.startswith("employed__"):
            label = words.design["employed"].format(concept=column.removeprefix("employed__"))
            out.add(column, persons[column].astype("Int64").array, label, {0: words.no, 1: words.yes})
    for name in v.VARIABLES:
        if persons[name].notna().any():
            _variable(out, persons, name, context)
    for variant, frame in _variants(persons, classified):
        _classified(out, frame, variant, context)
    questions = dict(context.card["questions"])
    for column in persons:
        if column.startswith("cover__") and not column.endswith("_why"):
            label = words.cover.format(question=questions[column.removeprefix("cover__")]["label"])
            _levels(
                out, column, persons[column], persons[v.why(column)], label, {"yes": words.yes, "no": words.no}, words
            )
    return out


def _variable(out: Exported, persons: pd.DataFrame, name: str, context: Context) -> None:
    words = context.words
    label = _label(name, words.variables[name], words)
    values, why = persons[name], persons[v.why(name)]
    if v.VARIABLES[name].kind == "level":
        own = dict(context.card["levels"].get(name, []))
        texts = {**context.texts["level"].get(name, {}), **own}
        _levels(out, _ilostat(name, persons), values, why, label, texts, words, v.ILOSTAT_CODES.get(name))
        return
    numbers = values.to_numpy(dtype="float64", na_value=np.nan, copy=True)
    codes = _reasons(why)
    # A number among the codes of reasons would be taken for one: then the reasons stay out.
    clash = bool(((numbers >= _RANGE["lo"]) & (numbers <= _RANGE["hi"])).any())
    if not clash:
        numbers = np.where(np.isnan(numbers), codes, numbers)
    names = {} if clash else _missing_names(words)
    out.add(_ilostat(name, persons), numbers, label, names, why=not clash)


def _levels(
    out: Exported,
    column: str,
    values: pd.Series,
    why: pd.Series,
    label: str,
    texts: Mapping[str, str],
    words: Words,
    codes: Mapping[str, int] | None = None,
) -> None:  # fmt: skip
    """A variable of levels: its codes, and where there is none the reason."""
    levels = [str(level) for level in values.cat.categories]
    of = [(codes or {}).get(level, place) for place, level in enumerate(levels, start=1)]
    at = values.cat.codes.to_numpy()
    coded = np.where(at >= 0, np.array([*of, np.nan])[at], _reasons(why))
    names = {code: texts.get(level, level.replace("_", " ")) for code, level in zip(of, levels, strict=True)}
    out.add(column, _integers(coded), label, {**dict(sorted(names.items())), **_missing_names(words)}, why=True)


def _classified(out: Exported, frame: pd.DataFrame, variant: str, context: Context) -> None:
    """Unit and job of one variant, each with the rule that decided."""
    words = context.words
    mark = words.provisional if variant in context.provisional else ""
    rules = context.texts["rule"].get(context.standards.get(variant, variant), {})
    for part in _PARTS:
        column = f"{part}__{variant}"
        if column not in frame:
            continue
        name = v.ILOSTAT_NAMES[part] if variant == context.primary and part in v.ILOSTAT_NAMES else column
        label = words.classified[part].format(variant=variant) + mark
        values = frame[column]
        if part.endswith("_rule"):
            levels = [str(rule) for rule in values.cat.categories]
            names = {place: f"{rule}: {rules[rule]}" if rule in rules else rule for place, rule in enumerate(levels, 1)}
            at = values.cat.codes.to_numpy()
            out.add(name, _integers(np.where(at >= 0, at + 1.0, np.nan)), label, names)
            continue
        # A rule decided, but not what: the questions do not say.
        rule = frame[f"{part}_rule__{variant}"]
        why = pd.Series(np.where(values.isna() & rule.notna(), "not_computable", "not_applicable"), index=values.index)
        _levels(out, name, values, why, label, context.texts["level"][part], words, v.ILOSTAT_CODES[part])


def _variants(persons: pd.DataFrame, classified: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each variant with the frame that holds it: the office's own comes with the survey."""
    for column in classified:
        if column.startswith("unit__"):
            yield column.removeprefix("unit__"), classified
    if any(f"{part}__{NATIONAL}" in persons for part in _PARTS):
        yield NATIONAL, persons


def _ilostat(name: str, persons: pd.DataFrame) -> str:
    """ILOSTAT's name of a variable, by the revision of its classification where all codes are of one; else our own."""
    if name in v.ILOSTAT_REVISED:
        names = v.ILOSTAT_REVISED[name]
        revision = "isic_revision" if name.startswith("isic") else "isco_revision"
        found = persons[revision].dropna().unique()
        return names[str(found[0])] if len(found) == 1 else name
    return v.ILOSTAT_NAMES.get(name, name)


def _label(name: str, label: str, words: Words) -> str:
    return label + (words.gld.format(name=v.GLD_NAMES[name]) if name in v.GLD_NAMES else "")


def _reasons(why: pd.Series) -> Any:
    """User-missing codes by reason, NaN where there is none (answered, or not applicable)."""
    return why.astype(object).map(MISSING).to_numpy(dtype="float64", na_value=np.nan)


def _missing_names(words: Words) -> dict[int, str]:
    return {code: words.missing[reason] for reason, code in MISSING.items()}


def _integers(values: Any) -> Any:
    return pd.array(values, dtype="Float64").astype("Int64") if len(values) else pd.array([], dtype="Int64")


def _cut(text: str, most: int) -> str:
    """Text of at most so many bytes, in whole characters."""
    return text.encode()[:most].decode(errors="ignore")


def write(table: Exported, folder: Path, file_label: str) -> None:
    """Write both files by rename; the same table gives the same bytes."""
    import pyreadstat

    frame = table.frame
    file_label = file_label.encode("ascii", "replace").decode()[:_FILE_LABEL]
    used = {name: _used(frame[name]) for name in table.reasons}
    labels = {
        name: {c: text for c, text in names.items() if c not in LETTERS or c in used.get(name, ())}
        for name, names in table.names.items()
    }
    with replacing(folder / SAV) as path:
        pyreadstat.write_sav(
            frame, path, file_label=file_label, column_labels=table.labels, variable_value_labels=labels, row_compress=True,
            missing_ranges={name: [_RANGE] for name in sorted(used) if used[name]},
            variable_measure={name: "nominal" if name in labels and set(labels[name]) - set(LETTERS) else "scale" for name in frame},
        )  # fmt: skip
        blank_sav_clock(path, file_label)
    with replacing(folder / DTA) as path:
        pyreadstat.write_dta(
            _lettered(frame, used), path, version=STATA, file_label=file_label,
            column_labels={name: label[:_STATA_LABEL] for name, label in table.labels.items()},
            variable_value_labels={n: {LETTERS.get(c, c): text for c, text in names.items()} for n, names in labels.items()},
            missing_user_values={name: [LETTERS[code] for code in codes] for name, codes in sorted(used.items()) if codes},
        )  # fmt: skip
        blank_dta_clock(path)


def _used(values: pd.Series) -> list[int]:
    """The user-missing codes that occur in a column."""
    return [code for code in LETTERS if (values == code).fillna(False).any()]


def _lettered(frame: pd.DataFrame, used: Mapping[str, list[int]]) -> pd.DataFrame:
    """The frame with Stata's letters in place of user-missing codes."""
    out = frame.copy(deep=False)
    for name, codes in used.items():
        if codes:
            column = frame[name].astype(object)
            column = column.where(column.notna(), None)
            out[name] = column.replace({code: LETTERS[code] for code in codes})
    return out


def load_words(folder: Path = FOLDER) -> Words:
    """`export.yaml`; UserError where it does not follow the model or a variable has no label."""
    words = load(Words, folder / "export.yaml")
    for known, given, key in (
        (v.VARIABLES, words.variables, "variables"), (MISSING, words.missing, "missing"), (_PARTS, words.classified, "classified"),
        (("key", "weight", *_DESIGN, "age_base", "employed"), words.design, "design"),
    ):  # fmt: skip
        if absent := [name for name in known if name not in given]:
            raise UserError(
                f"{key}.{absent[0]} is not there", where="workflow/export.yaml", todo="write a label for it"
            )
    return words


def export_job(job: Job) -> None:
    """Write ``export/persons.sav`` and ``export/persons.dta``."""
    card = json.loads(job.inputs["card.json"].read_text(encoding="utf-8"))
    variants = json.loads(job.inputs["variants.json"].read_text(encoding="utf-8"))
    words = load_words()
    context = Context(
        words=words,
        texts=read_yaml(FOLDER / "report" / "text.en.yaml"),
        card=card,
        standards={name: given["standard"] for name, given in job.settings["variants"].items()},
        primary=variants["primary"]["variant"],
        provisional=tuple(variants["provisional_variants"]),
    )
    table = exported(frames.read(job.inputs["persons.parquet"]), frames.read(job.inputs["classified.parquet"]), context)
    simulated = "simulated" in card["marks"]
    write(
        table, job.folder / "export", words.simulated_label if simulated else words.file_label.format(survey=job.survey)
    )
