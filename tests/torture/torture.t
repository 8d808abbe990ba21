#!/usr/bin/env python3
"""A small part of `make torture` on Discord."""
import os
import sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Tap
import torture

torture.small('discord', Tap())
