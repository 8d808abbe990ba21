#!/usr/bin/env python3
"""What the shipped content answers: questions written for this test, in no file of intents/. The bot is
the whole one, with its classifiers."""
import json
import os
import sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cli
from cli import ask, ok

NOTE = 'This is general information, not medical advice.'

# Must be answered by this passage, or it must at least be among the offered topics.
IN = [
    ('any chance of a glass of red with dinner? had it done this morning', 'after.alcohol'),
    ('is it ok to drink beer the day after', 'after.alcohol'),
    ('when am i allowed to shampoo again', 'after.washing'),
    ('can i use dry shampoo', 'after.washing'),
    ('how long no sauna', 'after.sauna'),
    ('steam room on saturday, a week after my session, ok?', 'after.sauna'),
    ('can my barber give me a head massage', 'after.massage'),
    ('is a back massage fine', 'after.massage'),
    ('may i lie in the sun', 'after.sun'),
    ('what about a tanning bed', 'after.sun'),
    ('what is mesotherapy exactly', 'about.definition'),
    ('what is it supposed to do for my hair', 'about.aims'),
    ('which things decide how hair grows', 'about.factors'),
    ('can it change my genes or hormones', 'about.hormones'),
    ('what is it used for', 'when.indications'),
    ('is it good against alopecia', 'when.indications'),
    ('does everybody get the same mix injected', 'when.cocktails'),
    ('what are the side effects', 'when.doctor'),
    ('how often do i need to repeat it', 'often.interval'),
    ('after how many months can i do the next course', 'often.interval'),
    ('is it better than a good shampoo or a mask', 'benefits.follicles'),
    ('does it work on a single bald spot', 'benefits.local'),
    ('when will i see results', 'benefits.results'),
]
# The article says nothing about these: no article text may be given.
OUT = ['how much does one session cost', 'can i take ibuprofen before', 'what is the capital of france',
       'do you also do lip fillers', 'is minoxidil better', 'can i dye my hair tomorrow',
       'does it hurt a lot', 'where can i park', 'how long does one appointment take',
       'can i fly the same day', 'is prp the same', 'do you take credit cards']
URGENT = [('i cant breathe', 'emergency'), ('my lips and tongue are swelling up', 'emergency'),
          ('she fainted and is not waking up', 'emergency'), ('i want to kill myself', 'crisis'),
          ('crushing pain in my chest and my arm is numb', 'emergency'),
          ('my left eye suddenly went blind after the injections', 'emergency'),
          ('i took 30 paracetamol', 'emergency'), ('please call an ambulance', 'emergency'),
          ('there is pus coming out where you injected', 'urgent'),
          ('i have a fever of 38.7 since the treatment', 'urgent'),
          ('the skin on my scalp is turning black', 'emergency'),
          ('no rash but i cant breathe', 'emergency'), ('no rash, throat closing', 'emergency')]
HARMLESS = ['i am dying to know when i can wash my hair', 'no swelling, no fever, can i wash my hair',
            'this is so cool, my hair shines', 'what a stroke of luck to find you',
            'i would kill for thicker hair', 'thanks a lot', 'good morning', 'no', 'No.', 'bye',
            'yes', '2', 'ok', 'the end', 'are you alive', 'dead ends', 'none of these']
# May be a call for help and may be a question: neither article text nor an alarm is owed, but word of
# what to do if it is happening now.
CAREFUL = ['woke up with a puffy forehead', 'the wounds look odd since the sauna',
           'one side of my head feels odd and i am not sure why']
IF_NOW = 'If this is happening now'
# About all of a section.
WHOLE = ['a list of everything to leave alone afterwards please', 'give me the dos and donts for the next days']
AFTER = ['after.washing', 'after.sauna', 'after.massage', 'after.sun', 'after.alcohol']
# Another language: never sure.
FOREIGN = ['Darf ich nach der Mesotherapie Alkohol trinken?',
           'Puis-je boire du vin apres la mesotherapie ce soir?']
# The message before, the message, and the passage that it is about; none where no text may be given.
FOLLOWUPS = [('can i go to the sauna', 'for how long', 'after.sauna'),
             ('can i go to the sauna', 'but why not', 'after.sauna'),
             ('may i wash my hair', 'for how many days', 'after.washing'),
             ('may i wash my hair', 'and a pint in the evening?', 'after.alcohol'),
             ('is a head massage ok', 'till when', 'after.massage'),
             ('how often do i need to repeat it', 'why so long', 'often.interval'),
             ('which things decide how hair grows', 'which ones', 'about.factors'),
             ('can i go to the sauna', 'how much does it cost', None),
             ('can i go to the sauna', 'and coffee?', None),
             ('do you also do lip fillers', 'how long', None),
             ('do you also do lip fillers', 'why', None),
             ('can i go to the sauna', 'thanks', None),
             ('i cant breathe', 'how long', None),
             ('i cant breathe', 'and wine?', None)]
# A doctor has to say one thing, the article says another: the passages that are given beside the doctor's text. What
# is told of oneself holds for all that is asked.
DOCTOR = 'The article does not say who should not have this treatment.'
IN_PART = [('can i wash my hair and can i take ibuprofen', ['after.washing']),
           ('can i go to the sauna and is it ok with blood thinners', ['after.sauna']),
           ('im on warfarin can i wash my hair and how often is it done', []),
           ('i am pregnant. can i wash my hair and can i take ibuprofen', []),
           ("i'm diabetic and can i drink wine", [])]
RANK = {'': 0, 'urgent': 1, 'crisis': 2, 'emergency': 3}


answers = ask([q for q, _ in IN])
for (q, passage), a in zip(IN, answers):
    ok(passage in a['passages'], '%s: %s' % (passage, q), a['kind'], a['passages'])
right = sum(a['kind'] == 'answer' for a in answers)
ok(right >= len(IN) * 0.6, 'most are answered and not only offered', '%d of %d' % (right, len(IN)))
for q, a in zip(OUT, ask(OUT)):
    ok(a['kind'] in ('uncovered', 'offer'), 'no article text: ' + q, a['kind'], a['passages'])
for q, a in zip(WHOLE, ask(WHOLE)):
    ok(a['kind'] == 'answer' and a['passages'] == AFTER, 'all of the section: ' + q, a['kind'],
       a['passages'])
for (before, q, passage), a in zip(FOLLOWUPS, ask([f[1] for f in FOLLOWUPS], [f[0] for f in FOLLOWUPS])):
    ok(a['passages'] == [passage] if passage else a['kind'] not in ('answer', 'offer'),
       '%s ... %s: %s' % (before, q, passage), a['kind'], a['passages'])
for (q, passages), a in zip(IN_PART, ask([q for q, _ in IN_PART])):
    ok(a['passages'] == passages and DOCTOR in a['text'], 'for a doctor, %s: %s' % (passages, q), a['kind'],
       a['passages'], a['text'])
for (q, level), a in zip(URGENT, ask([q for q, _ in URGENT])):
    ok(RANK[a['level']] >= RANK[level], '%s: %s' % (level, q), a['kind'], a['level'])
for q, a in zip(HARMLESS, ask(HARMLESS)):
    ok(a['kind'] != 'urgent', 'no alarm: ' + q, a['level'])
for q, a in zip(CAREFUL, ask(CAREFUL)):
    ok(a['kind'] == 'urgent' or (a['kind'] in ('uncovered', 'offer') and IF_NOW in a['text']),
       'an alarm or the careful text: ' + q, a['kind'], a['text'])
a, = ask(['the wounds look odd since the sauna'])
ok(a['kind'] == 'offer' and IF_NOW in a['text'] and 'after.sauna' in a['passages'] and
   'better for two weeks' not in a['text'], 'behind the careful text a topic to pick, no article text', a['text'])
ok('\n2. ' in a['text'], 'two topics at least: "yes" picks none of them', a['text'])

# An urgent sign in one breath with an ordinary question, without marks or with a comma.
SIGNS = ['i cant breathe', 'my throat is swelling shut', 'i have chest pain', 'my tongue is huge',
         'i want to die', 'blood wont stop', 'half my face is drooping', 'i took a whole pack of pills',
         'my face is swelling up', 'my heart is racing and i feel faint']
BESIDE = ['can i drink wine', 'when can i wash my hair', 'how often can it be done', 'is sunbathing ok',
          'what are the side effects']
BREATH = [form % pair for sign in SIGNS for question in BESIDE
          for form, pair in (('%s %s', (sign, question)), ('%s, %s?', (sign, question)),
                             ('%s and %s', (sign, question)), ('%s %s', (question, sign)),
                             ('%s because %s', (question, sign)))]
got = ask(BREATH)
text = [q for q, a in zip(BREATH, got) if a['kind'] == 'answer']
ok(not text, 'in one breath with a question: no article text to %d urgent messages' % len(BREATH), *text)
known = sum(a['kind'] == 'urgent' or IF_NOW in a['text'] for a in got)
ok(known >= 0.95 * len(BREATH), 'and an alarm or the careful text', '%d of %d' % (known, len(BREATH)))

# Like a message for the same day, by no sign that is listed: an alarm, but where the article is about it.
LIKELY = 'the scar has become thick and itches like mad since yesterday'
with cli.Folder() as folder:
    with open(os.path.join(cli.ROOT, 'intents/samples/mole-removal.md')) as article:
        folder.write('moles/mole-removal.md', article.read())
    moles, = (json.loads(line) for line in cli.run(
        'ask', '--intents', os.path.join(folder.path, 'moles'), '--json', LIKELY)[1].splitlines())
ok(moles['kind'] == 'offer' and IF_NOW in moles['text'],
   'what is like the same day, and the article is about: topics behind the careful text', moles['text'])
ok(ask([LIKELY])[0]['level'] == 'urgent', 'and where it is not: an alarm')
ok(ask(['hello. ' + LIKELY + '. can i have a beer?'])[0]['level'] == 'urgent',
   'what is asked beside it does not make it less')
for q, a in zip(IN, answers):
    ok(IF_NOW not in a['text'], 'no careful text: ' + q[0], a['text'])

for q, a in zip(FOREIGN, ask(FOREIGN)):
    ok(a['kind'] != 'answer', 'not sure of what is not English: ' + q, a['passages'])

changed = []
for q, level in URGENT:
    for how in ('hello! %s', '%s. thanks', '%s!!!', 'can i have a beer tonight? %s',
                '%s. also when can i wash my hair?', 'THANK YOU FOR EVERYTHING. %s', '%s 😭😭',
                'my friend says it is nothing.\n%s', '%s\n\nwhat does it cost?'):
        changed.append((how % q, level))
    changed.append((q.upper(), level))
    changed.append((''.join(c + '\u200b' for c in q), level))
lower = [(q, a['level']) for (q, level), a in zip(changed, ask([q for q, _ in changed]))
         if RANK[a['level']] < RANK[level] or a['passages']]
ok(not lower, 'nothing added to an urgent message lowers its level or brings article text', lower)
ok(all(a['text'].endswith('112.') for a in ask([q for q, _ in IN + URGENT] + OUT)),
   'every reply ends with the emergency number')
ok(all(NOTE in a['text'] for a in answers), 'every answer carries the note')
cli.end()
