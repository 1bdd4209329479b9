"""`onmodel analyse funnel`: providers against limits about what is usual."""

from __future__ import annotations

from pathlib import Path

import click

from onmodel.cli.analyses.reading import FILE, Source, common
from onmodel.cli.analyses.showing import (
    console,
    grid,
    interval,
    number,
    p_value,
    plain,
    print_json,
    say_warnings,
)
from onmodel.inference.funnel import Funnel, compare_providers

VERDICTS = {"within": "", "above": "above", "below": "below", "too_few": "too few to judge"}

USUAL = {"proportion": "events expected", "rate": "events expected", "mean": "expected"}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@FILE
@click.option("--provider", required=True, metavar="C", help="Column with programmes, teams or therapists.")
@click.option("--outcome", required=True, metavar="C", help="Column with 0/1, a score, or a count.")
@click.option(
    "--kind", type=click.Choice(["proportion", "mean", "rate"]), default="proportion", show_default=True
)
@click.option("--exposure", metavar="C", help="Column with the time a count arose from (rates only).")
@click.option("--adjust", multiple=True, metavar="C", help="Column of case mix; may be repeated.")
@click.option("--target", type=float, help="What to compare with, instead of the overall value.")
@click.option(
    "--overdispersion", type=click.Choice(["auto", "none", "multiplicative", "additive"]), default="auto",
    show_default=True, help="How limits allow for providers that differ by more than chance.",
)  # fmt: skip
@click.option(
    "--minimum-n", type=click.IntRange(1), default=10, show_default=True, help="Fewer are not judged."
)
@common
def funnel(
    file: Path, provider: str, outcome: str, kind: str, exposure: str | None, adjust: tuple[str, ...],
    target: float | None, overdispersion: str, minimum_n: int, missing: tuple[str, ...], level: float,
    as_json: bool,
) -> None:  # fmt: skip
    """Compare providers in FILE by a funnel: one row a patient.

    A provider outside the limits lies further from the rest than chance explains; that is a reason to
    look, not a verdict. Limits are those of --level and of 99.8 %. With --adjust each patient's expected
    outcome is taken into account.

    \b
    Try:
      onmodel analyse funnel patients.csv --provider team --outcome dropout
      onmodel analyse funnel patients.csv --provider team --outcome dropout --adjust age --adjust sex
      onmodel analyse funnel patients.sav --provider team --outcome gsi_change --kind mean --json
      onmodel analyse funnel months.csv --provider team --outcome crises --kind rate --exposure years
    """
    if exposure and kind != "rate":
        raise click.UsageError("--exposure goes with --kind rate")
    if target is not None and adjust:
        raise click.UsageError(
            "--target and --adjust cannot go together: the target is then the overall value"
        )
    source = Source.open(file, missing, as_json)
    frame = source.frame(numbers=[outcome, exposure], words=[provider], either=adjust)
    with source.refusing():
        found = compare_providers(
            frame, provider=provider, outcome=outcome, kind=kind, exposure=exposure, adjust=adjust,  # type: ignore[arg-type]
            target=target, levels=sorted({level, 0.998}), overdispersion=overdispersion, minimum_n=minimum_n,  # type: ignore[arg-type]
        )  # fmt: skip
    if as_json:
        print_json({"analysis": "funnel", **plain(found)})
    else:
        show(found, provider, outcome)


def show(found: Funnel, provider: str, outcome: str) -> None:
    to = console()
    to.print(f"{outcome} by {provider}", style="bold")
    spread = found.dispersion
    p = f", p {p_value(spread.p)}" if spread.p is not None else ""
    phi = f"; they scatter {spread.phi:.2f} times as much as by chance{p}" if spread.phi is not None else ""
    to.print(
        f"{found.n} rows of {len(found.providers)} providers, {found.n_dropped} left out; "
        f"{'target' if found.target_given else 'overall'} {number(found.target)}{phi}. {found.method}."
    )
    headings = [f"{100 * level:g} % limits" for level in found.levels]
    table = grid(
        "Providers",
        "",
        "n",
        "value",
        USUAL[found.kind] if found.adjusted_for else "target",
        *headings,
        "p",
        "verdict",
    )
    for one in found.providers:
        limits = [interval((limit.lower, limit.upper)) for limit in one.limits] or [""] * len(found.levels)
        verdict = VERDICTS[one.verdict] + (f" {100 * one.outside:g} %" if one.outside is not None else "")
        usual = one.expected if found.adjusted_for else found.target
        table.add_row(
            one.name, f"{one.n}", number(one.value), number(usual), *limits, p_value(one.p), verdict
        )
    to.print(table)
    chance = " and ".join(f"{n:.2g} outside {100 * level:g} %" for level, n in found.by_chance.items())
    to.print(f"By chance alone about {chance} would be expected.", style="dim")
    say_warnings(to, found.warnings)
