"""`onmodel analyse`: the analyses of the source studies, on a table of one's own."""

from __future__ import annotations

import importlib

import click

#: name -> (module:attribute, one line for the list)
ANALYSES = {
    "cohort": ("onmodel.cli.analyses.cohort:cohort", "Compare two cohorts, or before and after a date."),
    "outcome": (
        "onmodel.cli.analyses.outcome:outcome",
        "Describe the course of a score, a yes/no or a count.",
    ),
    "dropout": ("onmodel.cli.analyses.dropout:dropout", "Say who stays how long, and how treatments end."),
    "agreement": ("onmodel.cli.analyses.agreement:agreement", "Say how far raters, or items, agree."),
    "drift": ("onmodel.cli.analyses.drift:drift", "Find a change over time in a process."),
    "funnel": ("onmodel.cli.analyses.funnel:funnel", "Compare providers without ranking them."),
}


class Analyses(click.Group):
    """Loads the analysis that is asked for, and no other."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(ANALYSES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in ANALYSES:
            return None
        module, attribute = ANALYSES[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Analyses"):
            formatter.write_dl([(name, line) for name, (_, line) in ANALYSES.items()])


@click.group(cls=Analyses, context_settings={"help_option_names": ["-h", "--help"]})
def analyse() -> None:
    """Analyse a table (CSV, SPSS or Parquet) as the source studies did.

    Each analysis has its own help with examples. Columns are named by their role; cells that mean "not
    known" (NA, a blank, or what --missing names) are left out and counted. Every result says what it rests
    on and what is doubtful about it.

    \b
    Try:
      onmodel analyse outcome data.csv --patient id --time months --outcome bdi
      onmodel analyse funnel patients.csv --provider team --outcome dropout --kind proportion
    """
