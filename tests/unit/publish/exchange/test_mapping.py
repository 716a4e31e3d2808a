"""ilostat.yaml is frozen, whole, and checked at the start of a run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import WORKFLOW

from informality.decided import check
from informality.decisions import read_yaml
from informality.errors import UserError
from informality.publish.exchange.mapping import Exchange, load_mapping
from informality.publish.requests import Declared
from informality.settings import load as load_settings
from informality.vocabulary import UNKNOWN, VARIABLES

DECLARED = Declared.read(WORKFLOW / "estimates.yaml")


@pytest.fixture(scope="module")
def exchange() -> Exchange:
    return load_mapping(WORKFLOW / "report", DECLARED)


def changed(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """The report folder with another ilostat.yaml and nothing else."""
    content = read_yaml(WORKFLOW / "report" / "ilostat.yaml")
    change(content)
    (folder / "ilostat.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


def refusal(folder: Path, change: Callable[[dict[str, Any]], object]) -> str:
    with pytest.raises(UserError) as error:
        load_mapping(changed(folder, change), DECLARED)
    return str(error.value)


def test_every_level_of_a_dimension_has_a_code_of_its_list(exchange: Exchange) -> None:
    for name, codelist in exchange.codelists.items():
        assert set(codelist.levels) - {UNKNOWN} == set(VARIABLES[codelist.dimension].levels or ()), name
        prefix = name.split("_")[0]
        assert all(code.startswith(f"{prefix}_") for code in codelist.codes), name
        assert codelist.source, name


def test_the_unit_of_a_dataflow_is_that_of_its_name(exchange: Exchange) -> None:
    for name, flow in exchange.dataflows.items():
        assert exchange.units[flow.unit].type == name[-2:]
        assert flow.measure.split("_")[:2] == name.split("_")[:2]
        assert flow.measure[-2:] == name[-2:]
        concepts = exchange.concepts(flow)
        assert name.split("_")[2:-1] == concepts, name
    assert (exchange.units["thousands"].mult, exchange.units["thousands"].factor) == (3, 0.001)
    assert (exchange.units["rate"].mult, exchange.units["rate"].factor) == (0, 100)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda c: c["dataflows"]["EMP_NIFL_SEX_ECO_RT"].update(indicator="informl"),
            ["no estimate 'informl' is declared", "dataflows.EMP_NIFL_SEX_ECO_RT in ilostat.yaml", "'informal'"],
        ),
        (
            lambda c: c["dataflows"]["EMP_NIFL_SEX_ECO_RT"].update(statistic="mean"),
            ["no mean of 'informal'", "share, total"],
        ),
        (
            lambda c: c["dataflows"]["EMP_NIFL_SEX_STE_RT"].update(universe="employees"),
            ["not declared among 'employees'", "'employed'"],
        ),
        (
            lambda c: c["dataflows"]["EMP_NIFL_SEX_ECO_RT"].update(by=[["ECO_AGGREGATE"]]),
            ["'informal' is not declared by industry6", "estimates.yaml"],
        ),
        (lambda c: c["dataflows"]["EMP_NIFL_SEX_ECO_RT"].update(by=[["ECO_SEKTOR"]]), ["did you mean 'ECO_SECTOR'"]),
        (lambda c: c["dataflows"]["EMP_NIFL_SEX_ECO_RT"].update(unit="rates"), ["did you mean 'rate'"]),
        (
            lambda c: c["dataflows"]["EMP_NIFL_SEX_ECO_RT"].update(by=[["ECO_SECTOR", "ECO_ISIC4"]]),
            ["two code lists of one concept"],
        ),
        (
            lambda c: c["dataflows"]["SDG_0831_SEX_ECO_RT"]["codes_of"]["categories"].update(total="ECO_SECTOR_TOT"),
            ["did you mean 'ECO_SECTOR_TOTAL'"],
        ),
        (
            lambda c: c["dataflows"]["SDG_0831_SEX_ECO_RT"]["codes_of"]["categories"].update(farms="ECO_SECTOR_AGR"),
            ["has no category 'farms'"],
        ),
        (lambda c: c["codelists"]["SEX"]["levels"].pop("female"), ["'female' of sex has no code"]),
        (lambda c: c["codelists"]["SEX"]["levels"].update(femal="SEX_F"), ["did you mean 'female'"]),
        (lambda c: c["codelists"]["SEX"]["levels"].update(female="SEX_M"), ["the code SEX_M stands twice"]),
        (lambda c: c["codelists"]["SEX"]["levels"].update(female="=SEX"), ["codelists.SEX.levels.female"]),
        (lambda c: c["codelists"]["SEX"].update(dimension="region"), ["each survey names its own levels"]),
        (lambda c: c["codelists"]["OCU_ISCO08"].update(revision={"isco_revision": "isco8"}), ["'isco08'"]),
        (lambda c: c["codelists"]["SEX"].pop("verified"), ["codelists.SEX.verified: this key is required"]),
        (
            lambda c: c["dataflows"].update(
                COV_SEX_RT={**c["dataflows"]["EMP_NIFL_SEX_ECO_RT"], "indicator": "coverage", "universe": "any", "by": [[]]}
            ),
            ["'coverage' is estimated per branch"],
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_the_nearest_word(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], words: list[str]
) -> None:
    message = refusal(tmp_path, change)
    assert all(word in message for word in words), message


def test_a_run_does_not_start_with_an_indicator_that_is_not_declared(tmp_path: Path) -> None:
    # Everything but ilostat.yaml is the pipeline's own.
    for path in WORKFLOW.iterdir():
        if path.name != "report":
            (tmp_path / path.name).symlink_to(path)
    (tmp_path / "report").mkdir()
    for path in (WORKFLOW / "report").iterdir():
        if path.name != "ilostat.yaml":
            (tmp_path / "report" / path.name).symlink_to(path)
    changed(tmp_path / "report", lambda c: c["dataflows"]["HOW_UEMP_SEX_NB"].update(indicator="hour"))
    settings = load_settings(read_yaml(WORKFLOW / "config.yaml"))
    with pytest.raises(UserError, match="no estimate 'hour' is declared"):
        check(tmp_path, settings, [])


def test_the_example_of_the_how_to_is_whole(tmp_path: Path) -> None:
    page = (WORKFLOW / "report" / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(EMP_.*?)```", page, flags=re.DOTALL)
    entry = yaml.safe_load(example)
    found = load_mapping(changed(tmp_path, lambda c: c.update(dataflows=entry)), DECLARED)
    assert list(found.dataflows) == ["EMP_TEMP_SEX_ECO_NB"]


def test_the_how_to_names_what_is_not_verified(exchange: Exchange) -> None:
    page = (WORKFLOW / "report" / "README.md").read_text(encoding="utf-8")
    doubtful = {flow.measure for flow in exchange.dataflows.values() if not flow.verified}
    doubtful |= {unit.measure for unit in exchange.units.values() if not unit.verified}
    doubtful |= {name for name, codelist in exchange.codelists.items() if not codelist.verified}
    assert doubtful
    assert all(f"`{name}`" in page for name in doubtful)


@pytest.mark.parametrize("agency", ["ILO", "ilo", "ILO.STAT", "1office", "my office", "=USER", "A..B", ""])
def test_the_agency_is_a_name_of_sdmx_and_never_the_ilo(agency: str) -> None:
    with pytest.raises(UserError, match="agency"):
        load_settings({"variants": {"icls17": {"standard": "icls17"}}, "agency": agency})


def test_the_agency_is_the_users_own() -> None:
    settings = load_settings({"variants": {"icls17": {"standard": "icls17"}}})
    assert settings.agency == "USER"
    assert re.fullmatch(r"[A-Z]+", settings.agency)
    assert load_settings({**settings.model_dump(), "agency": "LSB.SURVEYS"}).agency == "LSB.SURVEYS"
