"""Reading the YAML files in which statisticians, lawyers and authors decide.

Strict on purpose: unknown keys, duplicate keys, tabs and wrong types are errors that name file, key path and the nearest valid
word. YAML 1.1 turns `no` into False and `0111` into 73; codes and levels that look so must be quoted, and the strict models say so.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from informality.errors import UserError, nearest


# The folder of all decisions, seen from the folder of a run.
FOLDER = Path("workflow")


class Decision(BaseModel):
    """Base of every model of a YAML file: strict types, no unknown keys, frozen."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


M = TypeVar("M", bound=Decision)


class _StrictLoader(yaml.SafeLoader):
    """SafeLoader that refuses a key given twice."""


def _mapping_without_duplicates(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    seen: dict[Hashable, int] = {}
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        line = key_node.start_mark.line + 1
        if key in seen:
            raise UserError(
                f"the key '{key}' stands twice",
                where=f"{node.start_mark.name}, lines {seen[key]} and {line}",
                todo="keep one of the two",
            )
        seen[key] = line
    loader.flatten_mapping(node)
    return dict(loader.construct_pairs(node, deep=True))


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_duplicates)


def read_yaml(path: Path) -> Any:
    """The content of one YAML file; UserError for a missing file, bad syntax or a duplicate key."""
    if not path.is_file():
        raise UserError(
            f"there is no file {path.name}",
            where=str(path.parent.name),
            todo=nearest(path.name, (p.name for p in path.parent.glob("*.yaml"))),
        )
    try:
        loader = _StrictLoader(path.read_text(encoding="utf-8"))
        loader.name = path.name
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise UserError(
            f"not valid YAML: {getattr(error, 'problem', None) or 'cannot be parsed'}",
            where=f"{path.name}{line}",
            todo="check indentation, colons and quotes; YAML does not allow tabs",
        ) from None
    except UnicodeDecodeError:
        raise UserError("not UTF-8 text", where=path.name, todo="save the file as UTF-8") from None


def load(model: type[M], path: Path) -> M:
    """Read and check one YAML file against its model."""
    return validated(model, read_yaml(path), path.name)


def validated(model: type[M], content: Any, where: str) -> M:
    """Check content that was read already; the first problems become one UserError naming file, key path and nearest word."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        problems = [_explain(model, problem) for problem in error.errors(include_url=False)[:5]]
        raise UserError("\n".join(problems), where=where, todo="correct the key or value named above") from None


def _explain(model: type[BaseModel], problem: Mapping[str, Any]) -> str:
    path = [str(p) for p in problem["loc"]]
    at = ".".join(path) or "(top)"
    if problem["type"] == "extra_forbidden":
        return f"{at}: unknown key; {nearest(path[-1], _fields_at(model, path[:-1]))}"
    if problem["type"] == "missing":
        return f"{at}: this key is required"
    got = problem.get("input")
    hint = ""
    if isinstance(got, bool):
        hint = " (YAML reads a bare yes, no, on or off as true or false: put quotes around it)"
    elif problem["type"] == "literal_error":
        expected = [
            w.strip("' ") for w in str(problem.get("ctx", {}).get("expected", "")).replace(" or ", ",").split(",")
        ]
        hint = f"; {nearest(str(got), expected)}"
    message = problem["msg"].removeprefix("Value error, ")
    return f"{at}: {message}{hint}"


def _fields_at(model: type[BaseModel], path: list[str]) -> list[str]:
    """Field names of the model that stands at a key path, as far as annotations tell."""
    current: type[BaseModel] | None = model
    for step in path:
        if current is None:
            return []
        field = current.model_fields.get(step)
        current = _model_in(field.annotation) if field is not None else current
    return [name if f.alias is None else f.alias for name, f in current.model_fields.items()] if current else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _model_in(argument)
        if found is not None:
            return found
    return None
