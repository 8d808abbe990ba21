#!/usr/bin/env python3
"""Writes the seeds that are made of other files of this repository into a folder (build/fuzz/seeds):
frames of the transcripts, the shipped content, the sample articles. Seeds that were written by hand, and
inputs that once broke something, stand in tests/fuzz/seeds/."""
import glob
import os
import sys

PART = 3500  # bytes of a file, from its beginning; targets read 4096


def read(path):
    with open(path, "rb") as file:
        return file.read()


def frames():
    """A position that was kept, and the frames of one part of a transcript."""
    position = b'{"v":1,"session":"sess1","seq":5,"resume":"wss://r.example","intents":37377}'
    for path in sorted(glob.glob("tests/wire/transcripts/*.txt")):
        for part in read(path).split(b"\n--- ")[1:]:
            lines = [line[2:] for line in part.split(b"\n") if line.startswith(b"< ")]
            if lines:
                yield position + b"\n" + b"\n".join(lines)


def beginnings(pattern, front=b"", length=PART):
    for path in sorted(glob.glob(pattern)):
        yield front + read(path)[:length]


def middles(pattern):
    """What stands deeper in long files: a piece from every tenth of it, from a line on."""
    for path in sorted(glob.glob(pattern)):
        text = read(path)
        for i in range(1, 10):
            at = text.find(b"\n", len(text) * i // 10) + 1
            yield text[at:at + PART // 4]


def headed(pattern, heading):
    for piece in middles(pattern):
        yield heading + piece


def lists_only(pattern):
    """Each list of a language pack's file in short: headings, and their first three items."""
    for path in sorted(glob.glob(pattern)):
        out, items = [], 0
        for line in read(path).split(b"\n"):
            items = 0 if line.startswith(b"## ") else items + line.startswith(b"- ")
            if line.startswith(b"## ") or (line.startswith(b"- ") and items <= 3) or not line:
                out.append(line)
            elif not line.startswith((b"- ", b"  ")) and items == 0:
                out.append(line)
        yield b"\n".join(out)[:PART]


def items(pattern, each):
    """Every so many items of the lists in files."""
    for path in sorted(glob.glob(pattern)):
        lines = [line[2:] for line in read(path).split(b"\n") if line.startswith(b"- ")]
        yield from lines[::each]


def dialogs():
    """Questions, and what is said after an offer or a safety text."""
    asked = list(items("intents/*.questions.md", 60))
    said = [b"1", b"the second one", b"none of these", b"!and for how long", b"show me the article",
            b"+", b"~" + asked[0], b">" + asked[1], b"no, i meant the sun"]
    for i, question in enumerate(asked):
        yield question + b"\n" + said[i % len(said)] + b"\n" + asked[i * 7 % len(asked)]
    yield from items("intents/en/not-covered.md", 150)
    yield from items("intents/en/cues.md", 40)
    yield b"answer mesotherapy/after.alcohol"


def alarms():
    for i, message in enumerate(items("intents/en/urgent-examples.md", 60)):
        yield b"%d%d" % (i % 9, i // 9 % 9) + message


ARTICLES = "intents/samples/*[!sd].md"
SEEDS = {
    "frame": lambda: frames(),
    "article": lambda: [*beginnings("intents/mesotherapy.md"), *beginnings(ARTICLES)],
    "page": lambda: [*beginnings("intents/mesotherapy.md", b"m", 1200),
                     *beginnings(ARTICLES, b"t", 1200), *beginnings("bot/io/preview/*.html", b"h")],
    "questions": lambda: beginnings("intents/samples/*.questions.md"),
    "concepts": lambda: [*beginnings("intents/en/concepts.txt"),
                         *middles("intents/en/concepts.txt")],
    "lane": lambda: [*lists_only("intents/en/urgent.md"), *lists_only("intents/en/urgent/*.md")],
    "pack": lambda: lists_only("intents/en/*.md"),
    "match": lambda: dialogs(),
    "urgent": lambda: alarms(),
    "text": lambda: middles("intents/en/urgent/*.md"),
    "split": lambda: beginnings(ARTICLES, b"00"),
}


def main(folder):
    for name, seeds in SEEDS.items():
        os.makedirs(os.path.join(folder, name), exist_ok=True)
        for i, seed in enumerate(seeds()):
            with open(os.path.join(folder, name, f"{i:03}"), "wb") as file:
                file.write(seed)


if __name__ == "__main__":
    main(sys.argv[1])
