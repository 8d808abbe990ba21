#!/usr/bin/env python3
"""The memory of `clinicbot run` with the preview page: once it has loaded, and once it has read its content again.

    tests/bench/memory.py PROGRAM

Resident memory is told in its two parts: what is the process's own, and pages of files (the libraries and the
program), which processes share and the system may drop. The most is what there was at once while it loaded.
"""
import os
import signal
import subprocess
import sys
import tempfile
import time

CONF = '''state = "%s"
clinic { name = "C" phone = "1" emergency = "112" crisis_line = "1" staff = "us" }
preview { listen = "127.0.0.1:0" }
'''


def wait_for(path, text):
    for _ in range(1200):
        with open(path, encoding='utf-8') as file:
            if text in file.read():
                time.sleep(0.5)
                return
        time.sleep(0.05)
    sys.exit('"%s" was not said in a minute' % text)


def tell(process, when):
    with open('/proc/%d/status' % process.pid, encoding='utf-8') as file:
        kb = {line.split()[0]: int(line.split()[1]) for line in file if line.startswith(('Rss', 'VmHWM'))}
    own, files, most = (kb[name] / 1024 for name in ('RssAnon:', 'RssFile:', 'VmHWM:'))
    print('%s: %.1f MB resident: %.1f MB its own, %.1f MB of files; %.0f MB at most'
          % (when, own + files, own, files, most))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        conf, log = os.path.join(folder, 'conf'), os.path.join(folder, 'log')
        with open(conf, 'w', encoding='utf-8') as file:
            file.write(CONF % os.path.join(folder, 'state.db'))
        with open(log, 'w', encoding='utf-8') as out, \
                subprocess.Popen([sys.argv[1], 'run', '-c', conf], stderr=out) as process:
            try:
                wait_for(log, 'preview: ready')
                tell(process, 'loaded')
                process.send_signal(signal.SIGHUP)
                wait_for(log, 'content reloaded')
                tell(process, 'read again')
            finally:
                process.terminate()


main()
