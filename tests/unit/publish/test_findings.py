from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from unit.publish import fake_coverage, fake_differences, fake_models
from unit.publish.released import release, together

from informality.publish.card import read_card
from informality.publish.catalogue import Catalogue
from informality.publish.edition import Edition
from informality.publish.finding_entries import Findings
from informality.publish.findings import Finding, Stated, findings_of, stated_of
from informality.publish.findings_file import findings_bytes
from informality.publish.left import Left
from informality.publish.models import prepared_models
from informality.publish.publish import publish
from informality.publish.select import Estimates, prepared
from informality.publish.text import Texts
from informality.settings import Thresholds

Made = Callable[..., tuple[dict[str, Stated], dict[str, Left]]]
EVIL = "<script>alert(1)</script>\n{{ 71 * 71 }}"


@pytest.fixture(scope="module")
def usual(limits: Thresholds) -> Estimates:
    return prepared(release(fake_differences.hub(), limits))


@pytest.fixture(scope="module")
def of_models(limits: Thresholds) -> pd.DataFrame:
    return prepared_models(fake_models.published(limits))


@pytest.fixture
def made(usual: Estimates, of_models: pd.DataFrame, texts: Texts, catalogue: Catalogue, limits: Thresholds) -> Made:
    def make(
        hub: pd.DataFrame | None = None,
        entries: dict | None = None,
        words: dict[str, str] | None = None,
        **card: object,
    ) -> tuple[dict[str, Stated], dict[str, Left]]:
        findings = catalogue.findings if entries is None else Findings(findings=entries)  # type: ignore[arg-type]
        edition = Edition(
            usual if hub is None else prepared(release(hub, limits)),
            of_models,
            read_card(fake_coverage.card() | card),
            replace(texts, words={**texts.words, **(words or {})}),
            replace(catalogue, findings=findings),
            limits,
            "code",
        )
        stated, left = stated_of(edition)
        assert findings_of(edition) == ([one.finding for one in stated], left)
        return {one.finding.id: one for one in stated}, {one.item: one for one in left}

    return make


def ranking(**value: object) -> dict:
    top = {"indicator": "informal", "largest": "region", **value}
    wordings = {"one": [{"value": "top", "apart": True}], "several": []}
    return {"N08": {"section": "jobs", "item": "F08", "values": {"top": top, "all": {"indicator": "informal", "statistic": "total"}}, "wordings": wordings}}  # fmt: skip


def rated(hub: pd.DataFrame, level: str, **changes: object) -> pd.DataFrame:
    """The hub with other values of the rate in a region."""
    here = (hub["indicator"] == "informal") & (hub["statistic"] == "share") & (hub["region"] == level)
    return hub.assign(**{name: hub[name].mask(here, value) for name, value in changes.items()})


def test_a_finding_has_its_sentence_evidence_and_marks(made: Made) -> None:
    stated, _ = made()
    finding = stated["N01"].finding
    assert isinstance(finding, Finding)
    assert finding.sentence.startswith("More than eight in ten employed persons")
    assert "82.7 per cent (" in finding.sentence
    assert (finding.section, finding.item, finding.marks) == ("level", "F02", ("SIMULATED DATA",))
    assert "n = 18,200" in finding.evidence[0]
    assert "Employed persons aged 15 and over. 17th ICLS standard, 19th ICLS employment concept." in finding.evidence


def test_findings_come_in_the_order_of_their_numbers(made: Made) -> None:
    stated, left = made()
    assert list(stated) == sorted(stated)
    assert list(left) == sorted(left)


def test_a_finding_on_a_law_cites_law_and_reading_and_is_marked(made: Made) -> None:
    stated, _ = made()
    finding = stated["N15"].finding
    assert finding.marks == ("SIMULATED DATA", "UNVERIFIED")
    text = " ".join(finding.evidence)
    assert "Law lao_2013, wide reading" in text
    assert "Law lao_2013, narrow reading" in text
    assert "are not confirmed by a named person" in text


def test_what_the_cover_of_groups_was_assumed_to_be_is_said(made: Made) -> None:
    question = {"label": "Pension", "asked_of": ["employee"], "kind": "statutory", "others": [{"assume": "not_covered", "status": ["own_account"]}]}  # fmt: skip
    stated, _ = made(questions={"pension": question})
    assert "Not asked and taken as not covered: Own-account workers." in stated["N11"].finding.evidence
    # The count of the administration stands beside it, as one national number.
    assert any("26,793" in line for line in stated["N11"].finding.evidence)
    assert not any("Not asked" in line for line in stated["N01"].finding.evidence)


def test_what_is_said_of_a_difference_is_adjusted_for_all_of_its_indicator(made: Made) -> None:
    # One p of 0.02 is clear alone, and unclear among eight of which the others are not.
    unclear = {level: (0.001, 0.1) for _, level, _, _ in fake_differences.OF_RATE}
    stated, _ = made(fake_differences.hub({**unclear, "female-male": (0.0233, 0.01)}))
    assert stated["N02"].wording == "unclear"
    line = next(line for line in stated["N02"].finding.evidence if "Women less Men" in line)
    assert line.endswith("; no clear difference, adjusted for all comparisons of the indicator (Holm)")
    assert "p =" not in line
    hub = fake_differences.hub({"female-male": (0.0233, 0.01)})
    hub = hub[(hub["statistic"] != "difference") | (hub["sex"] == "female-male")]
    assert made(hub)[0]["N02"].wording == "higher"


def test_without_a_test_nothing_is_said_of_a_difference(made: Made) -> None:
    hub = fake_differences.hub()
    stated, left = made(hub.assign(se=hub["se"].mask(hub["sex"] == "female-male")))
    assert "N02" not in stated
    assert left["N02"].reason == "its standard errors cannot be computed"


@pytest.mark.parametrize(("value", "wording"), [(0.06, "higher"), (-0.06, "lower"), (0.004, "unclear")])
def test_the_adjusted_test_decides_what_is_said_of_a_difference(value: float, wording: str, made: Made) -> None:
    stated, _ = made(fake_differences.hub({"female-male": (value, 0.008)}))
    assert stated["N02"].wording == wording
    sentence = stated["N02"].finding.sentence
    # A size is written without a sign where the words say the direction, and with it where they do not.
    assert ("−" in sentence) == (wording == "unclear")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"n": 40.0}, "few persons"),
        ({"n": 12.0}, "too few persons"),
        ({"n_psu": 2.0}, "confidential"),
        ({"state": "not_asked", "estimate": np.nan}, "not asked"),
    ],
)
def test_flagged_and_hidden_numbers_are_refused_with_the_reason(changes: dict, reason: str, made: Made) -> None:
    hub = fake_differences.hub()
    women = (hub["indicator"] == "informal") & (hub["sex"] == "female") & (hub["variant"] == "icls17")
    only = women & (hub["concept"] == "icls19") & (hub["statistic"] == "share")
    hub = hub.assign(**{name: hub[name].mask(only, value) for name, value in changes.items()})
    stated, left = made(hub)
    assert "N02" not in stated
    assert reason in left["N02"].reason
    assert left["N02"].title == "Informal employment of women and men"
    assert "N03" in stated


def test_what_is_fixed_by_the_standard_is_no_finding(made: Made) -> None:
    entries = {"N01": {"section": "level", "item": "F06", "wordings": {"level": []}, "values": {
        "rate": {"indicator": "informal", "at": {"status": "family_worker"}}, "persons": {"indicator": "informal", "statistic": "total"}}}}  # fmt: skip
    hub = fake_differences.hub()
    here = (hub["status"] == "family_worker") & (hub["statistic"] == "share")
    hub = hub.assign(se=hub["se"].mask(here, 0.0))
    stated, left = made(hub, entries)
    assert not stated
    assert "N01" in left


def test_a_provisional_standard_is_outside_the_findings_until_it_is_checked(made: Made) -> None:
    stated, left = made()
    assert "N24" not in stated
    assert "provisional" in left["N24"].reason
    stated, _ = made(provisional_variants=[])
    assert stated["N24"].finding.sentence.startswith("The rate is 82.7 per cent")


def test_a_survey_without_the_other_concept_says_so(made: Made) -> None:
    _, left = made(pairs=[{"variant": "icls17", "concept": "icls19"}])
    assert left["N22"].reason == "the survey has only one of what is to be compared"


def test_what_a_survey_lacks_is_the_reason(made: Made) -> None:
    _, left = made(not_available=[{"variable": "earnings_decile", "reason": "not_asked"}])
    assert left["N20"].reason == "tenth of earnings: not asked in this survey"


def test_the_largest_is_named_alone_only_if_the_intervals_of_all_others_lie_below(made: Made) -> None:
    hub = fake_differences.hub()
    hub = rated(hub, "LA-VT", estimate=0.95, ci_low=0.94, ci_high=0.96, n=900.0, n_event=855.0)
    others = (hub["indicator"] == "informal") & (hub["statistic"] == "share") & ~hub["region"].isin(["_T", "LA-VT"])
    hub = hub.assign(estimate=hub["estimate"].mask(others, 0.5), ci_low=hub["ci_low"].mask(others, 0.48), ci_high=hub["ci_high"].mask(others, 0.52))  # fmt: skip
    stated, _ = made(hub, ranking())
    assert stated["N08"].wording == "one"
    assert stated["N08"].values["top"].group == ("Vientiane Capital",)
    # One whose interval reaches into it is named with it.
    stated, _ = made(rated(hub, "LA-SV", estimate=0.93, ci_low=0.91, ci_high=0.945, n=900.0), ranking())
    assert stated["N08"].wording == "several"
    assert stated["N08"].values["top"].group == ("Vientiane Capital", "Savannakhet")
    # An unreliable one that may be larger leaves it open.
    stated, left = made(rated(hub, "LA-SV", estimate=0.93, ci_low=0.80, ci_high=0.99, n=40.0), ranking())
    assert not stated
    assert "it is open which is the largest" in left["N08"].reason


def test_groups_without_a_reliable_estimate_are_counted(made: Made) -> None:
    stated, _ = made(None, ranking(among=["LA-VT", "LA-SV", "LA-XS"]))
    assert stated["N08"].values["top"].unranked == 1
    assert any(line.endswith("may be shown: 1.") for line in stated["N08"].finding.evidence)


def test_the_smallest_is_the_mirror_of_the_largest(made: Made) -> None:
    hub = rated(fake_differences.hub(), "LA-VT", estimate=0.05, ci_low=0.04, ci_high=0.06, n=900.0, n_event=45.0)
    stated, _ = made(hub, ranking(largest=None, smallest="region"))
    assert stated["N08"].values["top"].level == "Vientiane Capital"


def test_without_a_wording_that_is_true_there_is_no_finding(made: Made) -> None:
    entries = {"N01": {"section": "level", "item": "F02", "values": {"rate": {"indicator": "informal"}, "persons": {"indicator": "informal", "statistic": "total"}},
                       "wordings": {"minority": [{"value": "rate", "below": 50.0}]}}}  # fmt: skip
    stated, left = made(None, entries)
    assert not stated
    assert left["N01"].reason == "no declared wording is true of the estimates"


def test_findings_need_no_law(made: Made) -> None:
    stated, left = made(coverage=None)
    assert "N01" in stated
    assert {"N11", "N15", "N16", "N21"} <= set(left)


def test_the_file_holds_what_each_finding_rests_on(made: Made, texts: Texts) -> None:
    stated, left = made()
    card = read_card(fake_coverage.card())
    content = json.loads(
        findings_bytes(list(stated.values()), list(left.values()), ["SIMULATED DATA"], 0.05, card, texts)
    )
    assert (content["survey"], content["language"], content["marks"]) == ("lao_lfs_demo", "en", ["SIMULATED DATA"])
    by = {finding["id"]: finding for finding in content["findings"]}
    rate = by["N01"]["estimates"]["rate"]
    assert (rate["estimate"], rate["decimals"]) == (0.827, 1)
    assert (rate["variant"], rate["concept"], rate["universe"], rate["n"]) == ("icls17", "icls19", "employed", 18200)
    assert len(rate["digest"]) == 64
    assert by["N01"]["conditions"] == [{"value": "rate", "above": 80.0}]
    gap = by["N02"]["differences"]["gap"]
    assert (gap["levels"], gap["verdict"]) == ({"sex": "female-male"}, "higher")
    assert not {"p", "p_adjusted", "df"} & set(gap)
    assert by["N15"]["estimates"]["narrow"]["assumption"] == "narrow"
    assert by["N15"]["estimates"]["law"]["law"] == "lao_2013"
    assert {one["id"] for one in content["left_out"]} == set(left)


def test_what_is_hidden_or_stands_for_several_is_no_extreme(made: Made) -> None:
    # The smallest by far, of twelve persons; and what stands for two regions together, whose rate would be the smallest of what is shown.
    hub = rated(fake_differences.hub(), "LA-SV", estimate=0.01, ci_low=0.0, ci_high=0.02, n=12.0, n_event=2.0)
    for level in ("LA-AT", "LA-XE"):
        hub = rated(hub, level, estimate=0.02, ci_low=0.01, ci_high=0.03, n=25.0, n_event=12.0)
    stated, _ = made(together(hub, "region", ("LA-AT", "LA-XE")), ranking(largest=None, smallest="region"))
    top = stated["N08"].values["top"]
    assert not {"Savannakhet", "Attapeu", "Sekong", "Other, too few persons"} & {*top.group}
    # All three are among those of which there is no estimate.
    before, _ = made(None, ranking(largest=None, smallest="region"))
    assert top.unranked == before["N08"].values["top"].unranked + 3


@pytest.fixture
def page(tmp_path: Path, texts: Texts, catalogue: Catalogue, limits: Thresholds) -> Callable[..., str]:
    def make(words: dict[str, str] | None = None, item: str = "F02", **card: object) -> str:
        entries = catalogue.findings.findings
        moved = {**entries, "N01": entries["N01"].model_copy(update={"item": item})}
        small = replace(catalogue, figures={}, tables={"T08": catalogue.tables["T08"]}, models={}, facts={}, bridges={})
        small = replace(small, findings=catalogue.findings.model_copy(update={"findings": moved}))
        told = replace(texts, words={**texts.words, **(words or {})})
        rows = release(fake_differences.hub(), limits)
        publish(
            rows, fake_models.published(limits), fake_coverage.card() | card, told, small, tmp_path, thresholds=limits
        )
        return (tmp_path / "index.html").read_text(encoding="utf-8")

    return make


def test_the_page_begins_with_the_findings_and_links_those_items_that_are_there(
    page: Callable[..., str], tmp_path: Path
) -> None:
    text = page(item="T08")
    assert text.index('id="findings"') < text.index('id="figures"')
    assert "More than eight in ten employed persons" in text
    first = text[text.index('id="N01"') : text.index('id="N02"')]
    assert '<a href="#T08">T08</a>' in first
    assert 'href="#F02"' not in text
    content = json.loads((tmp_path / "findings.json").read_text(encoding="utf-8"))
    assert all(f'id="{one["id"]}"' in text for one in content["findings"])
    assert all(f"{one['id']} {one['title']}: {one['reason']}" in text for one in content["left_out"])


def test_labels_and_sentences_stay_text_on_the_page(page: Callable[..., str]) -> None:
    levels = {"region": dict.fromkeys(("LA-VT", "LA-SV", "LA-CH"), EVIL), "settlement": {}}
    text = page({"finding.N01.over_eight_in_ten": f"{EVIL} {{rate}}"}, levels=levels, country=EVIL)
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "{{ 71 * 71 }}" in text
    assert "5041" not in text[text.index('id="N01"') : text.index('id="N02"')]


def test_an_unchanged_file_of_findings_is_kept(
    tmp_path: Path, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    small = replace(catalogue, figures={}, tables={"T08": catalogue.tables["T08"]}, models={}, facts={}, bridges={})
    rows, models = release(fake_differences.hub(), limits), fake_models.published(limits)
    first = publish(rows, models, fake_coverage.card(), texts, small, tmp_path, thresholds=limits)
    assert "findings.json" in first.made
    told = replace(texts, words={**texts.words, "table.informal_by.note": "Another note."})
    second = publish(rows, models, fake_coverage.card(), told, small, tmp_path, thresholds=limits, previous=first.items)
    assert "findings.json" in second.kept
    told = replace(texts, words={**texts.words, "finding.N01.over_eight_in_ten": "Other words: {rate}."})
    third = publish(rows, models, fake_coverage.card(), told, small, tmp_path, thresholds=limits, previous=second.items)
    assert {"findings.json", "index.html"} <= set(third.made)
