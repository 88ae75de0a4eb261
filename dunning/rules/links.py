"""Tokens of personal links: derived from a key and a random nonce, looked up by their hash.

A thief of the table (nonces and hashes) makes no link without the key; the key's owner repeats a link word for word.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from enum import StrEnum

NONCE_BYTES = 16  # 128 random bits
TOKEN_LENGTH = 43


class Purpose(StrEnum):
    """What a link opens. A token made for one purpose is a stranger to every other."""

    PORTAL = "portal"
    UNSUBSCRIBE = "unsubscribe"


def new_nonce() -> bytes:
    """128 bits from the system's source of secrets."""
    return secrets.token_bytes(NONCE_BYTES)


def token_for(nonce: bytes, *, key: str, purpose: Purpose) -> str:
    """The token of this nonce: HMAC-SHA256 as 43 characters that are safe in a URL."""
    digest = hmac.digest(key.encode(), f"{purpose}:".encode() + nonce, "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def fingerprint(token: str) -> bytes:
    """What the table keeps of a token: 32 bytes that do not lead back to it. Takes any text."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
