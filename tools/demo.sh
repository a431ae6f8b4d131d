# The demo town as running programs: its secrets, its data, town and CRM started and stopped. Sourced, after lib.sh, by run and bench/*.
# Reads: DATA (folder), CRM_PORT, TOWN_PORT, PUBLIC_URL (the app's origin), ISSUER (the identity provider's origin), LISTEN (address to bind).

BIN="${CARGO_TARGET_DIR:-$ROOT/target}/release"
RUNNING=()
# Where the town takes letters.
SMTP_PORT="${SMTP_PORT:-8025}"

# The CRM and the town as optimised programs.
build_programs() {
  step "CRM and demo town"
  (cd "$ROOT" && cargo build --release -p crm -p town)
}

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# secret NAME COMMAND…: what the command prints is kept under the name, unless the data folder has such a secret already.
secret() {
  local name="$1" value
  shift
  ! grep -q "^$name=" "$DATA/secrets.env" 2>/dev/null || return 0
  value="$("$@")"
  (umask 077 && printf '%s=%s\n' "$name" "$value" >>"$DATA/secrets.env")
}

push_key() { "$BIN/crm" push-key | sed -n 's/^FILO_PUSH_KEY=//p'; }

# Secrets are made once per data folder and stay in it; then the settings of both programs.
demo_settings() {
  local name
  mkdir -p "$DATA"
  for name in OFFICE_TOKEN CLIENT_SECRET IO_KEY SMS_TOKEN PAGOPA_KEY RECEIPTS_TOKEN; do secret "$name" openssl rand -hex 24; done
  secret PUSH_KEY push_key
  source "$DATA/secrets.env"
  export FILO_ADDRESS="$LISTEN:$CRM_PORT" FILO_PUBLIC_URL="$PUBLIC_URL" FILO_DATABASE_URL="sqlite:$DATA/filo.db" FILO_FILES="$DATA/files"
  export FILO_APP="$ROOT/dist" FILO_SEED="$ROOT/crm/seed" FILO_BOUNDARY="$ROOT/public/town/boundary.json"
  export FILO_OIDC_ISSUER="$ISSUER" FILO_OIDC_CLIENT_ID=filo FILO_OIDC_CLIENT_SECRET="$CLIENT_SECRET" FILO_OFFICE_TOKENS="clerk:$OFFICE_TOKEN"
  export FILO_DESK_ISSUER="$ISSUER" FILO_DESK_CLIENT_ID=filo FILO_DESK_CLIENT_SECRET="$CLIENT_SECRET"
  # Who comes by password alone is let in, and asked for more where something takes it.
  local spid=https://www.spid.gov.it/SpidL
  export FILO_OIDC_SPID_ACR="${spid}2 ${spid}1 ${spid}3"
  export TOWN_ADDRESS="$LISTEN:$TOWN_PORT" TOWN_PUBLIC_URL="$ISSUER" TOWN_CLIENT_ID=filo TOWN_CLIENT_SECRET="$CLIENT_SECRET"
  export TOWN_REDIRECT_URIS="$PUBLIC_URL/api/v1/session/callback" TOWN_LOGOUT_URIS="$PUBLIC_URL/" TOWN_CRM_URL="$PUBLIC_URL" TOWN_OFFICE_TOKEN="$OFFICE_TOKEN"
  export TOWN_SMTP_ADDRESS="127.0.0.1:$SMTP_PORT" FILO_SMTP_HOST=127.0.0.1 FILO_SMTP_PORT="$SMTP_PORT" FILO_SMTP_TLS=none
  export FILO_SMTP_FROM="Comune di Firenze <filo@comune.example>" FILO_PAPER=yes FILO_LIGHT_LOGIN=yes
  # The town's own push service, and those of real browsers.
  FILO_PUSH_HOSTS="$ISSUER $("$BIN/crm" settings | sed -n 's/^FILO_PUSH_HOSTS=//p')"
  export FILO_PUSH_HOSTS FILO_PUSH_KEY="$PUSH_KEY" FILO_PUSH_SUBJECT="mailto:filo@comune.example"
  export FILO_IO_URL="$ISSUER/io" FILO_IO_KEY="$IO_KEY" TOWN_IO_KEY="$IO_KEY"
  export FILO_SMS_URL="$ISSUER/sms" FILO_SMS_TOKEN="$SMS_TOKEN" FILO_SMS_FROM=Comune TOWN_SMS_TOKEN="$SMS_TOKEN"
  export FILO_PAGOPA_URL="$ISSUER/pagopa" FILO_PAGOPA_KEY="$PAGOPA_KEY" TOWN_PAGOPA_KEY="$PAGOPA_KEY"
  export FILO_PAGOPA_RECEIPTS_TOKEN="$RECEIPTS_TOKEN" TOWN_PAGOPA_RECEIPTS_TOKEN="$RECEIPTS_TOKEN"
}

# Citizens and cases of the demo town, when this data folder has none yet. An import that was cut off begins anew.
import_demo() {
  local today
  today="$(date +%F)"
  if [ -e "$DATA/imported" ]; then
    local issuer day
    read -r issuer day <"$DATA/imported"
    [ "$issuer" = "$ISSUER" ] || die "The demo data know the identity provider as $issuer, now it is $ISSUER. Start with --fresh for new demo data."
    [ "$day" = "$today" ] || say "  The demo data are of $day; ./run --fresh makes new ones, with dates around today."
    return
  fi
  step "Demo data"
  rm -rf "$DATA"/filo.db* "$DATA/files"
  "$BIN/town" data --issuer "$ISSUER" --today "$today" >"$DATA/import.json"
  "$BIN/crm" import "$DATA/import.json" 2>"$DATA/import.log" || { cat "$DATA/import.log" >&2; die "The demo data could not be imported."; }
  rm -f "$DATA/import.json" "$DATA/import.log"
  printf '%s %s\n' "$ISSUER" "$today" >"$DATA/imported"
}

# start NAME ADDRESS-THAT-ANSWERS COMMAND…: in the background, with its output in the data folder.
start() {
  local name="$1" health="$2" tries
  shift 2
  "$@" >"$DATA/$name.log" 2>&1 </dev/null &
  RUNNING+=($!)
  for tries in $(seq 150); do
    curl -fsSk -o /dev/null --max-time 2 "$health" 2>/dev/null && return
    kill -0 "${RUNNING[-1]}" 2>/dev/null || break
    sleep 0.2
  done
  tail -n 20 "$DATA/$name.log" >&2
  die "$name does not answer at $health after $tries tries."
}

start_demo() {
  step "Start"
  port_is_free "$TOWN_PORT" || die "Port $TOWN_PORT is taken. Choose another: TOWN_PORT=8091 ./run"
  port_is_free "$CRM_PORT" || die "Port $CRM_PORT is taken. Choose another: FILO_PORT=8081 ./run"
  port_is_free "$SMTP_PORT" || die "Port $SMTP_PORT is taken. Choose another: SMTP_PORT=8026 ./run"
  start town "$ISSUER/.well-known/openid-configuration" "$BIN/town" serve
  start crm "$PUBLIC_URL/api/v1/health" "$BIN/crm" serve
}

# Asks both to stop, and waits until they have.
stop_demo() {
  local pid
  for pid in "${RUNNING[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${RUNNING[@]}"; do wait "$pid" 2>/dev/null || true; done
  RUNNING=()
}

# A demo town of one's own for a measurement: new data in a temporary folder, free ports, HTTPS with a certificate made here. Gone at the end.
own_demo() {
  DATA="$(mktemp -d)"
  trap 'stop_demo; rm -rf "$DATA"' EXIT
  LISTEN=127.0.0.1
  for CRM_PORT in $(shuf -i 20000-32000 -n 20); do port_is_free "$CRM_PORT" && break; done
  for TOWN_PORT in $(shuf -i 32001-46000 -n 20); do port_is_free "$TOWN_PORT" && break; done
  for SMTP_PORT in $(shuf -i 46001-60000 -n 20); do port_is_free "$SMTP_PORT" && break; done
  PUBLIC_URL="https://localhost:$CRM_PORT" ISSUER="http://127.0.0.1:$TOWN_PORT"
  export FILO_TLS_CERT="$DATA/certificate.pem" FILO_TLS_KEY="$DATA/certificate.key"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=localhost' \
    -addext 'subjectAltName=DNS:localhost' -keyout "$FILO_TLS_KEY" -out "$FILO_TLS_CERT" 2>/dev/null
  demo_settings
  import_demo
  start_demo
}
