"""Dovecot and Postfix, other people's servers, on loopback and in a directory of their own. Needs root and both
(`apt-get install --no-install-recommends dovecot-imapd dovecot-lmtpd postfix`)."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

DOMAIN = "helpdesk.test"
USERS = ("support", "customer")
PASSWORD = "pw"
_DOVECOT = """
base_dir = {root}/dovecot/run
state_dir = {root}/dovecot/state
log_path = {root}/dovecot.log
listen = 127.0.0.1
protocols = imap lmtp
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login{mechanisms}
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:~/Maildir
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {root}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={root}/home/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
}}
service imap-login {{
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {sasl}
  }}
}}
"""
_OAUTH = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {root}/oauth2.ext
}}
"""
_INTROSPECTION = """
introspection_mode = get
introspection_url = {url}?access_token=
active_attribute = active
active_value = true
username_attribute = email
username_format = %u
"""
_POSTFIX = """
compatibility_level = 3.6
queue_directory = {root}/postfix/queue
data_directory = {root}/postfix/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.{domain}
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
virtual_mailbox_domains = {domain}
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
default_transport = error:5.1.2 nothing leaves this machine
relay_transport = $default_transport
recipient_delimiter = +
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{sasl}
smtpd_tls_security_level = none
smtp_tls_security_level = none
message_size_limit = 26214400
maillog_file_prefixes = {root}
maillog_file = {root}/postfix.log
"""
_SERVICES = """
127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{submission} inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def missing() -> str:
    """Why they cannot run here; empty when they can."""
    if os.geteuid() != 0:
        return "needs root"
    absent = [name for name in ("dovecot", "postfix") if not shutil.which(name)]
    return f"needs {' and '.join(absent)}" if absent else ""


class MailServers:
    def __init__(self, root: Path, introspection_url: str = "") -> None:
        self.root = root
        self.imap, self.smtp, self.submission, self.lmtp, self.sasl = _free_ports(5)
        self._introspection_url = introspection_url

    def start(self) -> None:
        for name in ("dovecot/run", "dovecot/state", "home", "postfix/etc", "postfix/queue", "postfix/data"):
            (self.root / name).mkdir(parents=True)
        for directory in (self.root, self.root / "home"):
            directory.chmod(0o755)
        shutil.chown(self.root / "home", "nobody", "nogroup")
        shutil.chown(self.root / "postfix/data", "postfix")
        (self.root / "users").write_text("".join(f"{user}@{DOMAIN}:{{PLAIN}}{PASSWORD}\n" for user in USERS))
        oauth = self._introspection_url
        self._write("dovecot.conf", _DOVECOT + (_OAUTH if oauth else ""), mechanisms=" xoauth2" if oauth else "")
        self._write("oauth2.ext", _INTROSPECTION, url=oauth)
        self._write("postfix/etc/main.cf", _POSTFIX)
        self._write("postfix/etc/master.cf", _SERVICES)
        subprocess.run(["dovecot", "-c", self.root / "dovecot.conf"], check=True)
        subprocess.run(["postfix", "-c", self.root / "postfix/etc", "start"], check=True, capture_output=True)
        for port in (self.imap, self.smtp, self.submission, self.lmtp):
            _wait_for(port)

    def stop(self) -> None:
        subprocess.run(["postfix", "-c", self.root / "postfix/etc", "stop"], check=False, capture_output=True)
        subprocess.run(["doveadm", "-c", self.root / "dovecot.conf", "stop"], check=False, capture_output=True)

    def _write(self, name: str, template: str, **values: str) -> None:
        ports = {name: getattr(self, name) for name in ("imap", "smtp", "submission", "lmtp", "sasl")}
        (self.root / name).write_text(template.format(root=self.root, domain=DOMAIN, **ports, **values))


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def _wait_for(port: int) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
