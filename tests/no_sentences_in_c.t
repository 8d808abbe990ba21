#!/usr/bin/env python3
"""No sentence that a patient could read stands in C: all of them come from intents/.

Every string literal of three or more words is looked at by its use. Only staff read what is given
to the functions of errors, mistakes, the log and standard error, and what is called a reason: the
parameter, member or variable has one of the names in REASON, or a variable of the line is given to
such a function. Literals that are only compared with, SQL and HTTP headers are let through too, and
in bot/app what a command prints on a terminal or says in its help."""

import glob
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "cli"))
from cli import end, result  # noqa: E402

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

FLOORS = ["core", "wire", "io", "app"]
# What a text for staff is called.
REASON = {"why", "what", "reason", "cause", "cure", "err", "mistakes", "stderr"}
# Functions whose words only staff see.
STAFF = re.compile(r"(err|mistake|log|metric|metrics)_\w+|\w*state_set|\w*refusal|perror|assert|"
                   r"_Static_assert|static_assert|__attribute__|__asm__|argp_\w+|sd_notifyf?")
# Functions that only look at their words.
COMPARES = re.compile(r"str_eq\w*|str_starts|str_ends|strn?cmp|strstr")
# In bot/app only: what commands print, and the tables of their help.
PRINTS = re.compile(r"v?f?printf|puts|fputs|fwrite|usage|die")
HELP = re.compile(r"\bstruct (argp|argp_option|argp_child|command|cmd)\b|(doc|usage|help)\b")
# Commands that staff run on a terminal; what they print stands in tables too. `run` is no such.
COMMANDS = re.compile(r"bot/app/(cmd_(?!run)\w+|eval_\w+)\.[ch]")
HEADERS = re.compile(r"headers \[ \]$")
SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|PRAGMA|BEGIN|COMMIT|ROLLBACK|"
                 r"SAVEPOINT|RELEASE|WITH|ATTACH|VACUUM|ANALYZE|REPLACE)\b")

TOKEN = re.compile(r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/|\\\n)
                     |(?P<include>(?<![^\n])[ \t]*\#[ \t]*(?:include|error|warning|pragma)[^\n]*)
                     |(?P<macro>(?<![^\n])\#define[ ]\w+[ ]"(?:[^"\\\n]|\\.)*"[ ]*(?=\n))
                     |(?P<string>(?:u8|[uUL])?"(?:[^"\\\n]|\\.)*")
                     |(?P<char>[uUL]?'(?:[^'\\\n]|\\.)*')
                     |(?P<word>[A-Za-z_]\w*)
                     |(?P<other>.)""", re.S | re.X)


def tokens_of(source):
    """(kind, text, line), with macros that are a literal in place and adjacent literals joined."""
    found, line, macros = [], 1, {}
    for match in TOKEN.finditer(source):
        kind, text = match.lastgroup, match[0]
        if kind == "macro":
            name, text = re.match(r'#define (\w+) "(.*)"', text).groups()
            macros[name] = [text, line, False]
        elif kind not in ("skip", "include"):
            if kind == "string":
                text = text[text.index('"') + 1:-1]
            elif text in macros:
                kind, macros[text][2], text = "string", True, macros[text][0]
            if kind == "string" and found and found[-1][0] == "string":
                found[-1] = ("string", found[-1][1] + text, found[-1][2])
            else:
                found.append((kind, text, line))
        line += match[0].count("\n")
    unused = [("string", text, at) for text, at, used in macros.values() if not used]
    return unused + [("other", ";", 0)] + found if unused else found


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


def words_of(tokens):
    return [text for kind, text, _ in tokens if kind == "word"]


def functions_of(tokens):
    """(name, parameters that are text, body) of each declaration, definition and member; the body
    of what is only declared is empty."""
    depth = 0
    for j, (kind, text, _) in enumerate(tokens):
        if kind == "other" and text in "([{":
            if text == "(" and j > 1 and (tokens[j - 1][0] == "word" or tokens[j - 1][1] == ")"):
                end = close_of(tokens, j)
                params = re.findall(r"(?:char \* |struct str )(?:const )?(\w+)(?= [,)])",
                                    " ".join(t[1] for t in tokens[j:end]))
                after = tokens[end][1] if end < len(tokens) else ""
                if params and after in ("{", ";", "__attribute__"):
                    body = tokens[end:close_of(tokens, end)] if after == "{" else []
                    yield tokens[j - 1 - (tokens[j - 1][1] == ")")][1], set(params), body
            depth += 1
        elif kind == "other" and text in ")]}":
            depth -= 1


def calls_in(tokens):
    for j in range(len(tokens) - 1):
        if tokens[j][0] == "word" and tokens[j + 1][1] == "(":
            yield tokens[j][1], set(words_of(tokens[j + 1:close_of(tokens, j + 1)]))


def reporters_of(sources):
    """Functions with text that is called a reason or that they hand on to staff, and structs with
    a member that is called a reason."""
    names, functions = set(), []
    for source in sources:
        functions += functions_of(tokens_of(source))
        for name, body in re.findall(r"\bstruct (\w+) \{([^}]*)\}", source):
            if REASON & set(re.findall(r"(\w+)\s*[;,\[]", body)):
                names.add("struct " + name)
    names |= {name for name, params, _ in functions if REASON & params}
    before = -1
    while before != len(names):
        before = len(names)
        names |= {name for name, params, body in functions
                  if name not in names and any(params & inside and is_for_staff(call, [], names)
                                               for call, inside in calls_in(body))}
    return names


def is_for_staff(name, inside, known):
    return bool(STAFF.fullmatch(name) or name in known or REASON & set(inside))


def value_for_staff(tokens, i, known, app):
    """Whether the value whose `=` is at `i` is a reason, help, or given to staff later."""
    start = i
    while start and not (tokens[start - 1][0] == "other" and tokens[start - 1][1] in ";{})"):
        start -= 1
    # A table of an anonymous struct: its members stand in braces before the name.
    if start and tokens[start - 1][1] == "}" and tokens[i - 1][1] in "])":
        depth, at = 0, start - 1
        while at >= 0:
            depth += {"}": 1, "{": -1}.get(tokens[at][1], 0)
            if depth == 0:
                break
            at -= 1
        if at and tokens[at - 1][1] == "struct" and REASON & set(words_of(tokens[at:start])):
            return True
    left = words_of(tokens[start:i])
    joined = " ".join(text for _, text, _ in tokens[start:i])
    if any("struct " + word in known for word in left) or REASON & set(left):
        return True
    if HEADERS.search(joined) or (app and HELP.search(joined)):
        return True
    for at in range(i, len(tokens) - 1):
        if tokens[at][0] == "word" and tokens[at + 1][1] == "(":
            inside = words_of(tokens[at + 1:close_of(tokens, at + 1)])
            if left and left[-1] in inside and is_for_staff(tokens[at][1], [], known):
                return True
    return False


def may_say(tokens, i, known, app):
    """Whether the literal at `i` is used where only staff can read it."""
    if SQL.match(tokens[i][1]):
        return True
    depth, returned = 0, False
    for j in range(i - 1, -1, -1):
        kind, text, _ = tokens[j]
        if kind == "word" and text == "return" and depth == 0:
            returned = True
        if kind != "other":
            continue
        if text in ")]}":
            depth += 1
        elif text in "([{":
            depth -= 1
            if depth >= 0:
                continue
            depth = 0
            if text == "(" and tokens[j - 1][0] == "word":
                name, inside = tokens[j - 1][1], words_of(tokens[j:close_of(tokens, j)])
                if (is_for_staff(name, inside, known) or COMPARES.fullmatch(name)
                        or (app and PRINTS.fullmatch(name))):
                    return True
            if text == "{" and j and tokens[j - 1][1] != "=" and "=" not in (
                    t[1] for t in tokens[max(0, j - 3):j]) and tokens[j - 1][1] not in ("{", ","):
                break
        elif text in ";" and depth == 0:
            break
        elif text == "=" and depth == 0 and value_for_staff(tokens, j, known, app):
            return True
    return returned and function_around(tokens, i) in REASON


def function_around(tokens, i):
    """The name of the function that the token stands in."""
    depth = 0
    for j in range(i, -1, -1):
        text = tokens[j][1] if tokens[j][0] == "other" else ""
        depth += {"}": 1, "{": -1}.get(text, 0)
        if text == "{" and depth < 0 and tokens[j - 1][1] == ")":
            depth, k = 0, j - 1
            while k >= 0:
                depth += {")": 1, "(": -1}.get(tokens[k][1], 0)
                if depth == 0:
                    break
                k -= 1
            if tokens[k - 1][1] not in ("if", "for", "while", "switch"):
                return tokens[k - 1][1]
            depth = 0
        elif depth < 0:
            depth = 0
    return None


def sentences_in(source, known=frozenset(), app=False):
    """[(line, literal)] of what a patient could read."""
    tokens = tokens_of(source)
    return [(line, text) for i, (kind, text, line) in enumerate(tokens)
            if kind == "string" and len(words_in(text)) >= 3
            and not may_say(tokens, i, known, app)]


FINE = r'''
#include "core/some of these.h"
#define WHERE "on the page of settings"
/* "Please wait and see" */
// "it is quite normal"
static const char *const names[] = {"not-covered", "two words"};
static const struct rule rules[] = {{1, "the server goes away"}, {2, "look again " WHERE}};
static const struct { int code; const char *what; } refusals[] = {{1, "the room is gone now"}};
static const char *reason(int error) { switch (error) { case 1: return "it is not there"; } }
void f(struct err *err) {
	const char *more = x ? "and nothing came back" : "";
	err_set(err, ERR_INPUT, "the file %s is not " "valid UTF-8%s", name, more);
	mistake_add(m, file, 3, "this id is here twice");
	fprintf(stderr, "cannot open the file %s\n", name);
	sql(db, "SELECT a FROM inbox WHERE b = ?");
	return fail_with(err, "the server sent no answer");
	log_warn("gateway is slow again: %s", x);
	give_up(d, STR("Discord asks for it"));
	check(STR("this one is empty"));
	response.why = STR("the response is too long");
	if (str_eq(said, STR("Unable to connect"))) return;
	buf_format(b, "%s %s: %d/%d and", x, y, n, m);
	char quote = '"'; buf_add(b, "one two");
}
'''
KNOWN = '''
struct rule { int code; const char *what; };
void give_up(struct d *d, struct str why);
static void check(struct str empty)
{
	give_up(d, empty);
}
'''
BAD = [
    'void f(void) { buf_puts(b, "You should feel better soon."); }',
    'static const char *const t = "Take two of these";',
    'static const char *const t[] = {"a", "Take two " "of these"};',
    'static const struct text t[] = {{"a", "Take two of these"}};',
    'void f(void) { char c = \'"\'; say("This is quite normal"); /* " */ }',
    '#define NOTE "Do not worry about it"\n',
    '#define SOON "soon be well"\nvoid f(void) { say("You will " SOON); }',
    'struct str s = STR("Ça ira très bien");',
    'int f(void) { err_set(err, 1, "x"); return say("wait and see"); }',
    'const char *f(int a) { if (a) return "wait and see"; }',
    'void f(void) { printf("Please call us today"); }',
    'void f(void) { text = "Please call us today"; buf_add(b, text); }',
]


def check_self():
    known = reporters_of([KNOWN])
    wrong = [f"refused: {s}" for s in sentences_in(FINE, known)]
    for source in BAD:
        for planted in (source, FINE + source):
            if len(sentences_in(planted, known)) != 1:
                wrong.append(f"let through: {source}")
    app = ['void f(void) { printf("%d questions were answered right\\n", n); }',
           'static const struct argp_option options[] = {{"json", 1, 0, 0, "one line of JSON", 0}};',
           'static const char doc[] = "Reads the articles and lists mistakes";']
    for source in app:
        wrong += [f"refused in app: {s}" for s in sentences_in(source, known, True)]
        if not sentences_in(source, known):
            wrong.append(f"let through below app: {source}")
    if not sentences_in(BAD[0], known, True):
        wrong.append("let through in app")
    if [line for line, _ in sentences_in("\n\n" + BAD[0])] != [3]:
        wrong.append("the line is wrong")
    return wrong


def main():
    result("a planted sentence is found, and what staff read is let through", check_self())
    sources = {}
    for path in sorted(p for p in glob.glob("bot/*/*.[ch]") if not COMMANDS.match(p)):
        with open(path, encoding="utf-8") as file:
            sources[path] = file.read()
    known = reporters_of(sources.values())
    for floor in FLOORS:
        of_floor = [path for path in sources if path.startswith(f"bot/{floor}/")]
        wrong = [f"{path}:{line}: {text}" for path in of_floor
                 for line, text in sentences_in(sources[path], known, floor == "app")]
        if not of_floor:
            wrong.append("no files")
        result(f"no sentence for patients in {floor}", wrong)
    end()


main()
