"""What the help of each verb says: what it does, examples, and what its exit codes mean. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

USAGE = "wrong usage: an argument or an option is wrong"
DESCRIPTION = "Turn documentation tables into specs, and specs into typed code and docs."
ORDER = """\
From the site to a commit, and what each step leaves:
  paramsync init        once: specs/profile.toml, guessed from a page
  paramsync fetch       specs/<page>/: the saved pages, and files of models
  paramsync scrape      the specs, specs/<page>/*.json
  paramsync generate    the packages and docs, generated/
  paramsync verify      nothing: it runs validators on vectors
  paramsync diff        nothing: it says what changed, and for whom

Exit codes: 0 in order; 1 out of date, or a change to fail on; 2 wrong usage;
3 the input has errors. `paramsync VERB --help` says them for each verb.

Names and options complete at the tab key after one of:
  eval "$(paramsync --completion bash)"        in ~/.bashrc
  eval "$(paramsync --completion zsh)"         in ~/.zshrc, after compinit
  paramsync --completion fish | source         in ~/.config/fish/config.fish"""


@dataclass(frozen=True)
class Manual:
    """The help of a verb: what it does in a few words, commands with what they do, and exit codes with what they mean."""

    summary: str
    examples: Sequence[tuple[str, str]]
    exit_codes: Mapping[int, str]


MANUALS: dict[str, Manual] = {
    "init": Manual(
        "a root for a vendor, to begin with",
        [
            ("paramsync init https://docs.example.com/models", "guess the profile from a page"),
            ("paramsync init page.md", "guess it from a saved page"),
            ("paramsync init", "write a profile to fill in"),
        ],
        {
            0: "the root is written",
            2: "wrong usage, or there is a profile",
            3: "the page cannot be fetched or read, or has no table of parameters",
        },
    ),
    "fetch": Manual(
        "the site's pages, and what else describes their models, to saved files",
        [
            ("paramsync fetch", "save all pages and files of models"),
            ("paramsync fetch text-to-image", "save one page"),
            ("paramsync fetch --source record", "save records alone, for the saved pages"),
            ("paramsync fetch --check", "say which pages have changed"),
        ],
        {
            0: "each page and file is saved, or was as it is now",
            1: "with --check: one has changed",
            2: "wrong usage, or one of two keys is not set",
            3: "one could not be fetched, or was rejected; the others are saved",
        },
    ),
    "scrape": Manual(
        "saved pages to specs",
        [
            ("paramsync scrape", "write the specs of all pages"),
            ("paramsync scrape --verbose", "show each finding, and not each cause once"),
            ("paramsync scrape --check", "compare only, as CI does"),
            ("paramsync scrape --root ../models", "work in another folder"),
        ],
        {
            0: "the specs are as the pages say",
            1: "with --check: specs are out of date",
            2: USAGE,
            3: "there are errors; what has none is written",
        },
    ),
    "generate": Manual(
        "specs to generated/",
        [
            ("paramsync generate", "write all packages and docs"),
            ("paramsync generate --target python", "write one target"),
            ("paramsync generate --check", "compare only, as CI does"),
        ],
        {
            0: "the files are as specs and templates say",
            1: "with --check: files are out of date, or a template changed without a note",
            2: USAGE,
            3: "a spec, a template or a formatter cannot be used",
        },
    ),
    "verify": Manual(
        "the generated validators against the vectors",
        [
            ("paramsync verify", "run those of all targets that say how"),
            ("paramsync verify --target python", "run those of one target"),
        ],
        {
            0: "they find in each vector what it says",
            1: "one does not",
            2: "wrong usage, a target does not say how, or nothing is generated",
            3: "a target.toml or a program cannot be used",
        },
    ),
    "release": Manual(
        "the pending version of the packages to the history",
        [
            ("paramsync release --check", "say which version is pending"),
            ("paramsync release", "enter it into the history"),
        ],
        {
            0: "the version is entered, or none is pending",
            1: "a template changed without a note; with --check: a version is pending",
            2: USAGE,
            3: "the history, a note or a spec cannot be used",
        },
    ),
    "diff": Manual(
        "what changed in the specs, and whom it breaks",
        [
            ("paramsync diff", "what changed since the last commit"),
            ("paramsync diff v1.2.0 HEAD", "what changed between two revisions"),
            ("paramsync diff --fail-on breaking", "fail if a request may be refused now"),
            ("paramsync diff main --format markdown", "the same for a pull request"),
        ],
        {
            0: "there is no change to fail on",
            1: "with --fail-on: there is one",
            2: "wrong usage, or no such folder or revision",
            3: "a spec of either side is damaged",
        },
    ),
    "explain": Manual(
        "where each keyword of a spec comes from",
        [
            ("paramsync explain text-to-image", "all parameters of a model"),
            ("paramsync explain text-to-image size", "one of them"),
        ],
        {0: "it is explained", 2: "wrong usage, or no such model or parameter", 3: "a page cannot be read"},
    ),
}


def write_epilog(manual: Manual) -> str:
    """Write what stands below the options of a verb's help."""
    width = max(len(command) for command, _ in manual.examples)
    examples = "\n".join(f"  {command:{width}}  {what}" for command, what in manual.examples)
    codes = "\n".join(f"  {code}  {meaning}" for code, meaning in manual.exit_codes.items())
    return f"examples:\n{examples}\n\nexit codes:\n{codes}"
