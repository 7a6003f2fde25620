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

# The interface is built by Node 20 or newer.
need_node() {
    command -v node >/dev/null 2>&1 || need node nodejs npm npm
    local major
    major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
    [ "$major" -ge 20 ] || die "Node 20 or newer is missing: install it from https://nodejs.org, then run this again"
    command -v npm >/dev/null 2>&1 || need npm npm
}

# Installs the packages of ui/ if they are not those of its lock file, and builds the interface if it is older than its sources.
build_ui() {
    local ui=$1/ui
    if [ ! -f "$ui/node_modules/.package-lock.json" ] || [ "$ui/package-lock.json" -nt "$ui/node_modules/.package-lock.json" ]; then
        say "Installs with npm, into ui/node_modules: the packages of ui/package-lock.json"
        (cd "$ui" && npm ci --no-audit --no-fund >&2) || die "npm ci failed in ui/; see above"
        touch "$ui/node_modules/.package-lock.json"
    fi
    if [ ! -f "$ui/dist/index.html" ] || [ -n "$(find "$ui" -path "$ui/node_modules" -prune -o -path "$ui/dist*" -prune -o -newer "$ui/dist/index.html" -type f -print -quit)" ]; then
        say "Builds the interface"
        (cd "$ui" && npm run --silent build >&2) || die "the interface could not be built; see above"
        touch "$ui/dist/index.html"
    fi
}

need_rust() {
    command -v cargo >/dev/null 2>&1 || die "Rust is missing: install it from https://rustup.rs, then run this again"
}
