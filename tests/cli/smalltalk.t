#!/usr/bin/env python3
"""First messages that ask nothing: small talk, keyboard mash, questions without a topic. Each gets a sensible fixed
text; none gets article text, topics, or a refusal that names a topic. Written for this test."""
import os
import sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cli
from cli import ask, ok

HELLO = 'Hello.'
MORE = 'Please tell me a little more.'
BYE = 'Goodbye.'
WELCOME = 'You are welcome.'
NOT_COVERED = 'The article does not cover this.'
SMALL_TALK = {
    HELLO: ['ok', 'really?', 'doctor', 'lol', 'test', 'testing 123', 'anyone there', 'hello?? anybody', 'anybody?',
            'is someone here', 'are you online', 'still there?', 'ping', 'knock knock', 'helo mam', 'sup',
            'good evening everyone', 'first time here', 'just looking', 'merry christmas', 'i see', 'same',
            'omg', 'me too', 'no worries', 'np', 'you are funny', 'congratulations', 'then', '😂😂😂'],
    MORE: ['yes', 'no', 'nope', 'maybe', 'idk', 'hm', 'hmmmm', 'mmm', 'um', 'wait', 'wait what', 'one moment',
           'whatever', 'nothing', 'nothing really', 'seriously?', 'are you sure?', 'is that so', 'nvm',
           'say something', 'reply please', 'because', 'wrong number', 'brb', '1', 'this one', 'huh', ':)', 'im done', 'had it done',
           'ok i had mine now'],
    WELCOME: ['ty', 'k thx', 'great, thanks', 'got it'],
    BYE: ['bye', 'good night all'],
}
MASH = ['asdkjh', 'jjjj', '????', '...', 'asdf', 'asdfasdf', 'qwerty', 'qwertyuiop', 'fghfgh', 'dfgdfg dfgdfg',
        'zzz', 'xxxx', 'lkjlkj', 'sdkfjhskdjfh ksjdhf', 'hhhhh', 'o_o', ':D', 'x', 'e', '12345', '1234 5678',
        'blah blah', 'la la la', 'lorem ipsum', 'ghjk ghjk 77', '^^']
NO_TOPIC = ['why?', 'how', 'when', 'who', 'which?', 'but why', 'can i?', 'it', 'that', 'is it', 'what for', 'or',
            'why not']
HELP = ['what can i ask', 'hi, what can i ask you', 'what can i do here, what can i ask', 'help, what do i type']
UNKNOWN = ['what is zorblax', 'is frimpo ok', 'is zorblaxin ok with it', 'and blorptide?']
TOPICS = [('what is it', 'about.definition'), ('how often', 'often.interval'), ('wine?', 'after.alcohol'),
          ('saunaa', 'after.sauna'), ('test sauna', 'after.sauna'), ('why no alcohol', 'after.alcohol')]
BEHIND = [('can i go to the sauna', 'but why not', 'after.sauna'), ('can i go to the sauna', 'why', 'after.sauna')]


for text, messages in SMALL_TALK.items():
    for q, a in zip(messages, ask(messages)):
        ok(a['kind'] == 'social' and a['text'].startswith(text), '%s %s' % (q, text), a['kind'], a['text'])
for q, a in zip(MASH + NO_TOPIC, ask(MASH + NO_TOPIC)):
    ok(a['kind'] == 'social' and a['text'].startswith(MORE), 'asked back: ' + q, a['kind'], a['text'])
a, = ask(['k k k'])
ok(a['kind'] == 'social' and not a['passages'], 'k k k is no question', a['text'])
for q, a in zip(HELP, ask(HELP)):
    ok(a['kind'] == 'social' and a['text'].startswith('You can ask me about'), 'help: ' + q, a['kind'], a['text'])
for q, a in zip(UNKNOWN, ask(UNKNOWN)):
    ok(a['kind'] == 'uncovered' and not a['passages'], 'what nobody knows is not covered: ' + q, a['kind'], a['text'])
for (q, passage), a in zip(TOPICS, ask([t[0] for t in TOPICS])):
    ok(passage in a['passages'], 'a topic is found: ' + q, a['kind'], a['passages'])
for (before, q, passage), a in zip(BEHIND, ask([b[1] for b in BEHIND], [b[0] for b in BEHIND])):
    ok(a['passages'] == [passage], 'behind an answer it has one: ' + q, a['kind'], a['passages'])
cli.end()
