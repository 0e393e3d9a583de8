# SPDX-License-Identifier: Apache-2.0
"""Reads a mail file with Python's own e-mail library, as a mail program would, and prints it as JSON."""
import email
import email.policy
import json
import sys

with open(sys.argv[1], "rb") as file:
    mail = email.message_from_binary_file(file, policy=email.policy.default)


def part(kind):
    found = mail.get_body(preferencelist=(kind,))
    return found.get_content() if found else None


print(json.dumps({
    "from": mail["From"],
    "to": [one.addr_spec for one in mail["To"].addresses],
    "subject": mail["Subject"],
    "date": mail["Date"].datetime.isoformat(),
    "message_id": mail["Message-ID"],
    "references": mail["References"],
    "importance": mail["Importance"],
    "headers": len(mail.keys()),
    "defects": [str(one) for one in mail.defects],
    "text": part("plain"),
    "html": part("html"),
    "longest_line": max(len(line) for line in open(sys.argv[1], "rb").read().split(b"\n")),
}))
