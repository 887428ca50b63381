# Shared by ./run and ./test: is .venv what the lock files say, and if not, a Python to make it so (scripts/setup.py).
# Takes $here, the root of the checkout; gives `installed LOCK...` and `set_up OPTION...`; says things on stderr only.

installed() {
    [ -x "$here/.venv/bin/python" ] || return 1
    for lock in "$@"; do
        cmp -s "$here/$lock" "$here/.venv/locks/$lock" || return 1
    done
}

set_up() {
    python=$(find_python) || exit 3
    "$python" -I "$here/scripts/setup.py" "$@" || exit $?
}

find_python() {
    lame=
    wanted=$(cat "$here/wheels/python-version" 2>/dev/null || true) # of a parcel
    for name in ${wanted:+"python$wanted"} python3.13 python3.12 python3.11 python3 python; do
        path=$(command -v "$name" 2>/dev/null) || continue
        "$path" -I -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || continue
        [ -z "$wanted" ] || [ "$("$path" -I -c 'import sys; print("%d.%d" % sys.version_info[:2])')" = "$wanted" ] || continue
        if "$path" -I -c 'import ensurepip, venv' 2>/dev/null; then
            printf '%s\n' "$path"
            return 0
        fi
        lame=${lame:-$path}
    done
    complain "$lame" "${wanted:-3.11, 3.12, 3.13}"
    return 1
}

complain() {
    korean=
    case ${AI_CHAT_LANGUAGE:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in ko*) korean=yes ;; esac
    if [ -n "$1" ] && [ -n "$korean" ]; then
        echo "오류: $1 에 가상 환경을 만드는 모듈(venv)이 없습니다." \
            "힌트: Debian이나 Ubuntu에서는 sudo apt install python3-venv" >&2
    elif [ -n "$1" ]; then
        echo "error: $1 comes without the module that makes virtual environments (venv)." \
            "hint: on Debian or Ubuntu: sudo apt install python3-venv" >&2
    elif [ -n "$korean" ]; then
        echo "오류: 다음 가운데 어느 Python도 찾지 못했습니다: $2." \
            "힌트: 하나를 설치한 뒤 다시 실행하세요(Debian이나 Ubuntu: sudo apt install python3 python3-venv)." >&2
    else
        echo "error: no Python of these was found: $2." \
            "hint: install one and run this again (on Debian or Ubuntu: sudo apt install python3 python3-venv)." >&2
    fi
}
