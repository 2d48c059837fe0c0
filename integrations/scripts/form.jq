# form.jq: a comment that has the form of `gatewright diff --output markdown`, without a mention; anything else is an error.
#
# What authors wrote stands in code spans. Outside of them such a comment holds no HTML but its own marker and <br>, no link,
# no image, no address, no reference to an issue, and names of teams alone behind an `@`.

def CHARS_MAX: 60000;
def MARKER: "<!-- gatewright diff -->";

# Control characters, and those that turn the direction of a text or are drawn as nothing. The joiner is our own.
def is_unseen:
  (. < 32 and . != 10) or (. >= 127 and . < 160) or (. >= 8203 and . <= 8207) or (. >= 8234 and . <= 8238)
  or (. >= 8294 and . <= 8303) or . == 65279 or (. >= 917504 and . <= 917631);

def outside_of_code:
  gsub("`[^`|]+`"; "c") | gsub("<br>"; " ") | gsub("@[A-Za-z0-9-]+/[A-Za-z0-9-]+"; "t");

def is_strange:
  test("``") or (outside_of_code | test("[<>&\\\\\\[\\]`/@]|[:.](?=\\S)|#(?=[^# ])|[Gg][Hh]-\\d"));

if length > CHARS_MAX then error("it has \(length) characters; \(CHARS_MAX) are posted at most")
elif explode | any(is_unseen) then error("it holds characters that nobody sees")
else
  split("\n")
  | if .[0] != MARKER then error("it does not begin with the marker of a diff") else . end
  | (.[1:] | map(is_strange) | index(true)) as $strange
  | if $strange then error("line \($strange + 2) is none that `gatewright diff` writes") else . end
  | join("\n")
  | split("@\u2060") | join("@") | split("@") | join("@\u2060")
end
