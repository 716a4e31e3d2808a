"""What a break concerns, and the concept of a trend."""

from __future__ import annotations

import pytest

from informality.estimate.trends.wave import Break, Wave, common_concept


def wave(name: str, *concepts: str, primary: str = "", breaks: tuple[Break, ...] = ()) -> Wave:
    return Wave(
        survey=f"s_{name}",
        wave=name,
        first_day=f"{name}-01-01",
        sample="one",
        breaks=breaks,
        pairs=tuple(("icls17", concept) for concept in concepts),
        primary_concept=primary or concepts[-1],
        reads={"icls17": frozenset({"soc_sec", "sick_leave", "unit"})},
        unit_reads={"icls17": frozenset({"registered"})},
    )


SICK = Break("a.0", frozenset({"sick_leave"}))
UIF = Break("b.0", frozenset({"uif"}))
OFFICE = Break("c.0", frozenset({"national"}))
FLAG = Break("d.0", frozenset())
ALL = Break("e.0", None)


@pytest.mark.parametrize(
    ("variant", "columns", "by", "question", "concerned"),
    [
        ("icls17", ("employed", "job"), (), "", {"a.0", "e.0"}),
        ("icls17", ("employed", "unit"), (), "", {"e.0"}),
        ("icls17", ("employed", "unit"), ("sick_leave",), "", {"a.0", "e.0"}),
        ("national", ("employed", "job"), (), "", {"c.0", "e.0"}),
        ("", ("employed", "cover__uif"), (), "uif", {"b.0", "e.0"}),
        ("", ("employed", "cover__pension"), (), "pension", {"e.0"}),
    ],
)
def test_a_break_concerns_what_rests_on_its_variables(
    variant: str, columns: tuple[str, ...], by: tuple[str, ...], question: str, concerned: set[str]
) -> None:
    one = wave("2010", "icls13", breaks=(SICK, UIF, OFFICE, FLAG, ALL))
    assert one.breaks_of(one.rests_on(variant, columns, by, question)) == concerned


def test_the_concept_is_the_last_wave_s_where_most_have_it() -> None:
    both = wave("2015", "icls13", "icls19", primary="icls19")
    assert common_concept([wave("2010", "icls13", "icls19"), both]) == "icls19"
    assert common_concept([wave("2010", "icls13"), both]) == "icls13", "only this one can be had of both"
    assert common_concept([wave("2010", "icls13"), wave("2015", "icls19")]) == "icls19"
