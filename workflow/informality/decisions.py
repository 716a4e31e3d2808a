"""Reading the YAML files in which statisticians, lawyers and authors decide.

Strict on purpose: unknown keys, duplicate keys, tabs and wrong types are errors that name file, key path and the nearest valid
word. YAML 1.1 turns `no` into False and `0111` into 73; codes and levels that look so must be quoted, and the messages say so.
"""

from __future__ import annotations

import types
from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn, TypeVar, Union, get_args, get_origin

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
    """SafeLoader that refuses a key given twice, a key that is no plain value, and a file that grows without bound."""


# Values of a file with every alias (``*name``) written out; a file of a few lines can hold more than any memory.
MOST_VALUES = 100_000
MERGE = "tag:yaml.org,2002:merge"


def _mapping_without_duplicates(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    seen: dict[Hashable, int] = {}
    for key_node, _ in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            _refuse("a key must be a word, not a list or mapping", f"{loader.name}, line {line}")
        if key_node.tag == MERGE:
            continue
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise UserError(
                f"the key '{key}' stands twice",
                where=f"{loader.name}, lines {seen[key]} and {line}",
                todo="keep one of the two",
            )
        seen[key] = line
    loader.flatten_mapping(node)
    return dict(loader.construct_pairs(node, deep=True))


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_duplicates)


def _refuse(problem: str, where: str) -> NoReturn:
    raise UserError(
        f"not valid YAML: {problem}",
        where=where,
        todo="check indentation, colons and quotes; YAML does not allow tabs",
    ) from None


def _written_out(node: yaml.Node, known: dict[int, int], name: str) -> int:
    """How many values a node holds with every alias written out."""
    if isinstance(node, yaml.ScalarNode):
        return 1
    if id(node) not in known:
        known[id(node)] = MOST_VALUES  # what is found again inside itself has no end
        parts = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
        known[id(node)] = 1 + sum(_written_out(part, known, name) for part in parts)
    if known[id(node)] > MOST_VALUES:
        _refuse(
            f"with every alias written out it holds more than {MOST_VALUES:,} values",
            f"{name}, line {node.start_mark.line + 1}",
        )
    return known[id(node)]


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
            node = loader.get_single_node()
            if node is None:
                return None
            _written_out(node, {}, path.name)
            return loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.reader.ReaderError:
        _refuse("it holds control characters", path.name)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        _refuse(getattr(error, "problem", None) or "it cannot be parsed", f"{path.name}{line}")
    except RecursionError:
        _refuse("lists and mappings stand too deep in each other", path.name)
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
    path, around = _walk(model, problem["loc"])
    at = ".".join(path) or "(top)"
    kind, got = problem["type"], problem.get("input")
    if kind == "extra_forbidden":
        return f"{at}: unknown key; {nearest(path[-1], _keys(around))}"
    if kind == "missing":
        return f"{at}: this key is required"
    if problem["loc"][-1:] == ("[key]",) or kind == "invalid_key":
        return f"{at}: YAML reads this key as a number, a date or true or false: put quotes around it"
    if got is None and kind.endswith("_type"):
        return f"{at}: nothing stands here" if path else "the file is empty"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return f"{at}: keys with values are expected here, not {_kind(got)}"
    hint = ""
    if isinstance(got, bool):
        hint = " (YAML reads a bare yes, no, on or off as true or false: put quotes around it)"
    elif kind == "string_type" and isinstance(got, int | float | date):
        hint = f" (YAML reads this as {_kind(got)}: put quotes around it)"
    elif kind == "literal_error" and isinstance(got, str):
        expected = str(problem.get("ctx", {}).get("expected", "")).replace(" or ", ",").split(",")
        hint = f"; {nearest(got, [word.strip(chr(39) + ' ') for word in expected])}"
    words = problem["msg"].removeprefix("Value error, ")
    # Checks across keys name the key themselves.
    return f"{at}: {words}{hint}" if path or kind != "value_error" else words


def _kind(value: object) -> str:
    for kind, words in ((bool, "true or false"), (int | float, "a number"), (date, "a date"), (list, "a list")):
        if isinstance(value, kind):
            return words
    return "a text" if isinstance(value, str) else "keys with values"


def _walk(model: type[BaseModel], steps: Sequence[str | int]) -> tuple[list[str], Any]:
    """A key path as it stands in the file, and the type of what holds its last key.

    pydantic puts names of its own into a path: the branch of a union, and ``[key]`` for a key itself.
    """
    path: list[str] = []
    here: Any = model
    around: Any = model
    for step in steps:
        branch = next((option for option in _options(here) if _name(option) == step), None)
        if branch is not None and not isinstance(step, int):
            here = branch
        elif step != "[key]":
            path.append(str(step))
            around, here = here, _inside(here, step)
    return path, around


def _name(option: Any) -> str:
    return option.__name__ if isinstance(option, type) and get_origin(option) is None else str(option)


def _options(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else ()


def _inside(annotation: Any, step: str | int) -> Any:
    """The type of what stands under a key, or at a place of a list; None where that cannot be told."""
    for option in _options(annotation) or (annotation,):
        if get_origin(option) is dict:
            return get_args(option)[1]
        if get_origin(option) is list:
            return get_args(option)[0]
        for name, field in getattr(option, "model_fields", {}).items():
            if step in (name, field.alias):
                return field.annotation
    return None


def _keys(annotation: Any) -> list[str]:
    """The keys that a mapping of this type may hold."""
    options = _options(annotation) or (annotation,)
    return [f.alias or name for o in options for name, f in getattr(o, "model_fields", {}).items()]
