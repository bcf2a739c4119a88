"""
The command `newsletter`: options, help and exit codes. It parses and prints; it decides nothing.

Whatever a command needs is imported when it runs, so that `--help` needs click alone.
"""

import contextlib
import functools
import gc
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypedDict

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.archive.site import Told
    from pipeline.commands.looking import Mode
    from pipeline.model import Finding
    from pipeline.output import Form, Result
    from pipeline.publish import Dispatch


class _Options(TypedDict):
    """The options of `newsletter` itself, which every verb is given."""

    root: Path
    colour: bool | None


class _InOrder(click.Group):
    """A group that lists its verbs in the order of an editor's week."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the verbs as they are declared."""
        return list(self.commands)


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    show_default="here",
    help="A folder of the newsletter; the nearest parent with [tool.newsletter] is its root.",
)
@click.option("--color/--no-color", "colour", default=None, help="Colour or none; else as the terminal can.")
@click.version_option(package_name="newsletter-pipeline", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, root: Path, colour: bool | None) -> None:
    """Turn Markdown issues into mail that shows its disclaimer and reaches every reader once."""
    ctx.obj = _Options(root=root.resolve(), colour=colour)


_browser = click.option(
    "--browser",
    type=click.Choice(("auto", "require", "off")),
    default="auto",
    show_default=True,
    help="Let a real browser look at the mail as well: if there is one, only with one, or never.",
)


def _verb(command: Callable[..., "Result"]) -> click.Command:
    """Declare a verb: a function from the options of `newsletter` and its own to a `Result`."""

    @functools.wraps(command)
    def run(*, as_json: bool, **arguments: object) -> NoReturn:
        options: _Options = click.get_current_context().obj
        _print_result(command.__name__, command(options, **arguments), options, as_json=as_json)

    json = click.option("--json", "as_json", is_flag=True, is_eager=True, help="Print one JSON object.")
    return cli.command()(json(run))


def _alone_on_stdout(ctx: click.Context, _option: click.Parameter, form: str) -> str:
    """Refuse a form beside --json: stdout holds one of them."""
    if form != "text" and ctx.params.get("as_json"):
        raise click.UsageError(f"--format {form} and --json both want stdout: give one of them", ctx)
    return form


@_verb
@click.argument("title")
def new(options: _Options, title: str) -> "Result":
    """
    Start a new issue for the next send slot.

    \b
    Example:
      newsletter new "Five minutes for a stiff back"
    """
    from pipeline.clock import utc_now
    from pipeline.commands.new import new as run

    return run(options["root"], title, clock=utc_now)


@_verb
@click.argument("issues", nargs=-1, metavar="[ISSUE]...")
@click.option("--strict", is_flag=True, help="Let warnings fail as well.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "github", "sarif"]),
    default="text",
    show_default=True,
    callback=_alone_on_stdout,
    help="text for people; github for annotations and the step summary; sarif for code scanning.",
)
@_browser
def check(
    options: _Options, issues: tuple[str, ...], strict: bool, form: "Form", browser: "Mode"
) -> "Result":
    """
    Check the finished message of issues.

    ISSUE is a path, an id (its date may be left out) or a slug. Named issues decide the exit code;
    with none named, those with status ready do, and drafts are only listed.

    \b
    Example:
      newsletter check
    """
    from pipeline.clock import utc_now
    from pipeline.commands.check import check as run

    result = run(options["root"], issues, strict=strict, clock=utc_now, browser=browser)
    return result._replace(form=form)


@_verb
@click.argument("issue")
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="Default: build/ISSUE."
)
@click.option("--persona", help="Fill in a reader: reader, blank, long, arabic or japanese.")
def build(options: _Options, issue: str, output: Path | None, persona: str | None) -> "Result":
    """
    Write a finished message as files.

    HTML, text, .eml and JSON, in the provider's merge syntax; or, with --persona, as that reader gets
    it, to be looked at in a browser.

    \b
    Example:
      newsletter build when-one-side-works-harder --persona reader
    """
    from pipeline.clock import utc_now
    from pipeline.commands.build import build as run

    folder = output.resolve() if output else None
    return run(options["root"], issue, folder=folder, persona_name=persona, clock=utc_now)


@_verb
@click.argument("issue", required=False)
@click.option("--port", type=click.IntRange(1, 65535), help="Default: 4747, or one that is free.")
@click.option("--open/--no-open", "opens", default=True, show_default=True, help="Show it in your browser.")
@click.option(
    "--static",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Serve nothing: write it as files for a reviewer who has only a browser.",
)
@_browser
def preview(
    options: _Options,
    issue: str | None,
    *,
    port: int | None,
    opens: bool,
    static: Path | None,
    browser: "Mode",
) -> "Result":
    """
    Show an issue as every reader will see it, while you type.

    A page on this machine alone: phone and desktop, light and dark, inboxes, text, source, what the
    checks found, each at its line. It follows every save, and can send nothing. Ctrl-C ends it.

    With --static, one issue as a folder for its medical reviewer: index.html opens without this tool,
    without a network, without scripts. DIR is new, empty, or an earlier one that nobody changed.

    \b
    Example:
      newsletter preview when-one-side-works-harder
      newsletter preview when-one-side-works-harder --static build/review
    """
    from pipeline.clock import utc_now

    if static is not None:
        return _preview_static(options, issue, static, port=port, browser=browser)
    from pipeline.commands.preview import preview as run
    from pipeline.output import print_error, wants_colour

    def say(message: str, hint: str) -> None:
        print_error(message, hint, colour=wants_colour(sys.stderr, chosen=options["colour"]))

    return run(options["root"], issue, port=port, opens=opens, browser=browser, say=say, clock=utc_now)


def _preview_static(
    options: _Options, issue: str | None, folder: Path, *, port: int | None, browser: "Mode"
) -> "Result":
    """Write the preview as files."""
    from pipeline.clock import utc_now
    from pipeline.commands.preview import preview_static as run

    if issue is None:
        raise click.UsageError("--static needs an issue")
    if port is not None:
        raise click.UsageError("--static writes files and serves nothing: leave out --port")
    return run(options["root"], issue, folder=folder.absolute(), browser=browser, clock=utc_now)


@_verb
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write; default: public.",
)
@click.option("--search", is_flag=True, help="Build the search page and its index, too; needs pagefind.")
def archive(options: _Options, folder: Path | None, *, search: bool) -> "Result":
    """
    Build the website of past issues.

    An issue that was sent is listed; one that is ready or scheduled has a page that nobody is led to, since
    its mail links to it; drafts have none. The folder is exchanged in one step.

    \b
    Examples:
      newsletter archive
      newsletter archive -o site --search
    """
    from pipeline.clock import utc_now
    from pipeline.commands.archive import archive as run

    # a build holds on to all it loads: looking for garbage among ten thousand issues finds none
    gc.disable()
    return run(options["root"], folder=folder, search=search, told=_progress(), clock=utc_now)


@_verb
def disclaimers(options: _Options) -> "Result":
    """
    Show the approved disclaimer wordings.

    \b
    Example:
      newsletter disclaimers
    """
    from pipeline.clock import utc_now
    from pipeline.commands.disclaimers import disclaimers as run

    return run(options["root"], clock=utc_now)


@_verb
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--text", type=click.Path(dir_okay=False, path_type=Path), help="The text part, for a file of HTML."
)
@click.option(
    "--require", multiple=True, metavar="ID[@VERSION]", help="A wording that must be shown; default: gen."
)
@_browser
def verify(
    options: _Options, file: Path, text: Path | None, require: tuple[str, ...], browser: "Mode"
) -> "Result":
    """
    Prove that finished mail shows its disclaimer.

    FILE is a mail with its headers, such as a delivered copy, or its HTML part. Exit code 0: shown to
    every reader, 1: not shown, 2: unreadable.

    \b
    Example:
      newsletter verify delivered.eml --require gen --require exercise
    """
    from pipeline.clock import utc_now
    from pipeline.commands.verify import verify as run

    return run(options["root"], file, text=text, require=require, clock=utc_now, browser=browser)


@_verb
@click.argument("issue")
@click.option("--to", multiple=True, required=True, metavar="ADDRESS", help="Who gets it; may be repeated.")
@click.option(
    "--persona",
    help="Over SMTP, as this reader gets it: reader, blank, long, arabic or japanese.",
)
def proof(options: _Options, issue: str, to: tuple[str, ...], persona: str | None) -> "Result":
    """
    Mail a finished copy to a few people, its subject marked.

    Through the provider's own test call where it has one; else, or with --persona, over SMTP with the
    values of a reader who does not exist: that needs [tool.newsletter.smtp], and the password in
    NEWSLETTER_SMTP_PASSWORD. It goes to 10 addresses at most, none of them a reader's. An issue with
    findings goes out as well, and its subject says so.

    \b
    Example:
      newsletter proof when-one-side-works-harder --to luke@steady.example
    """
    from pipeline.clock import utc_now
    from pipeline.commands.proof import proof as run

    return run(options["root"], issue, to=to, persona_name=persona, clock=utc_now)


@_verb
@click.argument("issue")
@click.option("--by", required=True, metavar="NAME", help="Who signs: not one of the authors.")
@click.option("--credential", metavar="TEXT", help="Such as MD. Default: reviewer_credential of the issue.")
@click.option("--digest", metavar="HEX", help="The content digest of what was read, 12 digits or more.")
@click.option("--yes", is_flag=True, help="Do not ask; needs --digest. Needed where there is no terminal.")
def approve(
    options: _Options, issue: str, *, by: str, credential: str | None, digest: str | None, yes: bool
) -> "Result":
    """
    Sign an issue off as its medical reviewer.

    Shows what is signed, asks, and records it. One changed letter makes a sign-off void; another send
    time does not. With require_approval in the settings, nothing is sent without one.

    \b
    Example:
      newsletter approve when-one-side-works-harder --by "Ada Moreno" --credential DPT
    """
    from pipeline.clock import utc_now
    from pipeline.commands.approve import approve as run

    if yes and digest is None:
        raise click.UsageError("--yes needs --digest: nobody signs what they did not read")

    def confirm(rows: "Sequence[tuple[str, str]]") -> bool:
        _show(rows, colour=options["colour"])
        return yes or _answer(
            "Sign this?", "the sign-off", "add --yes, and --digest with the content digest of what was read"
        )

    return run(
        options["root"], issue, by=by, credential=credential, read=digest, confirm=confirm, clock=utc_now
    )


@_verb
@click.argument("issue")
def push(options: _Options, issue: str) -> "Result":
    """
    Save a draft at the provider. Sends nothing.

    The stored draft is read back and proved equal to what was built.

    \b
    Example:
      newsletter push when-one-side-works-harder
    """
    from pipeline.clock import utc_now
    from pipeline.commands.push import push as run

    return run(options["root"], issue, clock=utc_now)


_at = click.option("--at", metavar="TIME", help="Local send time, instead of send_at: 2026-12-01T07:30.")
_readers = click.option(
    "--readers",
    type=click.IntRange(1),
    metavar="N",
    help="How many there are, when that is far from last time.",
)
_take_over = click.option(
    "--take-over",
    is_flag=True,
    help="End the claim of a run that is surely over. Its draft must be untouched.",
)


@_verb
@click.argument("issues", nargs=-1, metavar="[ISSUE]...")
@click.option("--due", is_flag=True, help="All that `send --due` would look at.")
@_at
@_readers
def plan(
    options: _Options, issues: tuple[str, ...], *, due: bool, at: str | None, readers: int | None
) -> "Result":
    """
    Say what a send would do, and why. Changes nothing.

    The exit code is the one that `send` would end in.

    \b
    Example:
      newsletter plan when-one-side-works-harder
    """
    from pipeline.clock import utc_now
    from pipeline.commands.plan import plan as run

    return run(options["root"], issues, due=due, at=at, readers=readers, clock=utc_now)


@_verb
@click.argument("issue", required=False)
@click.option("--due", is_flag=True, help="All issues that are ready and near their time; asks nothing.")
@_at
@click.option("--yes", is_flag=True, help="Do not ask. Needed where there is no terminal.")
@click.option("--amend", is_flag=True, help="Exchange what is scheduled for the issue as it is now.")
@_readers
@_take_over
def send(
    options: _Options,
    issue: str | None,
    *,
    due: bool,
    at: str | None,
    yes: bool,
    amend: bool,
    readers: int | None,
    take_over: bool,
) -> "Result":
    """
    Schedule an issue for its send time, once.

    Shows audience, count, subject, time and digest, asks, then pushes, proves, claims and schedules.
    A second send of the same issue is refused.

    With --due, as a scheduled run: looks after what was scheduled earlier, records what was sent, and
    sends every issue with status ready whose time is near. It may run as often as you like.

    \b
    Example:
      newsletter send when-one-side-works-harder
    """
    from pipeline.clock import utc_now

    if due == (issue is not None):
        raise click.UsageError("send needs an issue, or --due")
    if issue is None:
        if at or amend or readers or take_over:
            raise click.UsageError(
                "--due decides alone: give --at, --amend, --readers or --take-over with an issue"
            )
        from pipeline.commands.due import send_due

        return send_due(options["root"], clock=utc_now)

    if amend and take_over:
        raise click.UsageError("--amend exchanges what is scheduled, --take-over ends a claim: give one")
    from pipeline.commands.send import send as run

    def confirm(dispatch: "Dispatch") -> bool:
        return yes or _ask(dispatch, colour=options["colour"])

    return run(
        options["root"],
        issue,
        at=at,
        amend=amend,
        take_over=take_over,
        readers=readers,
        confirm=confirm,
        clock=utc_now,
    )


@_verb
@click.argument("issues", nargs=-1, metavar="[ISSUE]...")
def status(options: _Options, issues: tuple[str, ...]) -> "Result":
    """
    Show where issues stand: provider and record.

    \b
    Example:
      newsletter status
    """
    from pipeline.clock import utc_now
    from pipeline.commands.status import status as run

    return run(options["root"], issues, clock=utc_now)


@_verb
@click.argument("issue")
@_take_over
def cancel(options: _Options, issue: str, *, take_over: bool) -> "Result":
    """
    Take a scheduled issue back before it goes out.

    \b
    Example:
      newsletter cancel when-one-side-works-harder
    """
    from pipeline.clock import utc_now
    from pipeline.commands.cancel import cancel as run

    return run(options["root"], issue, take_over=take_over, clock=utc_now)


def _ask(dispatch: "Dispatch", *, colour: bool | None) -> bool:
    """Show on stderr what is about to be sent, and ask; refuse where nobody can answer."""
    from pipeline.signoff import in_words

    at = dispatch.at.astimezone(dispatch.message.send_at.tzinfo if dispatch.message.send_at else None)
    rows = [
        ("subject", dispatch.payload.subject),
        ("audience", f"{dispatch.audience.name}, {_readers_words(dispatch)}"),
        (
            "goes out",
            f"{at:%A %d %B %Y, %H:%M %Z}{' (later than planned)' if dispatch.late else ''}",
        ),
        ("digest", dispatch.digest[:16]),
    ]
    if dispatch.signed:
        rows.append(("signed by", in_words(dispatch.signed, dispatch.message)))
    _show(rows, colour=colour)
    return _answer("Schedule this?", "the send", "add --yes")


def _readers_words(dispatch: "Dispatch") -> str:
    """Say how many readers there are, and how many there were last time."""
    last = f", {dispatch.usual:,} last time" if dispatch.usual is not None else ""
    return f"{dispatch.readers:,} readers{last}"


def _show(rows: "Sequence[tuple[str, str]]", *, colour: bool | None) -> None:
    for name, value in rows:
        click.echo(f"{name:>9}  {value}", err=True, color=colour)


def _progress() -> "Told":
    """Return what shows on a terminal how far a long command is; elsewhere it says nothing."""

    def show(what: str, done: int, total: int) -> None:
        click.echo(f"\r{what}: {done:,} of {total:,}", nl=done == total, err=True)

    return show if sys.stderr.isatty() else lambda _what, _done, _total: None


def _answer(question: str, what: str, hint: str) -> bool:
    """Ask on stderr; refuse where nobody can answer."""
    from pipeline.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError(f"nobody is at the terminal to confirm {what}", hint=hint)
    return click.confirm(question, err=True)


def _print_result(verb: str, result: "Result", options: _Options, *, as_json: bool) -> NoReturn:
    from pipeline import output

    if as_json:
        output.print_json(verb, ok=result.exit_code == 0, data=result.data, findings=result.findings)
    elif result.form == "github":
        checked = [(row["issue"], row["result"]) for row in result.data["issues"]]
        output.print_annotations(result.findings, checked)
    elif result.form == "sarif":
        output.print_sarif(result.findings)
    else:
        chosen = options["colour"]
        output.print_findings(result.findings, colour=output.wants_colour(sys.stderr, chosen=chosen))
        click.echo(result.text, nl=False, color=output.wants_colour(sys.stdout, chosen=chosen))
    if result.go_on is not None:
        sys.stdout.flush()
        result.go_on()
    sys.exit(result.exit_code)


def main() -> NoReturn:
    """Run the command; turn every error into its exit code, here and nowhere else."""
    # A run is short and makes little garbage: looking for it now and then, and not once more when the
    # process ends, takes a tenth off a build.
    gc.set_threshold(50_000)
    try:
        cli.main(prog_name="newsletter", standalone_mode=False)
    except click.exceptions.Exit as err:
        sys.exit(err.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(_failed("interrupted", "", exit_code=130))
    except click.UsageError as err:
        hint = f"run `{err.ctx.command_path} --help`" if err.ctx else ""
        sys.exit(_failed(err.format_message(), hint, exit_code=2))
    except Exception as err:  # noqa: BLE001  (the rim: nothing may pass it without an exit code)
        with contextlib.suppress(OSError):  # what cannot be printed is still told by the exit code
            sys.exit(_caught(err))
        sys.exit(2)
    finally:
        gc.freeze()
    sys.exit(0)


def _caught(err: Exception) -> int:
    """Report an error of our tree; any other is a fault in us and leaves a log."""
    from pipeline.errors import PipelineError

    if isinstance(err, PipelineError):
        return _failed(err.message, err.hint, exit_code=err.exit_code, findings=err.findings)
    if isinstance(err, OSError):
        where = f"{err.filename}: " if err.filename else ""
        hint = "see that the file or folder is there, may be read and written, and that the disk has room"
        return _failed(f"{where}{err.strerror or err}", hint, exit_code=2)
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="newsletter-", suffix=".log", delete=False) as log:
        traceback.print_exception(err, file=log)
    return _failed(
        f"a fault in newsletter itself: {err!r}", f"please report it, with {log.name}", exit_code=3
    )


def _failed(message: str, hint: str, *, exit_code: int, findings: "Sequence[Finding]" = ()) -> int:
    """Report a failure in the form that the command line asked for, though it may not have parsed."""
    from pipeline import output

    words = sys.argv[1:]
    if "--json" in words:
        verb = next((word for word in words if word in cli.commands), "")
        error = {"message": message, "hint": hint, "exit_code": exit_code}
        output.print_json(verb, ok=False, data={"error": error}, findings=findings)
    elif (form := _asked_form(words)) == "github":
        output.print_annotations(findings, failure=f"{message}\nmend: {hint}" if hint else message)
    else:
        if form == "sarif":
            output.print_sarif(findings, failure=message)
        chosen = {"--color": True, "--no-color": False}.get(next((w for w in words if "-color" in w), ""))
        colour = output.wants_colour(sys.stderr, chosen=chosen)
        output.print_findings(findings, colour=colour)
        output.print_error(message, hint, colour=colour)
    return exit_code


def _asked_form(words: "Sequence[str]") -> str:
    """Return what the command line asks for with --format, whatever else is wrong with it."""
    for word, after in zip(words, [*words[1:], ""], strict=False):
        name, _, value = word.partition("=")
        if name == "--format":
            return value or after
    return ""
