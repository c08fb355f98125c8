"""The texts of the product, read from its source: what message catalogues are made of.

`python -m tests._words` brings every catalogue up to date (`make words`); `python -m tests._words missing` renders the
pages of a small example brand and lists what is shown untranslated, most frequent first.
"""

from __future__ import annotations

import ast
import itertools
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from tests import _house
from tests._shown_words import SHOWN, SILENT_WORDS
from touchstone.core import finder

ROOMS = ("show", "act", "rules", "measure", "decide", "web", "core")
"""A catalogue each; what the store, the home and the core say is in one."""
TOGETHER = {"store": "core", "home": "core", "connect": "measure"}
ASIDE = (
    "home/_example_work.py",
    "home/demo.py",
    "measure/_price_words.py",
    "rules/_survey_words.py",
    "core/localised.py",
    "core/translation.py",
    "measure/_asking.py",
    "measure/_trusting.py",
    "connect/_themes_heard.py",
    "store/_clustered.py",
    "store/_postgresql.py",
    "store/spark.py",
)
"""Files whose texts are not shown, are somebody's words, or are written in every language already."""
SILENT = {
    "compile", "fullmatch", "match", "sub", "search", "split", "findall", "finditer", "getLogger", "startswith",
    "endswith", "partition", "rpartition", "removeprefix", "removesuffix", "strftime", "getattr", "get", "index",
    "lake", "record", "text", "Column", "Index", "log", "debug", "info", "warning", "error", "exception",
    "import_module", "part", "names", "verb", "setdefault", "add_argument", "execute", "cast", "TypeVar",
    "layer", "_quantity", "_name",
    "load", "chosen", "setting", "open", "encode", "decode", "as_viewer", "address", "Literal", "ForeignKey", "count",
}  # fmt: skip
"""Calls whose own texts nobody reads."""
KEYED = {
    "kind", "action", "tone", "layer", "name", "key", "href", "address", "back", "where", "order", "type", "mode",
    "purpose", "status", "field", "headers", "media_type", "source", "encoding", "dtype", "how", "unit",
    "page", "file", "id", "zone", "every", "form", "errors", "prefix", "suffix", "format", "mark", "method", "as_data",
}  # fmt: skip
"""Arguments by name that hold keys, not words."""
WORDY = {"Grid", "Worklist", "Estimate", "Field", "Form", "Note", "Choice", "Chart", "Streaks", "Ranking", "Words"}
WORDY |= {"Steps", "Switch", "Switches", "Deed", "Link", "Event", "Story", "Page", "LivePage", "Once", "Corrected"}
WORDY |= {"Filters", "Cards", "Belonging", "Ceremony", "Code", "replace", "some", "Kin", "Tie", "Heard"}
"""Calls that take words to be shown: single small ones count."""
SQL = re.compile(
    r"(^|\s|\()(select|insert into|delete from|left join|inner join|order by|group by|partition by|coalesce\(|is null"
    r"|is not null|union all|json_extract\w*|create table|row_number|strftime|limit \?|values \(|as varchar|as double"
    r"|case when|count\(\*\)|list_contains|array_to_string|on [a-z]\.\w+ = )|= \?|\bin \(|<> ''|'' as |= '"
    r"|cast\(|(?-i: AS )|(?-i:WHEN )|(?-i:WHERE )|(?-i:^AND )|(?-i:\b(AND|OR) \w+ [<>=])|(?-i:INTERVAL)|(?-i:ELSE )"
    r"|sum\("
    r"|anti join|full outer|vacuum full|begin immediate|(?-i:REPEATABLE READ)|^synchronous = |nullif\(|length\(|abs\("
    r"|^left\("
    r"| as \"|^\w+ [<>]=? ?(\?|\{\w+\}|\d)|^\(?'\w+', '|\* texts$|\.\{\w+\} as |^\{\w+\} as \{|^\d as "
    r"|\} or \(\{|\} and \(\{"
    r"|^and (\(|lower)|contains\(|\.\w+, \w\.|^, \w\.|, \"|^seq, "
    r"|^interaction i$|\"by \{|^\w\.\w+ \*|^attributes like|^\{sql\}"
    r"| escape '|^\"\w+ \{\w+\}\"$| join \w+ \w on ",
    re.MULTILINE | re.IGNORECASE,
)
MARKUP = re.compile(
    r"</|/>|<[a-z]+[ >]|\{\{|[{;]\s*[a-z-]+:|^\S*https?://\S*$|^[\w.]+/[\w.*+-]+$|^\.|::|==|^[a-z_]+="
    r"|^event: |filename|charset=|-src '|^[a-z-]+ '(none|self)'|^NOT \(|^Basic |^\w+ = \{"
)


@cache
def entries() -> dict[str, dict[str, tuple[str, ...]]]:
    """For each catalogue, its texts with the files they stand in."""
    found: dict[str, dict[str, set[str]]] = {}
    for room, text, where in itertools.chain(_of_sources(), _of_templates(), _of_taxonomies(), _of_names()):
        found.setdefault(room, {}).setdefault(text, set()).add(where)
    known: set[str] = set()
    for room in (*ROOMS, "templates", "taxonomies", "names"):  # each text once, in the first catalogue that has it
        texts = found.setdefault(room, {})
        found[room] = {text: where for text, where in texts.items() if text not in known}
        known |= set(found[room])
    return {room: {text: tuple(sorted(found[room][text])) for text in sorted(found[room])} for room in found}


def _of_sources() -> Iterator[tuple[str, str, str]]:
    for file in _house.files("touchstone"):
        where = str(file.path.relative_to(_house.PACKAGE))
        folder = where.partition("/")[0]
        room = TOGETHER.get(folder, folder)
        if room in ROOMS and where not in ASIDE and "migrations" not in where:
            for text in texts(file.tree, room=room, public=not Path(where).name.startswith("_")):
                yield room, text, f"touchstone/{where}"


def _of_templates() -> Iterator[tuple[str, str, str]]:
    from touchstone.show import _render

    environment = _render._environment("en")
    for path in sorted((_house.PACKAGE / "show" / "templates").glob("*.html")):
        for _, _, found in environment.extract_translations(path.read_text("utf-8")):
            text = found[0] if isinstance(found, tuple) else found
            yield "templates", str(text), f"touchstone/show/templates/{path.name}"


def _of_taxonomies() -> Iterator[tuple[str, str, str]]:
    """Names of stages and touchpoints: pages show them."""
    for path in sorted((_house.PACKAGE / "core" / "taxonomies").glob("*.yaml")):
        made = yaml.safe_load(path.read_text("utf-8"))
        for stage in made["stages"]:
            yield "taxonomies", stage["name"], f"touchstone/core/taxonomies/{path.name}"
            for touchpoint in stage["touchpoints"]:
                yield "taxonomies", touchpoint["name"], f"touchstone/core/taxonomies/{path.name}"


def _of_names() -> Iterator[tuple[str, str, str]]:
    """Names of parts and keys that pages show as words."""
    for room in ("measure", "decide"):
        for name in finder.names(room):
            yield "names", name.replace("_", " ").capitalize(), f"touchstone/{room}/{name}.py"
    for text in SHOWN:
        yield "names", text, "tests/_shown_words.py"


def texts(tree: ast.Module, *, room: str, public: bool = False) -> Iterator[str]:
    """The texts and patterns of a file that people may read."""
    first = (ast.get_docstring(tree) or "").partition("\n")[0]
    if public and room == "show":
        yield first.partition(":")[0]
    if public and room in ("measure", "decide"):
        yield from {first, first.partition(":")[0], first.partition(": ")[2].strip() or first}
    if public and room == "act":
        yield first
        yield from _labels(tree)
    for node in tree.body:
        yield from _within(node, wordy=False, listed=room in ("show", "rules"))


def _labels(tree: ast.Module) -> Iterator[str]:
    """What the forms of an action call its settings, and what came out of it: the keys that its docstring names."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "act":
            told = re.findall(r'"([a-z_]+)"', (ast.get_docstring(node) or "").partition("\n\n")[0])
            yield from (each.arg.replace("_", " ").capitalize() for each in node.args.kwonlyargs)
            yield from (name.replace("_", " ") for name in told if name not in SILENT_WORDS)


def _within(node: ast.AST, *, wordy: bool, listed: bool) -> Iterator[str]:
    """Texts in a node; `wordy`: single small words count; `listed`: in lists and dictionaries of values, too."""
    if isinstance(node, ast.Constant | ast.JoinedStr):
        yield from _of_literal(node, wordy=wordy, listed=listed)
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    silent = isinstance(node, ast.Call) and _called(node) in SILENT
    if silent or isinstance(node, ast.Compare | ast.Subscript | ast.arg):
        children = [each for each in ast.iter_child_nodes(node) if not isinstance(each, ast.Constant | ast.JoinedStr)]
    elif isinstance(node, ast.Call):
        wordy = _called(node) in WORDY
        kept = [each.value for each in node.keywords if each.arg not in KEYED]
        children = [node.func, *node.args, *kept]
    elif isinstance(node, ast.Dict):
        wordy, children = wordy or listed, list(node.values)
    elif isinstance(node, ast.Return | ast.IfExp):
        children = list(ast.iter_child_nodes(node))
        wordy = wordy or listed
        if isinstance(node, ast.IfExp):
            children = [node.body, node.orelse, node.test]
    else:
        children = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            wordy = False
    for child in children:
        yield from _within(child, wordy=wordy, listed=listed)


def _of_literal(node: ast.Constant | ast.JoinedStr, *, wordy: bool, listed: bool) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and is_prose(node.value, wordy=wordy):
            yield node.value.strip()
        return
    for pattern in patterns(node):
        if is_prose(pattern, wordy=False) and re.search(r"[^\W\d_]{2,}", re.sub(r"\{\w+\}", "", pattern)):
            yield pattern.strip()
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            yield from _within(part.value, wordy=listed, listed=listed)


def is_prose(text: str, *, wordy: bool) -> bool:
    """Whether a literal reads like words for people: not SQL, no key, no markup."""
    text = text.strip()
    plain = re.sub(r"\{\w+\}", " ", text)
    letters = sum(character.isalpha() or character == " " for character in plain)
    if (
        len(text) < 2
        or '":' in text
        or letters < 0.6 * len(plain)
        or SQL.search(text)
        or MARKUP.search(text)
        or "_" in plain
        or text in SILENT_WORDS
    ):
        return False
    if " " not in text:
        return re.fullmatch(r"[A-Z][a-z’-]+[.!?:]?" if not wordy else r"[A-Za-z][a-z’-]+[.!?:]?", text) is not None
    return re.search(r"[A-Za-z]{2,}", plain) is not None


def patterns(node: ast.JoinedStr) -> list[str]:
    """The patterns an f-string may take: one for each choice of texts within it, where these are few."""
    parts: list[list[str]] = []
    names: dict[str, int] = {}
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append([str(part.value).replace("{", "{{").replace("}", "}}")])
        elif isinstance(part, ast.FormattedValue):
            choices = _choices(part.value)
            parts.append(choices or ["{" + _numbered(names, placeholder(part.value)) + "}"])
    made = ["".join(each) for each in itertools.islice(itertools.product(*parts), 9)]
    return made if len(made) <= 8 else ["".join(each[0] if len(each) == 1 else "{choice}" for each in parts)]


def _choices(node: ast.expr) -> list[str]:
    """The texts of `a if … else b`, where both are texts; none where they are not."""
    if not isinstance(node, ast.IfExp):
        return []
    found: list[str] = []
    for branch in (node.body, node.orelse):
        if isinstance(branch, ast.Constant) and isinstance(branch.value, str):
            found.append(branch.value.replace("{", "{{").replace("}", "}}"))
        elif deeper := _choices(branch):
            found += deeper
        else:
            return []
    return found


SEEN_THROUGH = ("len", "count", "word", "str", "number", "said", "int", "float", "abs", "some", "_at")
"""Calls whose place is named by what they are given."""


def placeholder(node: ast.expr) -> str:
    """A readable name for what stands in a place, from its expression."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            found = name
        case ast.Call():
            inner = [each for each in node.args if not isinstance(each, ast.Constant | ast.Dict | ast.Starred)]
            through = bool(inner) and _called(node) in SEEN_THROUGH
            found = placeholder(inner[0]) if through else _called(node)
        case ast.Subscript(slice=ast.Constant(value=str(key))) if key.isidentifier():
            found = key
        case ast.BinOp(left=ast.Constant(), right=inside):
            found = placeholder(inside)
        case ast.Subscript(value=inside) | ast.BinOp(left=inside) | ast.BoolOp(values=[inside, *_]):
            found = placeholder(inside)
        case _:
            found = ""
    return found.strip("_") or "value"


def _numbered(names: dict[str, int], name: str) -> str:
    names[name] = names.get(name, 0) + 1
    return name if names[name] == 1 else f"{name}{names[name]}"


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def main(arguments: list[str]) -> None:
    """Brings the catalogues up to date and says what waits; with `missing`, what pages show untranslated."""
    from tests import _catalogues

    if arguments[:1] == ["missing"]:
        from tests import _untranslated

        _untranslated.report(arguments[1:])
        return
    for name, (texts_, waiting) in _catalogues.update().items():
        print(f"{name}: {texts_} texts, {waiting} wait for a translation")


if __name__ == "__main__":
    main(sys.argv[1:])
