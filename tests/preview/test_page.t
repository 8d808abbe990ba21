#!/usr/bin/env python3
"""The preview page in a real browser against the real bot: a question by keyboard, the reply and
why it was given, accessibility, two colour schemes, small windows, and a restart of the bot.
Pictures go to build/artefacts/."""
import os
import shutil
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import TOP, Browser, Server, Tab  # noqa: E402

PICTURES = os.path.join(TOP, "build/artefacts")
QUESTION = "How often can mesotherapy be done?"
# Which of these the bot answers with topics is the matcher's business; some must be.
OFFERS = ("what can't I do", "exercise after", "swimming pool", "what should I avoid", "hair growth")
URGENT = "I can't breathe and my face is swelling"
CONTROLS = ("button", "textbox", "link", "combobox", "checkbox", "searchbox")


class Tap:
    def __init__(self):
        self.n = 0
        self.bad = 0

    def ok(self, good, what, *notes):
        self.n += 1
        self.bad += not good
        print(f"{'ok' if good else 'not ok'} {self.n} - {what}")
        if not good:
            for note in notes:
                print(f"# {note}")
        sys.stdout.flush()

    def empty(self, found, what):
        self.ok(not found, what, *found)

    def same(self, got, wanted, what):
        self.ok(got == wanted, what, f"got {got!r}", f"wanted {wanted!r}")


def check(tab, what):
    with open(os.path.join(TOP, "tests/preview/checks.js"), encoding="utf-8") as file:
        return tab.run(f"{file.read().strip()}.{what}()")


def replies(tab):
    return tab.run("document.querySelectorAll('.reply').length")


def ask(tab, text):
    """Writes into the field that has the focus, sends with Enter, waits for the reply."""
    before = replies(tab)
    tab.write(text)
    tab.key("Enter")
    return tab.wait(f"document.querySelectorAll('.reply').length > {before}")


def last(tab, selector):
    return tab.run(f"[...document.querySelectorAll('.reply')].at(-1)?.querySelector({selector!r})"
                   "?.innerText ?? ''")


def test_question(tap, tab, server):
    tap.ok(tab.visit(server.url), "the page opens and connects")
    tap.same(tab.run("document.activeElement.id"), "question", "the question field has the focus")
    tap.same(tab.run("document.querySelector('h1').textContent"), "Harbour Hair Clinic",
             "the header names the clinic")
    tap.ok("not a medical device" in tab.run("document.querySelector('.notice').innerText").lower(),
           "and says that this is a preview, not a medical device")
    tap.ok(tab.run("document.querySelectorAll('.example').length") > 1, "there are examples")
    tab.write("How often can")
    tab.key("Enter", shift=True, text="\r")
    tap.ok("\n" in tab.run("document.getElementById('question').value"),
           "Shift and Enter start a new line")
    tab.run("document.getElementById('question').value = ''")
    tap.ok(ask(tab, QUESTION), "Enter sends, and a reply comes")
    tap.same(tab.run("document.querySelector('.mine .text').textContent"), QUESTION,
             "the question stands in the conversation")
    tap.ok("doctor" in last(tab, ".text"), "the reply carries the note", last(tab, ".text"))
    tap.same(tab.run("document.activeElement.id"), "question", "the focus stays in the field")
    tap.same(tab.run("document.getElementById('question').value"), "", "and the field is empty")
    tap.ok(tab.run("document.querySelector('#why .passages .id')?.textContent.startsWith('often.')"),
           "the panel names the passage", tab.run("document.getElementById('why').innerText"))
    tap.ok(tab.run("document.querySelector('#why .score').textContent > ''"), "and its score")


def offered(tab):
    return tab.run("[...document.querySelectorAll('.reply')].at(-1).querySelectorAll('.pick').length")


def test_kinds(tap, tab):
    tap.ok(any(ask(tab, question) and offered(tab) > 1 for question in OFFERS),
           "topics to pick from are buttons", last(tab, ".text"))
    if offered(tab) < 2:
        return
    named = tab.run("[...document.querySelectorAll('.reply')].at(-1).querySelector('.pick')"
                    ".textContent")
    tap.ok(named.startswith("Pick topic 1: "), "named with the topic", named)
    before = replies(tab)
    tab.run("[...document.querySelectorAll('.reply')].at(-1).querySelector('.pick').click()")
    tap.ok(tab.wait(f"document.querySelectorAll('.reply').length > {before}") and
           tab.run("[...document.querySelectorAll('.mine .text')].at(-1).textContent") == "1",
           "a pick sends its number")
    tap.same(tab.run("document.activeElement.id"), "question", "and the focus is in the field")
    tap.ok(ask(tab, URGENT) and
           tab.run("[...document.querySelectorAll('.reply')].at(-1).matches('.urgent')"),
           "an urgent message gets a reply that stands out", last(tab, ".text"))
    tap.ok("read this" in last(tab, ".alarm"), "and says so in words", last(tab, ".alarm"))


def test_hostile(tap, tab):
    ask(tab, "<img src=x onerror=alert(1)><b>bold</b>")
    tap.same(tab.run("document.querySelectorAll('#log img, #log .mine b').length"), 0,
             "what a person writes is never markup")
    made = tab.run("(() => { const box = document.createElement('div'); box.append(safeCopy("
                   "'<p onclick=\"x()\" style=\"color:red\">a<script>b()</scr' + 'ipt><img src=x>"
                   "<a href=\"javascript:c()\">d</a><a href=\"https://example.org/\">e</a></p>"
                   "<iframe src=x></iframe>')); return box.innerHTML; })()")
    tap.same(made, '<p>ad<a href="https://example.org/" rel="noopener noreferrer" '
             'target="_blank">e</a></p>', "a reply's markup is built from an allow-list")
    refused = tab.run("(() => { try { document.createElement('p').innerHTML = '<b>x</b>'; "
                      "return 'taken'; } catch { return 'refused'; } })()")
    tap.same(refused, "refused", "the page's policy refuses innerHTML")


def test_too_long(tap, tab):
    asked = tab.run("document.querySelectorAll('.mine').length")
    tab.write("x" * 13000)
    tab.key("Enter")
    tap.ok(tab.run("document.getElementById('problem').innerText") and
           tab.run("document.getElementById('question').getAttribute('aria-invalid')") == "true",
           "a question that is too long is said to be")
    tap.same(tab.run("document.querySelectorAll('.mine').length"), asked, "and is not sent")
    tab.run("document.getElementById('question').select()")
    tab.write("x")
    tap.ok(tab.run("document.getElementById('problem').innerText === '' && "
                   "!document.getElementById('question').hasAttribute('aria-invalid')"),
           "shortening it takes that back")
    tab.run("document.getElementById('question').value = ''")


def test_structure(tap, tab):
    nodes = tab.call("Accessibility.getFullAXTree")["nodes"]
    shown = [node for node in nodes if not node["ignored"]]
    nameless = [node["role"]["value"] for node in shown
                if node.get("role", {}).get("value") in CONTROLS
                and not node.get("name", {}).get("value", "").strip()]
    tap.empty(nameless, "every control has a name")
    roles = [node.get("role", {}).get("value") for node in shown]
    for role in ("banner", "main", "complementary", "log", "status"):
        tap.same(roles.count(role), 1, f"there is one {role}")
    tap.same(tab.run("document.documentElement.lang"), "en", "the page says its language")
    tap.same(tab.run("document.querySelectorAll('h1').length"), 1, "there is one first heading")
    tap.same(tab.run("document.getElementById('log').getAttribute('aria-live')"), "polite",
             "replies are read out politely")
    twice = tab.run("[...document.querySelectorAll('[id]')].map((e) => e.id)"
                    ".filter((id, i, all) => all.indexOf(id) !== i)")
    tap.empty(twice, "no id stands twice")


def test_keyboard(tap, tab):
    wanted = set(check(tab, "focusable"))
    seen = {}
    for _ in range(len(tab.run("[...document.querySelectorAll('button, a, textarea')]"
                               ".map(() => 1)")) + 6):
        tab.key("Tab")
        found = check(tab, "focused")
        if found["name"]:
            seen[found["name"]] = found["ring"]
    tap.empty(sorted(wanted - set(seen)), "Tab reaches everything and is caught nowhere")
    tap.empty(sorted(name for name, ring in seen.items() if not ring), "the focus can be seen")
    tab.run("document.querySelector('.skip').focus()")
    tab.key("Enter")
    tap.ok(tab.wait("document.activeElement.id === 'question'", 5), "the skip link leads to the field")
    tab.run("document.getElementById('toggle').focus()")
    before = tab.run("document.getElementById('toggle').getAttribute('aria-expanded')")
    tab.key(" ")
    after = tab.run("document.getElementById('toggle').getAttribute('aria-expanded')")
    tap.same({before, after}, {"true", "false"}, "Space opens and closes the panel")
    tab.key(" ")
    tab.run("document.getElementById('question').focus()")


def settled(tab):
    """The list has scrolled to where it goes."""
    tab.run("new Promise((done) => { let last = -1; const look = () => { const now = "
            "document.getElementById('log').scrollTop; if (now === last) done(); "
            "else { last = now; setTimeout(look, 150); } }; look(); })")


def test_looks(tap, tab):
    for scheme in ("light", "dark"):
        tab.media(scheme)
        time.sleep(0.3)
        found = check(tab, "faintText")
        tap.ok(found["seen"] > 20 and not found["faint"], f"text has enough contrast, {scheme}",
               f"{found['seen']} seen", *found["faint"])
        tap.empty(check(tab, "faintControls"), f"controls have enough contrast, {scheme}")
        settled(tab)
        tab.picture(os.path.join(PICTURES, f"preview-{scheme}.png"))
    tab.media("light", "reduce")
    moving = tab.run("getComputedStyle(document.querySelector('.reply')).animationName")
    tap.same(moving, "none", "nothing moves for those who want that")
    tab.media("light")


def test_sizes(tap, tab):
    for width, height, scale, what in ((360, 740, 2, "a phone"), (320, 256, 4, "320 px"),
                                       (640, 400, 2, "200 % zoom")):
        tab.window(width, height, scale, mobile=False)
        time.sleep(0.3)
        tap.empty(check(tab, "tooWide"), f"nothing is wider than the window: {what}")
        tap.empty(check(tab, "tooSmall"), f"no control is too small: {what}")
        box = tab.run("(() => { const field = document.getElementById('question'); "
                      "field.scrollIntoView({behavior: 'instant', block: 'nearest'}); "
                      "const box = field.getBoundingClientRect(); "
                      "return [box.top, box.bottom, innerHeight]; })()")
        tap.ok(box[0] > -1 and box[1] < box[2] + 1, f"the field can be seen whole: {what}", box)
    tab.window(360, 740, 2, mobile=True)
    time.sleep(0.3)
    tap.ok(tab.run("document.documentElement.scrollHeight <= innerHeight"),
           "where there is height, only the list scrolls",
           tab.run("document.documentElement.scrollHeight"))
    tab.run("document.querySelector('.room').scrollTop = 0")
    tab.run("document.getElementById('log').scrollTop = 1e6")
    settled(tab)
    tab.picture(os.path.join(PICTURES, "preview-phone.png"))
    tab.run("[...document.querySelectorAll('.ask-why')].at(0).click()")
    tap.ok(tab.wait("(() => { const box = document.getElementById('why-title')"
                    ".getBoundingClientRect(); return document.activeElement.id === 'why-title' && "
                    "box.top >= 0 && box.bottom <= innerHeight; })()", 5),
           "on a phone the panel below comes into view")
    tab.run("document.getElementById('back').click()")
    tap.same(tab.run("document.activeElement.id"), "question", "and leads back to the field")
    tab.window(1280, 860)


def test_restart(tap, tab, server):
    listen = server.url[len("http://"):-1]
    tap.same(server.stop(keep=True), 0, "the bot stops when asked")
    tap.ok(tab.wait("document.body.dataset.link === 'reconnecting'"), "the page says so")
    tab.write(QUESTION)
    tab.key("Enter")
    tap.ok(tab.wait("[...document.querySelectorAll('.mine .state')].at(-1).textContent"
                    ".includes('Not sent yet')", 5), "a question waits meanwhile")
    before = replies(tab)
    server = Server(listen, server.folder)
    tap.ok(tab.wait(f"document.querySelectorAll('.reply').length === {before + 1}"),
           "and is answered once the bot is back")
    tap.same(tab.run("document.body.dataset.link"), "connected", "the page is connected again")
    time.sleep(1)
    tap.same(replies(tab), before + 1, "the reply comes once")
    return server


def run(tap, browser):
    server = Server()
    tab = Tab(browser)
    tab.window(1280, 860)
    tab.media("light")
    test_question(tap, tab, server)
    test_kinds(tap, tab)
    test_looks(tap, tab)
    test_too_long(tap, tab)
    test_structure(tap, tab)
    test_keyboard(tap, tab)
    test_sizes(tap, tab)
    tap.empty(tab.complaints(), "the console is quiet")
    test_hostile(tap, tab)
    server = test_restart(tap, tab, server)
    allowed = (server.url, server.url.replace("http://", "ws://"), "data:", "about:blank")
    tap.empty([url for url in tab.addresses() if not url.startswith(allowed)],
              "the page asks nobody but the bot")
    tap.same(server.stop(), 0, "the bot ends clean")


def main():
    if not shutil.which("chromium"):
        if os.environ.get("CI") == "true":
            print("1..1\nnot ok 1 - chromium is not installed")
            return 1
        print("1..0 # SKIP chromium is not installed: the page was not tested")
        return 0
    tap = Tap()
    browser = Browser()
    try:
        run(tap, browser)
    except (RuntimeError, OSError) as problem:
        tap.ok(False, "the test came to its end", problem)
    finally:
        browser.close()
    print(f"1..{tap.n}")
    return 1 if tap.bad else 0


sys.exit(main())
