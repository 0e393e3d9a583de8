# SPDX-License-Identifier: Apache-2.0
"""A real SMTP server for tests: STARTTLS and AUTH required, mail kept as files. Prints its port, ends on SIGTERM.

What it does to a recipient is in the address: nobody@ is refused, later@ is put off once, down@ every time.
What it does to a mail is in the first recipient: full@ and banned@ are refused after DATA, busy@ put off once after DATA,
hang@ gets no answer after DATA the first time, and drop@ a closed connection, though the mail is kept.
With a file `well` in its folder it takes everything.
"""
import argparse
import asyncio
import json
import pathlib
import ssl

from aiosmtpd.smtp import SMTP, AuthResult


class Keeper:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0
        self.met = set()

    def first_time(self, what):
        new = what not in self.met
        self.met.add(what)
        return new

    def is_well(self):
        return (self.folder / "well").exists()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.is_well():
            pass
        elif address.startswith("nobody@"):
            return "550 5.1.1 no such user"
        elif address.startswith("down@") or (address.startswith("later@") and self.first_time(address)):
            return "451 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        first = "" if self.is_well() else envelope.rcpt_tos[0]
        if first.startswith("full@"):
            return "552 5.2.2 mailbox is full"
        if first.startswith("banned@"):
            return "554 5.7.1 refused by policy"
        if first.startswith("busy@") and self.first_time(first):
            return "452 4.3.1 no room now"
        self.count += 1
        (self.folder / f"{self.count:04}.eml").write_bytes(envelope.original_content)
        about = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None,
                 "user": session.auth_data.decode() if session.auth_data else ""}
        (self.folder / f"{self.count:04}.json").write_text(json.dumps(about))
        if first.startswith("hang@") and self.first_time(first):
            await asyncio.sleep(3600)
        if first.startswith("drop@") and self.first_time(first):
            server.transport.abort()
            await asyncio.sleep(3600)
        return "250 OK kept"


async def main():
    options = argparse.ArgumentParser()
    options.add_argument("--folder", type=pathlib.Path, required=True)
    options.add_argument("--cert")
    options.add_argument("--key")
    options.add_argument("--user")
    options.add_argument("--password")
    options.add_argument("--port", type=int, default=0)
    given = options.parse_args()
    context = None
    if given.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(given.cert, given.key)

    def who(server, session, envelope, mechanism, data):
        right = data.login.decode() == given.user and data.password.decode() == given.password
        return AuthResult(success=right, auth_data=data.login, handled=False)

    keeper = Keeper(given.folder)

    def session():
        return SMTP(keeper, tls_context=context, require_starttls=context is not None,
                    auth_required=given.user is not None, auth_require_tls=context is not None,
                    authenticator=who if given.user else None, hostname="localhost")

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", given.port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
