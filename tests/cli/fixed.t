#!/usr/bin/env python3
"""One concern, one reply: fixed texts that must be the same however it is put, and true of the word that was used.
Written for this test."""
import os
import sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cli
from cli import ask, ok

DESK = 'I cannot book or change visits, and I do not know prices or staff.'
NOT_FOR_ALL = 'The article does not say who should not have this treatment.'
PRICES = ['how much', 'how much?', 'and how much', 'how much pls', 'hi, how much please', 'and the price',
          'price pls', 'price', 'prices?', 'what about the price', 'cost', 'the cost please', "so what's the cost",
          'ok and price?', 'is it expensive', 'how pricey is it', 'what is the damage', 'do you have a price list',
          'price for 1 session', 'how much does it cost', 'what would i pay', 'can i book', 'i want an appointment']
NO_PRICES = ['how much wine can i drink', 'how much sun is too much']
# The brand or lay word, and what must stand in the reply.
KIN = [('is it dysport', 'botox and the like'), ('xeomin', 'botox and the like'), ('is it botox', 'botox and the like'),
       ('do you use dutasteride', 'finasteride and the like'), ('do you do restylane', 'fillers and the like')]

# What the treatment does to people is no question of who may have it.
EFFECTS = ['can mesotherapy cause cancer', 'does it give you cancer', 'can it lead to skin cancer',
           'is it linked to cancer', 'is there a cancer risk from the injections', 'can it trigger a seizure', 'does it cause epilepsy',
           'can it cause blood clots', 'can you get diabetes from it', 'does it cause keloids']
HAVE_IT = ['i have cancer can i have it', 'can people with cancer do it', 'my mum had cancer is it safe',
           'i had breast cancer, does it raise the risk of cancer', 'im a cancer patient, can it cause problems',
           'i have epilepsy can it trigger a seizure', 'is it ok with epilepsy', 'diabetes?', 'i take insulin',
           'i had a blood clot, can it cause blood clots']


for q, a in zip(PRICES, ask(PRICES)):
    ok(a['kind'] == 'uncovered' and a['text'].startswith(DESK), 'the desk knows: ' + q, a['text'])
for q, a in zip(NO_PRICES, ask(NO_PRICES)):
    ok(DESK not in a['text'], 'no price is asked: ' + q, a['text'])
ok(DESK not in ask(['how much?'], ['can i drink wine'])[0]['text'],
   'behind an answer "how much" need not mean the price')
for (q, title), a in zip(KIN, ask([k[0] for k in KIN])):
    ok('does not cover %s.' % title in a['text'], '%s: %s' % (q, title), a['text'])
for q, a in zip(EFFECTS, ask(EFFECTS)):
    ok(not a['text'].startswith(NOT_FOR_ALL), 'what it does: ' + q, a['text'])
for q, a in zip(HAVE_IT, ask(HAVE_IT)):
    ok(a['text'].startswith(NOT_FOR_ALL), 'who may have it: ' + q, a['text'])
cli.end()
