"""The counts of a campaign, and their tables."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.chaos.comparison import Comparison


@dataclass
class Report:
    kills: Counter[str] = field(default_factory=Counter)
    misbehaviours: Counter[str] = field(default_factory=Counter)
    # What a person did in between, and the status that it was answered with.
    acts: Counter[str] = field(default_factory=Counter)
    # How often each fault of this machine was held, and how many deliveries fell due meanwhile.
    held: Counter[str] = field(default_factory=Counter)
    due_while_held: Counter[str] = field(default_factory=Counter)
    # Posts that clients asked for around such a fault, and how many of these they had to ask for again.
    client_posts: int = 0
    asked_again: int = 0
    # Servers that ended by themselves.
    ended: int = 0
    reconnected: int = 0
    deliveries: int = 0
    seconds: float = 0.0
    comparison: Comparison = field(default_factory=Comparison)

    @property
    def killed(self) -> int:
        return self.kills.total()

    @property
    def unconfirmed(self) -> float:
        """Share of all deliveries, 0 to 1."""
        return self.comparison.unconfirmed / max(1, self.deliveries)


def format_report(report: Report, service: str, database: str, seed: int) -> str:
    """The tables of docs/reliability.md."""
    comparison = report.comparison
    lines = [
        f"{service} on {database}, seed {seed}: "
        f"{report.killed} kills, {report.deliveries} deliveries, {report.seconds:.0f} s",
        "",
        "| what | count |",
        "|---|---|",
        f"| out twice | {len(comparison.twice)} |",
        f"| called published, nothing there | {len(comparison.phantom)} |",
        f"| called failed, a post there | {len(comparison.denied)} |",
        f"| lost: failed or missed, and neither the service nor a person was why | {len(comparison.lost)} |",
        f"| never came to rest | {len(comparison.unfinished)} |",
        f"| share that ended `unconfirmed` | {report.unconfirmed:.2%} |",
        f"| of these: the post is there, it is not there | {comparison.unconfirmed_there}, "
        f"{comparison.unconfirmed - comparison.unconfirmed_there} |",
        f"| reconnected on the way | {report.reconnected} |",
        "",
        "| killed | times |",
        "|---|---|",
        *[f"| {name} | {count} |" for name, count in sorted(report.kills.items())],
        f"| ended by itself | {report.ended} |",
        "",
        "| a fault of this machine was held | times | deliveries due meanwhile |",
        "|---|---|---|",
        *[f"| {name} | {count} | {report.due_while_held[name]} |" for name, count in sorted(report.held.items())],
        "| posts that clients asked for around one, and asked for again "
        f"| {report.client_posts} | {report.asked_again} |",
        "",
        "| the service misbehaved | rounds |",
        "|---|---|",
        *[f"| {name} | {count} |" for name, count in sorted(report.misbehaviours.items())],
        "",
        "| a person did | times |",
        "|---|---|",
        *[f"| {name} | {count} |" for name, count in sorted(report.acts.items())],
        "",
        "| ended | deliveries |",
        "|---|---|",
        *[f"| {name} | {count} |" for name, count in sorted(comparison.states.items())],
    ]
    if comparison.reasons:
        reasons = [f"| {name} | {count} |" for name, count in sorted(comparison.reasons.items())]
        lines += ["", "| why it did not go out | deliveries |", "|---|---|", *reasons]
    return "\n".join([*lines, *(["", "WRONG: " + ", ".join(comparison.wrong)] if comparison.wrong else [])])
