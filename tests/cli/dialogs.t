#!/usr/bin/env python3
"""Talks of several turns, as patients have them on a phone: what only changes the time or the form of the last
answer, picks long after an offer, curses, links, and more questions than are answered. Written for this
test."""
import os
import sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cli
from cli import ask, ok

OWN_WORDS = 'I can only give the words of the article'
MORE = 'Please tell me a little more.'
SORRY = 'I am sorry that this was not helpful.'
NO_LINKS = 'I cannot look at pictures, files or links'
NOT_COVERED = 'The article does not cover this.'
REST = 'You asked more than three things.'
DESK = 'I cannot book or change visits'


def last(*turns):
    """What the last of these turns gets."""
    return ask([turns[-1]], [list(turns[:-1])])[0]


def gives(passages, *turns):
    a = last(*turns)
    ok(a['kind'] == 'answer' and a['passages'] == passages, '%s: %s' % (passages, ' / '.join(turns)), a['kind'],
       a['passages'], a['text'])


def says(text, *turns):
    a = last(*turns)
    ok(not a['passages'] and a['text'].startswith(text), '%s: %s' % (text, ' / '.join(turns)), a['kind'],
       a['passages'], a['text'])


# Another time, the same topic; behind a refusal no topic, and by itself none either.
for time in ('and tomorrow', 'tomorrow?', 'tonight?', 'next week', 'in 3 days?', 'and after a month',
             'is saturday ok', 'how about on monday morning', 'ok the day after tomorrow then', '2 weeks later'):
    gives(['after.alcohol'], 'beer?', time)
    gives(['after.washing'], 'may i wash my hair', 'thanks', time)
    says('The article does not cover fillers', 'do you do lip fillers', time)
gives(['after.washing', 'after.alcohol'], 'can i wash my hair and drink beer', 'and in 3 days')
says(DESK, 'beer?', 'can i book for tomorrow')
for time in ('tomorrow?', 'next week', 'on monday morning'):
    says(MORE, time)

# What hangs on the last answer says nothing of another topic.
for small in ('can i or not', 'so no?', 'is it ok', 'how much is ok', '3?', 'why', 'how come'):
    gives(['after.sauna'], 'can i go to the sauna', small)
for small in ('why', 'why not', 'how long', 'and that?'):
    says('The article does not cover fillers', 'do you do lip fillers', small)
for other, topic in (('and cigs', 'smoking'), ('and weed?', 'drugs'), ('what about coffee', 'coffee and tea')):
    says('The article does not cover %s.' % topic, 'can i drink beer', other)
for small in ('why', 'why not', 'how long'):
    a = last('my head', small)
    ok(a['kind'] == 'offer' and a['passages'] == last('my head')['passages'], 'behind an offer, the same: ' + small, a)

# The form of the answer.
FORM = ['simpler please', 'explain simpler', 'what does that mean', 'in short?', 'shorter', 'can you say that in easy words',
        'in other words?', 'what do you mean by that', 'sorry i dont understand', 'tldr', 'summary pls',
        'i dnt get it', 'could you please explain that a bit better', 'make it easier to understand', 'more pls',
        'can u put it in plain english for me', 'huh', 'rephrase please', 'tell me more', 'explain it like im 5']
AGAIN = ['say that again', 'repeat', 'again please', 'can you repeat that', 'one more time', 'come again?',
         'what did you say']
for form in FORM:
    says(OWN_WORDS, 'can i wash my hair', form)
    says(NOT_COVERED, 'what is the capital of france', form)
    says(MORE, form)
for again in AGAIN:
    gives(['after.washing'], 'can i wash my hair', again)
    gives(['after.washing'], 'can i wash my hair', 'simpler please', again)
    says(NOT_COVERED, 'what is the capital of france', again)
    says(MORE, again)
gives(['often.interval'], 'can i wash my hair', 'how often can mesotherapy be repeated')
for source in ('where does it say that', 'who wrote this', 'send me the link'):
    says('Yes, I am a computer program.', 'can i wash my hair', source)
says(SORRY, 'can i wash my hair', 'can i talk to someone')

# What was offered stays to be picked.
offered = last('my head')
first = [[p] for p in offered['passages']]
ok(offered['kind'] == 'offer' and len(first) == 3, 'three topics to pick from', offered)
gives(first[1], 'my head', '2')
gives(first[2], 'my head', '2', '3')
gives(first[0], 'my head', '2', '3', 'and the first one?')
gives(first[0] + first[2], 'my head', '2', 'the others too')
gives(first[2], 'my head', '2', 'thanks', 'can i drink beer', '3')
gives(first[1], 'my head', '1', 'is it expensive', 'the second one')
for turns in (('my head', '1', 'can i drink beer', 'just one'), ('can i drink beer', 'only one')):
    a = last(*turns)
    ok(a['passages'][:1] == ['after.alcohol'], 'picks nothing: ' + ' / '.join(turns), a['kind'], a['passages'])
gives(['after.alcohol'], 'my head', '1', 'can i drink beer', '3?')
again = last('my head', 'say that again')
ok(again['kind'] == 'offer' and again['passages'] == offered['passages'], 'an offer is made again', again)
says(MORE, 'my head', '2', 'yes')
says(MORE, 'my head', '2', 'none of these')

# Curses and links ask nothing, and a question with one in it does.
for curse in ('this is bullshit', 'fuck off', 'fuck you', 'go to hell', 'damn it', 'what a load of crap', 'shit',
              'you are a pain in the neck', 'this bot is so fucking stupid', 'bollocks'):
    says(SORRY, curse)
    says(SORRY, 'can i wash my hair', curse)
gives(['after.washing'], 'when the hell can i wash my damn hair')
gives(['after.alcohol'], 'can i have a fucking beer or not')
for link in ('https://video.example/watch?v=dQw4w9WgXcQ', 'look at this https://shop.example/hair-growth-serum',
             'www.pills.example buy cheap', 'is this ok? HTTPS://a.example/x'):
    says(NO_LINKS, link)
gives(['after.washing'], 'can i use dry shampoo https://shop.example/p/123')
ok(last('https://a.example/beer i cant breathe')['level'] == 'emergency', 'a link takes no alarm away')

# A topic is named where the question is about it.
for q in ('could you check how many miles i walked in the park', 'put milk on the shopping list for my sister'):
    says(NOT_COVERED, q)
for q, topic in (('can i wear a bike helmet then', 'hats and wigs'), ('does it hurt', 'pain')):
    says('The article does not cover %s.' % topic, q)

# More than three.
for q, rest in (('can i wash my hair? can i drink beer? when can i go to the sauna? is sun ok? how often can it be done?', 1),
                ('can i wash, drink beer, go to the sauna, lie in the sun and get a head massage?', 1),
                ('washing\nbeer\nsauna\nsun\nhead massage', 0),
                ('can i wash my hair? beer? sauna? where can i park?', 1),
                ('can i wash my hair? can i drink beer? when can i go to the sauna?', 0),
                ('can i wash my hair? can i drink beer? when can i go to the sauna? could you please help?', 0),
                ('can i wash my hair? can i use shampoo? when can i shampoo? is washing ok?', 0)):
    a = last(q)
    ok(a['kind'] == 'answer' and (REST in a['text']) == bool(rest), 'more than three, %s: %s' % (bool(rest), q.replace('\n', ' / ')), a['text'])
a = last('washing\nbeer\nsauna\nsun\nhead massage')
ok(len(a['passages']) == 5, 'points that three answers hold are all answered', a['passages'])
cli.end()
