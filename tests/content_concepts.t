#!/usr/bin/env python3
"""The table of concepts in intents/en/: `clinicbot check` reads it and tells its mistakes, patients
can read its titles, and what a machine cannot judge is as a person left it who looked through it:
tests/content_concepts.reviewed holds the words that prefixes fit beyond plain endings, and the
entries that stand in two concepts on purpose. After a change, `tests/content_concepts.t --review`
prints that file anew: read what is different, then keep it."""

import bisect
import collections
import os
import re
import struct
import sys

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, "tests/cli")
from cli import Folder, end, ok, run  # noqa: E402

TABLE = "intents/en/concepts.txt"
REVIEWED = "tests/content_concepts.reviewed"
# Endings that make another form of the same word.
ENDING = re.compile(r"(s|es|ed|d|ing|ings|er|ers|y|ly|al|ic|ies|ist|ists|able|ation|ations|ion|ions|e|"
                    r"ment|ments|ness|n|r|rs|ical|ically)?$")
# Titles may begin with a capital only where the word is always written so.
CAPITALS = ("ADHD", "B12", "CT ", "HPV", "HRT", "PCOS", "PRP", "RSV", "X-rays")


def concepts_of(path):
    """[(general, name, title, entries)]"""
    found = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            if line[0] in " \t":
                found[-1][3].extend(line.split())
                continue
            head, _, rest = line.partition(":")
            general, name, title = re.fullmatch(r"([~+!]*)(\w+)(?: \((.+)\))?", head).groups()
            found.append(("~" in general, name, title or name.replace("_", " "), rest.split()))
    return found


def vector_words():
    """The words of words.vec, sorted; the file is told in bot/core/vectors.h."""
    with open("intents/en/words.vec", "rb") as file:
        table = file.read()
    n, dimensions = struct.unpack_from("<II", table, 20)
    at = 64 + n * dimensions + 4 * n
    words, text = [], at + n
    for length in table[at:at + n]:
        words.append(table[text:text + length].decode())
        text += length
    return sorted(words)


def odd_words(prefix, words):
    """Words that begin with it and go on in another way than by a plain ending."""
    found = []
    for at in range(bisect.bisect_left(words, prefix), len(words)):
        if not words[at].startswith(prefix):
            break
        if not ENDING.fullmatch(words[at][len(prefix):]):
            found.append(words[at])
    return found


def to_review(concepts):
    words = vector_words()
    prefixes = sorted({e[:-1] for _, _, _, entries in concepts for e in entries
                       if e.endswith("*") and "_" not in e})
    lines = [f"{p}*: {' '.join(odd)}" for p in prefixes for odd in [odd_words(p, words)] if odd]
    homes = collections.defaultdict(list)
    for _, name, _, entries in concepts:
        for entry in entries:
            homes[entry].append(name)
    doubles = collections.defaultdict(list)
    for entry, names in sorted(homes.items()):
        if len(names) > 1:
            doubles[" ".join(sorted(names))].append(entry)
    return lines + [f"{names} = {' '.join(entries)}" for names, entries in sorted(doubles.items())]


def check_reviewed(concepts):
    with open(REVIEWED, encoding="utf-8") as file:
        reviewed = [line for line in file.read().splitlines() if not line.startswith("#")]
    now = to_review(concepts)
    new = [line for line in now if line not in set(reviewed)]
    gone = [line for line in reviewed if line not in set(now)]
    prefixes = [line for line in now if "=" not in line]
    ok(len(prefixes) > 100 and len(now) > len(prefixes) + 20, "there is something to review", *now)
    ok(not [n for n in new if "=" not in n], "what prefixes fit was looked through", *new)
    ok(not [n for n in new if "=" in n], "entries in two concepts are meant", *new)
    ok(not gone, "nothing reviewed is gone", *gone)


def check_titles(concepts):
    nameable = [(name, title) for general, name, title, _ in concepts
                if not general and not name.startswith("q_")]
    titles = collections.Counter(title for _, title in nameable)
    ok(len(nameable) > 400, "there are concepts to name", len(nameable))
    ok(max(titles.values()) == 1, "no two concepts share a title",
       *[t for t, n in titles.items() if n > 1])
    wrong = [f"{name}: {title}" for name, title in nameable
             if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ,'-]+[A-Za-z0-9]", title)
             or (title[0].isupper() and not title.startswith(CAPITALS))]
    ok(not wrong, "titles can follow \"The article does not cover\"", *wrong)


def check_entries(concepts):
    wrong = []
    for _, name, _, entries in concepts:
        prefixes = tuple(e[:-1] for e in entries if e.endswith("*") and "_" not in e)
        wrong += [f"{name}: {e}" for e in entries if "_" not in e and prefixes
                  and not e.endswith("*") and e.startswith(prefixes)]
    ok(not wrong, "no word stands beside a prefix that fits it", *wrong)
    with open(TABLE, encoding="utf-8") as file:
        long = [line for line in file if len(line.rstrip("\n").expandtabs(8)) > 100]
    ok(not long, "lines end at column 100", *long)


def check_command():
    status, _, said = run("check", "--intents", "intents")
    ok(status == 0 and "concepts" not in said, "check finds no mistake in it", said)
    with Folder() as folder:
        with open(TABLE, encoding="utf-8") as file:
            lines = file.read().splitlines(keepends=True)
        at = next(i for i, line in enumerate(lines) if line.startswith("alcohol:"))
        folder.write(TABLE, "".join(lines[:at] + ["alcohol: Beer\n"] + lines[at:]))
        status, _, said = run("check", "--intents", "intents", cwd=folder.path)
        wanted = [f'{TABLE}:{at + 1}: "Beer" is written "beer" here',
                  f'{TABLE}:{at + 2}: "alcohol" is the name of the concept in line {at + 1} too']
        ok(status == 1 and said.splitlines() == wanted, "check tells mistakes by line", said)
        os.unlink(os.path.join(folder.path, TABLE))
        status, _, said = run("check", "--intents", "intents", cwd=folder.path)
        ok(status == 0, "a pack without it can be used", said)


def main():
    concepts = concepts_of(TABLE)
    if sys.argv[1:] == ["--review"]:
        print("# Looked through by a person; see tests/content_concepts.t.\n"
              "# prefix*: the words it fits beyond plain endings\n"
              "# concept concept = entries that stand in both")
        print("\n".join(to_review(concepts)))
        return
    check_titles(concepts)
    check_entries(concepts)
    check_reviewed(concepts)
    check_command()
    end()


main()
