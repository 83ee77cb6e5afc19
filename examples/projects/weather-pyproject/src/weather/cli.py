"""The command `weather-notes`."""

import dataclasses
import json

import click
from tabulate import tabulate

from weather import notes


@click.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def main(file, as_json):
    """Sum up the weather notes in FILE by month (`-` reads standard input)."""
    try:
        months = notes.by_month(notes.read(file))
    except notes.BadNote as error:
        raise click.ClickException(f"{file.name}: {error}") from error
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(month) for month in months], indent=2))
        return
    headers = ("month", "coldest °C", "warmest °C", "mean °C", "rain mm", "wet days")
    click.echo(tabulate([dataclasses.astuple(month) for month in months], headers=headers, floatfmt=".1f"))
