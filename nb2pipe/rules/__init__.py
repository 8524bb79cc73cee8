"""Diagnostics: one file per rule.

The convention: ``nb101_unknown_tag.py`` holds ``CODE``, ``TITLE``, ``SEVERITY``, ``EXPLAIN`` (Markdown: what, why, a
bad and a good example, what to do) and one function, ``diagnostic(...)``, that builds the finding from plain facts,
so that no caller formats a message. Examples in ``EXPLAIN`` are fenced code whose info string ends in ``bad`` or
``good``; those in ``python`` are notebooks in the percent format. Rules import only ``model``, ``diagnostics``,
``errors`` and what they share: ``placing``, ``figures``, ``doctor``. To add a rule, write the file and a line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from nb2pipe.diagnostics import Severity

RULES: Mapping[str, str] = {
    # NB0xx: the file
    "NB001": "nb001_not_json",
    "NB002": "nb002_kernel_not_installed",
    "NB003": "nb003_not_a_notebook",
    "NB004": "nb004_other_language",
    "NB005": "nb005_no_code_cells",
    "NB006": "nb006_unreadable_file",
    "NB007": "nb007_repaired_while_reading",
    "NB010": "nb010_manifest",
    "NB011": "nb011_baseline",
    # NB1xx: tags
    "NB101": "nb101_unknown_tag",
    "NB102": "nb102_invalid_name",
    "NB103": "nb103_near_equal_steps",
    "NB104": "nb104_unreadable_tags",
    "NB105": "nb105_filter_drops_tags",
    "NB106": "nb106_tag_and_comment_differ",
    "NB107": "nb107_spelling",
    "NB108": "nb108_conflicting_roles",
    "NB109": "nb109_unreadable_value",
    "NB110": "nb110_steps_differ_in_case",
    "NB111": "nb111_tag_without_effect",
    "NB112": "nb112_several_parameters_cells",
    "NB113": "nb113_after_unknown_step",
    "NB114": "nb114_written_by_papermill",
    # NB2xx: data flow
    "NB201": "nb201_undefined_name",
    "NB202": "nb202_syntax_error",
    "NB203": "nb203_cycle",
    "NB204": "nb204_cannot_hand_over",
    "NB205": "nb205_needs_skipped_cell",
    "NB206": "nb206_two_versions",
    "NB207": "nb207_unseen_names",
    "NB208": "nb208_star_import",
    "NB209": "nb209_opaque_cell",
    "NB210": "nb210_no_steps",
    "NB211": "nb211_contradicts_declaration",
    "NB212": "nb212_skipped_draws",
    "NB213": "nb213_shares_line",
    "NB214": "nb214_patched_module",
    "NB215": "nb215_circular_setup",
    # NB3xx: parameters
    "NB301": "nb301_wrong_parameter_type",
    "NB302": "nb302_unknown_parameter",
    "NB303": "nb303_unreadable_parameters",
    "NB304": "nb304_invalid_parameter_name",
    "NB305": "nb305_parameter_assigned_again",
    "NB306": "nb306_unknown_step",
    "NB307": "nb307_parameter_file",
    "NB308": "nb308_unknown_metric",
    "NB309": "nb309_sweep",
    # NB4xx: reproducibility
    "NB401": "nb401_out_of_tolerance",
    "NB402": "nb402_out_of_order",
    "NB403": "nb403_metric_missing",
    "NB404": "nb404_nothing_checked",
    "NB409": "nb409_not_reproducing_itself",
    "NB410": "nb410_unseeded_estimator",
    "NB411": "nb411_unseeded_draws",
    "NB412": "nb412_wall_clock",
    "NB413": "nb413_network",
    "NB414": "nb414_absolute_path",
    "NB415": "nb415_unsorted_listing",
    "NB416": "nb416_unpinned_install",
    "NB417": "nb417_set_order",
    "NB418": "nb418_environment_variable",
    "NB419": "nb419_uncontrolled",
    "NB420": "nb420_contract_broken",
    "NB421": "nb421_cannot_repeat",
    "NB422": "nb422_uncontrolled_metric",
    "NB423": "nb423_atypical_original",
    # NB5xx: running
    "NB501": "nb501_kernel_died",
    "NB502": "nb502_cell_failed",
    "NB503": "nb503_timeout",
    "NB504": "nb504_interrupted",
    "NB505": "nb505_kernel_did_not_start",
    "NB506": "nb506_storage",
    "NB507": "nb507_unserialisable",
    "NB508": "nb508_shared_file",
    "NB509": "nb509_unlike_observed",
    "NB590": "nb590_probe_failed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What there is to say about a code, apart from a particular finding."""

    code: str
    title: str
    severity: Severity
    explain: str


def explain(code: str) -> Rule:
    """The rule of that code, in any case; raises KeyError."""
    module = import_module(f"nb2pipe.rules.{RULES[code.upper()]}")
    return Rule(code=module.CODE, title=module.TITLE, severity=module.SEVERITY, explain=module.EXPLAIN)
