#!/bin/sh
# Sign in, and make every new ticket that mentions a word urgent.
#   PARLEY_URL=http://127.0.0.1:8000 PARLEY_EMAIL=… PARLEY_PASSWORD=… sh triage.sh wheelchair
# Needs curl and jq.
set -eu
api="$PARLEY_URL/api/v1"

token=$(jq -n '{email: env.PARLEY_EMAIL, password: env.PARLEY_PASSWORD, name: "triage.sh", days: 1}' |
  curl --silent --show-error --fail-with-body --json @- "$api/token/" | jq -r .token)

next=$(jq -nr --arg api "$api" --arg word "$1" '"\($api)/tickets/?status=new&q=\($word | @uri)"')
while [ "$next" != null ]; do
  page=$(curl --silent --show-error --fail-with-body -H "Authorization: Bearer $token" "$next")
  for number in $(printf '%s' "$page" | jq '.results[].number'); do
    curl --silent --show-error --fail-with-body -X PATCH -H "Authorization: Bearer $token" \
      --json '{"priority": "urgent"}' "$api/tickets/$number/" | jq -r '"#\(.number) \(.priority)"'
  done
  next=$(printf '%s' "$page" | jq -r .next)
done
