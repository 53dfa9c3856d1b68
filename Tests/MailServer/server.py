"""A mail server for tests: aiosmtpd, made to fail as it is told.

The only argument is a JSON object:
  tls       "none", "starttls" or "tls"
  cert, key PEM files, with TLS
  user, password   a login that it wants
  withoutPlain     whether it knows no AUTH PLAIN
  utf8      whether it offers SMTPUTF8
  faults    {PHASE: ACTION}: what it does at greeting, ehlo, starttls, auth, mail, rcpt, data, body (behind DATA's 354), end (behind the
            final dot). An action is an answer ("450 4.2.0 later"), "drop" (the connection ends), "reset" (it ends by RST), "hang", or
            "wait" (a second, and all is well).
  once      whether each fault happens once only
  random    {PHASE: {ACTION: percent}}: faults that happen now and then instead; with "seed", the same at each run
  lean      whether of a message only {"taken": its Message-ID, "fault": the action at its end} is told, and no commands
  record    of a message, whether it is remembered also if the fault at its end says otherwise

Writes lines of JSON: {"port"}, then {"connection"}, {"hello"}, {"command"}, {"mechanism"}, {"waiting"} and {"message"} as they come. Ends when its input does.
"""

import asyncio
import email
import email.policy
import email.utils
import json
import random
import re
import socket
import ssl
import struct
import sys
import threading
from email.header import decode_header, make_header

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

options = json.loads(sys.argv[1])
faults = options.get("faults", {})
dice = random.Random(options.get("seed"))


def tell(**line):
    if options.get("lean") and not line.keys() & {"port", "taken"}:
        return
    print(json.dumps(line), flush=True)


class Ended(Exception):
    """The connection is over."""


def chosen(phase):
    """A fault by chance; None: none."""
    number = dice.random() * 100
    for action, percent in options.get("random", {}).get(phase, {}).items():
        number -= percent
        if number < 0:
            return action
    return None


class Server(SMTP):
    # Connections that wait now.
    waiting = 0

    async def fail(self, phase):
        """The answer that the fault of a phase gives; None: there is no fault."""
        action = faults.get(phase) or chosen(phase)
        return await self.act(phase, action)

    async def act(self, phase, action):
        if action is None:
            return None
        if options.get("once") and phase in faults:
            del faults[phase]
        if action == "wait":
            Server.waiting += 1
            tell(waiting=Server.waiting)
            await asyncio.sleep(1)
            Server.waiting -= 1
            return None
        if action == "hang":
            await asyncio.sleep(3_600)
        if action == "reset":
            plain = self.transport.get_extra_info("socket")
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()
            raise asyncio.CancelledError
        if action in ("drop", "hang"):
            self.transport.close()
            raise asyncio.CancelledError
        return action

    async def _handle_client(self):
        tell(connection=True)
        try:
            answer = await self.fail("greeting")
        except asyncio.CancelledError:
            return
        if answer:
            await self.push(answer)
            self.transport.close()
            return
        await super()._handle_client()

    async def run(self, phase, usual, argument):
        tell(command=phase)
        answer = await self.fail(phase)
        if answer:
            await self.push(answer)
            if answer.startswith("421"):
                self.transport.close()
        else:
            await usual(argument)

    async def smtp_EHLO(self, hostname):
        tell(hello=hostname)
        await self.run("ehlo", super().smtp_EHLO, hostname)

    async def smtp_HELO(self, hostname):
        await self.run("ehlo", super().smtp_HELO, hostname)

    async def smtp_STARTTLS(self, argument):
        await self.run("starttls", super().smtp_STARTTLS, argument)

    async def smtp_AUTH(self, argument):
        await self.run("auth", super().smtp_AUTH, argument)

    async def smtp_MAIL(self, argument):
        await self.run("mail", super().smtp_MAIL, argument)

    async def smtp_RCPT(self, argument):
        await self.run("rcpt", super().smtp_RCPT, argument)

    async def smtp_QUIT(self, argument):
        await self.run("quit", super().smtp_QUIT, argument)

    async def smtp_DATA(self, argument):
        if "body" in faults:
            tell(command="data")
            await self.push("354 go on")
            await self.fail("body")
        else:
            await self.run("data", super().smtp_DATA, argument)


class Handler:
    async def handle_DATA(self, server, session, envelope):
        if options.get("lean"):
            action = chosen("end")
            found = re.search(rb"^Message-ID:\s*<([^@>]*)", envelope.original_content, re.MULTILINE | re.IGNORECASE)
            tell(taken=found[1].decode() if found else "", fault=action or "")
            return await server.act("end", action) or "250 2.0.0 taken"
        will_fail = "end" in faults
        if not will_fail or options.get("record"):
            tell(message=read(envelope))
        return await server.fail("end") or "250 2.0.0 taken"


def read(envelope):
    """A message as Python's email package understands it."""
    raw = envelope.original_content
    message = email.message_from_bytes(raw, policy=email.policy.default)
    defects = [str(defect) for part in message.walk() for defect in part.defects]
    defects += [f"{name}: {defect}" for name, value in message.items() for defect in value.defects]

    def text(kind):
        part = message.get_body((kind,))
        return part.get_content() if part is not None and part.get_content_subtype() == ("html" if kind == "html" else "plain") else None

    # Its newer half puts blanks between the encoded words of a name, before Python 3.13; the older one does not.
    older = email.message_from_bytes(raw, policy=email.policy.compat32)

    def addresses(name):
        found = email.utils.getaddresses([line.replace("\r\n", "") for line in older.get_all(name, [])])
        assert message[name] is None or [a for _, a in found] == [a.addr_spec for a in message[name].addresses]
        return [[str(make_header(decode_header(shown))), address] for shown, address in found]

    lines = raw.split(b"\r\n")
    return {
        "sender": envelope.mail_from,
        "recipients": envelope.rcpt_tos,
        "options": envelope.mail_options,
        "headers": {name: str(value) for name, value in message.items()},
        "names": [name for name, _ in message.items()],
        "subject": message["subject"],
        "from": addresses("from"),
        "to": addresses("to"),
        "replyTo": addresses("reply-to"),
        "types": [part.get_content_type() for part in message.walk()],
        "encodings": [str(part["content-transfer-encoding"]) for part in message.walk() if not part.is_multipart()],
        "plain": text("plain"),
        "html": text("html"),
        "defects": defects,
        "lineBytesMax": max(len(line) for line in lines),
        "isASCII": all(byte < 128 and byte != 0 for byte in raw),
        "hasBareEnds": any(b"\r" in line or b"\n" in line for line in lines),
        "raw": raw.decode("ascii", "replace"),
    }


def authenticate(server, session, envelope, mechanism, data):
    tell(mechanism=mechanism)
    right = LoginPassword(options["user"].encode(), options["password"].encode())
    # Not handled: the server answers 535 by itself.
    return AuthResult(success=data == right, handled=data == right)


async def main():
    context = None
    if options["tls"] != "none":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options["cert"], options["key"])

    def factory():
        return Server(
            Handler(),
            hostname="mail.test",
            loop=asyncio.get_running_loop(),
            enable_SMTPUTF8=bool(options.get("utf8")),
            decode_data=False,
            data_size_limit=options.get("size", 33_554_432),
            tls_context=context if options["tls"] == "starttls" else None,
            require_starttls=options["tls"] == "starttls",
            authenticator=authenticate if "user" in options else None,
            auth_required="user" in options,
            auth_exclude_mechanism=["PLAIN"] if options.get("withoutPlain") else None,
            auth_require_tls=options["tls"] == "starttls",
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        factory, "127.0.0.1", 0, ssl=context if options["tls"] == "tls" else None)
    tell(port=server.sockets[0].getsockname()[1])
    ended = asyncio.Event()
    # A server whose test is gone must not stay.
    threading.Thread(
        target=lambda: (sys.stdin.buffer.read(), loop.call_soon_threadsafe(ended.set)), daemon=True).start()
    await ended.wait()


if __name__ == "__main__":
    import logging

    logging.disable(logging.CRITICAL)
    import warnings

    warnings.simplefilter("ignore")
    asyncio.run(main())
