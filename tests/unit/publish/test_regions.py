"""Tiles and boundary files of regions: what is read, and what is said of a wrong one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from informality.errors import UserError
from informality.publish.catalogue import Catalogue
from informality.publish.regions import boundary_file, has_codes, load_tiles, shapes_of, tiles_of

REPORT = Path(__file__).parents[3] / "workflow" / "report"
SQUARE = [[100.0, 18.0], [101.0, 18.0], [101.0, 19.0], [100.0, 19.0], [100.0, 18.0]]
HOLE = [[100.4, 18.4], [100.6, 18.4], [100.6, 18.6], [100.4, 18.4]]
REGIONS = ["LA-VT", "LA-VI"]


def feature(code: object, *, kind: str = "Polygon", coordinates: object = None, key: str = "iso") -> dict:
    return {
        "type": "Feature",
        "properties": {"name": "a name", "number": 7, key: code},
        "geometry": {"type": kind, "coordinates": coordinates if coordinates is not None else [SQUARE]},
    }


def written(tmp_path: Path, *features: dict) -> Path:
    path = tmp_path / "lao.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}), encoding="utf-8")
    return path


@pytest.mark.parametrize(("country", "count"), [("LAO", 18), ("ZAF", 9), ("ECU", 24)])
def test_every_region_of_the_country_has_a_tile_of_its_own(catalogue: Catalogue, country: str, count: int) -> None:
    tiles = catalogue.tiles[country].tiles
    assert len(tiles) == count
    assert len({tuple(place) for place in tiles.values()}) == count
    assert len({code[:2] for code in tiles}) == 1


def test_tiles_are_those_of_the_surveys_that_have_provinces(catalogue: Catalogue) -> None:
    from informality.decisions import read_yaml

    for survey, country in (("lao_lfs", "LAO"), ("zaf_qlfs", "ZAF")):
        content = read_yaml(REPORT.parent / "surveys" / f"{survey}.yaml")
        variables = content["variables"] | content.get("differences", {}).get("simulated", {}).get("variables", {})
        assert set(variables["region"]) == set(catalogue.tiles[country].tiles)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("country: LAO\ntiles: {LA-VT: [1, 1], LA-VI: [1, 1]}", "the same place"),
        ("country: LAO\ntiles: {Vientiane: [1, 1]}", "not an ISO 3166-2 code"),
        ("country: LAO\ntiles: {LA-VT: [0, 1]}", "greater than or equal to 1"),
        ("country: LAO\ntiles: {LA-VT: [1]}", "at least 2"),
        ("country: LAO\ntiles: {}", "at least 1"),
        ("country: ZAF\ntiles: {ZA-GP: [1, 1]}", "the country is 'ZAF'"),
        ("country: LAO\ntyles: {LA-VT: [1, 1]}", "tyles"),
    ],
)
def test_a_wrong_layout_is_said_with_its_place(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "lao.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=message) as problem:
        load_tiles(tmp_path)
    assert "lao.yaml" in str(problem.value)


def test_a_region_without_a_tile_is_named_with_the_nearest_code(catalogue: Catalogue) -> None:
    with pytest.raises(UserError, match="LA-VZ") as problem:
        tiles_of(catalogue.tiles["LAO"], ["LA-VT", "LA-VZ"])
    assert "LA-V" in str(problem.value).split("what to do")[1]


def test_codes_are_told_from_other_names_of_regions() -> None:
    assert has_codes(["LA-VT", "rest"])
    assert not has_codes(["quito", "rest"])
    assert not has_codes([])


def test_the_property_with_the_codes_is_found_whatever_it_is_called(tmp_path: Path) -> None:
    shapes = shapes_of(written(tmp_path, feature("LA-VT", key="shapeISO"), feature("LA-VI", key="shapeISO")), REGIONS)
    assert list(shapes) == ["LA-VI", "LA-VT"]


def test_shapes_keep_their_proportions_at_their_latitude(tmp_path: Path) -> None:
    away = [[x + 1, y] for x, y in SQUARE]
    found = shapes_of(written(tmp_path, feature("LA-VT"), feature("LA-VI", coordinates=[away])), REGIONS)
    points = np.concatenate([ring for rings in found.values() for ring in rings])
    assert points.min(axis=0) == pytest.approx([0, 0], abs=1e-5)
    assert points[:, 0].max() == pytest.approx(1, abs=1e-5)
    # Two degrees of longitude, and one of latitude, at 18.5 degrees north.
    assert points[:, 1].max() == pytest.approx(1 / (2 * np.cos(np.radians(18.5))), abs=1e-4)


def test_several_parts_and_holes_are_kept(tmp_path: Path) -> None:
    many = feature("LA-VT", kind="MultiPolygon", coordinates=[[SQUARE, HOLE], [[[x + 3, y] for x, y in SQUARE]]])
    shapes = shapes_of(written(tmp_path, many, feature("LA-VI")), REGIONS)
    assert len(shapes["LA-VT"]) == 3
    assert len(shapes["LA-VI"]) == 1


def test_points_that_print_on_each_other_are_left_out(tmp_path: Path) -> None:
    angle = np.linspace(0, 2 * np.pi, 20_001)
    circle = np.column_stack([100 + np.cos(angle), 18 + np.sin(angle)]).tolist()
    shapes = shapes_of(written(tmp_path, feature("LA-VT", coordinates=[circle]), feature("LA-VI")), REGIONS)
    assert 200 < len(shapes["LA-VT"][0]) < 4000


@pytest.mark.parametrize(
    ("features", "said"),
    [
        ([feature("LA-VT")], "it lacks LA-VI"),
        ([feature("LA-VT"), feature("LA-VI"), feature("LA-XX")], "the survey does not have LA-XX"),
        ([feature("LA-VT"), feature("LA-VI"), feature(None)], "does not have \\(none\\)"),
        ([feature("a"), feature("b")], "no property of the boundary file holds"),
        ([feature("LA-VT", coordinates=[[[500000, 2000000], [500001, 2000000], [500000, 2000001]]]), feature("LA-VI")], "no degrees"),
        ([feature("LA-VT", kind="Point", coordinates=[1, 2])], "no GeoJSON of polygons"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_boundary_file_is_said(tmp_path: Path, features: list[dict], said: str) -> None:
    with pytest.raises(UserError, match=said) as problem:
        shapes_of(written(tmp_path, *features), REGIONS)
    assert "report/boundaries/lao.geojson" in str(problem.value)
    assert str(tmp_path) not in str(problem.value)


@pytest.mark.parametrize(
    "content", ["", "no json", "[]", "{}", '{"features": [{"properties": {}}]}', '{"features": 3}']
)
def test_what_is_no_geojson_is_an_error_and_no_traceback(tmp_path: Path, content: str) -> None:
    path = tmp_path / "lao.geojson"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError):
        shapes_of(path, REGIONS)


def test_the_file_is_called_after_the_country(tmp_path: Path) -> None:
    (tmp_path / "boundaries").mkdir()
    assert boundary_file(tmp_path, "LAO") is None
    (tmp_path / "boundaries" / "lao.geojson").write_text("{}", encoding="utf-8")
    assert boundary_file(tmp_path, "LAO") is not None
    assert boundary_file(tmp_path, "ZAF") is None
