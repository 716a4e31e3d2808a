"""The SDMX-CSV file: read back by pysdmx and pandas, codes from the frozen lists, nothing hidden, every mark."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pysdmx.io import read_sdmx
from support import WORKFLOW
from unit.publish import fake_hub
from unit.publish.released import release

from informality.govern.flags import WITHOUT_VALUE
from informality.publish.card import Card, read_card
from informality.publish.catalogue import Catalogue
from informality.publish.exchange.file import EXCHANGE, put_exchange
from informality.publish.exchange.mapping import Exchange, load_mapping
from informality.publish.exchange.observations import ATTRIBUTES, Period, observations, period
from informality.publish.exchange.sdmx import sdmx_csv
from informality.publish.files import Shelf
from informality.publish.publish import publish
from informality.publish.requests import Declared
from informality.publish.select import Estimates, NotMade, prepared
from informality.publish.text import Texts
from informality.settings import Thresholds
from informality.vocabulary import TOTAL

YEAR = {"reference_from": "2017-01-01", "reference_to": "2017-12-31", "revisions": {"isco_revision": "isco08"}}
FOLDER = WORKFLOW / "report"
DECLARED = Declared.read(WORKFLOW / "estimates.yaml")


def card_of(**changes: object) -> Card:
    return read_card(fake_hub.card(not_available=[], **{**YEAR, **changes}))


@pytest.fixture(scope="module")
def exchange() -> Exchange:
    return load_mapping(FOLDER, DECLARED)


@pytest.fixture(scope="module")
def content(exchange: Exchange, estimates: Estimates) -> bytes:
    return sdmx_csv(exchange, observations(exchange, estimates, card_of()), "USER")


@pytest.fixture(scope="module")
def frame(content: bytes) -> pd.DataFrame:
    return read(content)


def read(content: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)


def test_pysdmx_and_pandas_read_the_same(content: bytes, frame: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / EXCHANGE
    path.write_bytes(content)
    data = read_sdmx(path).data
    assert data is not None
    found = {one.short_urn: len(one.data) for one in data}
    assert found == {f"Dataflow={name}": n for name, n in Counter(frame["STRUCTURE_ID"]).items()}
    for one in data:
        mine = frame[frame["STRUCTURE_ID"] == one.short_urn.removeprefix("Dataflow=")]
        assert list(one.data["OBS_VALUE"].fillna("")) == list(mine["OBS_VALUE"])


def test_the_agency_is_the_users_and_every_observation_says_whose_it_is(
    frame: pd.DataFrame, exchange: Exchange, estimates: Estimates
) -> None:
    assert set(frame["STRUCTURE"]) == {"dataflow"}
    assert frame["STRUCTURE_ID"].str.fullmatch(r"USER:DF_[A-Z0-9_]+\(1\.0\)").all()
    assert set(frame["NOTE_SOURCE"]) == {"own processing, not an ILO estimate"}
    other = read(sdmx_csv(exchange, observations(exchange, estimates, card_of()), "LSB"))
    assert other["STRUCTURE_ID"].str.startswith("LSB:").all()


def test_every_code_is_of_a_frozen_list(frame: pd.DataFrame, exchange: Exchange) -> None:
    for concept in {one.concept for one in exchange.codelists.values()}:
        known = {code for one in exchange.codelists.values() if one.concept == concept for code in one.codes}
        assert set(frame[concept]) - {""} <= known
    statuses = exchange.statuses
    assert set(frame["OBS_STATUS"]) <= {"", statuses.unreliable, statuses.hidden, statuses.break_}
    assert set(frame["MEASURE"]) <= {flow.measure for flow in exchange.dataflows.values()}
    assert set(frame["REF_AREA"]) == {"LAO"}
    assert set(zip(frame["FREQ"], frame["TIME_PERIOD"], strict=True)) == {("A", "2017")}


def test_a_dataflow_has_its_own_dimensions_and_no_key_twice(frame: pd.DataFrame, exchange: Exchange) -> None:
    all_concepts = {one.concept for one in exchange.codelists.values()} & set(frame)
    for structure, rows in frame.groupby("STRUCTURE_ID"):
        name = str(structure).removeprefix("USER:DF_").removesuffix("(1.0)")
        own = exchange.concepts(exchange.dataflows[name])
        assert (rows[own] != "").all(axis=None), name
        assert (rows[sorted(all_concepts - set(own))] == "").all(axis=None), name
        assert not rows.duplicated(["REF_AREA", "FREQ", "MEASURE", *own, "TIME_PERIOD"]).any(), name
    assert set(ATTRIBUTES) < set(frame)


def cell(frame: pd.DataFrame, name: str, **codes: str) -> pd.Series:
    rows = frame[frame["STRUCTURE_ID"] == f"USER:DF_{name}(1.0)"]
    for concept, code in codes.items():
        rows = rows[rows[concept] == code]
    assert len(rows) == 1
    return rows.iloc[0]


def test_rates_are_per_cent_and_counts_are_thousands(frame: pd.DataFrame, published: pd.DataFrame) -> None:
    primary = published[
        (published["variant"] == "icls17") & (published["concept"] == "icls19") & (published["indicator"] == "informal")
    ]
    broken = [
        name
        for name in published
        if name in ("age_group", "area", "region", "status", "occupation", "size", "settlement")
    ]
    women = primary[(primary["sex"] == "female") & (primary["industry3"] == TOTAL) & (primary["industry"] == TOTAL)]
    women = women[(women[broken] == TOTAL).all(axis=1) & (women["assumption"] == "")]
    share = women[women["statistic"] == "share"].iloc[0]
    rate = cell(frame, "EMP_NIFL_SEX_ECO_RT", SEX="SEX_F", ECO="ECO_SECTOR_TOTAL")
    assert float(rate["OBS_VALUE"]) == pytest.approx(100 * share["estimate"], abs=6e-4)
    assert float(rate["LOWER_BOUND"]) == pytest.approx(100 * share["ci_low"], abs=6e-4)
    assert (rate["UNIT_MEASURE_TYPE"], rate["UNIT_MEASURE"], rate["UNIT_MULT"]) == ("RT", "PT", "0")
    total = women[women["statistic"] == "total"].iloc[0]
    count = cell(frame, "EMP_NIFL_SEX_ECO_NB", SEX="SEX_F", ECO="ECO_SECTOR_TOTAL")
    assert float(count["OBS_VALUE"]) == total["estimate"] / 1000
    # So many digits are known: of 9,000 persons in the sample a tenth of a per cent, of weighted persons whole thousands.
    assert (rate["DECIMALS"], count["DECIMALS"]) == ("1", "0")
    assert (rate["OBS_VALUE"], count["OBS_VALUE"]) == (
        f"{100 * share['estimate']:.1f}",
        f"{total['estimate'] / 1000:.1f}",
    )
    assert (count["UNIT_MEASURE_TYPE"], count["UNIT_MEASURE"], count["UNIT_MULT"]) == ("NB", "PS", "3")


def test_the_total_stands_under_each_list_of_a_concept(frame: pd.DataFrame) -> None:
    sector, section = (
        cell(frame, "EMP_NIFL_SEX_ECO_RT", SEX="SEX_T", ECO=code)["OBS_VALUE"]
        for code in ("ECO_SECTOR_TOTAL", "ECO_ISIC4_TOTAL")
    )
    assert sector == section != ""


def test_hidden_values_are_empty_and_say_so(published: pd.DataFrame, exchange: Exchange) -> None:
    hidden = published["flag"].isin([*WITHOUT_VALUE, "b"])
    assert hidden.any()
    rows = observations(exchange, prepared(published), card_of())
    seen = [row for flow in rows.values() for row in flow]
    empty = [row for row in seen if row["OBS_VALUE"] is None]
    assert empty
    for row in seen:
        assert (row["OBS_VALUE"] is None) == (row["OBS_STATUS"] == exchange.statuses.hidden)
    for row in empty:
        assert row["UPPER_BOUND"] is row["LOWER_BOUND"] is None
        assert row["COMMENT_OBS"].split("; ")[1] in exchange.words.hidden.values()


@pytest.mark.parametrize(
    ("flow", "statistic", "flag", "bound", "comment"),
    [
        ("EMP_NIFL_SEX_ECO_RT", "share", "b", 0.05, "few persons; under 5 per cent"),
        ("EMP_NIFL_SEX_ECO_RT", "share", "b", 0.001, "few persons; under 0.1 per cent"),
        ("EMP_NIFL_SEX_ECO_NB", "total", "b", 2000.0, "few persons; under 2 thousand persons"),
        ("EMP_NIFL_SEX_ECO_RT", "share", "b", np.nan, "few persons"),
        ("EMP_NIFL_SEX_ECO_NB", "total", ":c", np.nan, "confidential"),
    ],
)
def test_what_is_not_shown_says_what_may_be_said(
    flow: str, statistic: str, flag: str, bound: float, comment: str, exchange: Exchange, published: pd.DataFrame
) -> None:
    here = (
        (published["indicator"] == "informal") & (published["statistic"] == statistic) & (published["sex"] == "female")
    )
    gone = {"estimate": np.nan, "ci_low": np.nan, "ci_high": np.nan, "bound_high": bound, "flag": flag}
    changed = published.assign(**{name: published[name].mask(here, value) for name, value in gone.items()})
    found = observations(exchange, prepared(changed), card_of())
    row = next(r for r in found[flow] if (r["SEX"], r["ECO"]) == ("SEX_F", "ECO_SECTOR_TOTAL"))
    assert row["OBS_VALUE"] is None
    assert (
        row["COMMENT_OBS"].startswith(f"SIMULATED DATA; {comment}; code not verified")
        or row["COMMENT_OBS"] == f"SIMULATED DATA; {comment}"
    )


def test_what_cannot_be_computed_is_no_observation(exchange: Exchange, published: pd.DataFrame) -> None:
    def levels(frame: pd.DataFrame) -> set[str]:
        return {row["SEX"] for row in observations(exchange, prepared(frame), card_of())["EMP_NIFL_SEX_ECO_RT"]}

    here = (published["indicator"] == "informal") & (published["sex"] == "female")
    gone = {"estimate": np.nan, "bound_low": 0.51, "bound_high": 0.66, "flag": "b", "flag_reason": "not_computable"}
    changed = published.assign(**{name: published[name].mask(here, value) for name, value in gone.items()})
    assert levels(published) - levels(changed) == {"SEX_F"}


def test_flags_become_statuses(exchange: Exchange, published: pd.DataFrame) -> None:
    shown = published["estimate"].notna() & (published["flag"] == "")
    doubtful = published.copy()
    doubtful.loc[shown, "flag"] = "u"
    ilo = published.copy()
    ilo.loc[shown, "ilo_flag"] = "U"
    plain, broken = card_of(), card_of(breaks=["new questions"])

    def statuses(frame: pd.DataFrame, card: Card) -> set[str]:
        found = observations(exchange, prepared(frame), card)
        return {row["OBS_STATUS"] for rows in found.values() for row in rows if row["OBS_VALUE"] is not None}

    assert "" in statuses(published, plain)
    assert statuses(doubtful, plain) == statuses(ilo, plain) == {"U"}
    assert statuses(published, broken) <= {"B", "U"}
    comments = [
        row["COMMENT_OBS"] for rows in observations(exchange, prepared(published), broken).values() for row in rows
    ]
    assert all("break in series: new questions" in comment for comment in comments)


def test_every_observation_carries_the_marks(frame: pd.DataFrame, exchange: Exchange, estimates: Estimates) -> None:
    assert frame["COMMENT_OBS"].str.startswith("SIMULATED DATA").all()
    provisional = card_of(marks=[], provisional_variants=["icls17"])
    found = observations(exchange, estimates, provisional)
    assert all(row["COMMENT_OBS"].startswith("PROVISIONAL") for rows in found.values() for row in rows)


def test_what_is_not_verified_is_named_in_the_comment(frame: pd.DataFrame, exchange: Exchange) -> None:
    for structure, rows in frame.groupby("STRUCTURE_ID"):
        flow = exchange.dataflows[str(structure).removeprefix("USER:DF_").removesuffix("(1.0)")]
        doubtful = not flow.verified or not exchange.units[flow.unit].verified
        assert (rows["COMMENT_OBS"].str.contains("code not verified") == doubtful).all(), structure


def test_words_that_look_like_formulas_or_hold_line_breaks_are_text(exchange: Exchange, estimates: Estimates) -> None:
    evil = card_of(producer='=HYPERLINK("http://x")', title="a\nb", breaks=["@sum\n<script>"])
    content = sdmx_csv(exchange, observations(exchange, estimates, evil), "USER")
    frame = read(content)
    assert len(content.decode().splitlines()) == len(frame) + 1
    assert not frame.apply(lambda column: column.str.startswith(("=", "+", "@", "\t"))).any(axis=None)
    assert set(frame["SOURCE"]) == {'\'=HYPERLINK("http://x"): a b'}


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2017-01-01", "2017-12-31", Period("A", "2017")),
        ("2017-07-01", "2017-09-30", Period("Q", "2017-Q3")),
        ("2016-02-01", "2016-02-29", Period("M", "2016-02")),
    ],
)
def test_a_period_is_a_year_a_quarter_or_a_month(first: str, last: str, expected: Period) -> None:
    assert period(card_of(reference_from=first, reference_to=last)) == expected


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2017-02-01", "2017-04-30"),
        ("2017-07-01", "2017-09-29"),
        ("2016-07-01", "2017-06-30"),
        ("2016-01-01", "2017-12-31"),
        ("", ""),
    ],
)
def test_any_other_period_is_refused(first: str, last: str) -> None:
    with pytest.raises(NotMade):
        period(card_of(reference_from=first, reference_to=last))


def test_the_list_of_occupations_follows_the_revision(exchange: Exchange, estimates: Estimates) -> None:
    def codes(revisions: dict[str, str]) -> set[str]:
        found = observations(exchange, estimates, card_of(revisions=revisions))
        return {row["OCU"].rpartition("_")[0] for row in found.get("EMP_NIFL_SEX_OCU_RT", [])}

    assert codes({"isco_revision": "isco88"}) == {"OCU_ISCO88"}
    assert codes({"isco_revision": "isco08"}) == {"OCU_ISCO08"}
    assert codes({}) == set()


def test_a_dataflow_without_a_level_of_its_concept_is_left_out(exchange: Exchange, limits: Thresholds) -> None:
    hub = release(fake_hub.hub(without=("education",)), limits)
    found = observations(exchange, prepared(hub), card_of())
    assert "EMP_NIFL_SEX_EDU_RT" not in found
    assert "EMP_NIFL_SEX_ECO_RT" in found


def test_a_national_classification_is_noted(exchange: Exchange, limits: Thresholds) -> None:
    hub = prepared(release(fake_hub.hub(industry="industry_national"), limits))
    found = observations(exchange, hub, card_of(industry="industry_national"))
    rows = found["EMP_NIFL_SEX_ECO_RT"]
    assert {row["ECO"].rpartition("_")[0] for row in rows} == {"ECO_SECTOR"}
    assert {row["NOTE_CLASSIF"] for row in rows} == {exchange.words.national_industry}
    assert {row["NOTE_CLASSIF"] for row in found["EMP_NIFL_SEX_STE_RT"]} == {""}


def test_the_order_of_the_published_rows_does_not_matter(
    exchange: Exchange, published: pd.DataFrame, content: bytes
) -> None:
    shuffled = prepared(published.sample(frac=1, random_state=3))
    assert sdmx_csv(exchange, observations(exchange, shuffled, card_of()), "USER") == content


def test_what_has_not_changed_is_kept_and_another_agency_remakes_it(tmp_path: Path, estimates: Estimates) -> None:
    def shelf(previous: dict[str, str], agency: str = "USER", **changes: object) -> Shelf:
        one = Shelf(tmp_path, tmp_path, previous)
        put_exchange(one, estimates, card_of(**changes), FOLDER, DECLARED, agency)
        return one

    first = shelf({})
    assert first.made == [EXCHANGE]
    assert shelf(first.items).kept == [EXCHANGE]
    assert shelf(first.items, "LSB").made == [EXCHANGE]
    assert shelf(first.items).made == [EXCHANGE]
    assert shelf(first.items, title="another").made == [EXCHANGE]


def test_the_file_is_published_under_the_law_in_force_only_with_the_same_bytes_in_each_language(
    tmp_path: Path, published: pd.DataFrame, texts: Texts, lao: Texts, catalogue: Catalogue, limits: Thresholds,
    models: pd.DataFrame,
) -> None:  # fmt: skip
    bare = Catalogue(catalogue.folder, {}, {}, declared=catalogue.declared)
    given = fake_hub.card(not_available=[], **YEAR)
    for language, words in (("en", texts), ("lo", lao)):
        report = publish(published, models, given, words, bare, tmp_path / language, thresholds=limits, agency="LSB")
        assert EXCHANGE in report.made
    english, lao_file = ((tmp_path / language / EXCHANGE).read_bytes() for language in ("en", "lo"))
    assert english == lao_file
    assert [path.parent.name for path in tmp_path.rglob(EXCHANGE)].count("counterfactual") == 0
    assert read(english)["STRUCTURE_ID"].str.startswith("LSB:").all()


def test_a_survey_whose_period_has_no_code_says_so(
    tmp_path: Path,
    published: pd.DataFrame,
    texts: Texts,
    catalogue: Catalogue,
    limits: Thresholds,
    models: pd.DataFrame,
) -> None:
    bare = Catalogue(catalogue.folder, {}, {}, declared=catalogue.declared)
    given = fake_hub.card(not_available=[], reference_from="2016-10-01", reference_to="2017-09-30")
    report = publish(published, models, given, texts, bare, tmp_path, thresholds=limits)
    (left,) = [left for left in report.not_made if left.item == EXCHANGE]
    assert "neither a year nor a quarter nor a month" in left.reason
    assert not (tmp_path / EXCHANGE).exists()
    assert np.all([path.name != EXCHANGE for path in tmp_path.iterdir()])
