#!/usr/bin/env python3
"""Emergencies in other languages (M19): what calls a safety text in one of them, what does not, and that
no message in English does."""
import glob
import json
import os
import re
import sys

# The release binary, as it asks more than ten thousand messages.
os.environ.setdefault("CLINICBOT", "build/clinicbot")
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "cli"))
from cli import ask, end, result  # noqa: E402

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
DETAILS = {"clinic": "Example Clinic", "phone": "555 0100", "emergency": "112",
           "crisis_line": "116 123"}
EMOJI = re.compile("[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]")
LEVELS = ["emergency", "crisis", "urgent"]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def texts_of(path):
    """{heading: its text}"""
    blocks = re.split(r"(?m)^## (.*)\n", read(path))
    return dict(zip(blocks[1::2], (b.strip() for b in blocks[2::2])))


def filled(text):
    return re.sub(r"\{(\w+)\}", lambda m: DETAILS[m[1]], text)


FILES = {os.path.basename(p)[:-3]: texts_of(p) for p in sorted(glob.glob("intents/en/urgent/*.md"))}
ENGLISH = texts_of("intents/en/urgent.md")
result("M19: at least 20 languages", [] if len(FILES) >= 20 else [f"{len(FILES)}"])
result("M19: the texts are short, plain and calm",
       [f"{code} {level}" for code, texts in FILES.items() for level in LEVELS
        if re.search("[!！¡]", texts[level]) or EMOJI.search(texts[level])
        or len(texts[level]) > 320 or "http" in texts[level]])

lines = [json.loads(line) for line in read("tests/questions/languages.jsonl").splitlines()]
answers = ask([line["q"] for line in lines])
ordinary = [(q, a) for q, a in zip(lines, answers) if q["level"] == "none"]
urgent = [(q, a) for q, a in zip(lines, answers) if q["level"] != "none"]

counts = {code: sum(q["lang"] == code for q, _ in ordinary) for code in FILES}
result("at least ten ordinary messages for each language",
       [f"{code}: {n}" for code, n in counts.items() if n < 10])
result("M19: no ordinary message is one of another language's emergencies",
       [f"{a['language']} {a['level']}: {q['q']}" for q, a in ordinary if a["language"]])
alarmed = [f"{a['level']}: {q['q']}" for q, a in ordinary if a["kind"] == "urgent"]
result("M19: at most 1 % of them get a safety text at all",
       alarmed if len(alarmed) > len(ordinary) / 100 else [])

# As measured when this was set, less what chance may cost: 42 and 40 of 45.
known = [(q, a) for q, a in urgent if a["language"].split("-")[0] == q["lang"]]
right = [a for q, a in known if a["level"] == q["level"]]
missed = [f"{a['language']} {a['level']}, not {q['level']}: {q['q']}" for q, a in urgent
          if a["language"].split("-")[0] != q["lang"] or a["level"] != q["level"]]
result("M19: urgent messages kept out of the phrases are recognised in their language",
       missed if len(known) < 0.87 * len(urgent) else [])
result("M19: and their level", missed if len(right) < 0.82 * len(urgent) else [])
result("M19: the reply is in that language, then in English, and ends in the note",
       [f"{a['language']}: {a['text']}" for _, a in known
        if not a["text"].startswith(filled(FILES[a["language"]][a["level"]]) + "\n\n" +
                                    " ".join(filled(ENGLISH[a["level"]]).split("\n"))[:60])
        and not re.sub(r"\s+", " ", a["text"]).startswith(
            re.sub(r"\s+", " ", filled(FILES[a["language"]][a["level"]]) + " " +
                   filled(ENGLISH[a["level"]])))
        or not a["text"].rstrip().endswith("call 112.")])

# Every writing of the first phrase of every list, so that no list is dead.
SAMPLES = {
    "es": "no puedo respirar", "fr": "je n'arrive plus à respirer", "de": "ich bekomme keine Luft",
    "it": "non riesco a respirare", "pt": "não consigo respirar", "nl": "ik kan niet ademen",
    "pl": "nie mogę oddychać", "ro": "nu pot să respir", "ru": "не могу дышать",
    "uk": "не можу дихати", "tr": "nefes alamıyorum", "ar": "لا أستطيع التنفس",
    "fa": "نمی‌توانم نفس بکشم", "ur": "سانس نہیں آ رہا", "hi": "साँस नहीं आ रही", "bn": "শ্বাস নিতে পারছি না",
    "pa": "ਸਾਹ ਨਹੀਂ ਆ ਰਿਹਾ", "zh": "我喘不过气", "zh-hant": "我喘不過氣", "vi": "tôi không thở được",
    "tl": "hindi ako makahinga", "ko": "숨을 못 쉬겠어요", "ja": "息ができません", "el": "δεν μπορώ να αναπνεύσω",
    "hu": "nem kapok levegőt", "cs": "nemůžu dýchat", "sv": "jag kan inte andas"}
PLAIN = {"es": "NO PUEDO RESPIRAR", "fr": "narrive plus a respirer", "pt": "nao consigo respirar",
         "pl": "nie moge oddychac", "ru": "ne mogu dyshat", "uk": "ne mozhu dyhaty",
         "tr": "nefes alamiyorum", "ar": "msh 2ader atnafas", "fa": "nemitunam nafas bekesham",
         "ur": "saans nahi aa raha mujhe", "hi": "saans nahi aa rahi hai", "bn": "shash nite parchi na",
         "pa": "saah nahi aa reha mainu", "vi": "toi khong tho duoc", "el": "den mporo na anapnefso",
         "hu": "nem kapok levegot", "cs": "nemuzu dychat", "sv": "kan inte andas", "zh": "救命啊喘不过气来了"}
said = [(code, q) for code, q in list(SAMPLES.items()) + list(PLAIN.items())]
around = [(code, f"hello, thank you for the session today. {q}. what shampoo do you use?")
          for code, q in SAMPLES.items()]
result("M19: trouble breathing in every language, in plain letters too, alone and inside of more",
       [f"{code}: {q}: {a['language']} {a['level']}"
        for (code, q), a in zip(said + around, ask([q for _, q in said + around]))
        if a["level"] != "emergency" or (a["language"] != code and {a["language"], code} !=
                                         {"hi", "ur"})]
       + [f"no sample: {code}" for code in FILES if code not in SAMPLES])


def english():
    """(where, message) of all that stands in this tree, is in English and not urgent."""
    for path in glob.glob("intents/**/*.md", recursive=True):
        if path.endswith((".questions.md", "not-covered.md")):
            yield from ((path, line[2:]) for line in read(path).splitlines() if line[:2] == "- ")
    none = read("intents/en/urgent-examples.md").split("## none\n")[1]
    yield from (("## none", line[2:]) for line in none.splitlines() if line[:2] == "- ")
    for path in glob.glob("tests/questions/**/*.jsonl", recursive=True):
        if not path.endswith("languages.jsonl"):
            for line in map(json.loads, read(path).splitlines()):
                if not line.get("urgent") and line.get("kind") != "urgent" and \
                        line.get("level", "none") == "none":
                    yield path, line["q"]


lines = list(english())
result("M19: no message in English is taken for an emergency in another language",
       [f"{a['language']} {a['level']}: {where}: {q}"
        for (where, q), a in zip(lines, ask([q for _, q in lines])) if a["language"]]
       + ([] if len(lines) > 10000 else [f"only {len(lines)} messages"]))

end()
