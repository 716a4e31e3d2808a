"""All declared models of one made-up survey: which rows there are, and what they say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from support import WORKFLOW, answer, random_persons, standards

from informality.classify.rules import classify
from informality.errors import UserError
from informality.estimate.design import Design
from informality.estimate.models import logit
from informality.estimate.models.declared import Least, Models, Replicates, load_models
from informality.estimate.models.decompose import Decomposition, decompose
from informality.estimate.models.run import Results, run_models
from informality.estimate.models.terms import parse_terms
from informality.estimate.replicates.made import jkn
from informality.estimate.survey import Subject
from informality.settings import Variant
from informality.vocabulary import CELL_KEYS, CELL_VALUES, MODEL_KEYS, MODEL_STATES, MODEL_VALUES

MODELS = load_models(WORKFLOW / "models.yaml")
SUBJECT = Subject("made_up", "2020", (("icls17", "icls13"), ("icls17", "icls19")))
READS = {"icls17": frozenset({"soc_sec", "size_cut", "registered"})}


def chosen(*names: str, **changes: object) -> Models:
    """Some of the models, with other settings; made-up levels are many and PSUs few, so terms are few."""
    models = {}
    for name in names:
        terms = ["sex", "area", "marital"] if MODELS.models[name].kind == "logit" else ["area", "marital"]
        change = {"terms": terms, "where_asked": [], "references": {}}
        models[name] = MODELS.models[name].model_copy(update=change)
    return MODELS.model_copy(update={"models": models, **changes})


@pytest.fixture(scope="module")
def persons() -> pd.DataFrame:
    frame = random_persons(5000, seed=31)
    return frame.assign(psu=frame["stratum"] * 30 + np.random.default_rng(1).integers(0, 30, len(frame)))


@pytest.fixture(scope="module")
def classified(persons: pd.DataFrame) -> pd.DataFrame:
    return classify(persons, {"icls17": Variant(standard="icls17")}, standards())


def run(persons: pd.DataFrame, classified: pd.DataFrame, models: Models, subject: Subject = SUBJECT) -> Results:
    return run_models(persons, classified, models, subject, Design.from_frame(persons), READS)


ALL = tuple(MODELS.models)


@pytest.fixture(scope="module")
def results(persons: pd.DataFrame, classified: pd.DataFrame) -> Results:
    return run(persons, classified, chosen(*ALL))


def rows(table: pd.DataFrame, **keys: str) -> pd.DataFrame:
    keys = {"concept": "icls19", **keys}
    return table[np.logical_and.reduce([table[name] == wanted for name, wanted in keys.items()])]


def test_two_tidy_tables(results: Results) -> None:
    models, cells = results.models, results.cells
    assert list(models) == [*MODEL_KEYS, *MODEL_VALUES]
    assert list(cells) == [*CELL_KEYS, *CELL_VALUES]
    for table, keys in ((models, MODEL_KEYS), (cells, CELL_KEYS)):
        assert not table.duplicated(list(keys)).any()
        assert table[list(keys)].equals(table[list(keys)].sort_values(list(keys), ignore_index=True))
    assert set(models["state"]) == set(MODEL_STATES)
    # Only the pairs that were asked for.
    assert set(zip(models["variant"], models["concept"], strict=True)) == {("icls17", "icls13"), ("icls17", "icls19")}
    estimated = models["state"] == "estimated"
    assert (models["reason"] == "")[estimated].all()
    assert (models["reason"] != "")[~estimated].all()
    assert models.loc[~estimated, ["estimate", "se", "p"]].isna().all(axis=None)
    inside = models["ci_low"].isna() | models["estimate"].between(models["ci_low"], models["ci_high"])
    assert inside.all()


def test_the_logit_is_the_engines(results: Results, persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    job = classified["job__icls17"]
    outcome = np.where(job.isna(), np.nan, job == "informal")
    among = (persons["employed__icls19"] & (persons["status"] == "employee")).to_numpy()
    terms = parse_terms(["sex", "area", "marital"])
    expected = logit.fit(persons, outcome, terms, Design.from_frame(persons), among=among)
    assert isinstance(expected, logit.Fit)
    found = rows(results.models, model="informal_employees")
    assert set(found["n"][found["part"] == "coefficient"]) == {expected.n}
    women = found[(found["term"] == "sex") & (found["level"] == "female")].set_index(["part", "statistic"])
    place = [c.level for c in expected.patterns.columns].index("female")
    assert women.loc[("coefficient", "log_odds"), "estimate"] == expected.coefficients[place]
    assert women.loc[("coefficient", "log_odds"), "se"] == expected.se[place]
    assert women.loc[("coefficient", "odds_ratio"), "estimate"] == np.exp(expected.coefficients[place])
    assert set(women["reference"]) == {"male"}
    assert women.loc[("ame", "effect"), "estimate"] == women.loc[("ame", "effect_fixed_covariates"), "estimate"]
    joint = found[found["part"] == "wald"].set_index("term")
    assert set(joint.index) == {"sex", "area", "marital"}
    assert joint.loc["marital", "df1"] == 4
    assert joint.loc["sex", "p"] == pytest.approx(women.loc[("coefficient", "log_odds"), "p"], rel=1e-8)
    assert (found.loc[found["term"] == "(constant)", "statistic"] == "log_odds").all()


def test_the_decomposition_is_the_engines(results: Results, persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    job = classified["job__icls17"]
    hourly = np.log(persons["earnings_month"] / (persons["hours_usual"] * 52 / 12))
    among = (persons["employed__icls19"] & (persons["status"] == "employee")).to_numpy()
    formal = np.where(job == "formal", 1.0, np.where(job == "informal", 0.0, np.nan))
    design = Design.from_frame(persons)
    terms = parse_terms(["area", "marital"])
    expected = decompose(persons, hourly.to_numpy(), formal, terms, design, jkn(design), among=among)
    assert isinstance(expected, Decomposition)
    found = rows(results.models, model="earnings_formal_informal", part="decomposition")
    words = {"first": "formal", "second": "informal"}
    places = [
        (p.statistic, "job" if p.statistic == "mean" else p.term, words.get(p.level, p.level)) for p in expected.parts
    ]
    by_key = found.set_index(["statistic", "term", "level"]).loc[places]
    assert len(found) == len(places)
    assert by_key["estimate"].tolist() == expected.estimate.tolist()
    assert by_key["se"].tolist() == expected.se.tolist()
    assert set(found["se_method"]) == {"jackknife"}
    assert not found["statistic"].str.contains("discrimination").any()


def test_family_workers_and_others_are_excluded_and_counted(
    results: Results, persons: pd.DataFrame, classified: pd.DataFrame
) -> None:
    fit = rows(results.models, model="informal_employees", part="fit").set_index(["statistic", "term"])
    employed = persons["employed__icls19"]
    for key, status in {
        "family_workers": ["family_worker"],
        "independent_workers": ["employer", "own_account"],
    }.items():
        hit = employed & persons["status"].isin(status)
        row = fit.loc[("excluded", key)]
        assert row["n"] == hit.sum() > 0
        assert row["estimate"] == pytest.approx(persons.loc[hit, "weight"].sum())
    employees = employed & (persons["status"] == "employee")
    assert fit.loc[("unknown", "area"), "n"] == (employees & persons["area"].isna()).sum()
    complete = employees & persons[["sex", "area", "marital"]].notna().all(axis=1) & classified["job__icls17"].notna()
    assert fit.loc[("n", "_T"), "n"] == complete.sum()


def test_what_was_not_asked(persons: pd.DataFrame, classified: pd.DataFrame, results: Results) -> None:
    """Neither the law, nor a question that the survey lacks."""
    law = rows(results.models, model="covered_given_mandatory")
    assert law[["part", "statistic", "state", "reason"]].to_numpy().tolist() == [
        ["fit", "n", "not_computable", "not_asked: covered, below_pension, legal"]
    ]
    nobody = np.ones(len(persons), dtype=bool)
    without = answer(answer(persons, "marital", None, nobody, "not_asked"), "earnings_month", None, nobody, "not_asked")
    without["earnings_month"] = np.nan
    found = run(without, classified, chosen("informal_employees", "earnings_women_men")).models
    employees = rows(found, model="informal_employees")
    assert employees["reason"].tolist() == ["not_asked: marital"]
    assert rows(found, model="earnings_women_men")["reason"].tolist() == ["not_asked: earnings_month"]
    # A term that may be missing is left out, and said to be; of two the one that was asked is taken.
    base = chosen("informal_employees")
    model = base.models["informal_employees"].model_copy(
        update={"terms": ["marital | area"], "where_asked": ["marital"]}
    )
    found = run(without, classified, base.model_copy(update={"models": {"m": model}})).models
    assert rows(found, part="wald")["term"].tolist() == ["area"]
    assert rows(found, statistic="term")[["term", "state", "reason"]].to_numpy().tolist() == [
        ["marital", "not_computable", "not_asked"]
    ]
    no_jobs = classified.drop(columns="job__icls17")
    found = run(persons, no_jobs, chosen("informal_employees")).models
    assert rows(found)["reason"].tolist() == ["not_asked: job"]


def test_cover_by_law_is_fitted_once_the_law_is_there(persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    random = np.random.default_rng(4)
    n = len(persons)
    legal = pd.Categorical.from_codes(random.integers(0, 2, n), ["mandatory", "excluded"])
    covered = pd.Categorical.from_codes((random.random(n) < 0.6).astype(int), ["no", "yes"])
    frame = persons.assign(legal=legal, covered=covered, below_pension=True)
    found = run(frame, classified, chosen("covered_given_mandatory")).models
    fit = rows(found, part="fit", statistic="n").iloc[0]
    among = frame["employed__icls19"] & (frame["status"] == "employee") & (frame["legal"] == "mandatory")
    assert fit["n"] == (among & frame[["sex", "area", "marital"]].notna().all(axis=1)).sum()


def test_what_is_not_estimated_says_why(persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    twice = chosen("informal_employees")
    model = twice.models["informal_employees"].model_copy(update={"terms": ["region", "settlement"]})
    frame = persons.assign(settlement=persons["region"].cat.rename_categories({"north": "town", "south": "village"}))
    found = run(frame, classified, twice.model_copy(update={"models": {"m": model}})).models
    row = rows(found, statistic="n").iloc[0]
    assert (row["state"], row["reason"]) == ("not_estimated", "collinear: region=south, settlement=village")
    assert row["n"] > 0
    assert set(found["part"]) == {"fit"}


def test_thin_levels_leave_with_their_persons(persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    job = classified["job__icls17"].to_numpy(copy=True).astype(object)
    widowed = (persons["marital"] == "widowed").to_numpy()
    job[widowed & (job == "formal")] = "informal"
    settled = classified.assign(job__icls17=pd.Categorical(job, categories=classified["job__icls17"].cat.categories))
    found = run(persons, settled, chosen("informal_employees"))
    left = rows(found.models, statistic="left_out").iloc[0]
    assert (left["term"], left["level"], left["state"], left["reason"]) == (
        "marital", "widowed", "not_estimated", "too_few_persons",
    )  # fmt: skip
    employees = persons["employed__icls19"] & (persons["status"] == "employee")
    complete = employees & persons[["sex", "area", "marital"]].notna().all(axis=1) & classified["job__icls17"].notna()
    assert left["n"] == (complete & widowed).sum()
    assert "widowed" not in set(rows(found.models, part="coefficient")["level"])
    assert "widowed" not in set(found.cells["level"])
    assert rows(found.models, part="fit", statistic="n").iloc[0]["n"] == (complete & ~widowed).sum()


def test_counts_behind_every_level(results: Results, persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    employees = persons["employed__icls19"] & (persons["status"] == "employee")
    complete = employees & persons[["sex", "area", "marital"]].notna().all(axis=1) & classified["job__icls17"].notna()
    found = rows(results.cells, model="informal_employees", term="marital", level="married").set_index("side")["n"]
    job = classified["job__icls17"]
    married = complete & (persons["marital"] == "married")
    assert found.to_dict() == {"yes": (married & (job == "informal")).sum(), "no": (married & (job == "formal")).sum()}
    sides = rows(results.cells, model="informal_women_men", term="area")
    assert set(sides["side"]) == {"female", "male"}


def test_many_psus_are_replicated_by_the_bootstrap(persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    few = Replicates(jackknife_up_to=100, bootstrap=60, seed=1)
    subject = Subject("made_up", "2020", (("icls17", "icls19"),))
    models = chosen("informal_women_men", replicates=few)
    one, two = (run(persons, classified, models, subject).models for _ in range(2))
    assert set(rows(one, part="decomposition")["se_method"]) == {"bootstrap"}
    pd.testing.assert_frame_equal(one, two)
    jackknife = run(persons, classified, chosen("informal_women_men"), subject).models
    total = {"part": "decomposition", "statistic": "difference"}
    ratio = rows(one, **total)["se"].iloc[0] / rows(jackknife, **total)["se"].iloc[0]
    assert 0.7 < ratio < 1.4


def test_the_order_of_persons_does_not_matter(persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    order = np.random.default_rng(3).permutation(len(persons))
    subject = Subject("made_up", "2020", (("icls17", "icls19"),))
    models = chosen("informal_employees", "informal_women_men")
    straight = run(persons, classified, models, subject)
    mixed = run(
        persons.iloc[order].reset_index(drop=True), classified.iloc[order].reset_index(drop=True), models, subject
    )
    pd.testing.assert_frame_equal(straight.models, mixed.models, rtol=1e-8, atol=1e-12)
    pd.testing.assert_frame_equal(straight.cells, mixed.cells)


def test_terms_are_checked_against_the_rules(persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    with pytest.raises(UserError, match="'area' is no factor"):
        run_models(
            persons, classified, chosen("informal_employees"), SUBJECT, Design.from_frame(persons), {"icls17": {"area"}}
        )


def test_a_stricter_least_leaves_out_more(persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    subject = Subject("made_up", "2020", (("icls17", "icls19"),))
    strict = chosen("informal_employees", least=Least(persons=2000, psus=2))
    found = run(persons, classified, strict, subject).models
    assert rows(found, statistic="n")["reason"].tolist() == ["no_persons"]
