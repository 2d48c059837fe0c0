// A terminal as a page: text with ANSI colours to HTML, so that a browser can take its picture.

const COLOURS = { 30: "#414868", 31: "#ff7b86", 32: "#9ece6a", 33: "#e0af68", 34: "#7aa2f7", 35: "#bb9af7", 36: "#7dcfff", 37: "#c0caf5", 90: "#6b7280" };

export function terminal_page(command, text) {
  return `<!doctype html><meta charset="utf-8"><style>
    body { margin: 0; padding: 24px; background: #14161b; display: inline-block; min-width: 780px }
    pre { margin: 0; font: 14px/1.4 "DejaVu Sans Mono", monospace; color: #d5d9e2 }
  </style><pre><span style="color:#6b7280">$</span> ${escaped(command)}\n${coloured(text.trimEnd())}</pre>`;
}

/** One span for each stretch of text between two escape sequences. */
function coloured(text) {
  let codes = [];
  return text
    .split(/(\x1b\[[0-9;]*m)/)
    .map((part) => {
      const sequence = part.match(/^\x1b\[([0-9;]*)m$/);
      if (!sequence) return part && `<span style="${style(codes)}">${escaped(part)}</span>`;
      for (const code of sequence[1].split(";").map(Number)) codes = code === 0 ? [] : [...codes, code];
      return "";
    })
    .join("");
}

function style(codes) {
  const rules = [];
  for (const code of codes) {
    if (code === 1) rules.push("font-weight:bold");
    else if (code === 2) rules.push("opacity:.6");
    else if (code === 4) rules.push("text-decoration:underline");
    else if (code === 39) rules.push("color:inherit");
    else if (COLOURS[code]) rules.push(`color:${COLOURS[code]}`);
    else throw new Error(`the picture does not know SGR ${code}`);
  }
  return rules.join(";");
}

const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
