"""The verdict of a verification, in words."""
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import replace

from outcomes_by_hand import REPORT, VERIFICATION

from nb2pipe.reports import proof
from nb2pipe.reports.look import Look


def told(done):
    return "\n".join(proof.of_verification(done, Look()))


def test_differences_are_named():
    """Step, name, cell, the part that differs and by how much; what is only rounding is counted apart."""
    assert (
        told(VERIFICATION)
        == """\
not verified: 2 of 9 values differ; 1 equal up to rounding (3e-16 of the largest number)
  model, made by step 'train' in cell 7: .coef_ (numpy.ndarray of float64) differs by 0.01 of its largest number; 1 more of its parts too
  notes, made by step 'train', is not what the notebook computes
  step 'train' ran with another setting than the notebook: os.environ: MODE"""
    )


def test_rounding_is_verified_and_said():
    """The last bits are no reason to fail, and no secret."""
    passed = replace(REPORT, passed=True)
    rounded = replace(VERIFICATION, differences=VERIFICATION.rounded, report=passed)
    assert rounded.verified
    assert "verified: 9 values" in told(rounded)
    assert "1 equal up to rounding (3e-16 of the largest number)" in told(rounded)
    assert not replace(rounded, report=REPORT).verified


def test_nothing_compared_is_not_verified():
    """Neither good nor bad."""
    empty = replace(VERIFICATION, compared=0, differences=(), report=replace(REPORT, metrics=()))
    assert empty.verified is None
    assert told(empty) == "not verified: there was nothing to compare"
