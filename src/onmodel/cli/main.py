"""The command `onmodel`. Each subcommand is imported only when it is called, so that it starts quickly."""

from __future__ import annotations

import importlib

import click

from onmodel.cli.django import database_trouble

#: name -> (module:attribute, one line for the list)
COMMANDS = {
    "packs": ("onmodel.cli.packs:packs", "List, check and show packs of definitions; load official wording."),
    "score": ("onmodel.cli.score:score", "Score a file of answers to an instrument."),
    "fit": ("onmodel.cli.fit:fit", "Fit a linear mixed model to repeated measures in a file."),
    "analyse": ("onmodel.cli.analyse:analyse", "Analyse a table as the source studies did."),
    "import": ("onmodel.cli.imports:import_", "Bring outcome data of a programme in from a file."),
    "monitor": ("onmodel.cli.monitor:monitor", "Look for signals in the records, as the nightly run does."),
    "schedule": ("onmodel.cli.schedule:schedule", "Say which forms patients are asked for, and when."),
    "nightly": ("onmodel.cli.nightly:nightly", "Do all that must be done every night."),
    "reminders": ("onmodel.cli.reminders:reminders", "Send messages that are due; see how sending went."),
    "people": ("onmodel.cli.people:people", "Give people an account and a role in a programme."),
    "pir": ("onmodel.cli.pir:pir", "Write the programme implementation report of a period."),
    "compare": ("onmodel.cli.compare:compare", "Compare two periods, or two cohorts, of a programme."),
    "hindsight": ("onmodel.cli.hindsight:hindsight", "Count how the courses to expect came out."),
    "patient": ("onmodel.cli.patient:patient", "Hand out or erase what is kept of one patient."),
    "research": ("onmodel.cli.research:research", "Hand out pseudonymised data of those who agreed."),
    "retention": ("onmodel.cli.retention:retention", "Erase what is past its retention period."),
    "backup": ("onmodel.cli.backup:backup", "Copy everything into one encrypted file, and try it out."),
    "restore": ("onmodel.cli.restore:restore", "Bring a backup back."),
    "demo": ("onmodel.cli.demo:demo", "Load the simulated service, and serve it."),
    "audit": ("onmodel.cli.audit:audit", "Check the audit trail; print who saw what of a patient."),
    "identity": ("onmodel.cli.identity:identity", "Put a new key on names and contacts."),
    "serve": ("onmodel.cli.serve:serve", "Serve the pages and run the background jobs."),
    "manage": ("onmodel.cli.manage:manage", "Django's own commands (migrate, createsuperuser, ...)."),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and loads the one that is asked for."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Exception as error:
            trouble = database_trouble(error)
            if trouble is None:
                raise
            raise click.ClickException(trouble) from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        return getattr(importlib.import_module(module), attribute)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="onmodel")
def main() -> None:
    """Keep a psychotherapy programme on model.

    \b
    Try:
      onmodel demo                                a simulated service to look around in
      onmodel packs show mbt                      what the MBT pack asks for
      onmodel score phq9 answers.csv              score a file of answers
      onmodel fit data.csv --patient id --time months --outcome bdi
      onmodel analyse funnel patients.csv --provider team --outcome dropout
      onmodel pir riverside-day-hospital --from 2025-01-01 --to 2025-06-30 --out pir.pdf

    Exit code 2 means that the command was not understood, 1 that its input was refused; where a
    program would read the result, --json gives it as JSON.
    """
