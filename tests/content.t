#!/usr/bin/env python3
"""The words in intents/: every fact of the article stands in its passage and nothing of the web
page around it, the texts are easy to read, and each fixed text that the code asks for exists."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "cli"))
from cli import end, result  # noqa: E402
from prose import fold, grade, sections_of, syllables

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

IDS = """about.definition about.aims about.factors about.hormones
when.indications when.cocktails when.doctor often.interval often.consult
after.washing after.sauna after.massage after.sun after.alcohol
benefits.follicles benefits.local benefits.results""".split()

# What each passage must hold, as patterns on its text in lower case.
FACTS = {
    "about.definition": ["injections? into the scalp", "vitamins", "micronutrients",
                         "circulation", "condition of its skin", "skin and hair need"],
    "about.aims": ["hair grow", "follicles", "stop hair loss", "feed", "circulation", "strong",
                   "thick", "healthy", "sebaceous glands", "all hair types"],
    "about.factors": ["three", "genetics", "hormones", "follicles"],
    "about.hormones": ["very hard", "almost impossible", "genetics", "hormones", "follicle",
                       "one of the most powerful"],
    "when.indications": ["diseases? of the scalp", "strengthen the hair bulbs", "structure",
                         "speed up hair growth", "prevent hair loss", "alopecia", "restore"],
    "when.cocktails": ["therapeutic cocktails?", "into the skin", "chosen for each person"],
    "when.doctor": ["professional", "best time", "worth", "choose with care the doctor",
                    "several side effects", "done badly", "burns", "bruises", "nausea",
                    "vomiting", "necrosis", "infections", "others"],
    "often.interval": ["how well the last treatment worked", "professional", "high quality",
                       "most likely", "not .* earlier than nine months", "in six months", "may"],
    "often.consult": ["ask your doctor", "how mesotherapy works", "side effects",
                      "condition of your hair and skin"],
    "after.washing": ["two to three days", "dry shampoo", "water", "detergents",
                      "styling products", "tiny wounds", "infection", "less effective",
                      "healing of the scars"],
    "after.sauna": ["a week", "two weeks", "steam rooms", "bacteria", "fungi", "microbes",
                    "steam is also not good for healing"],
    "after.massage": ["not massage your head", "the body can be massaged", "first weeks",
                      "until the wounds have healed"],
    "after.sun": ["not sunbathe", "open sun", "tanning bed", "ultraviolet", "damaged"],
    "after.alcohol": ["not drink alcohol", "blood vessels wider", "vasodilation",
                      "regeneration", "overall results"],
    "benefits.follicles": ["main advantage", "injections", "straight to the hair follicles",
                           "no shampoo, balm, mask or serum can compare"],
    "benefits.local": ["exactly where it is needed", "local areas", "pattern baldness",
                       "stimulate hair growth"],
    "benefits.results": ["first session", "shine", "dull", "first significant results",
                         "month at the earliest", "baldness", "specialist", "forecast"],
}
# The only numbers the source gives, by passage; a number elsewhere was made up.
NUMBERS = {
    "about.factors": {"three"},
    "about.hormones": {"one"},
    "often.interval": {"nine", "six"},
    "after.washing": {"two", "three"},
    "after.sauna": {"two"},
}
NUMBER = r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b"
BENEFIT = {"about.definition", "about.aims", "about.hormones", "when.indications",
           "when.cocktails", "often.interval", "benefits.follicles", "benefits.local",
           "benefits.results"}
# Of the web page, not of the article; and words that no fixed text may say.
BOILERPLATE = ["advertis", "banner", "healthcare business", "publication", "related articles",
               "latest articles", "leading", "our stories", "subscribe", "newsletter"]
UNSAID = [r"\bnormal\b", "do not worry", "don't worry", "wait and see", "great", "amazing",
          "happy to", "congratulations", r"\bmg\b", r"\bml\b", "tablets?"]

DETAILS = {"clinic": "the clinic", "phone": "020 7946 0000", "emergency": "112",
           "crisis_line": "116 123", "staff": "the front desk",
           "article": "Mesotherapy for hair loss"}
# What is filled in only when a text is used.
LATE = {"not-covered-topic": ["topic"], "staff-alert": ["level", "time", "link"],
        "staff-room-gone": ["link"], "staff-room-replaced": ["link"], "staff-room-mute": ["link"],
        "staff-again": ["level", "time", "link", "number", "of"]}
EMOJI = re.compile("[\u2190-\u2bff\u3030\ufe0f\U0001f000-\U0001faff]")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


ID = re.compile(r"\s*\{#([a-z.]+)((?: \.[a-z]+)*)\}$")


def passages_of(body):
    """[(id, classes, text)]; a block without an id has the id None."""
    found = []
    for block in re.split(r"\n\s*\n|\n(?=- )", body):
        text = " ".join(block.removeprefix("- ").split())
        mark = ID.search(text)
        found.append((mark and mark[1], set(mark[2].split()) if mark else set(),
                      text[:mark.start()] if mark else text))
    return found


def too_hard(texts, limit):
    return [f"{name}: grade {grade(text):.1f}" for name, text in texts if grade(text) > limit]


def check_grade():
    """The counter itself, on words and sentences whose counts are known."""
    known = {"hair": 1, "mesotherapy": 5, "treated": 2, "washed": 1, "bacteria": 4, "tissue": 2,
             "alcohol": 3, "follicles": 3, "individually": 6, "vasodilation": 5, "doctor": 2,
             "special": 2, "doing": 2, "table": 2, "infection": 3, "serums": 2, "times": 1,
             "bruises": 2, "side": 1, "emergency": 4, "people": 2, "changes": 2}
    wrong = [f"{w}: {syllables(w)} for {n}" for w, n in known.items() if syllables(w) != n]
    # 6 words, 6 syllables, 1 sentence: 0.39 * 6 + 11.8 - 15.59
    if abs(grade("The cat sat on the mat.") - -1.45) > 0.01:
        wrong.append("the cat")
    if grade("Individually administered vasodilation contraindicates rehabilitation.") < 20:
        wrong.append("long words are not hard")
    result("the grade counter counts", wrong)


def check_article():
    text = read("intents/mesotherapy.md")
    head, body = text.split("---\n", 2)[1:]
    wrong = [k for k in ("title: Mesotherapy for hair loss", "language: en", "version: 1")
             if k not in head.split("\n")]
    if not re.search("(?m)^source: .*not clinically approved", head):
        wrong.append("the source does not say that nobody approved it")
    if re.search("approved_by|approved_on", head):
        wrong.append("sample content that claims an approval")
    result("front matter", wrong)

    sections = sections_of(body)
    passages = [p for _, b in sections for p in passages_of(b)]
    ids = [p[0] for p in passages]
    result("the 17 passages, in order", [] if ids == IDS else [f"{ids}"])
    result("every heading says what a patient looks for",
           [h for h, _ in sections if not h.removesuffix(" {#after}").endswith("?")])
    texts = {i: t.lower() for i, _, t in passages}
    result("every fact of the source stands in its passage",
           [f"{i}: {fact}" for i, facts in FACTS.items() for fact in facts
            if not re.search(fact, texts.get(i, ""))])
    result("no number that the source does not give",
           [f"{i}: {n}" for i, t in texts.items() for n in re.findall(NUMBER, t)
            if n not in NUMBERS.get(i, set())])
    result("a passage stands alone",
           [f"{i}" for i, t in texts.items()
            if re.match("(it|this|that|they|these|those|also)\\b", t)
            or not re.search("mesotherapy|hair", t)])
    result("nothing of the web page around the article",
           [w for w in BOILERPLATE if w in text.lower()])
    result("passages with good effects only are marked, and one passage of risks",
           sorted({i for i, c, _ in passages if ".benefit" in c} ^ BENEFIT)
           + [f"risk: {i}" for i, c, _ in passages if (".risk" in c) != (i == "when.doctor")]
           + [f"{i}: {c}" for i, c, _ in passages if c - {".benefit", ".risk"}])
    plain = [(h, "\n\n".join(t for _, _, t in passages_of(b))) for h, b in sections]
    whole = "\n\n".join(t for _, t in plain)
    result("the article and each section: grade 8 or below",
           too_hard([("article", whole)] + plain, 8))
    result("each passage: grade 9 or below", too_hard([(i, t) for i, _, t in passages], 9))
    result("no cheer in the article",
           (["!"] if "!" in text else []) + EMOJI.findall(text))


def check_replies():
    listed = re.findall(r'X\(\w+, "([a-z-]+)"\)', read("bot/core/replies.h"))
    levels = ["emergency", "crisis", "urgent"]
    urgent_ids = levels + ["crisis-too"]
    flags = [i + " flags" for i in levels + ["harm", "not", "frame", "now"]]
    replies = sections_of(read("intents/en/replies.md"))
    urgent = sections_of(read("intents/en/urgent.md"))
    result("the code's list of fixed texts was read",
           [] if len(listed) > 20 and set(urgent_ids) < set(listed) else [f"{listed}"])
    result("replies.md holds every fixed text once, and no other",
           [] if sorted(h for h, _ in replies) == sorted(set(listed) - set(urgent_ids))
           else sorted({h for h, _ in replies} ^ (set(listed) - set(urgent_ids))))
    result("urgent.md holds the safety texts and the lists of flags",
           [] if [h for h, _ in urgent] == urgent_ids + flags else [f"{[h for h, _ in urgent]}"])
    texts = replies + [u for u in urgent if u[0] in urgent_ids]
    result("no empty text", [h for h, b in texts if not b])
    result("only known {names}",
           [f"{h}: {n}" for h, b in texts for n in re.findall(r"\{([^}]*)\}", b)
            if n not in DETAILS and n not in LATE.get(h, [])])
    filled = [(h, re.sub(r"\{(\w+)\}", lambda m: DETAILS.get(m[1], "?"), b)) for h, b in texts]
    result("each fixed text: grade 7 or below", too_hard(filled, 7))
    result("no exclamation mark, no emoji",
           [h for h, b in texts if "!" in b or EMOJI.search(b)])
    result("no promise, verdict or dose",
           [f"{h}: {w}" for h, b in texts for w in UNSAID if re.search(w, b.lower())])
    result("no link", [h for h, b in texts if re.search(r"https?:|www\.|\]\(", b)])
    by_id = dict(texts)
    must = {"note": ["not medical advice", "doctor about your own case", r"\{emergency\}"],
            "note-short": ["not medical advice", "doctor", r"\{emergency\}"],
            "first-contact": ["automated", r"\{article\}", "do not share personal or health"],
            "not-covered": ["does not cover", r"\{phone\}", "doctor"],
            "personal-advice": ["cannot", r"\{phone\}"],
            "contraindication": ["doctor", "before"], "minor": ["18", "doctor"],
            "distress": ["sorry", "doctor", r"\{phone\}", r"\{crisis_line\}"],
            "attachment": ["pictures", "recordings"], "after-urgent": ['"show me the article"'],
            "balance": ["side effects"],
            "staff-told": ["have been told", "Do not wait"],
            "staff-alert": [r"\{level\}", r"\{time\}", r"\{link\}", "Reply to this"],
            "staff-room-gone": [r"\{link\}", "not answered", "invite"],
            "staff-room-replaced": [r"\{link\}", "not answered", "invite"],
            "staff-room-mute": [r"\{link\}", "not answered", "right to write"],
            "staff-again": [r"\{level\}", r"\{link\}", r"\{number\}", "Reply to this"],
            "careful": ["happening now", r"\{phone\}", r"\{emergency\}", "other words"],
            "emergency": [r"Call \{emergency\} now", "[Dd]o not wait", "cannot call"],
            "crisis": [r"\{crisis_line\}", r"\{emergency\}"],
            "urgent": [r"\{phone\}", "today", r"\{emergency\}"]}
    result("each text says what it is there for",
           [f"{i}: {w}" for i, words in must.items() for w in words
            if not re.search(w, " ".join(by_id.get(i, "").split()))])
    result("the safety texts are alone: no article, no question back",
           [i for i in urgent_ids if "{article}" in by_id.get(i, "") or "?" in by_id.get(i, "")])
    for name in flags:
        check_flags(name, dict(urgent).get(name, ""))


CONDITION = re.compile(r"!?(?:#|[^\W_])[^\s|!,.]*(?:\|(?:#|[^\W_])[^\s|!,.]*)*$")


def check_flags(name, body):
    lines = [line for line in body.split("\n") if line]
    wrong = [f"not a list item: {line}" for line in lines if not line.startswith("- ")]
    seen = {}
    for line in lines:
        conditions = line.removeprefix("- ").split()
        wrong += [f"{line}: {c}" for c in conditions if not CONDITION.match(c)]
        if line != line.lower():
            wrong.append(f"capitals: {line}")
        if all(c.startswith("!") for c in conditions):
            wrong.append(f"only exceptions: {line}")
        if re.search(r"(?<!\S)!.* [^!\s]\S*$", line):
            wrong.append(f"an exception before a condition: {line}")
        key = " ".join(sorted(conditions))
        if key in seen:
            wrong.append(f"twice: {line}")
        seen[key] = True
    if len(lines) < (10 if name.split()[0] in ("emergency", "crisis", "urgent", "not") else 1):
        wrong.append("too few lines")
    result(f"{name} are well formed", wrong)


def lists_of(path):
    """{heading: lines}, and what is wrong with the form: anything but a list under each heading."""
    lists, wrong = {}, []
    for heading, body in sections_of(read(path)):
        lines = body.split("\n")
        wrong += [f"{heading}: {line}" for line in lines if not re.match(r"- \S", line)]
        if heading.lower() in map(str.lower, lists):
            wrong.append(f"two lists: {heading}")
        lists.setdefault(heading, []).extend(line.removeprefix("- ") for line in lines)
    return lists, wrong


def check_questions():
    """Examples that contradict each other teach the bot to be unsure, or wrong."""
    questions, wrong = lists_of("intents/mesotherapy.questions.md")
    result("questions: one to a line", wrong)
    result("questions: headings are the passages, and a section",
           [] if [i for i in questions if i != "after"] == IDS else [f"{list(questions)}"])
    result("questions: 80 or more for each passage, 30 for the section",
           [f"{i}: {len(lines)}" for i, lines in questions.items()
            if len(lines) < (80 if i in IDS else 30)])
    places = list(questions.items())
    for path in ("intents/mesotherapy.not-covered.md", "intents/en/not-covered.md"):
        bank, wrong = lists_of(path)
        result(f"{path}: one to a line, one list a topic", wrong)
        result(f"{path}: a list holds five or more, and there are many",
               [f"{topic}: {len(lines)}" for topic, lines in bank.items() if len(lines) < 5]
               + [f"{len(bank)} lists"] * (len(bank) < 15))
        places += bank.items()
    seen, twice = {}, []
    for where, lines in places:
        for line in lines:
            key = fold(line)
            if not key or key in seen:
                twice.append(f"{line} ({seen.get(key)}, {where})")
            seen[key] = where
    result("no example stands twice, or in two of the files", twice)


check_grade()
check_article()
check_replies()
check_questions()
end()
