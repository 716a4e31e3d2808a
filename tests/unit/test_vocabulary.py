from __future__ import annotations

import itertools
import re

from informality import vocabulary as v


def test_names_are_plain_and_told_apart() -> None:
    names = [
        *v.VARIABLES,
        *(v.why(name) for name in v.VARIABLES),
        "unit",
        "job",
        "employed",
        "weight",
        "stratum",
        "psu",
    ]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)


def test_levels_are_told_apart_and_never_look_like_a_margin_or_reason() -> None:
    for variable in v.VARIABLES.values():
        if variable.kind == "number":
            assert variable.levels is None
        elif variable.levels is not None:
            assert len(set(variable.levels)) == len(variable.levels) > 1
            assert not {v.TOTAL, v.UNKNOWN, *v.REASONS} & set(variable.levels)


def test_only_variables_without_levels_take_the_survey_s_own() -> None:
    assert {name for name, variable in v.VARIABLES.items() if variable.has_own_levels} == {
        "settlement",
        "region",
        "ethnicity",
        "industry_national",
    }


def test_sections_cover_divisions_in_order_without_overlap() -> None:
    """ISIC Rev.4 has 88 divisions; what lies between two sections (4, 34, 40 …) is none of them."""
    assert tuple(v.SECTION_DIVISIONS) == v.SECTIONS == v.VARIABLES["industry"].levels
    spans = list(v.SECTION_DIVISIONS.values())
    assert all(first <= last for first, last in spans)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(spans))
    assert sum(last - first + 1 for first, last in spans) == 88


def test_dimensions_are_variables_with_levels() -> None:
    assert all(v.VARIABLES[name].kind == "level" for name in v.DIMENSIONS)


def test_hub_columns_are_told_apart() -> None:
    columns = [*v.HUB_KEYS, *v.HUB_VALUES]
    assert len(set(columns)) == len(columns)
    assert set(v.DIMENSIONS) <= set(v.HUB_KEYS)
    assert set(v.HUB_TEXT_VALUES) <= set(v.HUB_VALUES)


def test_what_is_derived_has_an_origin() -> None:
    assert set(v.DERIVED) <= set(v.VARIABLES)
    for target, origin in v.DERIVABLE.items():
        assert v.VARIABLES[target].of == v.VARIABLES[origin].of
        order = list(v.DERIVABLE)
        assert origin not in order or order.index(origin) < order.index(target), (
            "derived before what it is derived from"
        )


def test_status_words_agree() -> None:
    assert v.VARIABLES["status"].levels == v.STATUSES
