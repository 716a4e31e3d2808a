"""The classify room's job."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pandas as pd

from informality import frames
from informality.classify.explain import dependent_contractors, not_computable, option_table, rule_table
from informality.classify.primary import computable, primary, told
from informality.classify.rule_book import rule_books
from informality.classify.rules import classify
from informality.classify.standards import NATIONAL, Standard, check_variants, load_standards, pairs
from informality.decisions import FOLDER
from informality.job import Job
from informality.settings import Variant


def columns_read(standard: Standard, variant: Variant, parts: Sequence[str] = ("unit", "job")) -> list[str]:
    """Columns that the rules of a variant read: none of them may be a factor in a model of its jobs (decision 24)."""
    choices = standard.choices(variant.options, standard.standard)
    rules = [rule for part in parts for rule in standard.rules(part, choices)]
    return sorted({column for rule in rules for column in rule.condition.columns})


def concept_of(variant: str, pairs: Sequence[tuple[str, str]], usual: str) -> str:
    """The survey's employment concept, or the first on which the variant was classified."""
    concepts = [concept for name, concept in pairs if name == variant]
    return usual if usual in concepts or not concepts else concepts[0]


def classify_job(job: Job) -> None:
    """Write ``classified.parquet``, ``variants.json`` (what was classified on which concept) and the tables of rules and options."""
    standards = load_standards(FOLDER / "standards")
    variants = {name: Variant.model_validate(given) for name, given in job.settings["variants"].items()}
    check_variants(variants, standards)
    card = json.loads(job.inputs["card.json"].read_text(encoding="utf-8"))
    if not card["national"]["parts"]:
        variants = {name: variant for name, variant in variants.items() if variant.standard != NATIONAL}
    persons = frames.read(job.inputs["persons.parquet"])
    classified = classify(persons, variants, standards)
    possible = pairs(variants, standards, tuple(card["concepts"]))
    frames.write(classified, job.folder / "classified.parquet")
    checks = job.folder / "checks"
    frames.write_csv(rule_table(persons, classified, possible, variants, standards), checks / "rules.csv")
    frames.write_csv(option_table(persons, possible, variants, standards), checks / "options.csv")
    unsettled = [
        not_computable(persons, classified, possible),
        dependent_contractors(persons, classified, possible, variants, standards),
    ]
    frames.write_csv(pd.concat(unsettled, ignore_index=True), checks / "not_computable.csv")
    shares = computable(persons, classified, possible, card["primary_concept"])
    declared = card["publication"]["primary"]
    chosen, reason = primary(variants, shares, declared, f"workflow/surveys/{card['family']}.yaml")
    told_of = pd.DataFrame({"text": told(shares, variants, chosen, declared)}, dtype="str")
    frames.write_csv(told_of, checks / "computable.csv")
    frames.write_json(
        {
            "primary": {"variant": chosen, "concept": concept_of(chosen, possible, card["primary_concept"])},
            "primary_why": reason,
            "computable": shares,
            "pairs": [{"variant": variant, "concept": concept} for variant, concept in possible],
            "sensitivity_variants": [name for name, variant in variants.items() if variant.sensitivity],
            "reads": {
                name: columns_read(standards[x.standard], x) for name, x in variants.items() if x.standard in standards
            },
            "unit_reads": {
                name: columns_read(standards[x.standard], x, ("unit",))
                for name, x in variants.items()
                if x.standard in standards
            },
            "rules": rule_books((variant for variant, _ in possible), variants, standards),
            "provisional_variants": [
                name for name, v in variants.items() if v.standard in standards and standards[v.standard].provisional
            ],
        },
        job.folder / "variants.json",
    )
