"""Shows how the database goes about a report."""

import json
from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from config.commands import BadInput, OperatorCommand
from config.queries.explaining import explain, explain_as_text
from curtailment.settlement import InvalidSettlementDate
from summaries.explaining import explain_report
from summaries.timeframes import InvalidTimeframe, Kind

Plans = list[tuple[Any, Any]]


class Command(OperatorCommand):
    help = (
        "Builds a report and prints the plan of each of its queries, as EXPLAIN (ANALYZE, VERBOSE, "
        "BUFFERS) tells it: every query is run twice, and nothing is written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[str(kind) for kind in Kind])
        parser.add_argument("value", metavar="VALUE", help="YYYY-MM-DD, YYYY-MM or YYYY")
        parser.add_argument(
            "--format",
            choices=("text", "json"),
            default="text",
            help="json: one list for programs (%(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        is_json = options["format"] == "json"
        try:
            plans = list(
                explain_report(
                    Kind(options["kind"]),
                    options["value"],
                    now=timezone.now(),
                    explain=explain if is_json else explain_as_text,
                )
            )
        except (InvalidTimeframe, InvalidSettlementDate) as error:
            raise BadInput(str(error)) from error
        self.stdout.write(as_json(plans) if is_json else as_text(plans))


def as_text(plans: Plans) -> str:
    """The plans, each under the name of its query and who asks it."""
    return "\n\n".join(
        f"-- {number}. {query.asked}\n{plan}" for number, (query, plan) in enumerate(plans, 1)
    )


def as_json(plans: Plans) -> str:
    """A list of objects: query (its name), caller, and plan as EXPLAIN gives it."""
    shown = [
        {"query": query.asked.name, "caller": query.asked.caller, "plan": plan}
        for query, plan in plans
    ]
    return json.dumps(shown, indent=2)
