"""How results look on a terminal: the place first, a text in its width, and colours by severity, if it has any."""

from collections.abc import Iterable, Iterator
from typing import TextIO

from rich.console import Console
from rich.text import Text

from paramsync.commands.messages import Item, Message, Omission, write_item
from paramsync.text import escape_unsafe
from paramsync.workspace.difference import Difference

MAX_WIDTH = 100  # beyond it, lines are hard to follow
STYLES = {
    "error": "bold red",
    "warning": "bold yellow",
    "breaking": "bold red",
    "behaviour": "bold yellow",
    "compatible": "green",
    "prose": "dim",
}
DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}
Paragraph = tuple[int, Text]  # its indentation; a text that is to be copied as it is has none


def show(items: Iterable[Item], stream: TextIO) -> None:
    """Write items to a terminal, or, where colours are asked for, with colours to what is none.

    Which colours there are, rich finds out: NO_COLOR, FORCE_COLOR, TERM=dumb, and what the terminals of Windows can do.
    """
    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    for item in items:
        if not stream.isatty():
            console.print(_colour_line(item), soft_wrap=True)
            continue
        for indent, text in _lay_out(item):
            for line in _wrap(text, indent, console):
                console.print(line, soft_wrap=True)
        console.print()


def _wrap(text: Text, indent: int, console: Console) -> Iterator[Text]:
    """Break a text between words, and indent each line."""
    if not indent:
        yield text
        return
    for line in text.wrap(console, min(console.width, MAX_WIDTH) - indent):
        line.rstrip()
        yield Text(" " * indent) + line


def _colour_line(item: Item) -> Text:
    """Write an item as in a file, with its place and its level in colour."""
    text = Text(escape_unsafe(write_item(item)))
    if isinstance(item, Message):
        place = len(escape_unsafe(item.place))
        text.stylize("bold", 0, place)
        text.stylize(STYLES[item.level], place + 2, place + 2 + len(item.level))
    return text


def _lay_out(item: Item) -> Iterator[Paragraph]:
    if isinstance(item, Omission):
        yield 0, _text(item.text, "dim")
    elif isinstance(item, Difference):
        head, *rows = str(item).split("\n")
        yield 0, _text(head, "bold")
        yield from ((0, _text(row, DIFF_STYLES.get(row[:1], ""))) for row in rows)
    else:
        yield from _lay_out_message(item)


def _lay_out_message(message: Message) -> Iterator[Paragraph]:
    code = f" [{message.code}]" if message.code else ""
    yield (
        0,
        Text.assemble((escape_unsafe(message.place), "bold"), ": ", (message.level, STYLES[message.level])),
    )
    yield 4, Text.assemble(escape_unsafe(message.text), (code, "dim"))
    if message.remedy:
        yield 4, Text.assemble(("help: ", "bold cyan"), escape_unsafe(message.remedy))
    yield from ((0, _text(f"{' ' * 8}{line}", "cyan")) for line in message.lines)
    yield from ((4, _text(line, "dim")) for line in message.more)


def _text(text: str, style: str = "") -> Text:
    return Text(escape_unsafe(text), style)
