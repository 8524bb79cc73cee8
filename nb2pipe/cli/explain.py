"""``nb2pipe explain``: what a diagnostic means, with a bad and a good example."""

from __future__ import annotations

import click

from nb2pipe import rules
from nb2pipe.cli import completing
from nb2pipe.cli.console import Console
from nb2pipe.cli.options import CONTEXT, output
from nb2pipe.reports.look import Look, wrap
from nb2pipe.reports.tables import Column, Styled, table

FENCE = "```"


@click.command("explain", context_settings=CONTEXT)
@click.argument("code", required=False, shell_complete=completing.codes)
@output
@click.pass_obj
def command(console: Console, code: str | None) -> int:
    """Explain the diagnostic CODE, such as NB201; without a code, list all."""
    look = console.out()
    if code is None:
        known = [rules.explain(each) for each in rules.RULES]
        rows = [(Styled(rule.code, "bold"), rule.severity.value, rule.title) for rule in known]
        console.answer(table((Column("code"), Column("kind"), Column("meaning", wraps=True)), rows, look))
        return 0
    if code.upper() not in rules.RULES:
        raise click.UsageError(f"no diagnostic '{code}'{_did_you_mean(code)}")
    rule = rules.explain(code)
    console.answer([look.paint(f"{rule.code}: {rule.title}", "bold"), "", *rendered(rule.explain, look)])
    return 0


def rendered(markdown: str, look: Look) -> list[str]:
    """The text for a terminal: paragraphs wrapped, code indented and marked as bad or good."""
    lines: list[str] = []
    paragraph: list[str] = []
    code = False
    for line in [*markdown.strip().splitlines(), ""]:
        if line.startswith(FENCE):
            lines += _wrapped(paragraph, look)
            code = not code
            words = line.removeprefix(FENCE).split()
            if code and words and words[-1] in ("bad", "good"):
                lines.append(look.paint(f"  {words[-1]}:", "red" if words[-1] == "bad" else "green"))
        elif code:
            lines.append(f"    {look.plain(line)}".rstrip())
        elif not line.strip():
            lines += [*_wrapped(paragraph, look), ""]
        elif line.startswith(("    ", "- ", "* ", "|")):
            lines += [*_wrapped(paragraph, look), look.plain(line)]
        else:
            paragraph.append(line.strip())
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _wrapped(paragraph: list[str], look: Look) -> list[str]:
    """The paragraph's lines, and an empty paragraph for the next."""
    text = look.plain(" ".join(paragraph))
    paragraph.clear()
    return wrap(text, look.width) if text else []


def _did_you_mean(code: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(code.upper(), list(rules.RULES), n=1)
    return f". Did you mean '{near[0]}'?" if near else ""
