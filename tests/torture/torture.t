#!/usr/bin/env python3
"""A small part of `make torture`, the same each time: one of each kind of fault in each scenario that meets it."""
import os
import sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Tap
import torture

tap = Tap()
total = torture.torture(seed=1, scale=0.1, say=tap.note)
for name in ('lost', 'doubled', 'forbidden', 'crashes'):
    tap.is_(getattr(total, name), 0, '%d faults, %s: none' % (total.faults, name))
tap.ok(total.faults > 60, 'enough faults were met', total.line())
tap.done()
