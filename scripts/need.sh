# Sourced by ./plumb and ./test: finds what the build needs and installs what is missing, saying so first.
# All words go to standard error, so that standard output holds results only.

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 2; }

# need COMMAND PACKAGE ...: installs the Debian package of each command that is not there.
need() {
    local missing=()
    while [ $# -ge 2 ]; do
        command -v "$1" >/dev/null 2>&1 || missing+=("$2")
        shift 2
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    local list="${missing[*]}"
    command -v apt-get >/dev/null 2>&1 ||
        die "missing: $list; install it with your package manager (macOS: brew install $list), then run this again"
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 || die "missing: $list; as root run: apt-get install $list, then run this again"
        as_root=(sudo)
    fi
    say "Installs with apt-get: $list"
    "${as_root[@]+"${as_root[@]}"}" apt-get update -qq >&2 || say "apt-get update failed; trying with the package lists that are there"
    DEBIAN_FRONTEND=noninteractive "${as_root[@]+"${as_root[@]}"}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 ||
        die "could not install: $list; install it by hand, then run this again"
}

# need_library NAME PACKAGE: installs the Debian package of a library that pkg-config does not find.
need_library() {
    pkg-config --exists "$1" 2>/dev/null || need "no such command: $1" "$2"
}

# need_file PATTERN PACKAGE: installs the Debian package of a file that is not there.
need_file() {
    compgen -G "$1" >/dev/null || need "no such command: $1" "$2"
}

need_rust() {
    command -v cargo >/dev/null 2>&1 || die "Rust is missing: install it from https://rustup.rs, then run this again"
}
