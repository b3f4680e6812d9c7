"""The report as Markdown, for whoever opens the results folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from evornn.comparison.plan import Plan
from evornn.comparison.tables import TextTable
from evornn.runs.configuration import Part
from evornn.tasks.judged import count

if TYPE_CHECKING:
    from evornn.comparison.comparison import Comparison


def markdown(comparison: Comparison, figures: Sequence[str]) -> str:
    """Question, setting, tables and the named `figures`."""
    plan = comparison.plan
    blocks = [f"# {plan.name}", plan.question, setting(comparison)]
    if comparison.missing:
        cells = "; ".join(str(cell) for cell in comparison.missing)
        blocks.append(f"**Not finished:** {cells}.")
    for table in comparison.tables:
        blocks += [f"## {table.title}", markdown_table(table), table.note]
    blocks += [f"![{name}]({name})" for name in figures]
    return "\n\n".join(block for block in blocks if block) + "\n"


def setting(comparison: Comparison) -> str:
    """In one paragraph what was compared on what."""
    plan = comparison.plan
    limits = ", ".join(
        f"{name} {value:,}" for name, value in vars(plan.stopping).items() if value is not None
    )
    batches = "" if plan.batch is None else f", batches of {plan.batch} sequences"
    ridge = "" if plan.ridge is None else f", readouts by ridge regression with λ = {plan.ridge:g}"
    forcing = plan.teacher_forcing
    taught = "" if forcing is None else f", teacher forcing {forcing}"
    modes = "".join(f", gradients of {label}: {mode}" for label, mode in plan.gradient.items())
    seeds = f"{count(len(plan.seeds), 'paired seed')} ({_seeds(plan.seeds)})"
    return (
        f"Task {_described(plan.task.name, {})}, {_networks(plan)}, encoding {plan.encoding.name}; "
        f"{seeds}, start {plan.start.distribution} "
        f"of scale {plan.start.scale:g}, {plan.dtype}{batches}{ridge}{taught}{modes}. "
        f"Limits of a run: {limits}."
    )


def _networks(plan: Plan) -> str:
    """The network; or all of them by label, with the numbers of their genes."""
    if isinstance(plan.network, Part):
        return f"network {_described(plan.network.name, plan.network.options)}"
    told = [
        f"{label}: {_described(part.name, part.options)}, {plan.genes[label]} genes"
        for label, part in plan.network.items()
    ]
    return f"networks {'; '.join(told)}"


def _described(name: str, options: Mapping[str, object]) -> str:
    given = ", ".join(f"{key}={value}" for key, value in options.items())
    return f"`{name}`" + (f" ({given})" if given else "")


def _seeds(seeds: Sequence[int]) -> str:
    if list(seeds) == list(range(seeds[0], seeds[0] + len(seeds))) and len(seeds) > 2:
        return f"{seeds[0]} to {seeds[-1]}"
    return ", ".join(map(str, seeds))


def markdown_table(table: TextTable) -> str:
    """Headings and rows."""
    head = ["|".join(("", *table.headings, "")), "|---|" + "---:|" * (len(table.headings) - 1)]
    return "\n".join(head + ["|".join(("", *row, "")) for row in table.rows])
