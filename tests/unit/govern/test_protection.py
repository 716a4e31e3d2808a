"""Whole hubs: what is hidden, and what a reader can still work out of the rest."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import WORKFLOW
from unit.govern.small_hub import SmallHub, crossed, of_persons, random_persons

from informality.govern import disclosure
from informality.govern.audit import Audit, Narrow, widths
from informality.govern.equations import SERIES, counts, keys_of
from informality.govern.protection import Protection, confidential, protect, unknown_domains
from informality.govern.release import release
from informality.settings import Thresholds
from informality.vocabulary import TOTAL

LIMITS = Thresholds()


def attack(hub: pd.DataFrame) -> tuple[Protection, list[Narrow]]:
    """What is hidden, and what a reader can work out."""
    protection = protect(hub, LIMITS)
    return protection, worked_out(hub, protection)


def worked_out(hub: pd.DataFrame, protection: Protection) -> list[Narrow]:
    """Domains whose range a reader can work out to less than ten persons, of all or part by part."""
    found = counts(hub)
    # A row may be hidden for its numerator alone; a reader knows a domain that any row shows.
    hidden = np.isin(np.arange(len(found.keys)), found.domain)
    hidden[found.domain[(found.domain >= 0) & ~protection.rows]] = False
    parts = [*(row[None, :] for row in found.persons), *(series.parts() for series in found.series)]
    different = {part.tobytes(): part for part in parts}
    weak = Audit(list(different.values()), found.equations).narrow(hidden, np.full(len(hidden), 10.0))
    return [one for one in weak if np.nanmax(np.nan_to_num(found.persons[:, one.domain])) > 0]


def lone_gaps(published: pd.DataFrame) -> list[tuple[str, ...]]:
    """Lines of published tables with a shown total and one hidden n, by subtraction alone: no programme of the product takes part."""
    rows = published[(published["statistic"] == "total") & published["state"].isin(["estimated", "not_estimable"])]
    keys = keys_of(rows)
    table: dict[tuple[str, ...], dict] = {}
    for key, name, n, flag in zip(
        keys, rows[list(SERIES)].itertuples(index=False, name=None), rows["n"], rows["flag_reason"], strict=True
    ):
        table.setdefault(name, {})[key] = None if flag == "confidential" else n
    found = []
    for name, cells in table.items():
        lines = sorted((tuple(p for p in key if p != pair), pair[0], key) for key in cells for pair in key)
        for (rest, dimension), line in groupby(lines, key=lambda item: item[:2]):
            values = [cells[key] for _, _, key in line]
            if cells.get(rest) is not None and values.count(None) == 1:
                found.append((*name, dimension, *map(str, rest)))
    return found


def test_two_way_tables_of_five_dimensions_linked_by_their_margins() -> None:
    """600 domains in 16 tables; 56 tables of 2,461 domains, 699 of them confidential, take half a minute and behave alike."""
    levels = {"region": 18, "industry": 12, "sex": 2, "age_group": 6, "status": 5}
    hub = of_persons(random_persons(6000, levels, 40, 0.5), crossed(list(levels), 2)).frame()
    found = counts(hub)
    primary = confidential(hub, found, LIMITS)
    alone = widths(found.persons[:1], found.equations, primary)
    assert primary.sum() > 100
    assert (alone[primary] < 1e-6).sum() > 20, "with nothing more hidden, many are worked out exactly"
    protection = protect(hub, LIMITS)
    hidden = np.zeros(len(primary), dtype=bool)
    hidden[found.domain] = protection.rows
    assert hidden[primary].all()
    assert hidden.sum() < 2.5 * primary.sum()
    assert widths(found.persons[:1], found.equations, hidden)[hidden].min() >= 10 - 1e-6
    assert lone_gaps(release(hub, LIMITS, protection)) == []


@given(st.integers(0, 10_000), st.integers(200, 3000))
@settings(max_examples=6, deadline=None)
def test_no_hub_gives_a_confidential_domain_away(seed: int, n: int) -> None:
    persons = random_persons(n, {"sex": 2, "industry": 6, "status": 4}, seed)
    persons["industry3"] = persons["industry"].map(lambda level: f"broad{int(level[-2:]) // 2}")
    employees = persons[persons["status"] == "status00"]
    by = [(), ("sex",), ("industry",), ("industry3",), ("status",), ("sex", "industry"), ("status", "industry")]
    hub = pd.concat(
        [of_persons(persons, by).frame(), of_persons(employees, by[:4], universe="asked", indicator="cover").frame()],
        ignore_index=True,
    )
    protection, weak = attack(hub)
    assert weak == []
    published = release(hub, LIMITS, protection)
    assert lone_gaps(published) == []
    assert (published.loc[hub["n"].between(1, 9), "flag"] == ":c").all()
    assert protection.record["hidden"] == 0 or published["n"].isna().any()


def test_share_total_and_n_go_together_in_every_indicator_and_concept() -> None:
    persons = random_persons(400, {"sex": 2, "industry": 8}, 9)
    parts = [
        of_persons(persons, crossed(["sex", "industry"], 2), indicator=i, concept=c)
        for i in ("informal", "other")
        for c in ("icls13", "icls19")
    ]
    published = release(pd.concat([p.frame() for p in parts], ignore_index=True), LIMITS)
    hidden = published["flag_reason"] == "confidential"
    assert hidden.any()
    assert published.assign(hidden=hidden).groupby(["sex", "industry"])["hidden"].nunique().eq(1).all()


def test_one_flag_for_the_few_and_for_those_who_hide_them() -> None:
    small = SmallHub().add((), 400, 200).add((("sex", "male"),), 7, 3).add((("sex", "female"),), 393, 197)
    published = release(small.frame(), LIMITS)
    hidden = published[published["sex"] != TOTAL]
    assert set(zip(hidden["flag"], hidden["flag_reason"], hidden["ilo_flag"], strict=True)) == {
        (":c", "confidential", "S")
    }


def test_nobody_is_known_by_what_is_not_known() -> None:
    small = SmallHub().add((), 400, 200).add((("sex", "male"),), 395, 197).add((("sex", "_U"),), 5, 3)
    published = release(small.frame(), LIMITS).set_index(["sex", "statistic"])
    assert published.loc[("_U", "share"), ["flag", "n"]].tolist() == ["x", 5]
    strict = release(small.frame(), Thresholds(unknown_levels=[])).set_index(["sex", "statistic"])
    assert strict.loc[("_U", "share"), "flag"] == strict.loc[("male", "share"), "flag"] == ":c"


def test_a_few_whom_a_coarser_grouping_does_not_know_are_as_many_as_its_unknown() -> None:
    hub = SmallHub().add((), 403, 200)
    for level, n in (("farming", 200), ("making", 200), ("other", 3)):
        hub.add((("industry_national", level),), n, n // 2)
    for level, n in (("agriculture", 200), ("industry", 200), ("_U", 3)):
        hub.add((("industry3", level),), n, n // 2)
    found = counts(hub.frame())
    assert {found.keys[at][1] for at in np.flatnonzero(unknown_domains(found, LIMITS))} == {
        (("industry3", "_U"),),
        (("industry_national", "other"),),
    }


def test_three_dimensions_are_not_published() -> None:
    persons = random_persons(900, {"sex": 2, "area": 2, "education": 2}, 7)
    hub = of_persons(persons, crossed(["sex", "area", "education"], 3)).frame()
    published = release(hub, LIMITS)
    three = (hub[["sex", "area", "education"]] != TOTAL).all(axis=1)
    assert set(published.loc[three, "flag"]) == {":c"}


def test_a_difference_goes_with_its_sides() -> None:
    small = SmallHub().add((), 400, 200)
    for level, n in (("LA-VT", 7), ("LA-PH", 150), ("LA-XS", 160), ("LA-BK", 83)):
        small.add((("region", level),), n, n // 2)
    hub = small.frame()
    shares = hub[hub["statistic"] == "share"].iloc[1:4].assign(statistic="difference")
    shares["region"] = ["LA-VT-LA-PH", "LA-PH-LA-XS", "LA-XS-_T"]
    shares["n"] = [150, 150, 160]
    published = release(pd.concat([hub, shares], ignore_index=True), LIMITS)
    flags = published.set_index(["statistic", "region"])["flag"]
    assert flags["share", "LA-VT"] == ":c"
    assert flags["difference", "LA-VT-LA-PH"] == ":c"
    for compared in ("LA-PH-LA-XS", "LA-XS-_T"):
        sides = [side for side in ("LA-PH", "LA-XS") if side in compared]
        assert (flags["difference", compared] == ":c") == any(flags["share", side] == ":c" for side in sides)


def test_the_record_of_a_run_serves_the_next_until_something_changes() -> None:
    hub = of_persons(random_persons(300, {"sex": 2, "industry": 6}, 11), crossed(["sex", "industry"], 2)).frame()
    first = protect(hub, LIMITS)
    again = protect(hub, LIMITS, first.record)
    assert again.record is first.record
    assert (again.rows == first.rows).all()
    assert protect(hub, Thresholds(confidential_below=5), first.record).record is not first.record
    assert protect(hub.assign(n=hub["n"] + 1), LIMITS, first.record).record is not first.record


def test_sums_do_not_give_sensitive_numerators_away() -> None:
    persons = random_persons(4000, {"region": 6, "education": 4}, 12, skew=0.2).assign(
        event=lambda p: np.arange(len(p)) % 90 == 0
    )
    hub = of_persons(persons, crossed(["region", "education"], 2)).frame()
    strict = Thresholds(sensitive_indicators=["informal"])
    published = release(hub, strict)
    few = disclosure.few_counted(hub, strict)
    assert few.any()
    assert (published.loc[few, "flag"] == ":c").all()
    shares = published[published["statistic"] == "share"]
    found = counts(hub)
    hidden = np.zeros(len(found.keys), dtype=bool)
    hidden[found.domain[shares.index]] = (shares["flag"] == ":c").to_numpy()
    event = found.series[0].event
    primary = hidden & disclosure.few(event, strict)
    assert (
        widths(event[None, :], found.equations, hidden, least=0.0, most=found.series[0].known)[primary].min()
        >= 10 - 1e-6
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_rows_in_another_order_hide_the_same(seed: int) -> None:
    hub = of_persons(random_persons(300, {"sex": 2, "industry": 6}, seed), crossed(["sex", "industry"], 2)).frame()
    mixed = hub.sample(frac=1, random_state=np.random.default_rng(seed))
    flags = release(mixed.reset_index(drop=True), LIMITS)["flag"].set_axis(mixed.index).sort_index()
    assert attack(mixed.reset_index(drop=True))[1] == []
    assert (flags == ":c").any()


@given(st.integers(0, 10_000))
@settings(max_examples=5, deadline=None)
def test_two_runs_and_rows_in_another_order_hide_the_very_same_rows(seed: int) -> None:
    persons = random_persons(900, {"sex": 2, "industry": 7, "status": 4}, seed)
    some = persons[persons["status"] == "status00"]
    by = crossed(["sex", "industry", "status"], 2)
    hub = pd.concat(
        [
            of_persons(persons, by).frame(),
            of_persons(persons.assign(event=~persons["event"]), by, indicator="other").frame(),
            of_persons(some, crossed(["sex", "industry"], 2), universe="asked", indicator="cover").frame(),
        ],
        ignore_index=True,
    )
    strict = Thresholds(sensitive_indicators=["cover"])
    first, again = protect(hub, strict), protect(hub, strict)
    assert first.rows.any()
    assert (first.rows == again.rows).all()
    assert (first.counted == again.counted).all()
    order = np.random.default_rng(seed).permutation(len(hub))
    mixed = protect(hub.iloc[order].reset_index(drop=True), strict)
    assert (mixed.rows == first.rows[order]).all()
    assert (mixed.counted == first.counted[order]).all()


def test_the_demo_gives_nothing_away() -> None:
    from informality import settings as configuration
    from informality.classify.rules import classify
    from informality.classify.standards import load_standards, pairs
    from informality.decisions import read_yaml
    from informality.estimate.specifications import load_declared
    from informality.estimate.survey import Subject, estimate_survey
    from informality.survey.description import load_families, surveys
    from informality.survey.harmonise import harmonise
    from informality.survey.simulate import simulate

    described = surveys(load_families(WORKFLOW / "surveys"))["lao_lfs_demo"]
    variants = configuration.load(read_yaml(WORKFLOW / "config.yaml")).variants
    standards = load_standards(WORKFLOW / "standards")
    persons = harmonise(simulate(), described)
    classified = classify(persons, variants, standards)
    combined = tuple(pairs(variants, standards, tuple(described.concepts)))
    some = frozenset(name for name, variant in variants.items() if variant.sensitivity)
    hub = estimate_survey(
        persons, classified, load_declared(WORKFLOW / "estimates.yaml"), Subject("s", "w", combined, some)
    )
    protection, weak = attack(hub)
    assert 20 < protection.record["hidden"] < 150
    assert weak == []
    assert lone_gaps(release(hub, LIMITS, protection)) == []


def magnitudes(hub: SmallHub, key: tuple, n: int, top: float = 0.01, **keys: str) -> SmallHub:
    """Mean and median of a magnitude of which one person has the part ``top``."""
    before = len(hub.rows)
    hub.add(key, n, n, **{"indicator": "earnings", "universe": "employees", "variant": "", **keys})
    for row, statistic in zip(hub.rows[before:], ("mean", "quantile"), strict=True):
        row |= {
            "statistic": statistic,
            "measure": "kip",
            "estimate": 100.0,
            "top1_share": top,
            "top2_share": top + 0.005,
        }
        row |= {"category": "p50" if statistic == "quantile" else ""}
    return hub


def test_a_domain_of_which_one_person_makes_nearly_all_is_hidden_with_another() -> None:
    """The mean of all and that of men would give that of women."""
    hub = magnitudes(SmallHub(), (), 900)
    for level, n, top in (("male", 500, 0.01), ("female", 400, 0.95)):
        magnitudes(hub, (("sex", level),), n, top)
    published = release(hub.frame(), LIMITS)
    assert set(published.loc[published["sex"] == TOTAL, "flag"]) == {""}
    assert set(published.loc[published["sex"] != TOTAL, "flag"]) == {":c"}
    calm = magnitudes(magnitudes(magnitudes(SmallHub(), (), 900), (("sex", "male"),), 500), (("sex", "female"),), 400)
    assert set(release(calm.frame(), LIMITS)["flag"]) == {""}


def test_what_is_hidden_of_one_half_of_a_universe_is_hidden_of_a_second() -> None:
    """The mean of all employees and that of those with informal jobs would give that of the few who have formal ones."""
    hub = SmallHub()
    shape = {"male": (320, 280, 40), "female": (300, 295, 5)}
    for name, place in (("employees", 0), ("employees_informal", 1), ("employees_formal", 2)):
        magnitudes(hub, (), sum(n[place] for n in shape.values()), universe=name)
        for sex, n in shape.items():
            magnitudes(hub, (("sex", sex),), n[place], universe=name)
    frame = hub.frame()
    hidden = frame.assign(hidden=protect(frame, LIMITS).rows)
    women = hidden[hidden["sex"] == "female"].groupby("universe")["hidden"].all()
    assert women["employees_formal"]
    assert women.sum() >= 2
    assert not attack(frame)[1]


def test_a_test_is_hidden_with_a_level_that_it_compares() -> None:
    def hub(women: int) -> pd.DataFrame:
        made = (
            SmallHub()
            .add((), 800 + women, 400)
            .add((("sex", "male"),), 800, 390)
            .add((("sex", "female"),), women, women // 2)
        )
        made.add((("area", "urban"),), 400, 200).add((("area", "rural"),), 400 + women, 200)
        for dimension in ("sex", "area"):
            before = len(made.rows)
            made.add(((dimension, "_C"),), 800 + women, 400, category="rao_scott_f")
            del made.rows[before + 1 :]
            made.rows[before] |= {"statistic": "test", "estimate": 3.0, "df1": 1.0, "df": 300.0, "p_value": 0.05}
        return made.frame()

    for women, flag in ((5, ":c"), (400, "")):
        published = release(hub(women), LIMITS)
        tests = published[published["statistic"] == "test"].set_index("sex")
        assert tests.loc["_C", "flag"] == flag
        assert tests.loc["_C", ["estimate", "p_value", "df1", "df"]].isna().all() == (flag == ":c")
        assert tests.loc[TOTAL, "flag"] == ""
