"""A real IMAP server (Dovecot) on loopback as a normal process, for tests: one user, one mailbox."""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path

SERVER = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
PASSWORD = 'a "kettle" \\ of fish'
_CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{base}/mail
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 0
first_valid_gid = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service stats {{
  chroot =
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {base}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={base}
}}
"""


@contextmanager
def mailbox() -> Iterator[int]:
    """The port of a server whose user `ida` has an empty mailbox."""
    user = "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name  # it refuses to be everybody
    account = pwd.getpwnam(user)
    group = grp.getgrgid(account.pw_gid).gr_name
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="mailbox"))
    for name in ("", "run", "state", "mail"):
        (folder / name).mkdir(exist_ok=True)
        os.chown(folder / name, account.pw_uid, account.pw_gid)
    (folder / "users").write_text(f"ida:{PASSWORD}::::::\n", "utf-8")
    (folder / "dovecot.conf").write_text(_CONFIG.format(base=folder, port=port, user=user, group=group), "utf-8")
    command = [str(SERVER), "-F", "-c", str(folder / "dovecot.conf")]
    whose = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
    server = subprocess.Popen(command, cwd=folder, **whose)  # type: ignore[call-overload] # as which user, where one may say
    try:
        _await(port, folder)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            server.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def put(port: int, *mails: EmailMessage | bytes) -> None:
    """Mails into the mailbox, as a server would that received them."""
    with imaplib.IMAP4("127.0.0.1", port) as server:
        server.login("ida", PASSWORD)
        for each in mails:
            server.append("INBOX", "", "", each if isinstance(each, bytes) else each.as_bytes())


def seen(port: int) -> tuple[int, int]:
    """How many mails there are, and how many of them anybody has marked as read."""
    with imaplib.IMAP4("127.0.0.1", port) as server:
        server.login("ida", PASSWORD)
        server.select("INBOX", readonly=True)
        return tuple(len(server.search(None, what)[1][0].split()) for what in ("ALL", "SEEN"))  # type: ignore[return-value] # two of them


def _await(port: int, folder: Path) -> None:
    for _ in range(100):
        with suppress(OSError, imaplib.IMAP4.error), imaplib.IMAP4("127.0.0.1", port):
            return
        time.sleep(0.05)
    raise RuntimeError((folder / "log").read_text("utf-8") if (folder / "log").exists() else "no server came up")
