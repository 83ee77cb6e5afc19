"""Types lines into a shell at a terminal and prints what is in front of `READY> ` each time, as JSON."""
import fcntl, json, os, pty, re, select, struct, sys, termios, time

lines, shell = json.load(sys.stdin), sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(shell[0], shell)
# A terminal without a size gets no prompt from some shells.
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 200, 0, 0))
seen = ""


def prompts(until=None):
    said = seen if until is None else seen[: seen.index(until)]
    plain = re.sub(r"\x1b(\[[0-9;?]*[A-Za-z]|[()].|[=>]|\][^\x07]*\x07)", "", said)
    return [part.replace("\r", "\n").split("\n")[-1] for part in plain.split("READY> ")[:-1]]


def wait_for(count, mark=None):
    """Waits for the prompt, and then for silence: some shells draw a prompt more than once. Else for a mark alone."""
    global seen
    end = time.monotonic() + 30
    quiet = False
    while mark not in seen if mark else not quiet or len(prompts()) < count:
        if time.monotonic() > end:
            sys.exit(f"no prompt number {count} in 30 seconds: {seen!r}")
        quiet = not select.select([terminal], [], [], 0.25)[0]
        if not quiet:
            try:
                seen += os.read(terminal, 65536).decode(errors="replace")
            except OSError:
                sys.exit(f"the shell ended: {seen!r}")


wait_for(1)
shown = [prompts()[-1]]
for number, line in enumerate(lines):
    before = len(prompts())
    # What takes a while says when it is done: some shells draw the old prompt once more before it starts.
    mark = f"DONE{number}" if line.startswith("pyve ") else None
    typed = f"{line}; echo DO''NE{number}" if mark else line
    os.write(terminal, typed.encode() + b"\n")
    if mark:
        wait_for(before, mark)
        before = len(prompts(mark))
    wait_for(before + 1)
    shown.append(prompts()[-1])
print(json.dumps(shown))
os.kill(pid, 9)
