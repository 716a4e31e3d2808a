"""What the pipeline makes itself: age groups, groups of industry, classes of earnings, earnings of a household."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.survey.small_family import persons, survey

from informality import vocabulary as v
from informality.survey.derive import CLASSES, GROUPS
from informality.survey.harmonise import harmonise

TOY = survey()
# With earnings and a key of households; a family worker is not asked for earnings.
PAID = survey(
    variables__earnings_month={"number": "inc", "refused": "inc = 999"},
    routing__earnings_month=["employee", "employer", "own_account"],
    household="hh",
)
EMPLOYEE, FAMILY_WORKER = {"stat": 1.0}, {"stat": 4.0}
IDLE = {"work": 2.0}


def words(frame: pd.DataFrame, name: str) -> list[str | None]:
    return [None if pd.isna(x) else x for x in frame[name]]


def pairs(frame: pd.DataFrame, name: str) -> list[tuple[object, str]]:
    """Value and reason of each person; None for NULL."""
    return list(zip(words(frame, name), frame[v.why(name)], strict=True))


@pytest.mark.parametrize(
    ("age", "group"),
    [(14.9, None), (15.0, "15_24"), (24.0, "15_24"), (25.0, "25_34"), (44.0, "35_44"), (54.0, "45_54"), (64.0, "55_64"), (65.0, "65_plus"), (99.0, "65_plus")],
)  # fmt: skip
def test_age_groups(age: float, group: str | None) -> None:
    assert words(harmonise(persons({"age": age}, {}), TOY), "age_group")[0] == group


def test_age_group_takes_the_reason_of_age() -> None:
    frame = harmonise(persons({"age": 999.0}, {"age": None}, {"age": 9.0}, {}), TOY)
    assert frame["age_group_why"].tolist() == ["not_stated", "not_stated", "not_applicable", "answered"]


def test_sections_and_broad_groups_come_from_divisions() -> None:
    """Every division of ISIC Rev.4; what lies between two sections is a code that the file should not hold."""
    source = persons(*({**EMPLOYEE, "isic": 100.0 * d} for d in range(100)))
    frame = harmonise(source, TOY)
    for division, section, broad in zip(range(100), words(frame, "industry"), words(frame, "industry3"), strict=True):
        expected = next((s for s, (a, b) in v.SECTION_DIVISIONS.items() if a <= division <= b), None)
        assert section == expected
        group = (
            None
            if section is None
            else "agriculture"
            if section == "A"
            else "industry"
            if section <= "F"
            else "services"
        )
        assert broad == group
        assert frame["industry_why"][division] == ("answered" if section else "not_stated")


def test_reasons_of_a_division_pass_to_what_is_derived_from_it() -> None:
    source = persons({**EMPLOYEE, "isic": 9998.0}, EMPLOYEE, IDLE)
    frame = harmonise(source, TOY)
    for name in ("industry", "industry3"):
        assert pairs(frame, name) == [(None, "dont_know"), (None, "not_stated"), (None, "not_applicable")]


def test_divisions_of_another_revision_give_no_sections() -> None:
    """ISIC Rev.3 division 52 is retail trade; in Rev.4 it is warehousing."""
    source = persons({**EMPLOYEE, "isic": 5200.0}, {**EMPLOYEE, "isic": 9998.0})
    frame = harmonise(source, survey(variables__isic_revision={"rev3": "isic IS NOT NULL"}))
    assert pairs(frame, "isic2") == [(52.0, "answered"), (None, "dont_know")]
    assert pairs(frame, "industry") == [(None, "not_asked"), (None, "dont_know")]


def test_a_recode_of_the_description_is_not_overwritten() -> None:
    toy = survey(variables__industry3={"agriculture": "isic < 400", "services": "isic >= 400"})
    frame = harmonise(persons({**EMPLOYEE, "isic": 1000.0}, {**IDLE, "isic": 1000.0}), toy)
    assert pairs(frame, "industry3") == [("services", "answered"), (None, "not_applicable")]
    assert pairs(frame, "industry")[0] == ("C", "answered")
    nobody = harmonise(
        persons({**EMPLOYEE, "isic": 1000.0}), survey(variables__industry3={"agriculture": "isic < 400"})
    )
    assert pairs(nobody, "industry3") == [(None, "not_stated")]


def test_major_groups_come_from_occupations() -> None:
    codes = {
        1: "armed_forces",
        3: "armed_forces",
        11: "managers",
        52: "service_sales",
        63: "skilled_agriculture",
        96: "elementary",
        520: None,
    }
    frame = harmonise(persons(*({**EMPLOYEE, "isco": float(code)} for code in codes)), TOY)
    assert words(frame, "occupation") == list(codes.values())


def test_groups_hold_every_section_once_and_fill_their_levels() -> None:
    for name, groups in GROUPS.items():
        assert sorted("".join(groups)) == list(v.SECTIONS)
        assert len(groups) == len(v.VARIABLES[name].levels or ())


@pytest.mark.parametrize(
    ("division", "ten", "six"),
    [(1, "agriculture", "agriculture"), (8, "mining", "mining_utilities"), (10, "manufacturing", "manufacturing"),
     (35, "utilities", "mining_utilities"), (38, "utilities", "mining_utilities"), (42, "construction", "construction"),
     (47, "commerce", "market_services"), (56, "commerce", "market_services"), (49, "transport", "market_services"),
     (61, "transport", "market_services"), (64, "finance", "market_services"), (82, "finance", "market_services"),
     (84, "public_administration", "non_market_services"), (85, "other", "non_market_services"),
     (97, "other", "non_market_services"), (99, "other", "non_market_services")],
)  # fmt: skip
def test_ten_and_six_groups_of_industry(division: int, ten: str, six: str) -> None:
    frame = harmonise(persons({**EMPLOYEE, "isic": 100.0 * division}), TOY)
    assert (words(frame, "industry10"), words(frame, "industry6")) == ([ten], [six])


def test_groups_of_industry_take_the_reason_of_the_section() -> None:
    frame = harmonise(persons({**EMPLOYEE, "isic": 9998.0}, EMPLOYEE, IDLE, {**EMPLOYEE, "isic": 400.0}), TOY)
    expected = [(None, "dont_know"), (None, "not_stated"), (None, "not_applicable"), (None, "not_stated")]
    assert pairs(frame, "industry10") == expected
    assert pairs(frame, "industry6") == expected


def test_a_national_grouping_alone_gives_no_group() -> None:
    national = survey(
        variables__isic2=...,
        variables__isic_revision=...,
        variables__industry_national={"farms": {"if": "isic = 100", "label": "Farms"}},
    )
    frame = harmonise(persons({**EMPLOYEE, "isic": 100.0}), national)
    assert words(frame, "industry_national") == ["farms"]
    assert pairs(frame, "industry10") == pairs(frame, "industry6") == [(None, "not_asked")]


def earners(incomes: list[float | None], weights: list[float] | None = None) -> pd.DataFrame:
    rows = [{**EMPLOYEE, "w": w} for w in weights or [1.0] * len(incomes)]
    income = np.array([np.nan if x is None else x for x in incomes], dtype=float)
    return harmonise(persons(*rows).assign(inc=income, hh=np.arange(len(rows))), PAID)


def test_quintiles_and_deciles_of_equal_weights() -> None:
    frame = earners([float(x) for x in (30, 10, 20, 50, 40, 60, 100, 80, 70, 90)])
    assert words(frame, "earnings_quintile") == ["q2", "q1", "q1", "q3", "q2", "q3", "q5", "q4", "q4", "q5"]
    assert words(frame, "earnings_decile") == ["d03", "d01", "d02", "d05", "d04", "d06", "d10", "d08", "d07", "d09"]


def test_classes_are_weighted() -> None:
    frame = earners([10.0, 20.0, 30.0], [1.0, 1.0, 8.0])
    assert words(frame, "earnings_decile") == ["d01", "d02", "d03"]
    assert words(frame, "earnings_quintile") == ["q1", "q1", "q2"]


def test_who_has_no_earnings_to_rank_has_the_reason_why() -> None:
    source = persons(EMPLOYEE, EMPLOYEE, EMPLOYEE, EMPLOYEE, EMPLOYEE, FAMILY_WORKER, IDLE).assign(
        inc=[100.0, 0.0, -5.0, 999.0, np.nan, 50.0, 70.0], hh=range(7)
    )
    frame = harmonise(source, PAID)
    expected = [
        ("q1", "answered"),
        (None, "not_applicable"),
        (None, "not_applicable"),
        (None, "refused"),
        (None, "not_stated"),
        (None, "not_asked"),
        (None, "not_applicable"),
    ]
    assert pairs(frame, "earnings_quintile") == expected
    assert frame["earnings_month"].tolist()[1:3] == [0.0, -5.0], "the amounts themselves stay"


def test_only_those_employed_under_the_concept_of_the_figures_are_ranked() -> None:
    both = survey(
        variables__earnings_month="inc",
        concepts={"national": {"employed": "work = 1"}, "icls13": {"employed": "work IN (1, 3)"}},
    )
    source = persons(EMPLOYEE, {**EMPLOYEE, "work": 3.0}).assign(inc=[50.0, 10.0])
    frame = harmonise(source, both)
    assert pairs(frame, "earnings_decile") == [("d01", "answered"), (None, "not_applicable")]


def test_a_survey_without_earnings_has_no_classes() -> None:
    frame = harmonise(persons(EMPLOYEE, IDLE), TOY)
    for name in CLASSES:
        assert pairs(frame, name) == [(None, "not_asked"), (None, "not_applicable")]


def test_without_any_weight_nobody_is_ranked() -> None:
    frame = harmonise(persons({**EMPLOYEE, "w": 0.0}, {**IDLE}).assign(inc=[5.0, 1.0], hh=[0, 1]), PAID)
    assert pairs(frame, "earnings_quintile")[0] == (None, "not_applicable")


AMOUNTS = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 20)), min_size=1, max_size=40)


@settings(max_examples=15, deadline=None)
@given(AMOUNTS, st.randoms(use_true_random=False))
def test_a_class_ends_at_its_quantile(rows: list[tuple[int, int]], random: object) -> None:
    """Against the definition, in whole numbers; whatever the order of persons and the scale of weights."""
    total = sum(w for _, w in rows)
    frame = earners([float(x) for x, _ in rows], [float(w) for _, w in rows])
    for name, classes in CLASSES.items():
        levels = v.VARIABLES[name].levels or ()
        expected = []
        for x, _ in rows:
            quantiles = [
                next(
                    y for y in sorted({a for a, _ in rows}) if classes * sum(w for a, w in rows if a <= y) >= j * total
                )
                for j in range(1, classes + 1)
            ]
            expected.append(levels[next(j for j, q in enumerate(quantiles) if x <= q)])
        assert words(frame, name) == expected
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]
    again = earners([float(rows[i][0]) for i in order], [0.37 * rows[i][1] for i in order])
    assert words(again, "earnings_decile") == [words(frame, "earnings_decile")[i] for i in order]


def household(*members: tuple[dict[str, float], float | None, int]) -> pd.DataFrame:
    """A frame of persons given as answers, earnings and household."""
    incomes = np.array([np.nan if income is None else income for _, income, _ in members])
    source = persons(*(answers for answers, _, _ in members)).assign(inc=incomes, hh=[home for *_, home in members])
    return harmonise(source, PAID)


def test_earnings_of_a_household_are_those_of_its_workers_over_all_its_members() -> None:
    frame = household(
        (EMPLOYEE, 300.0, 5),
        (EMPLOYEE, 90.0, 2),
        (EMPLOYEE, 100.0, 5),
        (FAMILY_WORKER, None, 5),
        ({"age": 6.0}, None, 5),
        (IDLE, 700.0, 2),
        (IDLE, None, 9),
    )
    expected = [(100.0, "answered"), (45.0, "answered")]
    assert pairs(frame, "household_earnings") == [
        expected[0], expected[1], expected[0], expected[0], expected[0], expected[1], (0.0, "answered")
    ]  # fmt: skip


def test_one_unknown_amount_makes_that_of_the_household_unknown() -> None:
    frame = household(
        (EMPLOYEE, 999.0, 1), (IDLE, None, 1), (EMPLOYEE, 40.0, 2), (EMPLOYEE, None, 3), (EMPLOYEE, 0.0, 4)
    )
    assert pairs(frame, "household_earnings") == [
        (None, "not_stated"), (None, "not_stated"), (40.0, "answered"), (None, "not_stated"), (0.0, "answered")
    ]  # fmt: skip


@pytest.mark.parametrize("changes", [{"household": "hh"}, {"variables__earnings_month": "inc"}, {}])
def test_without_a_key_or_without_earnings_those_of_a_household_were_not_asked(changes: dict[str, str]) -> None:
    frame = harmonise(persons(EMPLOYEE, IDLE).assign(inc=[5.0, 1.0], hh=[0, 0]), survey(**changes))
    assert pairs(frame, "household_earnings") == [(None, "not_asked")] * 2


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from([10.0, 0.0, 25.0]), st.booleans()), min_size=1, max_size=20)
)
def test_earnings_of_households_add_up_to_those_of_persons(rows: list[tuple[int, float, bool]]) -> None:
    frame = household(*((EMPLOYEE if works else IDLE, income, home) for home, income, works in rows))
    assert frame["household_earnings"].sum() == pytest.approx(sum(income for _, income, works in rows if works))
    assert (frame.groupby("household")["household_earnings"].nunique() == 1).all()
