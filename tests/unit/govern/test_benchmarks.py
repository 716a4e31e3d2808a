"""Published figures beside computed ones, to the printed digit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from informality import vocabulary as v
from informality.errors import UserError
from informality.govern.benchmarks import COLUMNS, RESULT, compare, load_benchmarks

LINE = {
    "id": "B1",
    "indicator": "informal",
    "statistic": "share",
    "variant": "icls17",
    "concept": "icls19",
    "universe": "employed",
    "category": "",
    "domain": "",
    "published": "82.66",
    "unit": "percent",
    "decimals": "2",
    "kind": "published",
    "comparable": "yes",
    "source": "an office",
    "note": "",
}


def lines(*changes: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame([{**LINE, "id": f"B{i}", **change} for i, change in enumerate(changes)], dtype="str")


def hub(*rows: dict[str, object]) -> pd.DataFrame:
    frame = pd.DataFrame(
        [
            {
                **dict.fromkeys(v.HUB_KEYS, ""),
                **dict.fromkeys(v.DIMENSIONS, v.TOTAL),
                "survey": "toy_lfs_2017",
                "wave": "2017",
                **{key: LINE[key] for key in ("indicator", "statistic", "variant", "concept", "universe")},
                "estimate": 0.8266,
                "se": 0.001,
                **row,
            }
            for row in rows
        ],
        columns=[*v.HUB_KEYS, "estimate", "se"],
    )
    return frame.astype(dict.fromkeys(v.HUB_KEYS, "str") | {"estimate": float, "se": float})


def verdict(
    published: str, decimals: int, estimate: float, *, unit: str = "percent", se: float = 0.001, **change: str
) -> tuple[str, str]:
    found = compare(
        lines({"published": published, "decimals": str(decimals), "unit": unit, **change}),
        hub({"estimate": estimate, "se": se}),
    )
    return found["verdict"][0], found["likely_cause"][0]


@pytest.mark.parametrize(
    ("published", "decimals", "estimate", "expected"),
    [
        ("82.66", 2, 0.8266, "match"),
        ("82.66", 2, 0.82664, "match"),
        ("82.66", 2, 0.82665, "match"),
        ("82.66", 2, 0.82655, "match"),
        ("82.66", 2, 0.826651, "differs"),
        ("82.66", 2, 0.826549, "differs"),
        ("82.7", 1, 0.82665, "match"),
        ("34", 0, 0.3449, "match"),
        ("34", 0, 0.345, "match"),
        ("34", 0, 0.3451, "differs"),
        ("0.0", 1, 0.0, "match"),
    ],
)
def test_a_figure_matches_to_the_printed_digit_and_a_half_either_way(
    published: str, decimals: int, estimate: float, expected: str
) -> None:
    assert verdict(published, decimals, estimate)[0] == expected


@pytest.mark.parametrize(
    ("published", "decimals", "unit", "estimate", "expected"),
    [
        ("16191670", 0, "persons", 16191670.4999, "match"),
        ("16191670", 0, "persons", 16191670.5, "match"),
        ("16191670", 0, "persons", 16191670.51, "differs"),
        ("14549", 0, "thousand", 14549499.9, "match"),
        ("14549", 0, "thousand", 14549501.0, "differs"),
        ("4707.1", 1, "thousand", 4707149.99, "match"),
        ("16.2", 1, "million", 16191670.0, "match"),
        ("1489.050", 3, "thousand", 1489050.0, "match"),
        ("1489.050", 3, "thousand", 1489050.51, "differs"),
    ],
)
def test_units(published: str, decimals: int, unit: str, estimate: float, expected: str) -> None:
    assert verdict(published, decimals, estimate, unit=unit, statistic="share", se=1.0)[0] == expected


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 4), st.floats(-0.49, 0.49))
def test_whatever_rounds_to_the_printed_figure_matches(digits: int, decimals: int, rest: float) -> None:
    published = f"{digits / 10**decimals:.{decimals}f}"
    estimate = (digits + rest) / 10**decimals
    assert verdict(published, decimals, estimate, unit="persons")[0] == "match"
    assert verdict(published, decimals, estimate + 1.2 / 10**decimals, unit="persons")[0] == "differs"


def test_values_and_difference_are_in_the_benchmark_s_unit() -> None:
    found = compare(lines({"published": "80.00"}), hub({"estimate": 0.8266, "se": 0.002})).iloc[0]
    assert tuple(found.index) == RESULT
    assert found[["published", "computed", "se", "difference"]].tolist() == pytest.approx([80.0, 82.66, 0.2, 2.66])


def test_the_likely_cause_of_a_difference() -> None:
    assert "sampling error" in verdict("82.50", 2, 0.8266, se=0.001)[1]
    assert "another concept" in verdict("80.00", 2, 0.8266, se=0.001)[1]
    assert "another concept" in verdict("80.00", 2, 0.8266, se=np.nan)[1]
    assert verdict("80.00", 2, 0.8266, note="old weights") == ("differs", "old weights")
    assert verdict("82.66", 2, 0.8266, note="old weights") == ("match", "")


def test_simulated_data_are_never_compared() -> None:
    found = compare(lines({}, {"published": "1.00"}, {"comparable": "no"}), hub({}), simulated=True)
    assert set(found["verdict"]) == {"not_comparable"}
    assert set(found["likely_cause"]) == {"simulated data"}


def test_what_is_declared_not_comparable_is_not_compared() -> None:
    assert verdict("82.66", 2, 0.8266, comparable="no", note="before the census") == (
        "not_comparable",
        "before the census",
    )


@pytest.mark.parametrize(
    "estimates", [hub({"variant": "icls21"}), hub({"sex": "male"}), hub({"estimate": np.nan}), hub()]
)
def test_an_estimate_that_is_not_there_is_not_comparable(estimates: pd.DataFrame) -> None:
    found = compare(lines({}), estimates)
    assert found["verdict"].tolist() == ["not_comparable"]
    assert "do not yield" in found["likely_cause"][0]
    assert found["computed"].isna().all()


def test_a_domain_is_found_whatever_the_order_of_its_parts() -> None:
    estimates = hub({}, {"sex": "male", "estimate": 0.1}, {"sex": "male", "area": "urban", "estimate": 0.2})
    found = compare(
        lines({"domain": "sex=male"}, {"domain": "area=urban|sex=male"}, {"domain": "sex=male|area=urban"}), estimates
    )
    assert found["computed"].tolist() == pytest.approx([10, 20, 20])


def test_categories_and_keys_tell_estimates_apart() -> None:
    estimates = hub({}, {"category": "agriculture", "estimate": 0.9}, {"statistic": "total", "estimate": 5e6})
    changes = ({"category": "agriculture"}, {"statistic": "total", "unit": "million"})
    assert compare(lines(*changes), estimates)["computed"].tolist() == pytest.approx([90, 5])


def test_the_lines_stay_in_their_order() -> None:
    found = compare(
        lines({"domain": "sex=male"}, {}, {"domain": "sex=female"}), hub({"sex": "female"}, {}, {"sex": "male"})
    )
    assert found["id"].tolist() == ["B0", "B1", "B2"]
    assert set(found["verdict"]) == {"match"}


def test_two_figures_may_be_compared_with_one_estimate() -> None:
    assert set(compare(lines({}, {"kind": "reference"}), hub({}))["verdict"]) == {"match"}


def test_no_benchmarks_no_lines() -> None:
    found = compare(lines(), hub({}))
    assert found.empty
    assert tuple(found) == RESULT


def save(folder: Path, *changes: dict[str, str], text: str | None = None) -> Path:
    path = folder / "toy_lfs_2017.csv"
    if text is None:
        lines(*changes).to_csv(path, index=False)
    else:
        path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path) -> UserError:
    with pytest.raises(UserError) as error:
        load_benchmarks(path)
    assert error.value.where.startswith("workflow/benchmarks/toy_lfs_2017.csv")
    assert str(path.parent) not in str(error.value)
    return error.value


def test_a_file_is_read_as_text(tmp_path: Path) -> None:
    frame = load_benchmarks(save(tmp_path, {"published": "1489.050", "source": "an office, 2018"}, {"note": "ຍິງ"}))
    assert tuple(frame) == COLUMNS
    assert frame["published"].tolist() == ["1489.050", "82.66"]
    assert frame["source"][0] == "an office, 2018"
    assert frame["variant"].tolist() == ["icls17", "icls17"]
    assert compare(frame, hub({}))["verdict"].tolist() == ["differs", "match"]


def test_a_file_that_a_spreadsheet_saved_is_read(tmp_path: Path) -> None:
    path = save(tmp_path, {})
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert len(load_benchmarks(path)) == 1


@pytest.mark.parametrize(
    ("change", "what", "todo"),
    [
        ({"unit": "percnt"}, "'percnt' is no unit", "'percent'"),
        ({"comparable": "maybe"}, "'maybe' is no comparable", "no, yes"),
        ({"kind": "publised"}, "'publised' is no kind", "'published'"),
        ({"statistic": "shar"}, "'shar' is no statistic", "'share'"),
        ({"concept": "icls91"}, "'icls91' is no concept", "'icls19'"),
        ({"domain": "sx=male"}, "'sx' is no dimension", "'sex'"),
        ({"domain": "sex=mael"}, "'mael' is not a level of 'sex'", "'male'"),
        ({"domain": "sex"}, "'' is not a level of 'sex'", "male"),
        ({"domain": "region="}, "'' is not a level of 'region'", "region=LEVEL"),
        ({"published": "82,66"}, "'published' is no number", "32.16"),
        ({"published": ""}, "'published' is no number", "32.16"),
        ({"published": "nan"}, "'published' is no number", "32.16"),
        ({"decimals": "-1"}, "'decimals' no count", "32.16"),
        ({"decimals": "1.5"}, "'decimals' no count", "32.16"),
        ({"id": ""}, "the id '' is empty or stands twice", "its own id"),
        ({"id": "B0"}, "the id 'B0' is empty or stands twice", "its own id"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, change: dict[str, str], what: str, todo: str) -> None:
    error = refusal(save(tmp_path, {}, change))
    assert what in error.what
    assert todo in error.todo
    assert error.where.endswith("line 3")


def test_a_missing_column_names_the_nearest(tmp_path: Path) -> None:
    path = save(tmp_path, {})
    path.write_text(path.read_text().replace("decimals", "decimal", 1))
    error = refusal(path)
    assert "the column 'decimals' is missing" in error.what
    assert "'decimal'" in error.todo


@pytest.mark.parametrize("ending", [",one more", ""])
def test_a_line_of_another_length_is_named(tmp_path: Path, ending: str) -> None:
    text = (
        ",".join(COLUMNS)
        + "\n"
        + ",".join(LINE.values())
        + "\n"
        + (",".join(LINE.values()) + ending if ending else "B2,informal")
    )
    error = refusal(save(tmp_path, text=text + "\n"))
    assert "fields" in error.what
    assert error.where.endswith("line 3")


def test_what_is_no_csv_is_said(tmp_path: Path) -> None:
    assert "the column 'id' is missing" in refusal(save(tmp_path, text="")).what
    path = save(tmp_path, {})
    path.write_bytes(path.read_bytes() + "été".encode("latin-1"))
    assert "UTF-8" in refusal(path).what
    path.unlink()
    assert "no such file" in refusal(path).what
