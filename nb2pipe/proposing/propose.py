"""The proposal: roles first, then borders, then names; planned before anybody sees it, and mended where a plan fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from nb2pipe.diagnostics import Diagnostic, Severity, TagEdit
from nb2pipe.model import CellFlow, CellRole, Notebook, Role, Statement, StatementKind
from nb2pipe.planning.analysis import flows_of, understand
from nb2pipe.planning.plan import Plan
from nb2pipe.proposing import borders, headings, naming, setup
from nb2pipe.proposing.crossing import crossing, read_later
from nb2pipe.proposing.looks import Look, look
from nb2pipe.proposing.metrics import metric_tags
from nb2pipe.proposing.proposal import NO_STEPS, Proposal
from nb2pipe.rules import figures
from nb2pipe.tags import read_roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the user wants of the proposal. ``steps``: how many; ``skip``: whether cells may be left out."""

    from_headings: bool = False
    steps: int | None = None
    skip: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Roles for single cells (cell -> role and why), and the working cells at which steps begin."""

    notebook: Notebook
    flows: Mapping[int, CellFlow]
    looks: Mapping[int, Look]
    settled: Mapping[int, CellRole]  # cells whose role the notebook says
    taken: tuple[str, ...]  # names of steps that it has
    roles: Mapping[int, tuple[str, str]]
    has_metrics: bool = False  # the notebook says which they are
    work: tuple[int, ...] = ()
    starts: tuple[int, ...] = ()  # positions in ``work``
    notes: tuple[str, ...] = field(default=())


NO_WISHES = Wishes()


def propose(notebook: Notebook, wishes: Wishes = NO_WISHES) -> Proposal:
    """Propose the tagging of a notebook. Nothing is run, nothing is written; tags that are there stay.

    The proposal has been planned: borders at which the analysis finds that a split would change what is computed are
    taken back before it is returned.
    """
    flows = {flow.cell: flow for flow in flows_of(notebook)}
    draft = _draft(notebook, flows, wishes)
    draft = _mended(draft)
    return _finished(draft)


def _draft(notebook: Notebook, flows: Mapping[int, CellFlow], wishes: Wishes) -> Draft:
    roles, _ = read_roles(notebook)
    has_steps = any(role.role is Role.STEP and role.tagged for role in roles)
    settled = {
        role.cell: role
        for role in roles
        if role.role is not Role.HEAD and (has_steps or role.role is not Role.STEP) and flows[role.cell].statements
    }
    free = [role.cell for role in roles if role.cell not in settled and _says_something(flows[role.cell])]
    looks = {cell: look(cell, notebook.cells[cell].source) for cell in flows}
    draft = Draft(
        notebook=notebook, flows=flows, looks=looks, settled=settled, roles={},
        has_metrics=any(role.metrics or role.metric_tags for role in roles),
        taken=tuple(dict.fromkeys(role.step for role in roles if role.step and role.tagged)),
    )  # fmt: skip
    chosen = setup.roles(notebook, free, flows, looks, settled)
    work = [cell for cell in free if cell not in chosen]
    if wishes.skip:
        chosen |= setup.skipped(work, flows, looks, read_later([*flows], flows))
    draft = replace(draft, roles=chosen, work=tuple(cell for cell in work if cell not in chosen))
    return replace(draft, starts=tuple(_starts(draft, wishes)))


def _says_something(flow: CellFlow) -> bool:
    return bool(flow.statements or flow.problems)


def _starts(draft: Draft, wishes: Wishes) -> list[int]:
    """Where steps begin among the working cells."""
    if not draft.work:
        return []
    above = headings.above(draft.notebook, draft.work)
    level = _heading_level(draft, above)
    if wishes.from_headings:
        headed = [at for at, cell in enumerate(draft.work) if _highest(above[cell]) <= (level or 0)]
        return sorted({0, *headed})
    named = {b.name for s in _setup_statements(draft) for b in s.bindings}
    crosses = crossing(draft.work, draft.flows, named)
    unfit = frozenset().union(*(draft.looks[cell].unfit for cell in draft.work))
    sites = [
        borders.Site(
            look=draft.looks[cell],
            heading=level is not None and _highest(above[cell]) <= level,
            deeper=bool(above[cell]),
            crossing=len(crosses[at] - unfit),
            unfit=len(crosses[at] & unfit),
        )
        for at, cell in enumerate(draft.work)
    ]
    return borders.best(sites, wishes.steps)


def _setup_statements(draft: Draft) -> Iterable[Statement]:
    for cell, flow in draft.flows.items():
        role = draft.settled[cell].role.value if cell in draft.settled else draft.roles.get(cell, ("", ""))[0]
        for statement in flow.statements:
            if role in ("imports", "functions", "parameters") or statement.kind is not StatementKind.OTHER:
                yield statement


def _heading_level(draft: Draft, above: Mapping[int, Sequence[headings.Heading]]) -> int | None:
    """The level that gives 3 to 9 parts; 2 is enough where there is no better."""
    real = {cell: tuple(above[cell]) for cell in draft.work[1:]}
    return headings.level_for(real, 2, borders.MOST) or headings.level_for(real, 1, borders.MOST)


def _highest(those: Sequence[headings.Heading]) -> int:
    return min((heading.level for heading in those), default=9)


# ---------------------------------------------------------------- tags


def tagged(draft: Draft, names: Sequence[str]) -> tuple[Notebook, tuple[TagEdit, ...]]:
    """The notebook with the draft's tags, and the edits that write them."""
    new: dict[int, list[str]] = {cell: [role] for cell, (role, _) in draft.roles.items()}
    for name, start in zip(names, draft.starts, strict=True):
        new.setdefault(draft.work[start], []).append(f"step:{name}")
    if not draft.has_metrics:
        inside = {cell for cell, role in draft.settled.items() if role.role is Role.STEP} | set(draft.work)
        for cell, tags in metric_tags(inside, draft.flows, draft.looks).items():
            new.setdefault(cell, []).extend(tags)
    cells = tuple(
        replace(cell, tags=(*cell.tags, *new.get(cell.index, ()))) if cell.index in new else cell
        for cell in draft.notebook.cells
    )
    edits = tuple(TagEdit(cell=cell, old="", new=tag) for cell in sorted(new) for tag in new[cell])
    return replace(draft.notebook, cells=cells), edits


def _plan(draft: Draft) -> Plan:
    plain = [f"part{number}" for number in range(len(draft.starts))]
    return _planned(tagged(draft, plain)[0], draft)


def _planned(notebook: Notebook, draft: Draft) -> Plan:
    return understand(notebook, tuple(draft.flows.values())).plan()


def _errors(plan: Plan) -> tuple[Diagnostic, ...]:
    return tuple(d for d in plan.diagnostics if d.severity is Severity.ERROR and d.code != NO_STEPS)


# ---------------------------------------------------------------- mending


def _mended(draft: Draft) -> Draft:
    """Take back what the plan says would compute something else: first skips and setup cells, then borders."""
    plan = _plan(draft)
    found = _errors(plan)
    if not found:
        return draft
    for role in ("skip", "functions"):
        if found and any(said == role for said, _ in draft.roles.values()):
            other = _without(draft, role)
            other_plan = _plan(other)
            if len(_errors(other_plan)) < len(found):
                draft, plan = other, other_plan
                found = _errors(plan)
    whole = len(_errors(_plan(replace(draft, starts=draft.starts[:1]))))
    joined = 0
    while len(draft.starts) > 1 and len(_errors(plan)) > whole:
        tries = [
            replace(draft, starts=draft.starts[:at] + draft.starts[at + 1 :]) for at in range(1, len(draft.starts))
        ]
        plans = [_plan(one) for one in tries]
        at = min(range(len(tries)), key=lambda n: len(_errors(plans[n])))
        draft, plan = tries[at], plans[at]
        joined += 1
    if joined:
        borders_said = "a border was" if joined == 1 else f"{joined} borders were"
        draft = replace(
            draft, notes=(*draft.notes, f"{borders_said} left out, at which a split would change what is computed")
        )
    return draft


def _without(draft: Draft, role: str) -> Draft:
    """The draft with cells of that role among the working ones again."""
    back = {cell for cell, (said, _) in draft.roles.items() if said == role}
    begins = {draft.work[start] for start in draft.starts}
    work = tuple(sorted({*draft.work, *back}))
    starts = sorted({0, *(at for at, cell in enumerate(work) if cell in begins)})
    kept = {cell: said for cell, said in draft.roles.items() if cell not in back}
    if starts[1:2] and work and work[0] in back and starts[1] > 0:
        starts = [0, *starts[2:]] if work[starts[1]] == draft.work[0] else starts
    return replace(draft, roles=kept, work=work, starts=tuple(starts) if work else ())


# ---------------------------------------------------------------- the end


def _finished(draft: Draft) -> Proposal:
    above = headings.above(draft.notebook, draft.work)
    level = _heading_level(draft, above) or 6
    called = _own_functions(draft)
    parts: list[naming.Part] = []
    bounds = [*draft.starts, len(draft.work)]
    for start, end in pairwise(bounds):
        cells = draft.work[start:end]
        own: Counter[str] = Counter()
        for cell in cells:
            own.update(called.get(cell, ()))
        parts.append(
            naming.Part(
                looks=tuple(draft.looks[cell] for cell in cells),
                heading=_heading(above[cells[0]], level),
                functions=tuple(name for name, _ in own.most_common(2)),
                makes=_first_bound(draft, cells),
            )
        )
    names = naming.names(parts, draft.taken)
    notebook, edits = tagged(draft, names)
    whys = {draft.work[start]: naming.why(part) for start, part in zip(draft.starts, parts, strict=True)}
    whys |= {cell: why for cell, (_, why) in draft.roles.items()}
    analysis = understand(notebook, tuple(draft.flows.values()))
    return Proposal.of(notebook, edits, analysis, whys, (*draft.notes, *_printed(draft)))


def _first_bound(draft: Draft, cells: Sequence[int]) -> tuple[str, ...]:
    """The variables that no cell above binds; those that cells below read come first."""

    def bound(those: Iterable[int]) -> dict[str, None]:
        statements = (s for cell in those for s in draft.flows[cell].statements if s.kind is StatementKind.OTHER)
        return {b.name: None for s in statements for b in s.bindings if not b.name.startswith("_")}

    mine = bound(cells).keys() - bound(cell for cell in draft.flows if cell < cells[0]).keys()
    later = {u.name for cell, flow in draft.flows.items() if cell > cells[-1] for s in flow.statements for u in s.uses}
    return tuple(sorted((name for name in bound(cells) if name in mine), key=lambda name: name not in later))


def _printed(draft: Draft) -> Iterable[str]:
    """Scores that are only printed have no name under which they could be compared."""
    cells = [cell for cell in draft.work if draft.looks[cell].prints_score and not draft.looks[cell].scores]
    if cells:
        where = f"cell{'s' if len(cells) > 1 else ''} {figures.ranges(cells)}"
        yield f"scores that are only printed ({where}) are not compared: give each a name (accuracy = ...)"


def _heading(those: Sequence[headings.Heading], level: int) -> headings.Heading | None:
    """The heading that speaks of the cell below: the last one, of the chosen level if one is there and says something."""
    fitting = [heading for heading in those if heading.level <= level] or list(those)
    if not fitting:
        return None
    last = fitting[-1]
    if headings.name_of(last.text) is None:
        deeper = [heading for heading in those if headings.name_of(heading.text)]
        return deeper[-1] if deeper and deeper[-1].level > 1 else None
    return None if last.level == 1 and len(those) == 1 and level > 1 else last


def _own_functions(draft: Draft) -> Mapping[int, list[str]]:
    own = {
        b.name
        for flow in draft.flows.values()
        for s in flow.statements
        if s.kind is StatementKind.DEFINITION
        for b in s.bindings
    }
    return {
        cell: [u.name for s in flow.statements for u in s.uses if u.name in own and u.via is None]
        for cell, flow in draft.flows.items()
    }
