#!/usr/bin/env python3
"""clinicbot import: pages as people have them become articles that `check` accepts and that stay as
they are when they are imported again."""
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cli import Folder, end, ok, run

CLINIC = '''<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<title>After your chemical peel | Linden Skin Clinic</title>
<link rel="canonical" href="https://linden-skin.example/after-peel">
<style>body { color: red }</style>
<script>var cookie = "Accept all";</script>
</head>
<body class="page cookie-consent-open with-sidebar">
<a class="skip-link" href="#main">Skip to content</a>
<div id="cookie-banner"><p>We use cookies to make this site better. By going on you agree.</p>
<button>Accept all</button></div>
<header class="site-header"><a href="/">Linden Skin Clinic</a>
<nav><ul><li><a href="/">Home</a></li><li><a href="/treatments">Treatments</a></li></ul></nav></header>
<div class="layout with-sidebar"><div class="content">
<div class="breadcrumbs"><a href="/">Home</a> &raquo; Treatments</div>
<h1>After your <em>chemical peel</em></h1>
<p class="byline">By Dr Ann Lindqvist, 3 March 2024</p>
<div class="share-buttons"><a href="#">Tweet</a> <a href="#">Facebook</a></div>
<p>A peel takes off the top layer of your skin. New skin grows within a week, and it is
<strong>thin and tender</strong> at first&nbsp;&mdash; treat it gently.</p>
<h2>The first days</h2>
<p>Your face may look red, like a sunburn.<br>This is normal.</p>
<ul>
<li>Wash with lukewarm water only.
<li>Do not use <a href="/soap">soap</a>, scrubs or make-up for 48&#160;hours.
<li>Keep away from:
  <ul><li>the sun</li><li>the sauna</li><li>swimming pools</li></ul>
</ul>
<div class="advert"><p>Advertisement</p><img src="x.gif" alt="ad"></div>
<h3>Which cream?</h3>
<p>Use the cream that we gave you, morning &amp; evening.</p>
<p style="display: none">Secret words for robots.</p>
<aside><h2>Special offer</h2><p>Book two peels and get one free.</p></aside>
<h2>When to call us</h2>
<p>Call if you see blisters or pus, or if the redness gets worse after day 3.</p>
<form action="/news"><label>Your e-mail</label><input name="m"><button>Subscribe</button></form>
<h2>Related treatments</h2>
<ul><li><a href="/a">Microneedling</a></li><li><a href="/b">Fillers</a></li></ul>
<p><a href="/book">Book an appointment</a></p>
</div></div>
<footer><p>&copy; 2024 Linden Skin Clinic. All rights reserved.</p><a href="/p">Privacy</a></footer>
</body></html>
'''
CLINIC_OUT = '''---
title: After your chemical peel
language: en
version: 1
source: https://linden-skin.example/after-peel
---

## After your chemical peel

A peel takes off the top layer of your skin. New skin grows within a week, and it is **thin and
tender** at first — treat it gently.

## The first days

Your face may look red, like a sunburn. This is normal.

- Wash with lukewarm water only.
- Do not use soap, scrubs or make-up for 48 hours.
- Keep away from:
  - the sun
  - the sauna
  - swimming pools

### Which cream?

Use the cream that we gave you, morning & evening.

## When to call us

Call if you see blisters or pus, or if the redness gets worse after day 3.
'''
CLINIC_SAID = ['dropped line 11: "Skip to content" (navigation)',
               'dropped line 14: "Linden Skin Clinic Home Treatments" (header)',
               '"By Dr Ann Lindqvist, 3 March 2024" (byline)', '"Tweet Facebook" (sharing)',
               '"Advertisement" (advert)', '"Secret words for robots." (hidden)',
               '"Special offer Book two peels and get one free." (aside)', '(form)', '(cookies)',
               '"Related treatments" (nothing stands under it)',
               '"Microneedling Fillers" (only links)', '"Book an appointment" (only links)',
               '(footer)', 'kept 4 sections with 7 passages']

HEALTH = '''<!doctype html><html lang="en"><head><title>Recovery - Health site</title></head><body>
<header role="banner"><form role="search"><input><button>Search</button></form></header>
<main role="main"><article>
<h1>Recovery from cataract surgery</h1>
<nav class="contents"><h2>Contents</h2><ol><li>Overview</li><li><a href="/b">Before</a></li></ol></nav>
<section><h2>Dos and don'ts</h2>
<div><h3>Do</h3><ul><li><svg><title>tick</title></svg> use your eye drops as told</li>
<li>wear your eye shield at night for a week</li></ul></div>
<div><h3>Don't</h3><ul><li>do not rub your eye</li><li>do not <b>drive</b> yet</li></ul></div></section>
<section><h2>When can I go back to it?</h2>
<table><caption>What is safe, and when</caption>
<thead><tr><th>Activity</th><th>Earliest</th><th>Notes</th></tr></thead>
<tbody><tr><td>Reading</td><td>same day</td><td></td></tr>
<tr><td rowspan="2">Exercise</td><td>1 week</td><td>light</td></tr>
<tr><td>4 weeks</td><td>swimming</td></tr></tbody></table>
<table><tr><th></th><th>Day 1</th><th>Day 7</th></tr>
<tr><th scope=row>Drops</th><td>4 times</td><td>2 times</td></tr></table></section>
<details><summary>What if I miss a dose?</summary><p>Take the drops as soon as you remember.</p></details>
<dl><dt>Blurred sight</dt><dd>Normal for a few days<sup><a href="#r">[1]</a></sup>.</dd></dl>
<p>Page last reviewed: 4 May 2023</p>
</article></main>
<footer role="contentinfo">Crown copyright</footer></body></html>
'''
HEALTH_BODY = '''## Dos and don'ts

### Do

- use your eye drops as told
- wear your eye shield at night for a week

### Don't

- do not rub your eye
- do not **drive** yet

## When can I go back to it?

What is safe, and when

- Activity: Reading; Earliest: same day
- Activity: Exercise; Earliest: 1 week; Notes: light
- Activity: Exercise; Earliest: 4 weeks; Notes: swimming
- **Drops.** Day 1: 4 times; Day 7: 2 times

### What if I miss a dose?

Take the drops as soon as you remember.

- **Blurred sight.** Normal for a few days.
'''

BROKEN = ('<html><body><nav><ul><li><a href=/>Home</a><li><a href=/x>About</a></ul>'
          '<div class=content><h1>After the filling<p>Do not eat for two hours, please.'
          '<p>The tooth may <b>ache for some days <p>It passes by itself & you need no pills'
          '<h2>Call us<ul><li>if it bleeds<li>if it swells <table><tr><td>a<td>b')
BROKEN_BODY = '''## After the filling

Do not eat for two hours, please.

The tooth may **ache for some days**

It passes by itself & you need no pills

## Call us

- if it bleeds
- if it swells
- a: b
'''

WINDOWS = (b'<html><head><meta charset=windows-1252><title>After the filling</title><body>'
           b'<h2>What it\x92s like</h2><p>It\x92s sore \x96 for a day. Caf\xe9 visits are fine. '
           b'Don\x92t chew on that side for the first \x93few\x94 days. It costs 5 \x80.</p>')
WINDOWS_BODY = '''## What it’s like

It’s sore – for a day. Café visits are fine. Don’t chew on that side for the first “few” days.
It costs 5 €.
'''

PASTED = '''Banner Ad

Home
About us
Contact

Linden Skin Clinic | Blog | Aftercare

After your tattoo removal
By Mia Holm
12 May 2024 - 4 min read

The laser breaks the ink into small pieces, and your body
carries them away over the next weeks. Your skin needs rest
after each session, so look after it well.

What should I do on the first day?

1. Cool the skin with a clean
   cold pack for ten minutes.
2. Put on the cream.
- Advertisement -

Read also: Ten facts about lasers

2. What must I avoid?

  \u2022 Hot baths
  \u2022 Swimming pools
for two weeks
  \u2023 Sport
\u2013 Scratching

Side effects:

Some people get blisters. They heal by themselves, and you should not open them, since the skin
under them is a good dressing.

Skin Weekly is a leading online magazine about skin. Our stories are written by people with skin.

- Advertisement -

Related Articles

Latest Articles
'''
PASTED_OUT = '''---
title: After your tattoo removal
language: en
version: 1
source: pasted.txt
---

## After your tattoo removal

The laser breaks the ink into small pieces, and your body carries them away over the next weeks.
Your skin needs rest after each session, so look after it well.

## What should I do on the first day?

- Cool the skin with a clean cold pack for ten minutes.
- Put on the cream.

## What must I avoid?

- Hot baths
- Swimming pools for two weeks
- Sport
- Scratching

## Side effects

Some people get blisters. They heal by themselves, and you should not open them, since the skin
under them is a good dressing.
'''
PASTED_SAID = '''dropped line 1: "Banner Ad" (advert)
dropped line 3: "Home" (navigation)
dropped line 4: "About us" (navigation)
dropped line 5: "Contact" (navigation)
dropped line 7: "Linden Skin Clinic | Blog | Aftercare" (navigation)
dropped line 10: "By Mia Holm" (byline)
dropped line 11: "12 May 2024 - 4 min read" (byline)
dropped line 22: "Advertisement -" (advert)
dropped line 24: "Read also: Ten facts about lasers" (related)
dropped line 39: "Skin Weekly is a leading online magazine about skin. Our…" (publisher)
dropped line 41: "Advertisement -" (advert)
dropped line 43: "Related Articles" (related)
dropped line 45: "Latest Articles" (related)
kept 4 sections with 8 passages: read them before you put the file into the intents folder
'''

MARKDOWN = '''# Care after a peel

Some
lines.

## Twice

- a [link](/here)
- *b*

## Twice

![face](f.png) Text.
'''
MARKDOWN_BODY = '''Some
lines.

## Twice

- a link
- *b*

## Twice {#twice-2}

Text.
'''


def body(article):
    return article.split('\n---\n\n', 1)[1]


with Folder() as folder:
    def put(name, content):
        folder.write(name, content)
        return run('import', name, cwd=folder.path)

    for name, content, wanted in [
            ('clinic.html', CLINIC, None), ('health.htm', HEALTH, HEALTH_BODY),
            ('broken.html', BROKEN, BROKEN_BODY), ('windows.HTML', WINDOWS, WINDOWS_BODY),
            ('pasted.txt', PASTED, None), ('care.md', MARKDOWN, MARKDOWN_BODY)]:
        result = put(name, content)
        article = result[1]
        good = result[0] == 0 and (wanted is None or body(article) == wanted)
        ok(good, name, *result)
        again = put('again.md', article)
        ok(again[0] == 0 and again[1] == article and 'dropped' not in again[2],
           '... and again changes nothing', *again)
        os.mkdir(folder.path + '/only')
        shutil.copytree(folder.path + '/intents/en', folder.path + '/only/en')
        folder.write('only/article.md', article)
        checked = run('check', '--intents', 'only', cwd=folder.path)
        ok(checked[0] == 0 and checked[1].startswith('good: 1 article'), '... and check accepts it',
           *checked)
        shutil.rmtree(folder.path + '/only')

    result = put('clinic.html', CLINIC)
    ok(result[1] == CLINIC_OUT, 'a clinic page: the whole of it', result[1])
    missing = [said for said in CLINIC_SAID if said not in result[2]]
    ok(not missing and len(result[2].splitlines()) == 15, 'a clinic page: what was left out is said',
       missing, result[2])
    result = put('pasted.txt', PASTED)
    ok(result[1] == PASTED_OUT, 'a pasted text: the whole of it', result[1])
    ok(result[2] == PASTED_SAID, 'a pasted text: what was left out is said', result[2])
    result = put('care.md', MARKDOWN)
    ok('dropped line 8: "/here" (link target)' in result[2] and
       'dropped line 13: "face" (image)' in result[2] and
       'warning: line 11: the heading "Twice" stands twice; it got the id twice-2' in result[2],
       'Markdown: what changed is said', result[2])

    # --- the shipped article stays as it is, and no other file is touched

    with open(folder.path + '/intents/mesotherapy.md', encoding='utf-8') as file:
        shipped = file.read()
    result = run('import', 'intents/mesotherapy.md', cwd=folder.path)
    ok(result[0] == 0 and result[1] == shipped, 'the shipped article stays as it is', *result)
    result = put('approved.md', shipped.replace('version: 1', 'version: 1\napproved_by: Dr X'))
    ok(result[0] == 0 and result[1] == shipped and
       'dropped line 5: "approved_by: Dr X" (what is imported is not approved yet)' in result[2],
       'an approval does not outlive an import', *result)

    # --- standard input and files of no name are told by what they hold

    for what, content, first in [('HTML', CLINIC, 'After your chemical peel'),
                                 ('Markdown', MARKDOWN, 'Care after a peel'),
                                 ('text', PASTED, 'After your tattoo removal')]:
        result = run('import', '-', input=content, cwd=folder.path)
        ok(result[0] == 0 and result[1].startswith('---\ntitle: %s\n' % first),
           what + ' from standard input', *result)
        result = put('page', content)
        ok(result[0] == 0 and result[1].startswith('---\ntitle: %s\n' % first),
           what + ' from a file of no kind', *result)
    result = run('import', '-', input=PASTED, cwd=folder.path)
    ok('\nsource: standard input\n' in result[1], 'its source', *result)
    result = put('r\u00e9sum\u00e9.txt', PASTED)
    ok(result[0] == 0 and '\nsource: r\u00e9sum\u00e9.txt\n' in result[1], 'a name in other letters',
       *result)
    result = put('wide.txt', b'\xff\xfe' + PASTED.encode('utf-16-le'))
    ok(result[0] == 0 and body(result[1]) == body(PASTED_OUT), 'UTF-16', *result)

    # --- refused: status 1, one sentence, nothing on standard output

    PARAGRAPH = '<p>Drink plenty of water after it, and rest for a day before you go to work.</p>\n'
    for what, name, content, said in [
            ('an empty page', 'x.html', '', 'x.html: there is nothing in it'),
            ('a nearly empty page', 'x.html', '<nav>Home</nav><p>Hi there</p>',
             'x.html: no article was found in it: 2 words are left'),
            ('5 MB', 'x.html', PARAGRAPH * 70000, 'x.html: it is larger than 4194304 bytes'),
            ('5 MB of text', 'x.txt', 'word ' * 1100000, 'x.txt: it is larger than 4194304 bytes'),
            ('an article of more than 1 MB', 'x.html', PARAGRAPH * 15000,
             'the article made of it is larger than 1048576 bytes'),
            ('binary junk', 'x.txt', bytes(range(256)) * 100, 'x.txt: this is no text'),
            ('binary junk as a page', 'x.html', bytes(range(256)) * 100, 'x.html: this is no text'),
            ('a PDF', 'x.pdf', '%PDF-1.7\n\n', 'x.pdf: this is a PDF; copy its text'),
            ('a character set that is not known', 'x.html',
             b'<meta charset=koi8-r><p>\xd0\xd2\xc9\xd7\xc5\xd4', 'its character set is "koi8-r"'),
            ('too deep', 'x.html', '<div>' * 5000, 'x.html: its elements are nested too deep')]:
        result = put(name, content)
        ok(result[0] == 1 and not result[1] and said in result[2].splitlines()[-1], what, *result)
    result = run('import', '-', input='word ' * 1100000, cwd=folder.path)
    ok(result[0] == 1 and not result[1] and
       result[2] == 'standard input: it is larger than 4194304 bytes\n', '5 MB on standard input',
       *result)
    result = run('import', 'gone.html', cwd=folder.path)
    ok(result[0] == 1 and result[2] == 'gone.html: it is not there\n', 'no such file', *result)
    result = run('import', 'intents', cwd=folder.path)
    ok(result[0] == 1 and 'it is a directory' in result[2], 'a folder', *result)

    # --- what was left out is said without what a terminal would obey

    result = put('esc.html', '<nav>\x1b[2J Home \u202e</nav>' + PARAGRAPH * 5)
    ok(result[0] == 0 and 'dropped line 1: "[2J Home" (navigation)' in result[2] and
       '\x1b' not in result[2], 'control characters', *result)

    # --- the language pack

    os.mkdir(folder.path + '/elsewhere')
    result = run('import', '../pasted.txt', cwd=folder.path + '/elsewhere')
    ok(result[0] == 1 and result[2] == 'intents/en/noise.md: it is not there; --intents DIR names '
       'the folder with the language pack\n', 'no language pack', *result)
    result = run('import', '--intents', '../intents', '../pasted.txt', cwd=folder.path + '/elsewhere')
    ok(result[0] == 0 and result[1] == PASTED_OUT, 'from any folder', *result)
    folder.write('my.conf', 'intents = "intents"\nclinic { name = "a" phone = "b" emergency = "c" crisis_line = "d" }\n')
    result = run('import', '-c', 'my.conf', 'pasted.txt', cwd=folder.path)
    ok(result[0] == 0 and result[1] == PASTED_OUT, 'the folder that a configuration names', *result)
    folder.write('intents/en/noise.md', '## advert\n\n- ad\n\n## colours\n\n- red\n')
    result = run('import', 'pasted.txt', cwd=folder.path)
    ok(result[0] == 1 and not result[1] and
       'intents/en/noise.md:5: "colours" is not the name of a list' in result[2],
       'a mistake in the lists', *result)

for arguments, said in [([], 'name a file, or - for standard input'),
                        (['a', 'b'], 'more than one file'),
                        (['--nonsense', 'a'], 'unrecognized option')]:
    result = run('import', *arguments)
    ok(result[0] == 2 and said in result[2] and not result[1], 'import ' + ' '.join(arguments), *result)
result = run('import', '--help')
ok(result[0] == 0 and result[1].startswith('Usage: clinicbot import [OPTION...] FILE'), 'import --help',
   *result)

end()
