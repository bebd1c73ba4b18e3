"""A group of commands that imports a command only when it is called, or asked for its help."""

from __future__ import annotations

from importlib import import_module

import click


class LazyGroup(click.Group):
    """`table` maps a command's name to (module, one line of help); the module has `command`."""

    def __init__(self, *, table: dict[str, tuple[str, str]], **attributes: object) -> None:
        super().__init__(**attributes)  # pyright: ignore[reportArgumentType] - click's own attributes
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = self._table.get(cmd_name)
        if found is None:
            return None
        command = import_module(found[0]).command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self._table.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self._table and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], self._table, n=3)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            ctx.fail(f"there is no command {args[0]!r}{hint}")
        return super().resolve_command(ctx, args)
