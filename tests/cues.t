#!/usr/bin/env python3
"""intents/en/cues.md: its form, and what its cues meet. The matcher here is written apart from the
bot's, from the same rules, so that each can be held against the other."""

import os
import re
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))
PACK = os.path.join(HERE, "..", "intents", "en")
FILE = os.path.join(PACK, "cues.md")

WHOLE = ["greeting", "thanks", "goodbye", "yes", "no", "pick-1", "pick-2", "pick-3",
         "pick-last", "pick-all", "pick-none", "pick-others", "show-article", "again", "other-words",
         "curse", "maybe", "price", "call-for-help", "vague", "filler", "around"]
# Where a whole message is of several kinds: what asks for something before what is only polite.
WEIGHT = ["pick-none", "pick-all", "pick-others", "pick-1", "pick-2", "pick-3", "pick-last", "show-article",
          "price", "again", "other-words", "curse", "call-for-help", "vague", "maybe", "yes", "no", "thanks", "goodbye",
          "greeting"]
AROUND = {"again", "other-words", "curse"}  # beside these "around" counts
CONTAINED = ["about-the-bot", "help", "complaint"]
POLICY = ["minor", "contraindication", "distress", "personal-advice", "booking"]
SECTIONS = WHOLE + CONTAINED + POLICY

NEGATION_REACH = 3
PHRASE_WORDS_MAX = 10
APOSTROPHES = dict.fromkeys(map(ord, "'`\u00b4\u02bc\u2018\u2019\u201b\u2032"))
NUMBER = re.compile(r"#(?:(\d+)-(\d+))?$")


def words_read(title):
	with open(os.path.join(PACK, "words.md"), encoding="utf-8") as f:
		block = f.read().split("\n## %s\n" % title)[1].split("\n## ")[0]
	return {word for line in block.split("\n") if line.startswith("- ") for word in line[2:].split()}


NEGATIONS = words_read("negations")
STARTERS = words_read("clause starters")


def fold(text):
	text = unicodedata.normalize("NFKC", text.translate(APOSTROPHES)).casefold()
	text = unicodedata.normalize("NFKD", text)
	text = "".join(c for c in text if unicodedata.category(c) not in ("Mn", "Mc", "Me", "Cf"))
	return unicodedata.normalize("NFKC", text)


def clauses_of(text):
	"""Lists of words; a pictograph is a word of its own, digits keep their inner stops and commas."""
	clauses, word = [[]], ""
	text = fold(text)
	for i, c in enumerate(text):
		category = unicodedata.category(c)
		inner = c in ".," and 0 < i < len(text) - 1 and text[i - 1].isascii() and \
			text[i - 1].isdigit() and text[i + 1].isascii() and text[i + 1].isdigit()
		if category[0] == "L" or category[0] == "N" or inner:
			word += c
			continue
		if word:
			clauses[-1].append(word)
			word = ""
		if category == "So" and ord(c) >= 0x2190:
			clauses[-1].append(c)
		elif c in "?!.;:\n\r\u3002\u061f":
			clauses.append([])
	if word:
		clauses[-1].append(word)
	split = []
	for clause in clauses:
		split.append([])
		for word in clause:
			if word in STARTERS:
				split.append([])
			split[-1].append(word)
	return [clause for clause in split if clause]


class Phrase:
	"""One alternative: words, the last perhaps open at its end, or numbers within bounds."""

	def __init__(self, written):
		parts = fold(written).split("_")
		self.written, self.words = written, []
		for i, part in enumerate(parts):
			number = NUMBER.match(part)
			if number:
				low, high = (int(g) for g in number.groups()) if number[1] else (5, 10 ** 9)
				if low > high:
					raise ValueError("bounds the wrong way round")
				self.words.append((low, high))
				continue
			bare = part[:-1] if part.endswith("*") and i == len(parts) - 1 else part
			if not bare or [[bare]] != clauses_of(bare):
				raise ValueError("no word: %r" % part)
			self.words.append(part)
		if len(self.words) > PHRASE_WORDS_MAX:
			raise ValueError("over %d words: %r" % (PHRASE_WORDS_MAX, written))
		self.negative = any(w in NEGATIONS for w in self.words)

	def meets(self, clause, at):
		if at + len(self.words) > len(clause):
			return False
		for want, word in zip(self.words, clause[at:]):
			if isinstance(want, tuple):
				whole = word.split(".")[0]
				if not (whole.isascii() and whole.isdigit() and want[0] <= int(whole) <= want[1]):
					return False
			elif want.endswith("*"):
				if not word.startswith(want[:-1]):
					return False
			elif want != word:
				return False
		return True

	def found(self, clause, negatable=True):
		for at in range(len(clause)):
			if self.meets(clause, at) and (self.negative or not negatable or not
					NEGATIONS & set(clause[max(0, at - NEGATION_REACH):at])):
				return True
		return False


class Flag:
	def __init__(self, line, written):
		self.line, self.written, self.conditions = line, written, []
		for condition in written.split():
			absent = condition.startswith("!")
			alternatives = condition[absent:].split("|")
			if not all(alternatives):
				raise ValueError("an alternative is empty")
			self.conditions.append((absent, [Phrase(a) for a in alternatives]))
		if all(absent for absent, _ in self.conditions):
			raise ValueError("nothing has to be met")

	def found(self, clause):
		return all(any(p.found(clause, not absent) for p in phrases) != absent
			for absent, phrases in self.conditions)


def read(text):
	"""Section to flags, and what is wrong with the file."""
	sections, wrong, bullets = {}, [], []
	explained, title = {}, None
	for n, line in enumerate(text.split("\n"), 1):
		if line.startswith("## "):
			title = line[3:].strip()
			if title in sections:
				wrong.append("%d: %s stands twice" % (n, title))
			sections.setdefault(title, [])
			explained.setdefault(title, "")
		elif line.startswith("- "):
			if title is None:
				wrong.append("%d: a bullet before the first section" % n)
			bullets.append([n, title, line[2:]])
		elif line.startswith("  ") and bullets and bullets[-1][1] == title:
			bullets[-1][2] += " " + line.strip()
		elif line.strip() and title is not None:
			explained[title] += line
	for n, title, written in bullets:
		try:
			sections.setdefault(title, []).append(Flag(n, written))
		except ValueError as e:
			wrong.append("%d: %s" % (n, e))
	for title, words in explained.items():
		if not words.endswith("."):
			wrong.append("%s is not explained" % title)
	return sections, wrong


class Cues:
	def __init__(self, sections):
		self.sections = sections
		self.phrases = [(p, title) for title in WHOLE for flag in sections[title]
			for _, phrases in flag.conditions for p in phrases]
		self.phrases.sort(key=lambda pt: -len(pt[0].words))
		self.starts = {}
		for pair in self.phrases:
			self.starts.setdefault(str(pair[0].words[0])[0], []).append(pair)

	def whole(self, message):
		"""The kind of the whole message, or None: the longest phrases from left to right."""
		kinds = set()
		for clause in clauses_of(message):
			at = 0
			while at < len(clause):
				for phrase, title in self.starts.get(clause[at][0], []):
					if phrase.meets(clause, at):
						break
				else:
					return None
				kinds.add(title)
				at += len(phrase.words)
		if "around" in kinds and not kinds & AROUND:
			return None
		kinds -= {"filler", "around"}
		return min(kinds, key=WEIGHT.index, default=None)

	def contained(self, message):
		clauses = clauses_of(message)
		return [title for title in CONTAINED + POLICY
			if any(flag.found(clause) for flag in self.sections[title] for clause in clauses)]

	def why(self, message, title):
		return [f for f in self.sections[title] for c in clauses_of(message) if f.found(c)]


# A section that must catch the message; for whole messages the kind it must be.
CAUGHT = [
	("hi there", "greeting"), ("Hellooo everyone!", "greeting"), ("Good morning, dear team.", "greeting"),
	("здравствуйте", "greeting"), ("नमस्ते", "greeting"), ("hey, is anyone there?", "greeting"),
	("thx so much 🙏", "thanks"), ("ok thank you, that helps", "thanks"), ("Merci beaucoup!", "thanks"),
	("hi and thanks", "thanks"), ("شكرا", "thanks"), ("thanks, bye", "thanks"), ("ok bye", "goodbye"),
	("Have a nice day!", "goodbye"), ("Good night 😴", "goodbye"), ("до свидания", "goodbye"),
	("yes please", "yes"), ("👍", "yes"), ("That's right.", "yes"), ("no thanks", "no"),
	("Nope.", "no"), ("that's not what I meant", "no"), ("1", "pick-1"), ("the first one please", "pick-1"),
	("#2", "pick-2"), ("ok, the second one", "pick-2"), ("tell me about the third", "pick-3"),
	("The last of those, please", "pick-last"), ("the last one", "pick-last"),
	("both please", "pick-all"), ("all of them", "pick-all"), ("all three, thanks", "pick-all"),
	("number two please", "pick-2"), ("option 2", "pick-2"), ("maybe the first", "pick-1"),
	("I think the second one on the list", "pick-2"), ("2 and 3", "pick-2"), ("I'm not sure", "maybe"),
	("maybe", "maybe"), ("hi all", "greeting"), ("thanks all", "thanks"), ("how much?", "price"),
	 ("none of these, thanks", "pick-none"),
	("the other two please", "pick-others"), ("and the rest?", "pick-others"),
	("can you say that again", "again"), ("repeat it please", "again"), ("again", "again"),
	("simpler please", "other-words"), ("in short?", "other-words"), ("what does that mean", "other-words"),
	("Can you put that in plain English for me?", "other-words"), ("I don't understand.", "other-words"),
	("tell me more", "other-words"), ("explain it a bit simpler pls", "other-words"), ("tldr", "other-words"),
	("this is bullshit", "curse"), ("fuck off", "curse"), ("you are a pain in the neck", "curse"),
	("what a load of crap", "curse"), ("this bot is so fucking stupid", "curse"),
	("no, something else", "pick-none"), ("show me the article anyway", "show-article"),
	("please show me the text", "show-article"), ("hello, I have a question", "vague"),
	("need info pls", "vague"), ("help me please", "call-for-help"), ("my hair", "vague"),
	("Are you a bot?", "about-the-bot"), ("who am I talking to here", "about-the-bot"),
	("so who made you", "about-the-bot"), ("what are you?", "about-the-bot"),
	("Hi! What can I ask?", "help"), ("how do I use this", "help"),
	("this is useless", "complaint"), ("That didn't help.", "complaint"),
	("can I talk to a real person please", "complaint"), ("ugh, same answer again", "complaint"),
	("Hi, I'm 16. Is it for me?", "minor"), ("my 15 year old son is losing hair", "minor"),
	("our daughter is 13 and wants this", "minor"), ("17yo here", "minor"),
	("do you treat children", "minor"), ("is there a minimum age?", "minor"),
	("I am fifteen, may I come", "minor"), ("boy aged 12, thin hair", "minor"),
	("can i do this while pregnant", "contraindication"), ("I take warfarin.", "contraindication"),
	("is it safe with diabetes", "contraindication"), ("My wife is breast-feeding", "contraindication"),
	("i had breast cancer", "contraindication"), ("allergic to lidocaine, ok?", "contraindication"),
	("I've a pacemaker", "contraindication"), ("on accutane at the moment", "contraindication"),
	("I'm not 30 but HIV positive", "contraindication"), ("keloids run in our family", "contraindication"),
	("i feel so ugly these days", "distress"), ("I hate what I see, my hairline", "distress"),
	("i cried again, my hair came out in the shower", "distress"), ("no one will ever love me", "distress"),
	("who would want me, no one looks at me", "distress"), ("my bald spot makes me so ashamed", "distress"),
	("I cant look in the mirror, my hair is gone", "distress"), ("I can't bear my reflection", "distress"),
	("baldness has ruined my life", "distress"), ("I feel less of a woman", "distress"),
	("How many mg of zinc should I take?", "personal-advice"), ("do i have alopecia", "personal-advice"),
	("what is this on my scalp", "personal-advice"), ("is it normal that my head itches", "personal-advice"),
	("can I take ibuprofen for the pain", "personal-advice"), ("should I worry?", "personal-advice"),
	("what should i take for pain", "personal-advice"), ("How much is it?", "booking"),
	("price?", "booking"), ("what does a session cost", "booking"), ("Where are you located", "booking"),
	("I'd like to book an appointment", "booking"), ("need to cancel my appointment", "booking"),
	("are you open on Sunday", "booking"), ("is there parking", "booking"),
	("do you take klarna", "booking"), ("who is the doctor", "booking"),
	("can children have it too", "minor"), ("13 and my hairline is going", "minor"),
	("We are both 17, who signs?", "minor"), ("my teenage son wants the injections", "minor"),
	("my wife is expecting twins, may she come", "contraindication"),
	("period is a week late, test done", "contraindication"),
	("I bleed easily, is that a problem", "contraindication"),
	("is it safe with hepatitis", "contraindication"),
	("Can people with psoriasis have it?", "contraindication"),
	("I have hypertension, is it allowed", "contraindication"),
	("is the treatment suitable for everyone", "contraindication"),
	("I have a pimple, can the session go ahead", "contraindication"),
	("may I have it with my tablets", "contraindication"),
	("how many should i take", "personal-advice"),
	("forgot my finasteride yesterday", "personal-advice"),
	("zinc in the morning or at night", "personal-advice"),
	("a lump behind my ear, what is it", "personal-advice"),
	("What are these red spots?", "personal-advice"),
	("How much do the injections cost", "booking"), ("is it expensive", "booking"),
	("can I come without an appointment", "booking"), ("who gives the injections", "booking"),
]

# Questions an article may answer, and look-alikes: no section may catch them.
FREE = [
	"what is mesotherapy", "hi, what does it do for my hair?", "thanks, and when may I wash it",
	"No sauna for how long?", "yes but is it better than shampoo", "the first results, when do they come",
	"How many sessions in one course?", "how many months until the next course", "is one session enough",
	"can I drink wine after the injections", "I had 14 injections, may I go to the sauna",
	"im 10 days after my session, can i swim", "it's been 12 days, when will I see something",
	"I am 13 weeks into it and nothing grows", "is it right for me at 45", "i am 62, is it worth it",
	"my son is 25 and balding, would it help", "thin since I was 16", "bald from age 17, can meso help",
	"a 12 year old whisky tonight, allowed?", "I feel like a teenager with these greasy roots",
	"my teenager laughs at my parting", "not pregnant, just losing hair", "I do not take warfarin",
	"does it help when hair is dead", "hair loss after covid, does meso help",
	"are hormones to blame for thin hair", "what are you injecting", "who's this treatment for",
	"who should decide if I need it", "which doctor should I trust", "do I have to see a doctor first",
	"what can go wrong if it is done badly", "can it cause bruises", "is nausea a side effect",
	"what does the cocktail hold", "which vitamins are in it", "is it tablets or needles",
	"is a sunbed allowed", "Is it safe to wash my hair tomorrow?", "is massage of the back allowed",
	"I can't book a massage then?", "shall I cancel my sauna evening", "massage appointment on friday, ok?",
	"an hour in the park without a hat", "my phone rang, what was the third factor",
	"the second course, when", "number of months between two courses", "show me how it works",
	"none of the shampoos helped, will this", "are masks useless", "is it a waste of money",
	"better than the expensive serum?", "I paid for it, when do I see results", "cheap clinic, risky?",
	"what happens to the follicle", "does the price of a shampoo say anything about how it works",
	"wtf is mesotherapy", "when is the best time to start", "why no alcohol",
	"how long does the effect last", "can i use dry shampoo", "is it for men as well",
	"goodness me, it burns", "ok", "...", "",
	"can you", "could you please", "is it simple to do", "is it a short treatment", "can I do it again",
	"when can it be repeated", "what does mesotherapy mean", "is damaged hair ok", "can you explain how it works",
	"when the hell can i wash my damn hair", "what do the others do", "is this the rest of the course",
	"is it suitable for everyone's hair type", "I am expecting results by summer",
	"how many visits will the hepatitis B jabs take", "where do I put my tablets when flying",
	"how many different types of tablets exist", "what do I have to do before the appointment",
	"what do I put on the form", "when is the second dose of it given", "at what size should I worry",
	"my operation is on friday, can I have champagne", "a serum that cost more than my shoes",
	"what percent of people does it work on", "how important is who does the treatment",
]


class Tap:
	def __init__(self):
		self.n, self.bad = 0, 0

	def ok(self, good, name, why=""):
		self.n += 1
		self.bad += not good
		print("%sok %d - %s" % ("" if good else "not ", self.n, name.replace("#", "\\#")))
		if not good and why:
			print("# " + str(why).replace("\n", "\n# "))


def test_form(tap, text, sections, wrong):
	tap.ok(not wrong, "every flag parses and every section is explained", "\n".join(wrong))
	tap.ok(list(sections) == SECTIONS, "the sections are complete and in their order", list(sections))
	empty = [title for title, flags in sections.items() if not flags]
	tap.ok(not empty, "no section is empty", empty)
	intro = text[:text.find("\n## ")]
	tap.ok(intro.startswith("# ") and intro.count("`") >= 4, "the file says how a line reads")
	long = [n for n, line in enumerate(text.split("\n"), 1) if len(line) > 110]
	tap.ok(not long, "no line is over 110 characters", long)
	listed = [f.line for title in WHOLE for f in sections.get(title, []) if len(f.conditions) > 1]
	tap.ok(not listed, "lists of whole messages hold one condition a line", listed)
	seen, twice = {}, []
	for title in WHOLE:
		for flag in sections.get(title, []):
			for phrase in flag.conditions[0][1]:
				key = fold(phrase.written)
				if key in seen:
					twice.append("%d: %s, also in line %d" % (flag.line, phrase.written, seen[key]))
				seen[key] = flag.line
	tap.ok(not twice, "no phrase of whole messages stands twice", "\n".join(twice))
	twice = []
	for title in CONTAINED + POLICY:
		seen = {}
		for flag in sections.get(title, []):
			single = len(flag.conditions) == 1
			for absent, phrases in flag.conditions:
				written = [fold(p.written) for p in phrases]
				twice += ["%d: %s" % (flag.line, w) for w in set(written) if written.count(w) > 1]
				for w in written if single else []:
					if w in seen:
						twice.append("%d: %s, also in line %d" % (flag.line, w, seen[w]))
					seen[w] = flag.line
	tap.ok(not twice, "no alternative stands twice", "\n".join(twice))


def test_parser(tap):
	for broken in ("a||b", "|a", "!dog", "a !", "a__b", "pre*_fix", "#17-1", "a-b", "*"):
		try:
			Flag(1, broken)
			tap.ok(False, "a broken flag is told: %s" % broken)
		except ValueError:
			tap.ok(True, "a broken flag is told: %s" % broken)
	_, wrong = read("# x\n\n- early\n\n## a\n\nWord.\n\n- b\n\n## a\n\n- c|\n")
	tap.ok(len(wrong) == 3, "a doubled section, an early bullet and an empty alternative are told", wrong)

	def meets(flag, message):
		return any(Flag(1, flag).found(c) for c in clauses_of(message))
	for flag, message, expected in [
			("pregnan* !dog|cat", "I'm PREGNANT", True), ("pregnan* !dog|cat", "my dog is pregnant", False),
			("blood_thinner*", "on blood-thinners", True), ("blood_thinner*", "blood and thinners", False),
			("pain head", "head and the pain", True), ("pain head", "my head. The pain", False),
			("pain head", "my head but no pain", False), ("im_#1-17", "I\u2019m 17", True),
			("im_#1-17", "im 18", False), ("# jabs", "14 jabs", True), ("# jabs", "4 jabs", False),
			("warfarin", "i do not take warfarin", False),
			("warfarin", "never mind all of that, warfarin", True), ("not_sure", "i am not sure", True),
			("naive", "na\u00efve", True)]:
		tap.ok(meets(flag, message) == expected,
			"%s is %smet by: %s" % (flag, "" if expected else "not ", message))


def main():
	tap = Tap()
	with open(FILE, encoding="utf-8") as f:
		text = f.read()
	sections, wrong = read(text)
	test_form(tap, text, sections, wrong)
	test_parser(tap)
	cues = Cues({title: sections.get(title, []) for title in SECTIONS})
	for message, title in CAUGHT:
		whole, held = cues.whole(message), cues.contained(message)
		good = whole == title if title in WHOLE else title in held
		tap.ok(good, "%s: %s" % (title, message), "whole: %s, held: %s" % (whole, held))
	for message in FREE:
		whole, held = cues.whole(message), cues.contained(message)
		lines = [f.line for title in held for f in cues.why(message, title)]
		tap.ok(whole is None and not held, "nothing: %s" % message, "%s %s, lines %s" % (whole, held, lines))
	print("1..%d" % tap.n)
	return tap.bad > 0


if __name__ == "__main__":
	raise SystemExit(main())
