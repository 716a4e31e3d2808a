"""The decisions that ship with the pipeline: every file loads, every condition parses, and names agree between files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import yaml
from support import WORKFLOW

from informality import settings as configuration
from informality import vocabulary as v
from informality.classify.standards import VALID_CONCEPTS, check_variants, load_standards
from informality.decisions import read_yaml
from informality.estimate.declared import Category, Declared
from informality.estimate.specifications import load_declared
from informality.govern.benchmarks import load_benchmarks
from informality.survey.conditions import conditions
from informality.survey.description import Survey, load_families, surveys

SURVEYS = surveys(load_families(WORKFLOW / "surveys"))
BENCHMARKS = sorted((WORKFLOW / "benchmarks").glob("*.csv"))
FAMILIES = sorted((WORKFLOW / "surveys").glob("*.yaml"))


@pytest.fixture(scope="module")
def settings() -> configuration.Settings:
    return configuration.load(read_yaml(WORKFLOW / "config.yaml"))


@pytest.fixture(scope="module")
def declared() -> Declared:
    return load_declared(WORKFLOW / "estimates.yaml")


@pytest.mark.parametrize("path", sorted(WORKFLOW.rglob("*.yaml")), ids=lambda p: p.relative_to(WORKFLOW).as_posix())
def test_every_yaml_file_is_read_strictly(path: Path) -> None:
    assert read_yaml(path)


def test_the_configuration_goes_with_the_standards(settings: configuration.Settings) -> None:
    standards = load_standards(WORKFLOW / "standards")
    assert set(standards) == set(VALID_CONCEPTS)
    check_variants(settings.variants, standards)
    assert {"icls17", "icls21", "national"} <= set(settings.variants)


def test_the_surveys_of_the_data_are_described() -> None:
    quarters = ("2008q3", "2009q3", "2010q3", "2011q3", "2012q2", "2013q3", "2014q3", "2016q3", "2017q3")
    expected = {
        "bra_pnadc_2017q4",
        "ecu_enemdu_2021q1",
        "lao_lfs_2017",
        "lao_lfs_demo",
        *(f"zaf_qlfs_{q}" for q in quarters),
    }
    assert expected <= set(SURVEYS)


def wave_lines(path: Path) -> dict[str, int]:
    """Lines of text that each wave takes in a description."""
    root = yaml.compose(path.read_text(encoding="utf-8"))
    waves = next(value for key, value in root.value if key.value == "waves")
    lines = {}
    for key, value in waves.value:
        # A block ends where the next line begins, a mapping in braces with its brace.
        last = value.end_mark.line - (not value.flow_style)
        text = path.read_text(encoding="utf-8").splitlines()[key.start_mark.line : last + 1]
        lines[key.value] = sum(bool(line.strip()) for line in text)
    return lines


@pytest.mark.parametrize("path", FAMILIES, ids=lambda p: p.stem)
def test_a_wave_takes_at_most_three_lines(path: Path) -> None:
    lines = wave_lines(path)
    assert lines
    assert max(lines.values()) <= 3


def test_lines_of_a_wave_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\nwaves:\n  p:\n    file: x\n\n    to: y\n    from: z\n  q: {file: x,\n      to: y}\nb: 2\n")
    assert wave_lines(path) == {"p": 4, "q": 2}


@pytest.mark.parametrize("survey", SURVEYS.values(), ids=list(SURVEYS))
def test_every_condition_of_every_survey_parses(survey: Survey) -> None:
    parsed = conditions(survey)
    known = dict.fromkeys([*parsed.columns(), *parsed.absent, *parsed.outcomes])
    for condition in parsed.all():
        condition.check(known)
    assert {"sex", "age", "status"} <= set(survey.variables)


@pytest.mark.parametrize("survey", SURVEYS.values(), ids=list(SURVEYS))
def test_every_file_that_is_distributed_has_a_digest(survey: Survey) -> None:
    """The Lao file comes from the office itself, the demo from the simulator."""
    if survey.family.family != "lao_lfs":
        assert len(survey.family.waves[survey.wave].sha256 or "") == 64


@pytest.mark.parametrize("survey", SURVEYS.values(), ids=list(SURVEYS))
def test_the_national_industry_is_described_where_it_is_shown(survey: Survey) -> None:
    assert survey.family.industry in survey.variables or survey.family.industry in v.DERIVABLE
    assert set(v.DIMENSIONS) & set(survey.variables)


@pytest.mark.parametrize("survey", SURVEYS.values(), ids=list(SURVEYS))
def test_routing_concerns_variables_that_the_family_describes(survey: Survey) -> None:
    every = set(survey.family.variables).union(*(o.variables for o in survey.family.differences.values()))
    assert set(survey.family.routing) <= every


def test_the_lao_file_waits_for_its_design_and_the_demo_does_not() -> None:
    assert SURVEYS["lao_lfs_2017"].undeclared() == ["stratum", "psu"]
    assert SURVEYS["lao_lfs_demo"].undeclared() == []
    assert SURVEYS["lao_lfs_demo"].file_name is None
    family = SURVEYS["lao_lfs_2017"].family
    assert family.national is not None
    assert not family.national.tables, "no Lao rule is known, and none is invented"


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda p: p.stem)
def test_benchmarks_name_what_is_computed(path: Path, settings: configuration.Settings, declared: Declared) -> None:
    survey = SURVEYS[path.stem]
    for benchmark in load_benchmarks(path).itertuples():
        check = survey.family.checks.get(benchmark.indicator.removeprefix("check_"))
        if benchmark.indicator.startswith("check_"):
            assert check is not None, benchmark.id
            assert (benchmark.variant, benchmark.concept, benchmark.universe, benchmark.category) == (
                "",
                "",
                "check",
                "",
            )
            breakdowns = check.by
        else:
            assert_is_declared(benchmark, declared, settings)
            assert benchmark.concept in survey.concepts, benchmark.id
            lists = declared.indicators[benchmark.indicator].by
            breakdowns = [by for name in lists for by in declared.breakdowns[name]]
        domain = dict(part.split("=") for part in benchmark.domain.split("|") if part)
        assert set(domain) in [set(by) for by in breakdowns], benchmark.id
        for dimension, level in domain.items():
            assert level in survey.levels(dimension), benchmark.id


def assert_is_declared(benchmark: object, declared: Declared, settings: configuration.Settings) -> None:
    row = pd.Series(benchmark._asdict())  # type: ignore[attr-defined]
    indicator = declared.indicators[row["indicator"]]
    assert row["statistic"] in indicator.statistics, row["id"]
    quantiles = [f"p{100 * p:g}" for p in indicator.quantiles] if row["statistic"] == "quantile" else []
    assert row["category"] in (quantiles or indicator.categories or [""]), row["id"]
    part = indicator.categories.get(row["category"])
    own = part.universe if isinstance(part, Category) else None
    assert row["universe"] in ([own] if own else indicator.universe), row["id"]
    if indicator.per == "concept":
        assert row["variant"] == "", row["id"]
    else:
        standard = settings.variants[row["variant"]].standard
        assert row["concept"] in VALID_CONCEPTS.get(standard, {"national"}), row["id"]


def test_simulated_data_have_no_benchmarks() -> None:
    assert "lao_lfs_demo" not in {path.stem for path in BENCHMARKS}
    assert {path.stem for path in BENCHMARKS} <= set(SURVEYS)
