"""Telling the story: a line for each thing that happened, with how far it is, and a table at the end."""

import time
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

STEPS = 36  # about as many lines as the story tells


class Narration:
    """Prints to the console; on a terminal with a bar that moves."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        if not self.console.is_terminal:
            self.console.width = 132  # a log has no edge
        self.begun = time.monotonic()
        self.bar = Progress(
            TextColumn("[bold]{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(), console=self.console, disable=not self.console.is_terminal, transient=True,
        )  # fmt: skip
        self.task = self.bar.add_task("准备", total=STEPS)

    def act(self, title: str) -> None:
        """Begin an act."""
        self.bar.update(self.task, description=title)
        self.console.print(f"\n[bold cyan]{title}")
        self.bar.start()

    def say(self, line: str) -> None:
        """Tell one thing that happened."""
        self.bar.advance(self.task)
        self.console.print(f"  {time.monotonic() - self.begun:6.1f} s  {line}")

    def aside(self, line: str) -> None:
        """Pass on what a program says of itself."""
        self.console.print(f"[dim]           {escape(line)}")

    def table(self, rows: Sequence[Sequence[str]], heads: Sequence[str]) -> None:
        """Print the final table."""
        self.close()
        table = Table(*(Column(head, overflow="fold") for head in heads), title="办件与跑动")
        for row in rows:
            table.add_row(*row)
        self.console.print()
        self.console.print(table)

    def close(self) -> None:
        """Take the bar away, and give the cursor back."""
        self.bar.stop()
