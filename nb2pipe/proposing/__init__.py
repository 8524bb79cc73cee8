"""A tagging proposed for a notebook, from its headings, its data flow and what its cells do. Nothing is run."""

from nb2pipe.proposing.gather import Gathered, gather
from nb2pipe.proposing.proposal import Proposal, ProposedPart, described, with_edits
from nb2pipe.proposing.propose import Wishes, propose

__all__ = ["Gathered", "Proposal", "ProposedPart", "Wishes", "described", "gather", "propose", "with_edits"]
