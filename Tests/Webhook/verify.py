"""Holds the vectors of signatures, which the tests of the sender use, against PyPI's standardwebhooks."""

import json
import pathlib
import sys
from datetime import datetime, timezone
from unittest import mock

from standardwebhooks import webhooks

vectors = json.loads((pathlib.Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
failures = 0


def accepts(vector, body, secret):
    now = datetime.fromtimestamp(vector["timestamp"], tz=timezone.utc)
    headers = {
        "webhook-id": vector["id"],
        "webhook-timestamp": str(vector["timestamp"]),
        "webhook-signature": " ".join(vector["signatures"]),
    }
    with mock.patch.object(webhooks, "datetime", wraps=datetime) as clock:
        clock.now.return_value = now
        try:
            webhooks.Webhook(secret).verify(body, headers, json_parse=False)
            return True
        except webhooks.WebhookVerificationError:
            return False


for number, vector in enumerate(vectors):
    for secret in vector["secrets"]:
        if not accepts(vector, vector["body"], secret):
            print(f"vector {number}: refused", file=sys.stderr)
            failures += 1
        if accepts(vector, vector["body"] + " ", secret):
            print(f"vector {number}: another body is accepted", file=sys.stderr)
            failures += 1
    if accepts(vector, vector["body"], "whsec_" + "A" * 32):
        print(f"vector {number}: another secret is accepted", file=sys.stderr)
        failures += 1

print(f"webhook: {len(vectors)} vectors, {failures} failures")
sys.exit(1 if failures else 0)
