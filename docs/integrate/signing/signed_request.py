"""A signed request, with nothing but Python's standard library.

python3 signed_request.py POST http://localhost:8080/acme/v2/users '{"emails":["ada@example.org"]}'
with TRILITHON_KEY and TRILITHON_SECRET in the environment.
"""

import base64
import hashlib
import hmac
import os
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request


def signed_headers(key: str, secret: str, method: str, url: str, body: bytes) -> dict[str, str]:
    parts = urllib.parse.urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    timestamp = str(int(time.time()))
    nonce = secrets.token_urlsafe(16)
    text = "\n".join(
        [method, parts.netloc.lower(), target, timestamp, nonce, hashlib.sha256(body).hexdigest()]
    )
    mac = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    headers = {
        "Authorization": "Signature " + base64.urlsafe_b64encode(mac).decode().rstrip("="),
        "X-Api-Key": key,
        "X-Timestamp": timestamp,
        "X-Nonce": nonce,
    }
    if body:
        headers["Content-Type"] = "application/json"
    return headers


def main() -> int:
    method, url = sys.argv[1:3]
    body = sys.argv[3].encode() if len(sys.argv) > 3 else b""
    headers = signed_headers(os.environ["TRILITHON_KEY"], os.environ["TRILITHON_SECRET"], method, url, body)
    request = urllib.request.Request(url, method=method, headers=headers, data=body or None)
    try:
        with urllib.request.urlopen(request) as answer:
            print(answer.read().decode())
            return 0
    except urllib.error.HTTPError as refusal:
        print(refusal.read().decode())
        return 1


if __name__ == "__main__":
    sys.exit(main())
