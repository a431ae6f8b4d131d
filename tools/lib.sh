# What every script of the project needs: where things are, how to say things, and one function per tool that is installed when missing.
# Sourced by run, test, tools/* and bench/*; not run by itself. Each need_* function is quick when its thing is there.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
CACHE="${FILO_CACHE:-$HOME/.cache/filo}"
WEB_TARGET=wasm32-unknown-unknown
SPLIT_VERSION=0.2.4
TRUNK_VERSION=0.21.14
BINDGEN_VERSION="$(sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"$/\1/p;}' "$ROOT/Cargo.lock")"
export FILO_WASM_BINDGEN="$CACHE/wasm-bindgen-$BINDGEN_VERSION/bin/wasm-bindgen"
export PATH="$ROOT/tools/split:$CACHE/trunk-$TRUNK_VERSION/bin:$CACHE/wasm-split-$SPLIT_VERSION/bin:$ROOT/tools/node_modules/.bin:$PATH"

# A command that fails unexpectedly is named.
set -E
trap 'printf "\033[31m✗ %s:%s: %s\033[0m\n" "${BASH_SOURCE[0]##*/}" "$LINENO" "$BASH_COMMAND" >&2' ERR

say() { printf '%s\n' "$*" >&2; }
step() { printf '\033[1m▸ %s\033[0m\n' "$*" >&2; }
die() { printf '\033[31m✗ %s\033[0m\n' "$*" >&2; exit 1; }

# logged WHAT COMMAND…: runs a long command with its output in a log; its last LOG_LINES (30) lines are shown when it fails.
logged() {
  local what="$1" log start=$SECONDS
  shift
  mkdir -p "$CACHE/log"
  log="$CACHE/log/$(tr -c 'a-zA-Z0-9\n' - <<<"$what").txt"
  printf '  %s… ' "$what" >&2
  if "$@" >"$log" 2>&1 </dev/null; then
    say "done in $((SECONDS - start)) s"
  else
    say "failed: $log"
    tail -n "${LOG_LINES:-30}" "$log" >&2
    return 1
  fi
}

# Debian packages, by name. Without root it says what to type and stops.
need_packages() {
  local missing=() name
  for name in "$@"; do
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q '^install ok installed' || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || die "Install these with your system's packages, then start again: ${missing[*]}"
  [ "$(id -u)" -eq 0 ] || die "Packages are missing. Type this, then start again: sudo apt-get install --no-install-recommends ${missing[*]}"
  install_packages "${missing[@]}" && return
  logged "Package lists" apt-get update && install_packages "${missing[@]}" || die "These packages could not be installed: ${missing[*]}"
}

install_packages() {
  logged "Packages $*" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# The commands that the scripts and the C parts of the crates use.
need_basics() {
  local packages=()
  command -v cc >/dev/null || packages+=(build-essential)
  command -v curl >/dev/null || packages+=(curl ca-certificates)
  command -v openssl >/dev/null || packages+=(openssl)
  command -v git >/dev/null || packages+=(git)
  command -v jq >/dev/null || packages+=(jq)
  command -v npm >/dev/null || packages+=(npm)
  command -v cargo >/dev/null || packages+=(rustc-web cargo-web)
  need_packages "${packages[@]}"
  node_is 20 19 || need_node 22
}

# node_is MAJOR MINOR: whether the node on PATH is at least that.
node_is() {
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > +process.argv[1] || (a === +process.argv[1] && b >= +process.argv[2]) ? 0 : 1)' "$1" "$2"
}

# Node of that major version, from its npm package, put first on PATH.
need_node() {
  local folder="$CACHE/node-$1"
  if [ ! -x "$folder/node_modules/node/bin/node" ]; then
    mkdir -p "$folder"
    logged "Node $1" npm install --prefix "$folder" --no-save --no-fund --no-audit "node@$1" || die "Node $1 could not be installed."
  fi
  export PATH="$folder/node_modules/node/bin:$PATH"
}

# Rust for the browser: the ordinary way is rustup's target; where it cannot be downloaded, Debian's compiler with its
# standard library built here once. FILO_RUST=debian chooses the second way at once. Sets RUSTUP_TOOLCHAIN_WEB ("" or "web").
need_web_target() {
  RUSTUP_TOOLCHAIN_WEB=""
  if [ "${FILO_RUST:-}" != debian ]; then
    has_target rustc && return
    if command -v rustup >/dev/null && [ ! -e "$(debian_stamp)/done" ]; then
      logged "Rust's $WEB_TARGET" timeout 90 rustup target add "$WEB_TARGET" && has_target rustc && return
      say "  It cannot be downloaded here: Debian's own compiler does it."
    fi
  fi
  need_debian_target
}

has_target() {
  compgen -G "$("$1" --print target-libdir --target "$WEB_TARGET" 2>/dev/null)/libstd-*.rlib" >/dev/null
}

debian_stamp() { printf '%s/web-std/%s' "$CACHE" "$(/usr/bin/rustc -V 2>/dev/null | tr -c 'a-z0-9.\n' -)"; }

# Debian's rustc (of the -web packages) and, once per version of it, the standard library for the browser.
need_debian_target() {
  need_packages rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy lld-22
  local std
  std="$(debian_stamp)"
  [ -e "$std/done" ] || build_debian_std "$std"
  local place="/usr/lib/rustlib/$WEB_TARGET"
  if ! cmp -s "$std/done" "$place/filo-std"; then
    [ "$(id -u)" -eq 0 ] || die "Type this, then start again: sudo mkdir -p $place/lib && sudo cp $std/*.rlib $place/lib/ && sudo cp $std/done $place/filo-std"
    mkdir -p "$place/lib"
    rm -f "$place"/lib/*.rlib
    cp "$std"/*.rlib "$place/lib/"
    cp "$std/done" "$place/filo-std"
  fi
  command -v rustup >/dev/null || return 0
  RUSTUP_TOOLCHAIN_WEB=web
  rustup run web rustc -V >/dev/null 2>&1 || rustup toolchain link web /usr
}

build_debian_std() {
  local build="$CACHE/web-std/build"
  rm -rf "$build" "$1"
  mkdir -p "$build/src" "$1"
  printf '[package]\nname = "nothing"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' >"$build/Cargo.toml"
  : >"$build/src/lib.rs"
  (
    cd "$build"
    unset RUSTUP_TOOLCHAIN CARGO_TARGET_DIR CARGO_BUILD_TARGET
    RUSTFLAGS=-Cembed-bitcode=yes RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc logged "Rust's standard library for the browser, from Debian's sources" \
      /usr/bin/cargo build -Z build-std=std,panic_abort,panic_unwind,test,proc_macro --target "$WEB_TARGET" --release
  ) || die "The standard library for the browser could not be built."
  find "$build/target/$WEB_TARGET/release/deps" -name 'lib*.rlib' ! -name 'libnothing-*' -exec cp {} "$1/" \;
  /usr/bin/rustc -V >"$1/done"
  rm -rf "$build"
}

# The sources of Rust's standard library: with them the app's own copy of it is built for size (docs/adr/0005). Sets STD_FROM_SOURCE.
need_std_sources() {
  STD_FROM_SOURCE=""
  has_std_sources || { command -v rustup >/dev/null && [ -z "$RUSTUP_TOOLCHAIN_WEB" ] && logged "Sources of Rust's standard library" timeout 90 rustup component add rust-src || true; }
  ! has_std_sources || STD_FROM_SOURCE=yes
}

has_std_sources() {
  [ -e "$(RUSTUP_TOOLCHAIN="${RUSTUP_TOOLCHAIN_WEB:-${RUSTUP_TOOLCHAIN:-}}" rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock" ]
}

# need_cargo_tool CRATE VERSION FOLDER PROGRAM [OPTION…]: a Rust program, built for little time rather than speed, in a folder of the cache of its own.
need_cargo_tool() {
  local crate="$1" version="$2" folder="$3" program="$4"
  shift 4
  [ -x "$CACHE/$folder/bin/$program" ] && return
  local install=(env CARGO_TARGET_DIR="$CACHE/cargo-build" CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
    CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_STRIP=true RUSTFLAGS= cargo install "$crate" --version "$version" --root "$CACHE/$folder" "$@")
  # A registry that lags behind may lack a version that the tool's own lock names.
  (cd "$CACHE" && { LOG_LINES=0 logged "$crate $version" "${install[@]}" --locked || logged "$crate $version, without its lock" "${install[@]}"; }) ||
    die "$crate $version could not be built."
}

# need_node_modules FOLDER: the exact packages of its package-lock.json, installed again when that changes.
need_node_modules() {
  local folder="$ROOT/$1"
  cmp -s "$folder/package-lock.json" "$folder/node_modules/.filo-lock" && return
  (cd "$folder" && logged "Node packages of $1/" npm ci --no-fund --no-audit) || die "The Node packages of $1/ could not be installed."
  cp "$folder/package-lock.json" "$folder/node_modules/.filo-lock"
}

# PostgreSQL's programs alone: no cluster is made, nothing starts by itself.
need_postgres() {
  compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null && return
  need_packages postgresql-common
  [ "$(id -u)" -eq 0 ] && sed -i 's/^#\? *create_main_cluster *=.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
  need_packages postgresql
}

# nginx's program alone, for the test behind a caching proxy: what its package starts by itself is stopped again.
need_nginx() {
  [ -x /usr/sbin/nginx ] && return
  need_packages nginx-light
  ! command -v systemctl >/dev/null || systemctl disable --now nginx >/dev/null 2>&1 || true
}

need_chromium() {
  CHROMIUM="${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}"
  [ -n "$CHROMIUM" ] || { need_packages chromium; CHROMIUM="$(command -v chromium)"; }
  export CHROMIUM
}

# The programs cargo needs for `cargo fmt` and `cargo clippy`.
need_lints() {
  cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 && return
  if command -v rustup >/dev/null && timeout 90 rustup component add rustfmt clippy >/dev/null 2>&1; then return; fi
  need_packages rust-web-clippy rustfmt-web
}

# Everything for building and running (default), or for testing too (`need_everything test`).
need_everything() {
  mkdir -p "$CACHE"
  exec 9>"$CACHE/lock"
  flock -n 9 || { say "  Another set-up is at work: waiting for it."; flock 9; }
  need_basics
  need_web_target
  need_std_sources
  need_cargo_tool trunk "$TRUNK_VERSION" "trunk-$TRUNK_VERSION" trunk
  need_cargo_tool wasm-bindgen-cli "$BINDGEN_VERSION" "wasm-bindgen-$BINDGEN_VERSION" wasm-bindgen
  need_cargo_tool wasm_split_cli_support "$SPLIT_VERSION" "wasm-split-$SPLIT_VERSION" wasm-split-cli --features build-binary
  rm -rf "$CACHE/cargo-build"
  need_node_modules tools
  if [ "${1:-}" = test ]; then
    need_lints
    need_postgres
    need_nginx
    need_chromium
  fi
  exec 9>&-
}
