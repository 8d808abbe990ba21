"""The shipped content with few of its examples: for tests that start the bot often and do not judge
what it answers. It learns from all examples whenever it starts, seconds under the sanitizers."""
import atexit
import os
import shutil
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ONE_IN = {'en/not-covered.md': 30, 'en/urgent-examples.md': 30, 'mesotherapy.not-covered.md': 10,
          'mesotherapy.questions.md': 5}


def copy_few(path, taught=()):
    """Copies intents/ to `path`, without the samples. `taught`: pairs of a heading and an example
    that a test needs to be under it, whatever else is kept."""
    shutil.copytree(os.path.join(ROOT, 'intents'), path, ignore=shutil.ignore_patterns('samples'))
    for name, one_in in ONE_IN.items():
        with open(os.path.join(path, name), encoding='utf-8') as whole:
            lines = whole.readlines()
        kept = ''.join(l for n, l in enumerate(lines) if l[:2] != '- ' or n % one_in == 0)
        for heading, example in taught:
            kept = kept.replace('## %s\n\n' % heading, '## %s\n\n- %s\n' % (heading, example))
        with open(os.path.join(path, name), 'w', encoding='utf-8') as few:
            few.write(kept)


def few(taught=()):
    """Such a copy that is gone when the test ends; its path."""
    folder = tempfile.mkdtemp(prefix='clinicbot-intents-')
    atexit.register(shutil.rmtree, folder)
    copy_few(os.path.join(folder, 'intents'), taught)
    return os.path.join(folder, 'intents')


def copy_fewest(path):
    """Copies intents/ to `path` with two of the examples under each heading: for tests that start the
    bot thousands of times."""
    shutil.copytree(os.path.join(ROOT, 'intents'), path, ignore=shutil.ignore_patterns('samples'))
    for name in ONE_IN:
        with open(os.path.join(path, name), encoding='utf-8') as whole:
            kept, n = [], 0
            for line in whole:
                n = 0 if line[:3] == '## ' else n + (line[:2] == '- ')
                if line[:2] != '- ' or n <= 2:
                    kept.append(line)
        with open(os.path.join(path, name), 'w', encoding='utf-8') as few:
            few.writelines(kept)
