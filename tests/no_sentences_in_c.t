#!/usr/bin/env python3
"""No sentence that a patient could read stands in C: all of them come from intents/.

Every string literal of three or more words is looked at by its use. It may be given to a function
that reports to staff (errors, mistakes, the log, standard error), be SQL, or, in bot/app, be what a
command prints on a terminal or says in its help."""

import glob
import os
import re

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

FLOORS = ["core", "wire", "io", "app"]
# Functions whose words only staff see.
STAFF = re.compile(r"(err|mistake|log|metric|metrics)_\w+|perror|assert|_Static_assert|"
                   r"static_assert|__attribute__|__asm__|_Pragma|argp_\w+|sd_notify|sd_notifyf")
# In bot/app only: what commands print, and the tables of their help.
PRINTS = re.compile(r"v?f?printf|puts|fputs|fwrite|err_print|usage|die")
HELP = re.compile(r"\bstruct (argp|argp_option|argp_child|command)\b|\b\w*(doc|usage|help)\w*\[?")
SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|PRAGMA|BEGIN|COMMIT|ROLLBACK|"
                 r"SAVEPOINT|RELEASE|WITH|ATTACH|VACUUM|ANALYZE|REPLACE)\b")

TOKEN = re.compile(r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/|\\\n)
                     |(?P<include>(?<![^\n])[ \t]*\#[ \t]*(?:include|error|warning|pragma)[^\n]*)
                     |(?P<string>(?:u8|[uUL])?"(?:[^"\\\n]|\\.)*")
                     |(?P<char>[uUL]?'(?:[^'\\\n]|\\.)*')
                     |(?P<word>[A-Za-z_]\w*)
                     |(?P<other>.)""", re.S | re.X)


def tokens_of(source):
    """(kind, text, line), with adjacent literals joined."""
    found, line = [], 1
    for match in TOKEN.finditer(source):
        kind, text = match.lastgroup, match[0]
        if kind not in ("skip", "include"):
            if kind == "string":
                text = text[text.index('"') + 1:-1]
                if found and found[-1][0] == "string":
                    found[-1] = ("string", found[-1][1] + text, found[-1][2])
                    text = None
            if text is not None:
                found.append((kind, text, line))
        line += match[0].count("\n")
    return found


def words_in(literal):
    """Words of letters, without conversions, escapes and punctuation around them."""
    text = re.sub(r"%[-+ #0-9.*]*(?:hh|h|ll|l|z|j|t)?[a-zA-Z]", " ", literal)
    text = re.sub(r"\\(?:x[0-9a-fA-F]+|[0-7]{1,3}|.)", " ", text)
    return [w for w in text.split() if re.fullmatch(r"[^\w]*[^\W\d_]+(?:['’-][^\W\d_]+)*[^\w]*", w)]


def close_of(tokens, start):
    """The index behind the bracket that closes the one at `start`."""
    depth = 0
    for i in range(start, len(tokens)):
        if tokens[i][0] == "other" and tokens[i][1] in "([{":
            depth += 1
        elif tokens[i][0] == "other" and tokens[i][1] in ")]}":
            depth -= 1
            if depth == 0:
                return i + 1
    return len(tokens)


def may_say(tokens, i, app):
    """Whether the literal at `i` is used where only staff can read it."""
    if SQL.match(tokens[i][1]):
        return True
    depth, j = 0, i - 1
    while j >= 0:
        kind, text, _ = tokens[j]
        if kind == "other" and text in ")]}":
            depth += 1
        elif kind == "other" and text in "([{":
            depth -= 1
            if depth < 0:
                depth = 0
                if text == "(" and j and tokens[j - 1][0] == "word":
                    name = tokens[j - 1][1]
                    if STAFF.fullmatch(name):
                        return True
                    inside = [t[1] for t in tokens[j:close_of(tokens, j)] if t[0] == "word"]
                    if {"stderr", "err", "mistakes"} & set(inside):
                        return True
                    if app and PRINTS.fullmatch(name):
                        return True
        elif kind == "other" and text in ";" and depth == 0:
            break
        elif kind == "other" and text == "=" and depth == 0 and app:
            start = j
            while start and not (tokens[start - 1][0] == "other" and tokens[start - 1][1] in ";}{"):
                start -= 1
            if HELP.search(" ".join(t[1] for t in tokens[start:j])):
                return True
        j -= 1
    return False


def sentences_in(source, app):
    """[(line, literal)] of what a patient could read."""
    tokens = tokens_of(source)
    return [(line, text) for i, (kind, text, line) in enumerate(tokens)
            if kind == "string" and len(words_in(text)) >= 3 and not may_say(tokens, i, app)]


FINE = r'''
#include "core/some of these.h"
/* "Please wait and see" */
// "it is quite normal"
static const char *const names[] = {"not-covered", "two words"};
void f(struct err *err) {
	err_set(err, ERR_INPUT, "the file %s is not " "valid UTF-8", name);
	mistake_add(m, file, 3, "this id is here twice");
	fprintf(stderr, "cannot open the file %s\n", name);
	sql(db, "SELECT a FROM inbox WHERE b = ?");
	return fail_with(err, "the server sent no answer");
	log_warn("gateway is slow again: %s", x);
	buf_format(b, "%s %s: %d/%d and", x, y, n, m);
	char quote = '"'; buf_add(b, "one two");
}
'''
BAD = [
    'void f(void) { buf_puts(b, "You should feel better soon."); }',
    'static const char *const t = "Take two of these";',
    'static const char *const t[] = {"a", "Take two " "of these"};',
    'void f(void) { char c = \'"\'; say("This is quite normal"); /* " */ }',
    '#define NOTE "Do not worry about it"',
    'struct str s = STR("Ça ira très bien");',
    'int f(void) { err_set(err, 1, "x"); return say("wait and see"); }',
    'void f(void) { printf("Please call us today"); }',
]


def check_self():
    wrong = [f"refused: {s}" for s in sentences_in(FINE, False)]
    for source in BAD:
        if not sentences_in(source, False):
            wrong.append(f"let through: {source}")
        planted = FINE + source
        if len(sentences_in(planted, False)) != 1:
            wrong.append(f"let through among others: {source}")
    app = ['void f(void) { printf("%d questions were answered right\\n", n); }',
           'static const struct argp_option options[] = {{"json", 1, 0, 0, "one line of JSON", 0}};',
           'static const char doc[] = "Reads the articles and lists mistakes";']
    for source in app:
        wrong += [f"refused in app: {s}" for s in sentences_in(source, True)]
        if not sentences_in(source, False):
            wrong.append(f"let through below app: {source}")
    if not sentences_in(BAD[0], True):
        wrong.append("let through in app")
    if [line for line, _ in sentences_in("\n\n" + BAD[0], False)] != [3]:
        wrong.append("the line is wrong")
    return wrong


def main():
    tests = []

    def result(name, wrong):
        tests.append(not wrong)
        print(f"{'not ok' if wrong else 'ok'} {len(tests)} - {name}")
        for line in wrong:
            print(f"# {line}")

    result("a planted sentence is found, and what staff read is let through", check_self())
    for floor in FLOORS:
        wrong, files = [], sorted(glob.glob(f"bot/{floor}/*.[ch]"))
        for path in files:
            with open(path, encoding="utf-8") as file:
                for line, text in sentences_in(file.read(), floor == "app"):
                    wrong.append(f"{path}:{line}: {text}")
        result(f"{len(files)} files of {floor} hold no sentence for patients", wrong)
    print(f"1..{len(tests)}")
    raise SystemExit(not all(tests))


main()
