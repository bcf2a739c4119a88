"""Issues are found by path, id or slug, and read from their files with their images."""

import hashlib
import io
import os
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from pipeline.errors import IssueError, UsageError
from pipeline.issue.imagefacts import Facts, Unshowable, image_facts
from pipeline.model import Finding
from pipeline.settings import Settings, load_settings
from pipeline.stages import load
from pipeline.stages.load import duplicate_findings, find_issue, issue_paths, load_issue

ROOT = Path(__file__).parents[2]


@pytest.fixture
def newsletter(tmp_path: Path) -> Settings:
    """A newsletter without issues."""
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (tmp_path / "issues").mkdir()
    return load_settings(tmp_path)


def write(settings: Settings, name: str, front: str = "title: A", body: str = "Hello") -> Path:
    """Write an issue's file and return its path."""
    path = settings.issues_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"---\n{front}\n---\n{body}\n", encoding="utf-8")
    return path


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    """Return a picture's bytes; noise, so that it has a body to cut."""
    stream = io.BytesIO()
    noise = hashlib.sha256(b"noise").digest() * (size[0] * size[1] * 3 // 32 + 1)
    Pillow.frombytes("RGB", size, noise[: size[0] * size[1] * 3]).save(stream, kind, **options)  # type: ignore[arg-type]
    return stream.getvalue()


def findings(path: Path, settings: Settings) -> tuple[Finding, ...]:
    """Return why an issue is refused."""
    with pytest.raises(IssueError) as caught:
        load_issue(path, settings)
    return caught.value.findings


def test_our_own_issues_are_read() -> None:
    """Each has a title, a time and a picture."""
    settings = load_settings(ROOT)
    issues = [load_issue(path, settings) for path in issue_paths(settings)]
    assert len(issues) >= 3
    assert all(issue.title and issue.send_at and issue.images for issue in issues)
    assert duplicate_findings(issues) == []


def test_issues_are_files_or_folders_in_order(newsletter: Settings) -> None:
    """Hidden files, notes and folders without an index are none."""
    for name in ("b.md", "a/index.md", "c.md", ".d.md"):
        write(newsletter, name)
    (newsletter.issues_path / "e").mkdir()
    (newsletter.issues_path / "notes.txt").write_text("x", encoding="utf-8")
    names = [path.relative_to(newsletter.issues_path).as_posix() for path in issue_paths(newsletter)]
    assert names == ["a/index.md", "b.md", "c.md"]


def test_without_a_folder_there_are_no_issues(newsletter: Settings) -> None:
    """A new newsletter has none yet."""
    newsletter.issues_path.rmdir()
    assert issue_paths(newsletter) == []


@pytest.mark.parametrize("name", ["steady-2026-12-01-stiff-back", "stiff-back"])
def test_an_issue_is_found_by_its_key_and_without_its_date(newsletter: Settings, name: str) -> None:
    """What messages call it, and what an editor types."""
    path = write(newsletter, "2026-12-01-stiff-back.md", "title: A")
    write(newsletter, "2026-12-08-back.md", "title: B")
    assert find_issue(name, newsletter) == path


@pytest.mark.parametrize(
    "name", ["2026-12-01-back", "back", "issues/2026-12-01-back.md", "issues/../issues/2026-12-01-back.md"]
)
def test_an_issue_is_found_by_id_slug_and_path(newsletter: Settings, name: str) -> None:
    """A path counts from the root as well."""
    path = write(newsletter, "2026-12-01-back.md", "title: A\nslug: back")
    write(newsletter, "2026-12-08-sleep.md", "title: B\nslug: sleep")
    assert find_issue(name, newsletter) == path


def test_a_folder_is_its_issue(newsletter: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an editor stands in a shell does not matter."""
    path = write(newsletter, "2026-12-01-back/index.md")
    monkeypatch.chdir(newsletter.issues_path)
    assert find_issue("2026-12-01-back", newsletter) == path
    assert find_issue("2026-12-01-back/", newsletter) == path
    monkeypatch.chdir(path.parent)
    assert find_issue("index.md", newsletter) == path
    assert load_issue(find_issue(".", newsletter), newsletter).id == "2026-12-01-back"


def test_an_id_that_is_a_files_name_is_found_beside_broken_issues(newsletter: Settings) -> None:
    """Nobody waits for a neighbour to be mended."""
    path = write(newsletter, "2026-12-01-back.md")
    write(newsletter, "broken.md").write_bytes(b"\xff")
    assert find_issue("2026-12-01-back", newsletter) == path
    assert find_issue("broken", newsletter).name == "broken.md"


@pytest.mark.parametrize("name", ["2026-12-01-bakc", "", "x" * 5000, "a\0b", "../../etc"])
def test_an_unknown_name_is_refused_with_a_remedy(newsletter: Settings, name: str) -> None:
    """The nearest id or slug, or what there is."""
    write(newsletter, "2026-12-01-back.md")
    with pytest.raises(UsageError, match="no issue is called") as caught:
        find_issue(name, newsletter)
    assert "2026-12-01-back" in caught.value.hint


def test_a_name_for_two_issues_is_refused_with_both(newsletter: Settings) -> None:
    """It is not for us to guess which one goes out."""
    write(newsletter, "a.md", "title: A\nslug: back")
    write(newsletter, "b.md", "title: B\nslug: back")
    write(newsletter, "c.md")
    write(newsletter, "c/index.md")
    for name, files in (("back", "issues/a.md, issues/b.md"), ("c", "issues/c/index.md, issues/c.md")):
        with pytest.raises(UsageError) as caught:
            find_issue(name, newsletter)
        assert files in caught.value.message


def test_two_issues_with_one_id_slug_or_number_are_told(newsletter: Settings) -> None:
    """With both files, at the line of the key."""
    paths = [
        write(newsletter, "a.md", "title: A\nid: back\nnumber: 7"),
        write(newsletter, "b.md", "title: B\nslug: back"),
        write(newsletter, "c.md", "title: C\nid: back\nslug: c\nnumber: 7"),
        write(newsletter, "d.md", "title: D"),
    ]
    seen = duplicate_findings(load_issue(path, newsletter) for path in paths)
    assert [(finding.id, finding.file, finding.line, finding.message) for finding in seen] == [
        ("FM050", "issues/b.md", 3, "slug 'back' is that of issues/a.md already"),
        ("FM050", "issues/c.md", 3, "id 'back' is that of issues/a.md already"),
        ("FM050", "issues/c.md", 5, "number 7 is that of issues/a.md already"),
    ]


def test_an_issue_reached_through_a_link_keeps_its_key(newsletter: Settings) -> None:
    """Another name for a file must not make a second issue of it: it would be sent twice."""
    path = write(newsletter, "2026-12-01-back/index.md")
    (newsletter.issues_path / "latest").symlink_to(path.parent)
    (newsletter.issues_path / "next.md").symlink_to(path)
    assert issue_paths(newsletter) == [path]
    keys = {
        load_issue(find_issue(name, newsletter), newsletter).key
        for name in ("2026-12-01-back", "issues/latest", "issues/next.md")
    }
    assert keys == {"steady-2026-12-01-back"}
    assert load_issue(newsletter.issues_path / "next.md", newsletter).key in keys


@pytest.mark.parametrize("name", ["missing.md", "folder.md", "a\0.md", "x" * 5000])
def test_a_file_that_cannot_be_read_is_refused(newsletter: Settings, name: str) -> None:
    """No traceback for what the system says."""
    (newsletter.issues_path / "folder.md").mkdir()
    (finding,) = findings(newsletter.issues_path / name, newsletter)
    assert finding.id == "FM001"


@pytest.mark.parametrize(("kind", "extension"), [("PNG", "png"), ("JPEG", "jpg"), ("GIF", "gif")])
def test_a_local_image_is_known_by_its_bytes(newsletter: Settings, kind: str, extension: str) -> None:
    """Whatever its name says; blanks may be written as %20."""
    data = picture(kind)
    path = write(
        newsletter, "a/index.md", body="Hello\n\n![a](my%20file.bin)\n\n![b](https://a.example/b.png)"
    )
    (path.parent / "my file.bin").write_bytes(data)
    (image,) = load_issue(path, newsletter).images.values()
    assert (image.src, image.path) == ("my%20file.bin", path.parent / "my file.bin")
    assert (image.width, image.height, image.format) == (40, 30, extension)
    assert image.sha256 == hashlib.sha256(data).hexdigest()


def test_the_hero_and_a_neighbours_image_are_read(newsletter: Settings) -> None:
    """Images may be shared inside the issues' folder."""
    path = write(newsletter, "a/index.md", "title: A\nimage: {src: ../b.png, alt: b}", "![b](../b.png)")
    (newsletter.issues_path / "b.png").write_bytes(picture())
    assert list(load_issue(path, newsletter).images) == ["../b.png"]


def test_a_camera_that_was_turned_turns_width_and_height(newsletter: Settings) -> None:
    """What is shown is what counts."""
    exif = Pillow.Exif()
    exif[0x0112] = 6
    path = write(newsletter, "a.md", body="![a](b.jpg)")
    (newsletter.issues_path / "b.jpg").write_bytes(picture("JPEG", exif=exif))
    image = load_issue(path, newsletter).images["b.jpg"]
    assert (image.width, image.height) == (30, 40)


PNG = picture()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (picture("WEBP"), "mail clients cannot show WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "mail clients cannot show SVG"),
        (b"<?xml version='1.0'?><svg/>", "mail clients cannot show SVG"),
        (b"\0\0\0 ftypavif", "mail clients cannot show AVIF or HEIC"),
        (picture("TIFF"), "mail clients cannot show TIFF"),
        (picture("BMP"), "mail clients cannot show BMP"),
        (b"", "no PNG, JPEG or GIF"),
        (b"<!doctype html>not found", "no PNG, JPEG or GIF"),
        (PNG[: len(PNG) // 2], "the image is damaged"),
        (picture("JPEG")[:-300], "the image is damaged"),
        (picture("GIF")[:-200], "the image is damaged"),
    ],
)
def test_what_mail_clients_cannot_show_is_refused(newsletter: Settings, data: bytes, message: str) -> None:
    """At the line of the image, with a remedy."""
    path = write(newsletter, "a.md", body="Hello\n\n![b](b.png)")
    (newsletter.issues_path / "b.png").write_bytes(data)
    (finding,) = findings(path, newsletter)
    assert (finding.id, finding.line) == ("FM042", 6)
    assert message in finding.message
    assert finding.hint


@pytest.mark.parametrize("size", [(10_000, 9_000), (20_000, 20_000)], ids=["large", "bomb"])
def test_an_image_of_too_many_pixels_is_refused(size: tuple[int, int]) -> None:
    """A few kilobytes may unpack to gigabytes."""
    header = b"IHDR" + struct.pack(">II", *size) + PNG[24:29]
    bomb = PNG[:12] + header + struct.pack(">I", zlib.crc32(header)) + PNG[33:]
    with pytest.raises(Unshowable, match="more than 50,000,000 pixels"):
        image_facts(bomb)


def test_an_image_file_that_is_too_large_is_refused(newsletter: Settings) -> None:
    """It is not even read to its end."""
    path = write(newsletter, "a.md", body="![b](b.png)")
    with (newsletter.issues_path / "b.png").open("wb") as stream:
        stream.truncate(load.MAX_IMAGE_BYTES + 1)
    (finding,) = findings(path, newsletter)
    assert (finding.id, finding.line) == ("FM042", 4)
    assert "larger than 20,000,000 bytes" in finding.message


@pytest.mark.parametrize(
    ("src", "rule", "words"),
    [
        ("Hero.PNG", "FM040", "did you mean 'hero.png'?"),
        ("none.gif", "FM040", "put the file beside the issue"),
        ("a%00b.png", "FM040", "look at its name"),
        ("x" * 400, "FM040", "name"),
        ("loop.png", "FM040", "name"),
        (".", "FM040", "put the file beside the issue"),
        ("../../secret.png", "FM041", "copy it beside the issue"),
        ("..%2F..%2Fsecret.png", "FM041", "copy it beside the issue"),
        ("linked.png", "FM041", "copy it beside the issue"),
        ("my hero.png", "FM043", "%20"),
    ],
)
def test_an_image_that_cannot_be_had_is_told_at_its_line(
    newsletter: Settings, src: str, rule: str, words: str
) -> None:
    """Missing, misspelt, outside the issues' folder (also through a link), or not readable as an address."""
    path = write(newsletter, "a/index.md", body=f"Hello\n\n![a]({src})")
    (newsletter.root / "secret.png").write_bytes(PNG)
    (path.parent / "hero.png").write_bytes(PNG)
    (path.parent / "linked.png").symlink_to(newsletter.root / "secret.png")
    (path.parent / "loop.png").symlink_to(path.parent / "loop.png")
    (finding,) = findings(path, newsletter)
    assert (finding.id, finding.line) == (rule, 6)
    assert words in finding.hint


def test_problems_of_keys_and_images_come_together(newsletter: Settings) -> None:
    """One run tells all; an image shown twice is told where it is first."""
    path = write(newsletter, "a.md", "titel: A\nimage: {src: b.png, alt: b}", "![b](b.png)\n\n![c](c.png)")
    assert [(finding.id, finding.line) for finding in findings(path, newsletter)] == [
        ("FM020", 2),
        ("FM014", 2),
        ("FM040", 3),
        ("FM040", 7),
    ]


def test_the_file_of_a_finding_is_relative_to_the_root(newsletter: Settings) -> None:
    """Also when the shell stands elsewhere."""
    path = write(newsletter, "a.md", "subject: A")
    (finding,) = findings(Path(os.path.relpath(path)), newsletter)
    assert finding.file == "issues/a.md"


@hypothesis_settings(deadline=None, derandomize=True, max_examples=300)
@given(
    st.sampled_from(["PNG", "JPEG", "GIF"]), st.integers(0, 600), st.integers(0, 40), st.binary(max_size=8)
)
def test_damaged_image_bytes_are_read_or_refused(kind: str, place: int, cut: int, put: bytes) -> None:
    """Whatever Pillow's decoders think of it, there is no traceback."""
    data = picture(kind, (12, 9))
    try:
        facts = image_facts(data[:place] + put + data[place + cut :])
    except Unshowable as err:
        assert err.message
        assert err.hint
    else:
        assert isinstance(facts, Facts)
