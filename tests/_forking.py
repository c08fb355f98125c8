"""Asks tests/_forked.py, at the socket named first, to run the words that follow; imports as little as it can."""

import json
import os
import socket
import sys


def ask(path: str, words: list[str]) -> int:
    """The exit status of the words, run in a fork with this process's folder, environment and streams."""
    wanted = {"words": words, "folder": os.getcwd(), "environment": dict(os.environ)}
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(path)
        socket.send_fds(asking, [json.dumps(wanted).encode()], [0, 1, 2])
        return asking.recv(1)[0]


if __name__ == "__main__":
    sys.exit(ask(sys.argv[1], sys.argv[2:]))
