"""What the help says of each verb: what it does, and commands that do it. Standard library only."""

from typing import NamedTuple

from ..vendor import PACKAGE, VARIABLES


class Manual(NamedTuple):
    """The help of a verb: what it does, and examples, each without the name of the command, with what it does."""

    summary: str
    examples: tuple[tuple[str, str], ...]


MANUALS: dict[str, Manual] = {
    "list": Manual(
        "List the models, or those that are looked for.",
        (
            ("list", "all models"),
            ("list lipsync", "those with this word in their id, title or provider"),
            ("list --json", "all that is known of each"),
        ),
    ),
    "show": Manual(
        "Show the parameters of a model.",
        (("show MODEL", "its parameters"), ("show MODEL --json", "its JSON Schema")),
    ),
    "run": Manual(
        "Run a model, and download the files that it makes.",
        (
            ("run MODEL image=@cat.png prompt='a cat'", "upload a file, and run"),
            ("run MODEL prompt=@prompt.txt --download out", "with the text of a file"),
            ("run MODEL image=@- --quiet < cat.png", "a file from standard input"),
            ("run MODEL mode=brand-new --unlisted", "what this version does not list"),
        ),
    ),
    "estimate": Manual(
        "Show what a request would cost. Files are uploaded, and nothing is paid.",
        (("estimate MODEL image=@cat.png", "its price in creative units"),),
    ),
    "jobs": Manual(
        "List jobs, the newest first.",
        (
            ("jobs", "the last 20"),
            ("jobs --status failure --model MODEL", "those that failed"),
            ("jobs --most 100 --json", "more, for programs"),
        ),
    ),
    "job": Manual(
        "Show a job; wait for its result, download it, or cancel the job.",
        (
            ("job ID", "its status"),
            ("job ID --wait --download out", "wait for its result, and download it"),
            ("job ID --cancel", "cancel it"),
        ),
    ),
    "upload": Manual(
        "Upload a file; show the id of its asset, which stands for it in requests.",
        (
            ("upload cat.png", "its id, for image=asset_…"),
            ("upload - --kind video < talk", "from standard input, as a video"),
        ),
    ),
    "upgrade-check": Manual(
        "Say what an upgrade to this version changes for you; exit with 1 if it breaks.",
        (
            ("upgrade-check --from 0.1.0", "for the code in this folder"),
            ("upgrade-check --from 0.1.0 src MODEL", "for a folder and a model"),
        ),
    ),
    "completion": Manual(
        "Print the script by which a shell completes this command at the tab key.",
        (
            (f'eval "$({PACKAGE} completion bash)"', "in ~/.bashrc"),
            (f'eval "$({PACKAGE} completion zsh)"', "in ~/.zshrc, after compinit"),
            (f"{PACKAGE} completion fish | source", "in ~/.config/fish/config.fish"),
        ),
    ),
}
TAKE_PARAMETERS = ("run", "estimate")
PARAMETERS = """\
the parameters of a model (`show MODEL` lists them):
  name=value    text, a number, true or false; for an array, once for each
                element; for a file, its asset id or https URL
  name=@PATH    a file to upload; where text is wanted, the text of a file
  name=@-       the same from standard input, for one parameter
  name:=JSON    any JSON
"""
CODES = """\
exit codes:
  0    done
  1    failed, or an upgrade breaks something
  2    wrong usage or request; nothing was submitted
  3    timed out
  4    it is unknown whether the request was submitted
  130  interrupted (143: by SIGTERM)

With --json, what goes wrong is printed as JSON, too: {"error": {"type": …}}
"""
KEYS = f"""
The keys come from {VARIABLES["api_key"]} and {VARIABLES["api_secret"]}.
"""


def write_epilog(verb: str = "") -> str:
    """Write what stands below the options: examples of a verb or of all, how parameters are given, and the exit codes."""
    if verb:
        lines = [
            line for example, what in MANUALS[verb].examples for line in (f"# {what}", _complete(example))
        ]
    else:
        lines = [_complete(one.examples[0][0]) for one in MANUALS.values()]
    examples = "\n".join(f"  {line}" for line in lines)
    parts = [f"examples:\n{examples}\n", PARAMETERS if verb in ("", *TAKE_PARAMETERS) else "", CODES]
    return "\n".join(filter(None, parts)) + KEYS


def _complete(example: str) -> str:
    return example if PACKAGE in example else f"{PACKAGE} {example}"
