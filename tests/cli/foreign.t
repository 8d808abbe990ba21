#!/usr/bin/env python3
"""What is written in another language is told so, and English never is: the whole bot with its lists.
The sentences are written for this test; what is in intents/ and tests/questions must not be taken for another
language but for one message in 500."""
import glob
import json
import os
import re
import sys
# The release binary, as it asks some fourteen thousand messages; tests/core runs the same code under the sanitizers.
os.environ.setdefault('CLINICBOT', 'build/clinicbot')
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cli
from cli import ask, ok

TOLD = 'I can only read English.'
FOREIGN = {
    'German': ['Darf ich heute Abend ein Bier trinken?', 'Was kostet das', 'tut es weh', 'Nebenwirkungen?',
               'wie oft muss man das machen', 'Ab wann sieht man Ergebnisse?'],
    'Dutch': ['mag ik vandaag mijn haar wassen', 'wat kost een behandeling', 'doet het pijn?'],
    'French': ['puis-je boire du vin ce soir', 'combien ça coûte', 'je peux laver mes cheveux quand',
               'est-ce que ça fait mal ?', 'merci, et le soleil ?'],
    'Spanish': ['¿puedo lavarme el pelo hoy?', 'cuanto cuesta una sesión', 'duele mucho?',
                'me duele la cabeza desde la sesión', 'hola, quiero saber los precios'],
    'Portuguese': ['posso lavar o cabelo hoje?', 'quanto custa a sessão', 'serve para calvície?'],
    'Italian': ['posso bere vino stasera', 'quanto costa', 'si può andare in sauna dopo'],
    'Romanian': ['pot să mă spăl pe cap azi', 'cât costă o ședință'],
    'Polish': ['czy mogę umyć włosy', 'ile kosztuje zabieg', 'kiedy będą efekty'],
    'Czech': ['můžu si dnes umýt vlasy', 'jak často se to opakuje'],
    'Croatian': ['mogu li prati kosu sutra', 'koliko košta'],
    'Turkish': ['saçımı ne zaman yıkayabilirim', 'fiyat ne kadar', 'alkol içebilir miyim'],
    'Hungarian': ['mennyibe kerül', 'mikor moshatok hajat'],
    'Swedish': ['får jag tvätta håret idag', 'gör det ont?'],
    'Danish': ['hvad koster det', 'må jeg vaske håret i morgen'],
    'Finnish': ['milloin näen tuloksia', 'sattuuko se'],
    'Russian': ['можно ли мыть голову после процедуры', 'сколько стоит', 'mozhno li myt golovu'],
    'Ukrainian': ['чи можна пити пиво після процедури', 'скільки сеансів потрібно'],
    'Arabic': ['هل يمكنني غسل شعري', 'كم السعر', 'momken ashrab bira ba3d el jalsa'],
    'Hebrew': ['האם מותר לשתות יין'],
    'Hindi': ['क्या मैं आज बाल धो सकता हूँ', 'kya main aaj baal dho sakta hu', 'kitna kharcha hoga'],
    'Chinese': ['请问治疗后可以洗头吗', '多少钱'],
    'Japanese': ['注射後にお酒を飲んでもいいですか'],
    'Korean': ['머리 감아도 되나요'],
    'Thai': ['ดื่มเหล้าได้ไหม'],
    'Greek': ['μπορώ να λουστώ σήμερα;'],
    'Indonesian': ['boleh saya berenang besok', 'berapa biayanya'],
    'Tagalog': ['pwede ba akong maligo pagkatapos', 'magkano po ang treatment'],
    'Vietnamese': ['tôi có thể gội đầu không', 'bao lâu thì có kết quả'],
    'Albanian': ['a mund të laj flokët sot'],
    'Lithuanian': ['ar galiu plauti galvą'],
}
# Names, medicines, typos, chat style, short sentences of people who learn English, and a foreign word among
# English ones.
ENGLISH = ['wen wash hair', 'whn cn i drnk', 'hw mch', 'shampo wen', 'sde efects', 'does meso werk', 'reslts?',
           'wats dis', 'lmk asap', 'pregant', 'swiming', 'gym 2moro', 'beer ok', 'alcohol no?', 'Alkohol?',
           'is good for man', 'doctor say no alcohol why', 'hair fall stop how many session', 'me want to know',
           'sauna how long not', 'after treatment wash hair possible', 'treatment pain yes no',
           'botox dysport xeomin', 'minoxidil finasteride dutasteride', 'ozempic mounjaro wegovy',
           'hyaluronidase lidocaine epinephrine', 'lichen planopilaris', 'alopecia androgenetica',
           'cabernet sauvignon?', 'la roche posay sunscreen', 'vodka martini at la perla', 'dr garcia lopez',
           'hi its maria de la cruz, can i wash', 'mr van der berg booked, can he drink',
           'hola can i wash my hair', 'bonjour is it ok to drink', 'nein! can i wash it',
           'what is the ботокс', 'is it true that "ich" means i', 'β blockers', 'thx', 'omw', 'e', 'k k k',
           'jan feb mar', 'der a risk?', 'mi hair is falling', 'i dunno if der is pain', 'my son has it',
           'can i go to the spa in baden baden']


def told(answer):
    return answer['text'].startswith(TOLD)


def questions():
    for pattern in ('intents/*.questions.md', 'intents/samples/*.questions.md'):
        for path in glob.glob(os.path.join(cli.ROOT, pattern)):
            with open(path, encoding='utf-8') as lines:
                yield from (line[2:].strip() for line in lines if line.startswith('- '))
    for path in glob.glob(os.path.join(cli.ROOT, 'tests/questions/**/*.jsonl'), recursive=True):
        with open(path, encoding='utf-8') as lines:
            rows = [json.loads(line) for line in lines if line.strip()]
        yield from (row['q'] for row in rows if row.get('lang', 'en') == 'en')


for language, sentences in FOREIGN.items():
    missed = [(q, a['kind'], a['passages']) for q, a in zip(sentences, ask(sentences)) if not told(a)]
    ok(not missed, '%s is told' % language, *missed)
everything = [q for sentences in FOREIGN.values() for q in sentences]
ok(all(not a['passages'] and a['kind'] == 'uncovered' and '112' in a['text'] for a in ask(everything)),
   'no topics, no article text, and whom to call if it is urgent')
for q, a in zip(ENGLISH, ask(ENGLISH)):
    ok(not told(a), 'English: ' + q, a['text'])

english = [q for q in questions() if re.search('[a-z]', q)]
caught = [q for q, a in zip(english, ask(english)) if told(a)]
ok(len(english) > 3000, 'there is English to measure by', len(english))
ok(len(caught) * 500 <= len(english), 'of it at most one message in 500 is caught', *caught)

ok(ask(['ich kann nicht, i cant breathe'])[0]['level'] == 'emergency', 'urgent words come first')
ok([a['kind'] for a in ask(['merci', 'buenos dias', 'привет'])] == ['social'] * 3,
   'what is understood is answered')
cli.end()
