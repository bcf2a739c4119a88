"""Nobody is led to a page or an image that is not there: asked over real HTTP, as a reader's client asks."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import SetClock
from pipeline import publish
from pipeline.errors import Refused
from pipeline.mergetags import to_tokens
from pipeline.model import Message
from pipeline.providers.exchange import Limits
from pipeline.publish import Desk
from pipeline.publish.webcopy import LIMITS, demand_web_copy, image_urls, missing
from samples import ID, READERS, desk, message
from website import Page, Website, image, page_of, website

PAGE = "/backs/"
QUICK = Limits(connect_s=0.5, wait_s=0.5, whole_s=0.5, answer_bytes=100_000)


@pytest.fixture
def site() -> Iterator[Website]:
    """An empty website."""
    with website() as served:
        yield served


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that were to be waited."""
    return []


@pytest.fixture
def office(tmp_path: Path, clock: SetClock, site: Website, pauses: list[float]) -> Desk:
    """A desk whose archive is the website."""
    made = desk(tmp_path, clock)
    settings = replace(made.settings, archive_url=site.url)
    return made._replace(settings=settings, pause=pauses.append)


def letter(site: Website, *images: str) -> Message:
    """Return a letter with a page on the website that shows these images."""
    shown = "".join(f'<img src="{url}" alt="">' for url in images)
    plain = message()
    return replace(
        plain, web_url=f"{site.url}{PAGE}", html=plain.html.replace("<p>Hello", f"{shown}<p>Hello")
    )


def whys(finished: Message, site: Website, *, limits: Limits = QUICK) -> list[str]:
    """Return what is missing, in words."""
    found = missing(finished, archive_url=site.url, pause=lambda _seconds: None, limits=limits)
    return [f"{each.what} {each.why}" for each in found]


def test_a_mail_whose_page_and_images_are_there_may_go(site: Website, office: Desk) -> None:
    """A page of its own content, and images: asked for their heads alone."""
    finished = letter(site, site.put_image("/assets/a.png"), site.put("/b", image("image/jpeg; q=1")))
    site.put_page(PAGE, finished.digest)
    demand_web_copy(finished, office)
    assert site.asked(PAGE) == ["GET"]
    assert (site.asked("/assets/a.png"), site.asked("/b")) == (["HEAD"], ["HEAD"])


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (Page(status=404), "answered 404"),
        (Page(status=401, body=page_of(message().digest)), "answered 401"),
        (Page(status=500, body=page_of(message().digest)), "answered 500"),
        (Page(status=204), "answered 204"),
        (Page(page_of("of other content")), "is of other content than this mail"),
        (Page(page_of("")), "does not say of which mail it is"),
        (Page(b"<!doctype html><title>Welcome</title>"), "does not say of which mail it is"),
        (Page(b""), "does not say of which mail it is"),
        (Page(status=302, headers={"Location": "/backs/"}), "it leads on more than 3 times"),
        (Page(status=302, headers={"Location": "ftp://127.0.0.1/"}), "it leads to 'ftp'"),
        (Page(status=302, headers={"Location": "http://[/"}), "it leads to what is no address"),
        (Page(status=302), "answered 302"),
        (Page(page_of(message().digest), seconds=2.0), "gives no answer: no answer in time"),
        (Page(b"<p>" * 1000, endless=True), "gives no answer: its answer has no end"),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
)
def test_a_page_that_is_not_there_or_not_its_own_is_missing(site: Website, page: Page, why: str) -> None:
    """Whatever its server says instead."""
    site.put(PAGE, page)
    (told,) = whys(letter(site), site)
    assert told.startswith("its page ")
    assert why in told


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (Page(status=404, kind="image/png"), "answered 404"),
        (Page(b"<p>not found", kind="text/html; charset=utf-8"), "is 'text/html', and no image"),
        (Page(kind=""), "is '', and no image"),
        (Page(status=302, headers={"Location": "/a.png"}), "it leads on more than 3 times"),
        (Page(b"\x89", "image/png", seconds=2.0), "gives no answer: no answer in time"),
    ],
    ids=["gone", "page", "nothing", "circle", "slow"],
)
def test_an_image_that_is_none_is_missing(site: Website, page: Page, why: str) -> None:
    """Also where a server says 200 to everything."""
    finished = letter(site, site.put("/a.png", page))
    site.put_page(PAGE, finished.digest)
    (told,) = whys(finished, site)
    assert told.startswith("its image ")
    assert why in told


@pytest.mark.parametrize("head", [400, 403, 404, 405, 501])
def test_a_server_that_refuses_to_tell_the_head_is_asked_for_all(site: Website, head: int) -> None:
    """And its body, which has no end, is not read."""
    finished = letter(site, site.put("/a.png", Page(b"\x89PNG", "image/png", head=head, endless=True)))
    site.put_page(PAGE, finished.digest)
    assert whys(finished, site) == []
    assert site.asked("/a.png") == ["HEAD", "GET"]


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_failure_that_may_pass_is_given_a_second_chance(
    site: Website, office: Desk, pauses: list[float], status: int
) -> None:
    """After a pause, once."""
    finished = letter(site)
    site.put(PAGE, Page(status=status), Page(page_of(finished.digest)))
    demand_web_copy(finished, office)
    assert (site.asked(PAGE), len(pauses)) == (["GET", "GET"], 1)
    site.put(PAGE, Page(status=status))
    with pytest.raises(Refused, match=f"answered {status}"):
        demand_web_copy(finished, office)
    assert len(site.asked(PAGE)) == 4


def test_a_clear_no_is_asked_once(site: Website, pauses: list[float], office: Desk) -> None:
    """A page that is not there will not be there in a second."""
    with pytest.raises(Refused, match="answered 404"):
        demand_web_copy(letter(site), office)
    assert (site.asked(PAGE), pauses) == (["GET"], [])


def test_a_page_that_moved_is_followed(site: Website) -> None:
    """Up to three times, also where an address has letters of its own; what is there in the end counts."""
    finished = letter(site)
    accent = "é".encode().decode("latin-1")  # the bytes of UTF-8, as servers send them
    for path, status, target in (
        (PAGE, 301, f"{site.url}/1"),
        ("/1", 307, f"/2?{accent}"),
        ("/2?%C3%A9", 308, "3"),
    ):
        site.put(path, Page(status=status, headers={"Location": target}))
    site.put_page("/3", finished.digest)
    assert whys(finished, site) == []
    site.put("/3", Page(status=302, headers={"Location": "/4"}))
    site.put_page("/4", finished.digest)
    assert whys(finished, site) == ["its page gives no answer: it leads on more than 3 times"]


def test_no_cookie_and_no_sign_in_goes_along(
    site: Website, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not that of the machine's .netrc, not that of an address, and no cookie that the site set."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ed password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    host = site.url.removeprefix("http://")
    finished = letter(site, f"http://ed:secret@{host}/a.png", site.put_image("/b.png"))
    kept = {"Set-Cookie": "visitor=7; Path=/"}
    site.put("/a.png", replace(image(), headers=kept))
    site.put(PAGE, Page(status=302, headers={"Location": "/there/", **kept}))
    site.put_page("/there/", finished.digest)
    assert whys(finished, site) == []
    assert len(site.log) == 4
    for asked in site.log:
        assert not {"cookie", "authorization"} & set(asked.headers)
        assert asked.headers["user-agent"].startswith("newsletter-pipeline/")


def test_all_addresses_are_asked_at_once(site: Website) -> None:
    """No more than eight of them: a site is no target."""
    images = [site.put(f"/{number}.png", replace(image(), seconds=0.1)) for number in range(20)]
    finished = letter(site, *images)
    site.put_page(PAGE, finished.digest)
    assert whys(finished, site, limits=LIMITS) == []
    assert 2 <= site.at_once <= 8
    assert len(site.log) == 21


def test_a_host_that_is_not_there_is_said_so(site: Website) -> None:
    """A port that nobody serves refuses the connection."""
    with website() as gone:
        url = f"{gone.url}/a.png"
    finished = letter(site, url)
    site.put_page(PAGE, finished.digest)
    assert whys(finished, site) == ["its image gives no answer: no connection"]


def test_what_only_this_machine_reaches_is_missing(site: Website) -> None:
    """An address of the loopback answers here, and no reader; only a test's archive is there itself."""
    finished = replace(letter(site, site.put_image("/a.png")), web_url="")
    assert whys(finished, site) == []
    (found,) = missing(finished, archive_url="https://steady.example", pause=lambda _seconds: None)
    assert found.why == "gives no answer: it is, or leads to, this machine, which no reader reaches"
    assert len(site.log) == 1


def test_an_image_that_differs_for_each_reader_is_refused(site: Website) -> None:
    """Nobody can look at all of them; the message shows the tag as it was written."""
    finished = replace(
        letter(site, to_tokens("https://x.example/{{ subscriber.first_name }}.png")), web_url=""
    )
    (found,) = missing(finished, archive_url=site.url, pause=lambda _seconds: None)
    assert found.url == "https://x.example/{{ subscriber.first_name }}.png"
    assert "merge tag" in found.why


def test_the_refusal_says_what_where_and_how_to_mend(site: Website, office: Desk) -> None:
    """Three addresses at most; what is ours is mended otherwise than what is another's."""
    with website() as elsewhere:
        finished = letter(
            site, *(f"{site.url}/assets/{number}.png" for number in range(3)), f"{elsewhere.url}/cat.png"
        )
        with pytest.raises(Refused) as caught:
            demand_web_copy(finished, office)
    assert caught.value.message == (
        f"{ID}: its page '{site.url}/backs/' answered 404; its image '{site.url}/assets/0.png' answered 404; "
        f"its image '{site.url}/assets/1.png' answered 404; and 2 more"
    )
    ours, other = caught.value.hint.split("; put ")
    assert ours.startswith("run `newsletter archive` and deploy it, then send again")
    assert other == "that image where every reader can fetch it, or take it out of the issue"


@pytest.mark.parametrize(
    ("later", "hint"),
    [
        (dt.timedelta(), "run `newsletter archive` and deploy it, then send again"),
        (dt.timedelta(days=1), "write send_at: {} into the front matter, which its page goes by; run `newsl"),
    ],
)
def test_a_page_follows_no_time_that_was_given_by_hand(
    site: Website, office: Desk, later: dt.timedelta, hint: str
) -> None:
    """A letter may show its day: however often the archive is built, its page shows the front matter's."""
    finished = letter(site)
    site.put_page(PAGE, "of other content")
    assert finished.send_at
    with pytest.raises(Refused) as caught:
        demand_web_copy(finished, office, asked=finished.send_at - later)
    assert caught.value.hint.startswith(hint.format(finished.send_at.isoformat(timespec="minutes")))


def test_a_rehearsal_asks_nothing(site: Website, office: Desk) -> None:
    """Its readers are on this machine."""
    finished = letter(site, f"{site.url}/a.png")
    assert publish.send(publish.plan(finished, READERS, office), office) == "scheduled"
    assert site.log == []


IMAGES = """\
<!doctype html><html><head><style>p { background: #fff url("https://x.example/style.png") no-repeat }
@font-face { src: url(https://x.example/font.woff2) }</style></head>
<body background="https://x.example/body.png"><a href="https://x.example/link"><img src="https://x.example/a.png?b&amp;c"></a>
<!--[if mso]><v:rect><v:fill type="frame" src="https://x.example/outlook.png" /></v:rect><![endif]-->
<!-- <img src="https://x.example/comment.png"> --><!--[if !mso]><!--><img src="https://x.example/0.png"><!--<![endif]-->
<img src=" HTTPS://x.example/a.png?b&amp;c"><img src="data:image/png;base64,AA"><img src="cid:1"><img>
<picture><source srcset="https://x.example/1.png 1x, https://x.example/2,3.png 2x">
<img src="//x.example/4.png"></picture>
<p style="color: red; background-image: url('https://x.example/inline.png')">Hello</p>
<iframe src="https://x.example/frame"></iframe></body></html>
"""


def test_every_image_that_a_mail_shows_is_found() -> None:
    """In attributes, style sheets and what only Outlook reads; no link, no font, no comment."""
    names = ["style.png", "body.png", "a.png?b&c", "0.png", "1.png", "2,3.png", "4.png", "inline.png"]
    names.append("outlook.png")
    found = [url for url in image_urls(IMAGES) if not url.startswith("HTTPS")]
    assert found == [f"https://x.example/{name}" for name in names]
