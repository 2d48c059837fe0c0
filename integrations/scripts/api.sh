# shellcheck shell=sh
# api.sh: a forge's REST API, by curl. To be sourced.
#
# Reads   API (its address), API_TOKEN, API_HEADER (what stands before the token)
# Every answer but a 2xx ends the caller: no answer is ever taken for an empty one.

# Rows that one page of a list holds at most, and pages that are read before something must be wrong.
PAGE_ROWS=100
PAGES_MAX=100

fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# ARGUMENT…: curl with the token, which stands on no command line.
asked() {
    case $API_TOKEN in
    '' | *[!A-Za-z0-9_.=-]*) fail "the token is missing, or is none" ;;
    esac
    printf 'header = "%s%s"\n' "$API_HEADER" "$API_TOKEN" |
        curl --config - --silent --show-error --max-time 60 --header 'Accept: application/json' "$@"
}

# METHOD PATH [FILE]: what the forge answers; FILE is sent as JSON.
api() {
    answer=$(mktemp)
    case $1 in
    GET) code=$(asked --retry 2 --output "$answer" --write-out '%{http_code}' "$API$2") || code="no answer" ;;
    *) code=$(asked --request "$1" --data-binary "@$3" --header 'Content-Type: application/json' \
        --output "$answer" --write-out '%{http_code}' "$API$2") || code="no answer" ;;
    esac
    case $code in
    2??) cat "$answer" && rm "$answer" ;;
    *) rm "$answer" && fail "$1 $2: $code; nothing is concluded from that" ;;
    esac
}

# PATH: all rows of a list, page by page, as one array.
rows() {
    case $1 in *\?*) list="$1&" ;; *) list="$1?" ;; esac
    page=1 all='[]'
    while [ "$page" -le "$PAGES_MAX" ]; do
        found=$(api GET "${list}per_page=$PAGE_ROWS&page=$page") || exit 1
        count=$(printf '%s' "$found" | jq -e 'if type == "array" then length else error("no list") end') ||
            fail "GET $1 is no list"
        all=$(printf '%s\n%s' "$all" "$found" | jq -c -s add) || exit 1
        if [ "$count" -lt "$PAGE_ROWS" ]; then
            printf '%s\n' "$all"
            return
        fi
        page=$((page + 1))
    done
    fail "GET $1 has more than $((PAGES_MAX * PAGE_ROWS)) rows"
}
