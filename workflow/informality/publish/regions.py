"""Where regions lie: the tiles of `workflow/report/tiles/`, and boundary files that users put into `workflow/report/boundaries/`."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import Field, field_validator, model_validator

from informality.decisions import Decision, load
from informality.errors import UserError, nearest

CODE = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
LARGEST_FILE = 50_000_000
# Points nearer than this part of the map's width to the one before are left out: they would lie on it.
STEP = 1 / 600

Place = Annotated[list[Annotated[int, Field(ge=1, le=40)]], Field(min_length=2, max_length=2)]
# Rings of a region, each a list of points [x, y]; x from 0 to 1 of the map's width, y downwards in the same unit.
Shapes = dict[str, list[list[list[float]]]]


class TileLayout(Decision):
    """Tiles of one country: ISO 3166-2 code → row from the top, column from the left, both from 1."""

    country: str
    tiles: dict[str, Place] = Field(min_length=1)

    @field_validator("tiles")
    @classmethod
    def _codes(cls, value: dict[str, list[int]]) -> dict[str, list[int]]:
        for code in value:
            if not CODE.fullmatch(code):
                raise ValueError(f"'{code}' is not an ISO 3166-2 code such as LA-VT")
        return value

    @model_validator(mode="after")
    def _one_tile_a_place(self) -> TileLayout:
        at: dict[tuple[int, ...], str] = {}
        for code, place in self.tiles.items():
            other = at.setdefault(tuple(place), code)
            if other != code:
                raise ValueError(f"tiles: {other} and {code} have the same place {place}")
        return self


def load_tiles(folder: Path) -> dict[str, TileLayout]:
    """Layouts by ISO 3166-1 code of three letters, from ``<country>.yaml`` in the folder; UserError for a file that says another country."""
    layouts = {}
    for path in sorted(folder.glob("*.yaml")):
        layout = load(TileLayout, path)
        if layout.country != path.stem.upper():
            raise UserError(
                f"the country is '{layout.country}'",
                where=f"{path.name}, country",
                todo=f"a layout is called after its country: write {path.stem.upper()}, or rename the file",
            )
        layouts[layout.country] = layout
    return layouts


def has_codes(regions: Iterable[str]) -> bool:
    """Whether a survey's regions carry ISO 3166-2 codes."""
    return any(CODE.fullmatch(region) for region in regions)


def tiles_of(layout: TileLayout, regions: Sequence[str]) -> dict[str, list[int]]:
    """Tiles of the layout; UserError for a region of the survey that has none."""
    for region in regions:
        if region not in layout.tiles:
            raise UserError(
                f"the region '{region}' of the survey has no tile",
                where=f"report/tiles/{layout.country.lower()}.yaml, tiles",
                todo=f"add its row and column; {nearest(region, layout.tiles)}",
            )
    return dict(layout.tiles)


def boundary_file(folder: Path, country: str) -> Path | None:
    """The user's boundary file of a country, if there is one."""
    path = folder / "boundaries" / f"{country.lower()}.geojson"
    return path if path.is_file() else None


def shapes_of(path: Path, regions: Sequence[str]) -> Shapes:
    """Outlines of the regions from a GeoJSON file (RFC 7946), in plate carrée at the map's own latitude and thinned for print.

    UserError: no GeoJSON, coordinates that are no degrees, a region without a feature, a feature whose code no region has.
    """
    where = f"report/boundaries/{path.name}"
    if path.stat().st_size > LARGEST_FILE:
        raise UserError("the boundary file is larger than 50 MB", where=where, todo="simplify it: print shows no more")
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        features = [
            (dict(feature["properties"] or {}), list(_rings(feature["geometry"]))) for feature in content["features"]
        ]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise UserError(
            "the boundary file is no GeoJSON of polygons",
            where=where,
            todo="export a FeatureCollection of polygons, coordinates in degrees (WGS 84)",
        ) from None
    key = _code_property([properties for properties, _ in features], regions, where)
    _check_codes([str(properties.get(key) or "") for properties, _ in features], regions, f"{where}, property '{key}'")
    points = np.concatenate([ring for _, rings in features for ring in rings])
    if not np.isfinite(points).all() or np.abs(points[:, 0]).max() > 360 or np.abs(points[:, 1]).max() > 90:
        raise UserError("the coordinates are no degrees", where=where, todo="export the file in WGS 84 (EPSG:4326)")
    left, right = points[:, 0].min(), points[:, 0].max()
    top, bottom = points[:, 1].max(), points[:, 1].min()
    across = math.cos(math.radians((top + bottom) / 2))
    unit = max((right - left) * across, 1e-9)
    found: Shapes = {}
    for properties, rings in features:
        placed = [np.column_stack([(r[:, 0] - left) * across, top - r[:, 1]]) / unit for r in rings]
        found.setdefault(str(properties[key]), []).extend(_thinned(ring) for ring in placed)
    return {code: found[code] for code in sorted(found)}


def _rings(geometry: Mapping[str, Any]) -> Iterator[np.ndarray]:
    polygons = {"Polygon": lambda c: [c], "MultiPolygon": lambda c: c}[geometry["type"]](geometry["coordinates"])
    for polygon in polygons:
        for ring in polygon:
            yield np.array([point[:2] for point in ring], dtype=float).reshape(-1, 2)


def _thinned(ring: np.ndarray) -> list[list[float]]:
    cell = np.floor(ring / STEP).astype(int)
    keep = np.r_[True, (np.diff(cell, axis=0) != 0).any(axis=1)]
    return [[round(float(x), 5), round(float(y), 5)] for x, y in ring[keep]]


def _code_property(features: Sequence[Mapping[str, Any]], regions: Sequence[str], where: str) -> str:
    hits: dict[str, int] = {}
    for properties in features:
        for name, value in properties.items():
            hits[name] = hits.get(name, 0) + (isinstance(value, str) and value in regions)
    best = max(sorted(hits), key=lambda name: hits[name], default="")
    if not hits.get(best):
        raise UserError(
            "no property of the boundary file holds the ISO 3166-2 codes of the survey's regions",
            where=where,
            todo=f"add a property with codes such as {', '.join(list(regions)[:3])}; it has {', '.join(sorted(hits)) or 'none'}",
        )
    return best


def _check_codes(codes: Sequence[str], regions: Sequence[str], where: str) -> None:
    missing = [region for region in regions if region not in codes]
    strange = sorted({code or "(none)" for code in codes} - set(regions))
    if missing or strange:
        said = [
            *([f"it lacks {', '.join(missing)}"] if missing else []),
            *([f"the survey does not have {', '.join(strange)}"] if strange else []),
        ]
        raise UserError(
            f"the boundary file and the survey have different regions: {'; '.join(said)}",
            where=where,
            todo="give every region one feature with its code, and no other feature a code",
        )
