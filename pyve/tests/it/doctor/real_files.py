"""pip itself, asked again and again: whether an environment has what real files want.

Started by the environment's own Python, with a folder that has pip in it. Each line of stdin is a JSON list of pip's arguments; for
each one a line with pip's exit code is printed.
"""

import json
import os
import sys

sys.path.insert(0, sys.argv[1])
answers = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)

from pip._internal.cli.main import main

for line in sys.stdin:
    # pip remembers the last question: each one has a process of its own.
    child = os.fork()
    if child == 0:
        os._exit(main(json.loads(line)))
    answers.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
    answers.flush()
