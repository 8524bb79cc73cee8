"""What is wrong or worth knowing about a plan, as diagnostics NB2xx."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.planning.findings.facts import Facts
from nb2pipe.planning.findings.handed_over import broken_ties, nameless, not_saveable, outdated
from nb2pipe.planning.findings.replayed import circular_setup, patches, shared_lines
from nb2pipe.planning.findings.skipped import skipped_files, skipped_settings
from nb2pipe.planning.findings.undefined import declarations, undefined_names, unreadable_cells, without_metrics
from nb2pipe.planning.findings.versions import conflicts, cycles, draws_again, variables_between
from nb2pipe.rules import nb210_no_steps, nb212_skipped_draws

__all__ = ["Facts", "collect"]


def collect(facts: Facts) -> tuple[Diagnostic, ...]:
    """All findings, in the order of the notebook's cells."""
    if facts.untagged:
        return (nb210_no_steps.diagnostic(facts.notebook),)
    found = [
        *unreadable_cells(facts),
        *without_metrics(facts),
        *undefined_names(facts),
        *conflicts(facts),
        *cycles(facts),
        *declarations(facts),
        *shared_lines(facts),
        *patches(facts),
        *circular_setup(facts),
        *not_saveable(facts),
        *nameless(facts),
        *outdated(facts),
        *broken_ties(facts),
        *draws_again(facts),
        *variables_between(facts),
        *skipped_settings(facts),
        *skipped_files(facts),
        *(nb212_skipped_draws.diagnostic(facts.notebook, cell, step) for cell, step in facts.random.broken),
    ]
    return tuple(sorted(dict.fromkeys(found), key=_where))


def _where(diagnostic: Diagnostic) -> tuple[int, int, int, str]:
    cell = -1 if diagnostic.cell is None else diagnostic.cell
    return cell, diagnostic.line or 0, diagnostic.column or 0, diagnostic.code
