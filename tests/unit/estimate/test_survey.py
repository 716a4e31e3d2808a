"""All declared estimates of one made-up survey: which rows there are, and what must hold between them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from unit.estimate.made_up import (
    DECLARED,
    DIMENSIONS,
    PAIRS,
    SUBJECT,
    by_hand,
    made_classified,
    made_hub,
    made_persons,
    one,
    rows,
)

from informality import vocabulary as v
from informality.errors import UserError
from informality.estimate.declared import Declared
from informality.estimate.survey import Subject, estimate_survey


@pytest.fixture(scope="module")
def persons() -> pd.DataFrame:
    return made_persons()


@pytest.fixture(scope="module")
def classified() -> pd.DataFrame:
    return made_classified()


@pytest.fixture(scope="module")
def hub() -> pd.DataFrame:
    return made_hub()


def test_keys_are_unique_and_rows_sorted(hub: pd.DataFrame) -> None:
    assert list(hub) == [*v.HUB_KEYS, *v.HUB_VALUES]
    assert not hub.duplicated(list(v.HUB_KEYS)).any()
    assert hub[list(v.HUB_KEYS)].equals(hub[list(v.HUB_KEYS)].sort_values(list(v.HUB_KEYS), ignore_index=True))
    assert set(hub["state"]) <= set(v.ESTIMATE_STATES)
    assert set(hub["survey"]) == {"made_up"}
    assert set(hub["wave"]) == {"2020"}


def test_the_informality_rate_by_hand(hub: pd.DataFrame, persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    job = classified["job__icls17"]
    informal = (job == "informal").where(job.notna())
    for concept in ("icls13", "icls19"):
        row = one(hub, indicator="informal", variant="icls17", concept=concept)
        employed = persons[f"employed__{concept}"]
        assert row["estimate"] == pytest.approx(by_hand(persons, informal, employed), rel=1e-12)
        assert row["n"] == (employed & job.notna()).sum()
        assert row["n_missing"] == (employed & job.isna()).sum()
        total = one(hub, indicator="informal", variant="icls17", concept=concept, statistic="total")
        assert total["estimate"] == pytest.approx(
            persons.loc[employed & (job == "informal"), "weight"].sum(), rel=1e-12
        )


def test_employment_rests_on_the_concept_and_on_no_standard(hub: pd.DataFrame, persons: pd.DataFrame) -> None:
    assert set(hub.loc[hub["indicator"] == "employment", "variant"]) == {""}
    for concept in ("icls13", "icls19"):
        row = one(hub, indicator="employment", concept=concept, universe="working_age")
        everybody = pd.Series(True, index=persons.index)
        assert row["estimate"] == pytest.approx(by_hand(persons, persons[f"employed__{concept}"], everybody), rel=1e-12)


def test_invariant_4_over_concepts_and_options(hub: pd.DataFrame) -> None:
    def total(indicator: str, variant: str, concept: str, **keys: str) -> float:
        return one(hub, indicator=indicator, variant=variant, concept=concept, statistic="total", **keys)["estimate"]

    assert total("employment", "", "icls13", universe="working_age") > total(
        "employment", "", "icls19", universe="working_age"
    )
    formal = {}
    for concept in ("icls13", "icls19"):
        parts = [f"{unit}:formal" for unit in ("formal_sector", "informal_sector", "household")]
        formal[concept] = sum(total("component", "icls17", concept, category=part) for part in parts)
    assert formal["icls13"] == pytest.approx(formal["icls19"], rel=1e-12)
    assert total("informal", "icls17_strict", "icls19") > total("informal", "icls17", "icls19")


def test_invariant_5_sdg_8_3_1_by_sex_are_rates_within_sex(
    hub: pd.DataFrame, persons: pd.DataFrame, classified: pd.DataFrame
) -> None:
    job = classified["job__icls17"]
    informal = (job == "informal").where(job.notna())
    cells = {
        "total": pd.Series(True, index=persons.index),
        "agriculture": persons["industry3"] == "agriculture",
        "non_agriculture": persons["industry3"].isin(["industry", "services"]),
    }
    for category, cell in cells.items():
        for sex in ("male", "female"):
            row = one(hub, indicator="sdg_8_3_1", category=category, variant="icls17", concept="icls19", sex=sex)
            among = persons["employed__icls19"] & cell & (persons["sex"] == sex)
            assert row["estimate"] == pytest.approx(by_hand(persons, informal, among), rel=1e-12)
            assert row["population"] == pytest.approx(persons.loc[among & informal.notna(), "weight"].sum(), rel=1e-12)
        # Components of the total would sum to it; rates lie on both sides of it.
        whole = one(hub, indicator="sdg_8_3_1", category=category, variant="icls17", concept="icls19")
        sexes = rows(hub, indicator="sdg_8_3_1", category=category, variant="icls17", concept="icls19", sex="*")
        assert sexes["estimate"].min() < whole["estimate"] < sexes["estimate"].max()


def unsettled(classified: pd.DataFrame, variant: str) -> pd.DataFrame:
    """The same with a third of the units not classified or not computable, whatever the job."""
    unit = classified[f"unit__{variant}"].copy()
    unit[::6] = None
    unit[1::6] = "not_classified"
    return classified.assign(**{f"unit__{variant}": unit})


@pytest.mark.parametrize("units", ["as_classified", "unsettled"])
@pytest.mark.parametrize(("variant", "concept"), PAIRS)
def test_components_sum_to_the_rate_on_both_bases(
    persons: pd.DataFrame, classified: pd.DataFrame, variant: str, concept: str, units: str
) -> None:
    """Decision 8, also where jobs cannot be computed (family workers of the 21st ICLS) or units are unknown."""
    frame = classified if units == "as_classified" else unsettled(classified, variant)
    wanted = {k: i for k, i in DECLARED.indicators.items() if k.startswith("component") or k == "informal"}
    subject = Subject("made_up", "2020", ((variant, concept),))
    hub = estimate_survey(persons, frame, DECLARED.model_copy(update={"indicators": wanted}), subject)
    for sex in (v.TOTAL, "male", "female", v.UNKNOWN):
        for statistic in ("share", "total"):
            rate = one(hub, indicator="informal", sex=sex, statistic=statistic)
            parts = rows(hub, indicator="component", sex=sex, statistic=statistic)
            informal = parts[parts["category"].str.endswith(":informal")]
            assert informal["estimate"].sum() == pytest.approx(rate["estimate"], rel=1e-12)
            assert (informal["n"] == rate["n"]).all()
        of_informal = rows(hub, indicator="component_of_informal", sex=sex)
        assert of_informal["estimate"].sum() == pytest.approx(1, rel=1e-12)
        # The same parts on the two bases.
        rate = one(hub, indicator="informal", sex=sex)["estimate"]
        parts = rows(hub, indicator="component", sex=sex).set_index("category")["estimate"]
        for unit, share in of_informal.set_index("category")["estimate"].items():
            assert share * rate == pytest.approx(parts[f"{unit}:informal"], rel=1e-12, abs=1e-15)


def test_a_rare_category_is_left_out_where_nobody_is_in_it(persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    settled = classified["unit__icls17"].fillna("household").replace("not_classified", "household")
    subject = Subject("made_up", "2020", (("icls17", "icls19"),))
    for unit, expected in ((settled, False), (unsettled(classified, "icls17")["unit__icls17"], True)):
        hub = estimate_survey(persons, classified.assign(unit__icls17=unit), DECLARED, subject)
        assert ("not_classified:informal" in set(hub["category"])) is expected
        assert ("not_classified" in set(hub["category"])) is expected


def test_sensitivity_variants_get_national_estimates_only(hub: pd.DataFrame) -> None:
    broken = (hub[DIMENSIONS] != v.TOTAL).apply(lambda row: tuple(row.index[row]), axis=1)
    assert set(broken[hub["variant"] == "icls17_strict"]) == {()}
    assert ("status", "industry3") in set(broken[hub["variant"] == "icls17"])
    assert set(hub.loc[hub["variant"] == "icls17_strict", "indicator"]) == set(
        hub.loc[hub["variant"] == "icls17", "indicator"]
    )
    assert not set(hub.loc[hub["variant"] == "icls17_strict", "statistic"]) & {"difference", "test"}


def test_breakdowns_by_what_was_not_asked_are_left_out(hub: pd.DataFrame) -> None:
    assert set(hub["education"]) == {v.TOTAL}
    assert not rows(hub, indicator="informal", variant="icls17", concept="icls19", region="*").empty
    assert rows(hub, indicator="check_older", education="*").empty


def test_bounds_enclose_the_rate_and_stand_only_where_jobs_are_unknown(
    hub: pd.DataFrame, persons: pd.DataFrame, classified: pd.DataFrame
) -> None:
    assert set(hub.loc[hub["assumption"] != "", "indicator"]) <= {"informal", "informal_sector"}
    job = classified["job__icls21"]
    employed = persons["employed__icls19"]
    assert (employed & job.isna()).any()
    keys = {"indicator": "informal", "variant": "icls21", "concept": "icls19"}
    low, high = (one(hub, **keys, assumption=name) for name in ("as_formal", "as_informal"))
    assert low["estimate"] < one(hub, **keys)["estimate"] < high["estimate"]
    assert low["n_missing"] == high["n_missing"] == 0
    assert low["estimate"] == pytest.approx(by_hand(persons, (job == "informal").astype(float), employed), rel=1e-12)
    unknown = high["estimate"] - low["estimate"]
    assert unknown == pytest.approx(one(hub, **keys)[["w_no_answer", "w_not_computable"]].sum(), rel=1e-9)
    # Bounds by status too: it is a status group whose jobs cannot be computed.
    of_family = rows(hub, **{**keys, "assumption": "as_informal"}, status="family_worker")
    assert len(of_family) == 1
    assert rows(hub, **{**keys, "assumption": "as_informal"}, area="*").empty
    known = classified.assign(job__icls21=job.fillna("informal"))
    settled = estimate_survey(persons, known, DECLARED, Subject("made_up", "2020", (("icls21", "icls19"),)))
    assert set(settled.loc[settled["indicator"] == "informal", "assumption"]) == {""}


def test_what_cannot_be_computed_has_one_row_that_says_so(persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    without_jobs = classified[["unit__icls17"]]
    hub = estimate_survey(persons, without_jobs, DECLARED, Subject("made_up", "2020", (("icls17", "icls19"),)))
    found = hub[hub["state"] == "not_computable"]
    assert {"informal", "component", "sdg_8_3_1"} <= set(found["indicator"])
    assert not {"informal_sector", "employment", "outside_formal_sector"} & set(found["indicator"])
    assert (found[DIMENSIONS] == v.TOTAL).all(axis=None)
    assert found["estimate"].isna().all()
    assert (found["ci_method"] == "none").all()
    row = one(found, indicator="informal", variant="icls17")
    assert (row["n"], row["n_missing"]) == (0, persons["employed__icls19"].sum())
    # Nothing of such an indicator is estimated, in any breakdown.
    assert set(hub.loc[hub["indicator"] == "component", "state"]) == {"not_computable"}


def test_cover_is_estimated_among_those_who_were_asked(hub: pd.DataFrame, persons: pd.DataFrame) -> None:
    row = one(hub, indicator="cover", category="pension", concept="icls19")
    assert row["universe"] == "asked"
    assert row["variant"] == ""
    asked = persons["employed__icls19"] & ~persons["soc_sec_why"].isin(["not_asked", "not_applicable"])
    assert row["n"] + row["n_missing"] == asked.sum()
    answered = (persons["soc_sec"] == "yes").where(persons["soc_sec"].notna())
    assert row["estimate"] == pytest.approx(by_hand(persons, answered, asked), rel=1e-12)


def test_the_base_of_the_office_is_a_universe_only_where_it_has_one(
    hub: pd.DataFrame, persons: pd.DataFrame, classified: pd.DataFrame
) -> None:
    """Decision 7."""
    assert "informal_national_base" not in set(hub["indicator"])
    subject = Subject("made_up", "2020", (("icls17", "icls19"),), national_base=True)
    row = one(estimate_survey(persons, classified, DECLARED, subject), indicator="informal_national_base")
    job = classified["job__icls17"]
    among = persons["employed__icls19"] & persons["national_base"]
    assert 0 < among.sum() < persons["employed__icls19"].sum()
    assert row["estimate"] == pytest.approx(by_hand(persons, (job == "informal").where(job.notna()), among), rel=1e-12)


def test_the_office_figures_are_apart(hub: pd.DataFrame, persons: pd.DataFrame) -> None:
    """Decision 15: they define nothing that is published."""
    assert set(hub.loc[hub["universe"] == "check", "indicator"]) == {"check_older"}
    row = one(hub, indicator="check_older")
    men = persons["sex"] == "male"
    assert row["estimate"] == pytest.approx(by_hand(persons, persons["age"] > 40, men), rel=1e-12)
    assert (row["variant"], row["concept"]) == ("", "")
    assert rows(hub, indicator="check_older", sex="*")["sex"].tolist() == ["male"]


def test_a_condition_that_fits_the_declaration_but_not_the_survey(
    persons: pd.DataFrame, classified: pd.DataFrame
) -> None:
    changed = {"employees": DECLARED.indicators["cover"].model_copy(update={"value": "{question} = 'maybe'"})}
    declared = Declared.model_construct(
        universes=DECLARED.universes, breakdowns=DECLARED.breakdowns, indicators=changed
    )
    with pytest.raises(UserError, match="'maybe' is not a level of 'cover__pension'"):
        estimate_survey(persons, classified, declared, SUBJECT)


def test_the_order_of_persons_does_not_matter(persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    wanted = {k: i for k, i in DECLARED.indicators.items() if k in ("informal", "component")}
    declared = DECLARED.model_copy(update={"indicators": wanted})
    order = np.random.default_rng(3).permutation(len(persons))
    subject = Subject("made_up", "2020", (("icls21", "icls19"),))
    straight = estimate_survey(persons, classified, declared, subject)
    mixed = estimate_survey(
        persons.iloc[order].reset_index(drop=True), classified.iloc[order].reset_index(drop=True), declared, subject
    )
    pd.testing.assert_frame_equal(straight, mixed, rtol=1e-11)


def test_several_lists_of_breakdowns_are_computed_each_once(hub: pd.DataFrame) -> None:
    lists = DECLARED.indicators["informal"].by
    wanted = {tuple(by) for name in lists for by in DECLARED.breakdowns[name]}
    informal = hub[
        (hub["indicator"] == "informal")
        & (hub["statistic"] == "share")
        & (hub["variant"] == "icls17")
        & (hub["assumption"] == "")
    ]
    found = {
        tuple(d for d, at in zip(DIMENSIONS, row, strict=True) if at != v.TOTAL)
        for row in informal[DIMENSIONS].itertuples(index=False)
    }
    there = {tuple(d for d in DIMENSIONS if d in by) for by in wanted if "education" not in by}
    assert found == there
