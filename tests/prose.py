"""Reading the Markdown in intents/, and how hard it is to read."""
import re

EXCEPTIONS = {"people": 2, "area": 3, "areas": 3, "idea": 3, "create": 2, "medicine": 3,
              "medicines": 3, "something": 2, "sometimes": 2, "being": 2, "micronutrients": 5}


def syllables(word):
    """Vowel groups, with the silent endings of English off and split vowels counted twice."""
    word = re.sub("[^a-z]", "", word.lower())
    if not word:
        return 1
    if word in EXCEPTIONS:
        return EXCEPTIONS[word]
    count = len(re.findall("[aeiouy]+", word))
    count += len(re.findall("(?<![ctsg])i(?:a|o|u)", word))
    count += len(re.findall("(?<![qg])ua|eo(?!u)|[ctsg]iat|(?:o|u|y|i)ing$", word))
    if re.search("[^aeiouy]e$", word) and not re.search("[^aeiouy]le$", word):
        count -= 1
    elif re.search("[^aeiouytd]ed$", word) or re.search("[^aeiouyscxzg]es$", word):
        count -= not re.search("([^aeiouy]l|[cs]h)es$", word)
    return max(count, 1)


def grade(text):
    """Flesch-Kincaid: 0.39 words a sentence + 11.8 syllables a word - 15.59."""
    sentences = [s for s in re.split(r"[.!?:]+(?:\s|$)|\n\n|\n(?=- )", text) if re.search(r"\w", s)]
    words = re.findall(r"[A-Za-z0-9][A-Za-z0-9'-]*", text)
    return (0.39 * len(words) / len(sentences)
            + 11.8 * sum(map(syllables, words)) / len(words) - 15.59)


def sections_of(text):
    """[(heading, body)] of the level 2 headings."""
    parts = re.split(r"(?m)^## +(.*)$", text)
    return list(zip((h.strip() for h in parts[1::2]), (b.strip() for b in parts[2::2])))


def fold(question):
    return " ".join(re.findall(r"\w+", question.lower()))
