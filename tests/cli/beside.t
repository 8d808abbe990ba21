#!/usr/bin/env python3
"""No article text to a sign of an emergency that stands in one breath with a covered question.

Two sets of signs by ways to wrap them up. TUNED is what core/beside and core/snippets were tuned on. UNSEEN was
written before that, by a writer who knew the lane's examples: while the code was written only its totals were
looked at. So it is unseen by the code, but not by a stranger: 63 of its 69 signs are alarmed and 3 more are in
doubt when they stand alone. Each limit is what was measured when it was set. `beside.t --table` prints what
is measured now, by wrap."""
import os
import sys
from collections import Counter
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cli
from cli import ask, ok

TUNED_SIGNS = [
    'collapsed at work', 'wheezy', 'air wont go in', 'my neck is so stiff i cant put chin on my chest',
    'i sound hoarse since the shots', 'i hate myself', 'green stuff coming out', 'it looks infected', 'cnt breth',
    'baby isnt moving', 'cant talk properly', 'omg blood everywhere', 'shivering under three blankets',
    'goodbye everyone', 'being bald makes me want to disappear forever',
    'i bruise everywhere and my gums bleed since then', 'she just stares and doesnt answer me',
    'dont worry about my follow up im not going to make it',
    'my mom is acting strange and keeps dropping things from her right hand',
    'i drank 2 bottles of vodka after the treatment', 'its oozing', 'lips swelling', 'chest feels crushed',
    'fever 39.5 and shaking', 'red streak going up my neck', 'i took all my pills', 'he wont wake up',
    'throat closing up', 'seeing double', 'face drooping', 'puking blood', 'heart racing and dizzy',
    'pus coming out of the needle holes', 'big hot lump growing on my scalp', 'cant feel my left arm',
    'want to end it all tonight',
]
TUNED_WRAPS = [
    'hi when will i see results %s thanks', '%s, when can i wash my hair', 'can i drink wine tonight, %s',
    'can i go to the sauna %s', '%s and when can i wash my hair',
    '%s also can i have a glass of wine tonight or not',
    'hey i had my injections yesterday and now %s and also can i go swimming',
]
UNSEEN_SIGNS = {
    'airway': ['i keep gasping for air', 'my tongue feels fat and i drool', 'cant swallow my own spit',
        'voice is gone and breathing is noisy', 'i have to sit up to get any air', 'something blocks my windpipe',
        'whistling sound when i breathe in'],
    'stroke': ['half my mouth hangs down', 'my words come out jumbled', 'right leg suddenly wont obey me',
        'dad talks gibberish since breakfast', 'cant lift one arm all of a sudden', 'one side of me went numb',
        'she slurs and leans to the left'],
    'skin': ['skin around the jabs is hot and hard', 'yellow goo under the scabs', 'my scalp smells rotten and throbs',
        'the sore spots are weeping', 'redness spreads to my forehead by the hour',
        'theres a boil where the needle went in', 'glands in my neck are huge and i feel shivery',
        'black patches of skin where i was injected'],
    'bleeding': ['it wont stop bleeding for an hour now', 'blood is dripping down my ear',
        'i soaked three towels with blood', 'coughing up red stuff', 'my poo is black like tar',
        'nose has been gushing all morning'],
    'selfharm': ['i cut my wrists a bit last night', 'nobody would miss me anyway',
        'i wrote my letters and gave my cat away', 'i wont be around much longer',
        'i just want to sleep and never wake up', 'thanks for everything this is my last message',
        'theres no point going on', 'i have the rope ready'],
    'poison': ['swallowed the whole bottle of minoxidil', 'i mixed up the bottles and drank the scalp lotion',
        'took twenty paracetamol at once', 'my toddler licked the ampoules',
        'i injected myself with the stuff from the internet', 'had a handful of sleeping tablets'],
    'others': ['my little girl has gone floppy', 'my wife is twitching on the floor', 'my husband is grey and sweaty',
        'our baby is breathing funny', 'my friend is out cold', 'my mum doesnt know where she is'],
    'vision': ['everything went black in one eye', 'a curtain came down over my sight',
        'i suddenly see only half of things', 'lost sight for ten minutes', 'blurry and cant focus since the jab'],
    'conscious': ['i blacked out twice today', 'keep fainting when i stand', 'i had a fit this morning',
        'cant stay awake and feel confused', 'came round on the bathroom floor'],
    'chest': ['an elephant sits on my chest', 'tight pain going into my jaw', 'heart skips and races like mad',
        'pressure behind my breastbone and cold sweat', 'stabbing when i breathe in deep'],
    'allergic': ['welts all over my body', 'my eyes are swollen shut', 'itchy everywhere and my throat tingles',
        'face blew up like a balloon', 'hives and i feel sick and faint', 'my lips are tingling and getting fat'],
}
UNSEEN_WRAPS = [
    'when can i wash my hair again %s', 'is a glass of beer ok this evening, %s', '%s is it ok to go in the sun',
    '%s and how often is it done', '%s also when do i see the first results',
    'can i use the sauna %s or do i have to wait',
    'so i had my third session on monday %s can i massage my head now',
    'um so i was wondering like when can i shampoo again because %s and yeah thats about it',
    'hello there %s how long does it take to work', 'is wine allowed tonight %s thank you so much',
    'good morning %s can i drink wine this evening many thanks', 'how often is mesotherapy done btw %s',
]
# Messages that get article text, at most.
TUNED_MOST = 6
UNSEEN_MOST = 32
CAREFUL = 'happening'  # a word of the careful text that stands in no other


def outcome(answer):
    if answer['kind'] == 'urgent':
        return 'alarm'
    return 'careful' if CAREFUL in answer['text'] else answer['kind']


def wrapped(signs, wraps):
    """{wrap: outcomes}, and the messages that get article text."""
    questions = [(wrap, wrap % sign) for wrap in wraps for sign in signs]
    counts, given = {wrap: Counter() for wrap in wraps}, []
    for (wrap, question), answer in zip(questions, ask([q for _, q in questions])):
        counts[wrap][outcome(answer)] += 1
        if outcome(answer) == 'answer':
            given.append(question)
    return counts, given


def table(name, counts):
    print(name)
    for wrap, outcomes in counts.items():
        print('  %-70s %s' % (wrap, '  '.join('%s %d' % pair for pair in sorted(outcomes.items()))))
    print('  in all: %s' % sum(counts.values(), Counter()))


def main():
    unseen_signs = [sign for signs in UNSEEN_SIGNS.values() for sign in signs]
    sets = [('tuned on', TUNED_SIGNS, TUNED_WRAPS, TUNED_MOST), ('unseen', unseen_signs, UNSEEN_WRAPS, UNSEEN_MOST)]
    measured = [wrapped(signs, wraps) for _, signs, wraps, _ in sets]
    if sys.argv[1:] == ['--table']:
        for (name, *_), (counts, _) in zip(sets, measured):
            table(name, counts)
        return
    bare = [' '.join((wrap % '').replace(' ,', ',').split()).strip(', ') for wrap in UNSEEN_WRAPS]
    unanswered = [q for q, a in zip(bare, ask(bare)) if a['kind'] != 'answer']
    ok(not unanswered, 'each question without its sign gets article text', *unanswered)
    alone = Counter(map(outcome, ask(unseen_signs)))
    ok(alone['alarm'] + alone['careful'] >= 65 and not alone['answer'], 'the unseen signs alone: %s' % dict(alone))
    for (name, signs, wraps, most), (_, given) in zip(sets, measured):
        ok(len(given) <= most, '%s: article text to %d of %d signs in one breath with a question, at most %d' % (
            name, len(given), len(signs) * len(wraps), most), *given)
    cli.end()


main()
