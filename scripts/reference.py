"""Write docs/reference from the code: rules, command line, tags, manifest. ``--check`` fails where a page is stale.

Two pages are wholly generated. In the others, people write the text between the blocks::

    <!-- generated: NAME -->
    ...
    <!-- end -->
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from inspect import cleandoc
from pathlib import Path
from textwrap import fill

import click
import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import reference_words as words  # noqa: E402  beside this file

from nb2pipe import baseline, errors, manifest, rules  # noqa: E402  after the path
from nb2pipe.cli import app  # noqa: E402
from nb2pipe.reports import schema  # noqa: E402
from nb2pipe.tags import grammar  # noqa: E402

NOTE = "<!-- Written by scripts/reference.py from the code: edit that, then run it again. -->"
COMMON = ("quiet", "verbose", "color", "help")
_BLOCK = re.compile(r"(<!-- generated: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
_FENCE = re.compile(r"```(\w+) (bad|good)\n")


def main() -> int:
    """Write the pages, or say which are stale."""
    parser = argparse.ArgumentParser(description="Write docs/reference from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a page is stale")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs", help="the folder of the documentation")
    wanted = parser.parse_args()
    folder: Path = wanted.docs / "reference"
    stale = [name for name, text in pages(folder).items() if not _is(folder / name, text)]
    if not wanted.check:
        for name in stale:
            (folder / name).write_text(pages(folder)[name], encoding="utf-8")
    for name in stale:
        sys.stdout.write(
            f"{folder / name}: {'stale, run python scripts/reference.py' if wanted.check else 'written'}\n"
        )
    return int(wanted.check and bool(stale))


def pages(folder: Path) -> dict[str, str]:
    """File names and what should stand in them."""
    return {
        "diagnostics.md": diagnostics(),
        "commands.md": commands(),
        "tags.md": _filled(folder / "tags.md", {"words": tags()}),
        "manifest.md": _filled(folder / "manifest.md", structs(folder)),
        "documents.schema.json": json.dumps(documents(), indent=1, ensure_ascii=False) + "\n",
        "pipeline.schema.json": json.dumps(manifest.json_schema(), indent=2, ensure_ascii=False) + "\n",
    }


def documents() -> dict[str, object]:
    """One schema of all that ``--output-format json`` prints, each document under ``$defs`` by its command."""
    known = {name: {k: v for k, v in one.items() if k != "$schema"} for name, one in schema.DOCUMENTS.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What nb2pipe prints with --output-format json",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in known],
        "$defs": known,
    }


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _filled(path: Path, blocks: Mapping[str, str]) -> str:
    """The page with its blocks filled in anew; each block once."""
    text = path.read_text(encoding="utf-8")
    found = [match[2] for match in _BLOCK.finditer(text)]
    if sorted(found) != sorted(blocks):
        raise SystemExit(f"{path} has the blocks {sorted(found)}, not {sorted(blocks)}")
    return _BLOCK.sub(lambda match: f"{match[1]}{blocks[match[2]].strip()}\n{match[3]}", text)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; bars in cells are escaped."""
    lines = [list(head)]
    lines += [["---"] * len(lines[0]), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


# ---------------------------------------------------------------- diagnostics


def diagnostics() -> str:
    """Every rule, by family."""
    known = [rules.explain(code) for code in rules.RULES]
    lines = [NOTE, "# Diagnostics", "", *_wrapped(words.DIAGNOSTICS), ""]
    lines += [
        table(("code", "kind", "meaning"), ((f"[{r.code}](#{r.code.lower()})", r.severity, r.title) for r in known))
    ]
    families = {rule.code[:3] for rule in known}
    if families != set(words.FAMILIES):
        raise SystemExit(f"name the families {sorted(families ^ set(words.FAMILIES))} in reference_words.FAMILIES")
    for family, title in words.FAMILIES.items():
        lines += ["", f"## {family}xx: {title}"]
        for rule in known:
            if rule.code.startswith(family):
                lines += [
                    "",
                    f"### {rule.code}",
                    "",
                    f"**{rule.title}** ({rule.severity})",
                    "",
                    _examples(rule.explain),
                ]
    return "\n".join(lines) + "\n"


def _examples(markdown: str) -> str:
    """The examples said to be bad or good in words, where the text before them does not do it."""
    lines: list[str] = []
    for line in markdown.strip().splitlines():
        fence = _FENCE.fullmatch(line + "\n")
        if fence is not None:
            before = next((each for each in reversed(lines) if each), "")
            if not before.lower().startswith(fence[2]):
                lines += [f"{fence[2].capitalize()}:", ""]
        lines.append(line if fence is None else f"```{fence[1]}")
    return "\n".join(lines)


# ---------------------------------------------------------------- command line


def commands() -> str:
    """Every verb: help, options, exit codes, examples."""
    root = click.Context(app.command, info_name="nb2pipe")
    if set(app.VERBS) != set(words.EXAMPLES) or set(app.VERBS) != set(words.EXITS):
        raise SystemExit("give each verb its EXAMPLES and EXITS in reference_words")
    lines = [NOTE, "# Commands", "", *_wrapped(words.COMMANDS), ""]
    lines += [
        table(("command", ""), ((f"[`nb2pipe {verb}`](#nb2pipe-{verb})", text) for verb, text in app.VERBS.items()))
    ]
    lines += ["", "## For every command", "", _options(app.command.params)]
    lines += ["", "## Exit codes", "", _exits()]
    for verb in app.VERBS:
        command = app.command.get_command(root, verb)
        assert command is not None
        lines += ["", *_verb(command, click.Context(command, info_name=verb, parent=root))]
    return "\n".join(lines) + "\n"


def _verb(command: click.Command, context: click.Context) -> Iterator[str]:
    verb = str(command.name)
    yield from (f"## nb2pipe {verb}", "", *_help(command.help or ""), "")
    yield from ("```text", context.get_usage().replace("Usage: ", ""), "```")
    own = [param for param in command.params if isinstance(param, click.Option) and param.name not in COMMON]
    if own:
        yield from ("", _options(own))
    yield from ("", *_wrapped(f"Exit codes: {words.EXITS[verb]}."))
    yield from ("", "```console", *words.EXAMPLES[verb].strip().splitlines(), "```")


def _help(text: str) -> list[str]:
    """The paragraphs; one after ``\\b`` keeps its lines."""
    lines: list[str] = []
    for paragraph in cleandoc(text).split("\n\n"):
        kept = paragraph.startswith("\b\n")
        lines += ["```text", *paragraph[2:].splitlines(), "```", ""] if kept else [*_wrapped(paragraph), ""]
    return lines[:-1]


def _wrapped(paragraph: str) -> list[str]:
    return fill(" ".join(paragraph.split()), width=120, break_on_hyphens=False).splitlines()


def _options(params: Iterable[click.Parameter]) -> str:
    rows = ((_names(param), _about(param)) for param in params if isinstance(param, click.Option))
    rows_and_help = [*rows]
    if any("--version" in names for names, _ in rows_and_help):
        rows_and_help.append(("`-h`, `--help`", "Show the help of a command."))
    return table(("option", ""), rows_and_help)


def _names(option: click.Option) -> str:
    value = "" if option.is_flag else f" {_metavar(option)}"
    return ", ".join(f"`{name}{value}`" for name in sorted(option.opts, key=len))


def _metavar(option: click.Option) -> str:
    if option.metavar:
        return option.metavar
    if isinstance(option.type, click.Choice):
        return "|".join(map(str, option.type.choices))
    return "PATH" if isinstance(option.type, click.Path) else option.type.name.upper()


def _about(option: click.Option) -> str:
    text = option.help or words.OPTIONS[max(option.opts, key=len)]
    default = f" Default: `{option.default}`." if option.show_default else ""
    several = " May be given more than once." if option.multiple else ""
    return f"{text}{default}{several}".replace("<", "&lt;")


def _exits() -> str:
    """What each code means; all that the code base knows, and no other."""
    classes = [
        value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, errors.Nb2pipeError)
    ]
    known = {0, 1, app.USAGE, app.BUG, app.INTERRUPTED, app.PIPE_CLOSED, *(each.exit_code for each in classes)}
    if known != set(words.CODES):
        raise SystemExit(f"say what the exit codes {sorted(known ^ set(words.CODES))} mean in reference_words.CODES")
    return table(("code", "meaning"), ((str(code), text) for code, text in words.CODES.items()))


# ---------------------------------------------------------------- tags


def tags() -> str:
    """The words in both spellings, what they do, their aliases."""
    table_of = {**grammar.BARE, **grammar.KEYED}
    if set(table_of.values()) != set(words.TAGS):
        raise SystemExit("say in reference_words.TAGS what each word of the grammar does")
    rows = []
    for word, (spellings, meaning) in words.TAGS.items():
        comments = (f"#| {each.replace(':', ': ')}" for each in spellings)
        aliases = (
            f"{alias}:" if word in grammar.KEYED else alias for alias, of in table_of.items() if of == word != alias
        )
        rows.append((_codes(spellings), _codes(comments), meaning, _codes(aliases)))
    return table(("tag", "comment", "meaning", "also read"), rows)


def _codes(texts: Iterable[str]) -> str:
    return "<br>".join(f"`{text}`" for text in texts)


# ---------------------------------------------------------------- files


def structs(folder: Path) -> dict[str, str]:
    """The blocks of the manifest's page: one table for each class, and the examples."""
    blocks = {
        f"{module.__name__.rpartition('.')[2]}.{name}": _fields(module.__name__.rpartition(".")[2], struct)
        for module in (manifest, baseline)
        for name, struct in vars(module).items()
        if isinstance(struct, type) and issubclass(struct, msgspec.Struct)
    }
    for name, language in (("pipeline.yaml", "yaml"), ("baseline.json", "json")):
        blocks[name] = f"```{language}\n{(folder / 'example' / name).read_text(encoding='utf-8')}```"
    return blocks


def _fields(module: str, struct: type[msgspec.Struct]) -> str:
    """The class's own words, then its fields: type, default, meaning."""
    paragraphs = re.sub(r"``(.*?)``", r"`\1`", cleandoc(struct.__doc__ or "")).split("\n\n")
    about = "\n\n".join("\n".join(_wrapped(each)) for each in paragraphs)
    meanings = words.FIELDS[f"{module}.{struct.__name__}"]
    fields = msgspec.structs.fields(struct)
    if [field.name for field in fields] != list(meanings):
        raise SystemExit(f"reference_words.FIELDS of {module}.{struct.__name__} is not {[f.name for f in fields]}")
    rows = (
        (f"`{field.name}`", f"`{struct.__annotations__[field.name]}`", _default(field), meanings[field.name])
        for field in fields
    )
    return f"{about}\n\n{table(('field', 'type', 'default', 'meaning'), rows)}"


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "(required)"
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    return f"`{json.dumps(value)}`"


if __name__ == "__main__":
    sys.exit(main())
