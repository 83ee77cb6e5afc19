# Imports each module that is named, and says how that went, a line each. Modules may print what they like.
import importlib
import os
import sys

said = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
for name in sys.argv[1:]:
    print("begin", name, file=said, flush=True)
    try:
        importlib.import_module(name)
    except BaseException as error:
        words = " ".join(str(error).split()) or "no reason given"
        print("failed", type(error).__name__ + ": " + words, file=said, flush=True)
    else:
        print("done", file=said, flush=True)
said.flush()
os._exit(0)
