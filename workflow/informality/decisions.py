"""Reading the YAML files in which statisticians, lawyers and authors decide.

Strict on purpose: unknown keys, duplicate keys, tabs and wrong types are errors that name file, key path and the nearest valid
word. YAML 1.1 turns `no` into False and `0111` into 73; codes and levels that look so must be quoted, and the messages say so.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from informality.errors import UserError, nearest

# Why a key such as `2)` has no value.
SPLIT = "a comma inside { } splits the text: put the whole text in quotes"
# The folder of all decisions, seen from the folder of a run.
FOLDER = Path("workflow")
# Problems of one file shown at once; the rest is counted.
SHOWN = 5


class Decision(BaseModel):
    """Base of every model of a YAML file: strict types, no unknown keys, frozen."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


M = TypeVar("M", bound=Decision)


class _StrictLoader(yaml.SafeLoader):
    """SafeLoader that refuses a key given twice, a key that is no plain value, and a file that grows without bound."""


class _FastLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same by libyaml, where it is there: faster, but its messages say less. So it reads, and `_StrictLoader` explains."""


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


for _loader in (_StrictLoader, _FastLoader):
    _loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_duplicates)


def _scalar(read: Callable[[yaml.SafeLoader, yaml.ScalarNode], Any], kind: str) -> Callable[..., Any]:
    def construct(loader: _StrictLoader, node: yaml.ScalarNode) -> Any:
        try:
            return read(loader, node)
        except ValueError:
            raise UserError(
                f"'{node.value}' is no {kind}",
                where=f"{loader.name}, line {node.start_mark.line + 1}",
                todo="write a day of the calendar as 2022-05-31; put quotes around what is a text",
            ) from None

    return construct


for _tag, _read, _kind_of in (
    ("timestamp", yaml.SafeLoader.construct_yaml_timestamp, "day of the calendar"),
    ("int", yaml.SafeLoader.construct_yaml_int, "number"),
    ("float", yaml.SafeLoader.construct_yaml_float, "number"),
):
    for _loader in (_StrictLoader, _FastLoader):
        _loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _scalar(_read, _kind_of))

# The library's words for what people get wrong, and plainer ones.
PLAINER = {
    "mapping values are not allowed": "a second colon stands in the line; put quotes around the text",
    "found character '%'": "a text cannot begin with %; put quotes around the text",
    "found character '@'": "a text cannot begin with @; put quotes around the text",
    "found character '`'": "a text cannot begin with `; put quotes around the text",
    "found undefined alias": "a text cannot begin with *; put quotes around the text",
    "could not determine a constructor": "a text cannot begin with !; put quotes around the text",
}


def shown(path: Path) -> str:
    """A file of decisions for a message: from the folder of all decisions on, or its name; never a path of this machine."""
    parts = path.absolute().parts
    if FOLDER.name not in parts[:-1]:
        return path.name
    start = len(parts) - 1 - parts[::-1].index(FOLDER.name)
    return "/".join(parts[start:])


def _refuse(problem: str, where: str) -> NoReturn:
    problem = next((plain for words, plain in PLAINER.items() if problem.startswith(words)), problem)
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
    return _read_with_nodes(path)[0]


def _read_with_nodes(path: Path) -> tuple[Any, yaml.Node | None]:
    """The content, and the nodes of which it was made, which know their lines."""
    where = shown(path)
    if not path.is_file():
        raise UserError(
            f"there is no file {path.name}",
            where=shown(path.parent),
            todo=nearest(path.name, (p.name for p in path.parent.glob("*.yaml"))),
        )
    try:
        text = path.read_text(encoding="utf-8")
        try:
            return _composed(_FastLoader(text), where)
        except (yaml.YAMLError, RecursionError):
            return _composed(_StrictLoader(text), where)
    except yaml.reader.ReaderError:
        _refuse("it holds control characters", where)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        _refuse(getattr(error, "problem", None) or "it cannot be parsed", f"{where}{line}")
    except RecursionError:
        _refuse("lists and mappings stand too deep in each other", where)
    except UnicodeDecodeError:
        raise UserError("not UTF-8 text", where=where, todo="save the file as UTF-8") from None


def _composed(loader: Any, where: str) -> tuple[Any, yaml.Node | None]:
    loader.name = where
    try:
        node = loader.get_single_node()
        if node is None:
            return None, None
        _written_out(node, {}, where)
        return loader.construct_document(node), node
    finally:
        loader.dispose()


def load(model: type[M], path: Path) -> M:
    """Read and check one YAML file against its model."""
    content, nodes = _read_with_nodes(path)
    return validated(model, content, shown(path), nodes)


def validated(model: type[M], content: Any, where: str, nodes: yaml.Node | None = None) -> M:
    """Check content that was read already; the first problems become one UserError naming file, key path and nearest word.

    ``nodes``: what the content was read from, for the lines of the problems.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        found = error.errors(include_url=False)
        problems = [_explain(model, problem) for problem in found[:SHOWN]]
        lines = [line for text in problems if (line := _line(nodes, text.partition(": ")[0].split(".")))]
        at = (
            f", {'line' if len(set(lines)) == 1 else 'lines'} {', '.join(map(str, dict.fromkeys(lines)))}"
            if lines
            else ""
        )
        more = [f"… and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
        raise UserError(
            "\n".join([*problems, *more]), where=where + at, todo="correct the key or value named above"
        ) from None


def _line(node: yaml.Node | None, path: Sequence[str]) -> int | None:
    """The line of the last key of a key path that stands in the file; None where not even its first does."""
    line = None
    for step in path:
        if isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == step), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and step.isdecimal() and int(step) < len(node.value):
            node = node.value[int(step)]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _explain(model: type[BaseModel], problem: Mapping[str, Any]) -> str:
    path, around = _walk(model, problem["loc"])
    at = ".".join(path) or "(top)"
    kind, got = problem["type"], problem.get("input")
    if kind == "extra_forbidden" and got is None:
        return f"{at}: unknown key without a value; {nearest(path[-1], _keys(around))}, or {SPLIT}"
    if kind == "extra_forbidden":
        return f"{at}: unknown key; {nearest(path[-1], _keys(around))}"
    if kind == "missing":
        return f"{at}: this key is required"
    if problem["loc"][-1:] == ("[key]",) or kind == "invalid_key":
        return f"{at}: YAML reads this key as a number, a date or true or false: put quotes around it"
    if got is None and kind.endswith("_type"):
        return f"{at}: nothing stands here" if path else "the file is empty"
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        found = problem["ctx"]
        key = ".".join([*path, str(found["discriminator"]).strip("'")])
        words = [word.strip("' ") for word in str(found.get("expected_tags", "")).split(",")]
        return (
            f"{key}: '{found['tag']}'; {nearest(found['tag'], words)}"
            if "tag" in found
            else f"{key}: this key is required"
        )
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
    elif kind.startswith("date_") and not isinstance(got, bool):
        return f"{at}: a day is written as 2022-05-31, without quotes"
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
        branch = next((option for option in _options(here) if step == _name(option) or step in _tags(option)), None)
        if branch is not None and not isinstance(step, int):
            here = branch
        elif step != "[key]":
            path.append(str(step))
            around, here = here, _inside(here, step)
    return path, around


def _name(option: Any) -> str:
    """What pydantic calls a branch of a union in a path."""
    if get_origin(option) is Literal:
        return f"literal[{','.join(map(repr, get_args(option)))}]"
    if get_origin(option) is list:
        return f"list[{_name(get_args(option)[0])}]"
    return option.__name__ if isinstance(option, type) and get_origin(option) is None else str(option)


def _tags(option: Any) -> set[str]:
    """Words by which pydantic calls one of several models that are told apart by a key (``kind: enforcement``)."""
    fields = getattr(option, "model_fields", {}).values()
    return {word for f in fields if get_origin(f.annotation) is Literal for word in get_args(f.annotation)}


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
