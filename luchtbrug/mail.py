"""Mail to owners over SMTP: short plain text, to one address, over TLS where the server has it."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from luchtbrug.settings import Settings

TIMEOUT_S = 10.0
"""A server that does not answer is away after this [s]."""


class MailAwayError(Exception):
    """The mail could not be handed over; the message names no address."""


class MailRefusedError(MailAwayError):
    """The server will not take this address: trying again is no use."""


class MailUnsetError(MailAwayError):
    """This platform sends no mail."""


def send(settings: Settings, to: str, subject: str, text: str, *, key: str | None = None) -> None:
    """Hand a mail over. `key` names it for ever: its Message-ID is the same however often it is sent.

    Raises MailUnsetError, MailRefusedError, or MailAwayError for what may go away by itself.
    """
    if settings.smtp_url is None:
        raise MailUnsetError("LUCHTBRUG_SMTP_URL is not set")
    try:
        with _logged_in(settings.smtp_url.get_secret_value()) as server:
            server.send_message(_message(settings.mail_from, to, subject, text, key))
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        kind = MailRefusedError if codes and min(codes) >= 500 else MailAwayError
        raise kind(f"the recipient was refused ({codes})") from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailAwayError(f"the mail server is away ({type(error).__name__})") from error


def _message(sender: str, to: str, subject: str, text: str, key: str | None) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = formatdate()
    domain = sender.rpartition("@")[2]
    message["Message-ID"] = f"<{key}@{domain}>" if key else make_msgid(domain=domain)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    message.set_content(text)
    return message


def _logged_in(url: str) -> smtplib.SMTP:
    """Connect; `smtps` is TLS from the first byte, `smtp` turns to it where the server offers it."""
    parts = urlsplit(url)
    host, context = parts.hostname or "", ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT_S)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server
