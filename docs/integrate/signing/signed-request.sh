#!/bin/sh
# A signed request, with openssl and curl.
#   sh signed-request.sh POST http://localhost:8080/acme/v2/users '{"emails":["ada@example.org"]}'
# with TRILITHON_KEY and TRILITHON_SECRET in the environment. While openssl runs, whoever may list this machine's processes sees the secret.
set -eu

method=$1
url=$2
body=${3-}

rest=${url#*://}
host=$(printf '%s' "${rest%%/*}" | tr '[:upper:]' '[:lower:]')
target=/${rest#*/}
timestamp=$(date +%s)
nonce=$(openssl rand -hex 16)
body_hash=$(printf '%s' "$body" | openssl dgst -sha256 -r | cut -d ' ' -f 1)

# Six lines, the last one without a line feed.
signature=$(printf '%s\n%s\n%s\n%s\n%s\n%s' "$method" "$host" "$target" "$timestamp" "$nonce" "$body_hash" |
  openssl dgst -sha256 -hmac "$TRILITHON_SECRET" -binary |
  openssl base64 -A | tr '+/' '-_' | tr -d '=')

set -- --silent --show-error --fail-with-body --request "$method" \
  --header "Authorization: Signature $signature" \
  --header "X-Api-Key: $TRILITHON_KEY" \
  --header "X-Timestamp: $timestamp" \
  --header "X-Nonce: $nonce"
if [ -n "$body" ]; then
  set -- "$@" --header "Content-Type: application/json" --data-binary "$body"
fi
curl "$@" "$url"
echo
