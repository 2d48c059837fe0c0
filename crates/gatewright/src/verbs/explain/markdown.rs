//! Markdown: the little of it that pages use, made readable in a terminal.
//!
//! Paragraphs and lists are wrapped, rows of tables become list items, fences are indented, headings and emphasis are
//! bold.

use crate::style::Style;

/// The text as lines of at most `columns`; what stands in a fence keeps its own lines.
pub(crate) fn show(text: &str, style: Style, columns: usize) -> String {
    let mut page = Page { lines: Vec::new(), paragraph: String::new(), style, columns };
    let mut fenced = false;
    let mut lines = text.trim_end().lines().peekable();
    while let Some(line) = lines.next() {
        let is_head = lines.peek().is_some_and(|next| next.starts_with("|---"));
        if line.trim_start().starts_with("```") {
            page.flush();
            fenced = !fenced;
        } else if fenced {
            page.lines.push(if line.is_empty() { String::new() } else { format!("    {}", style.cyan(line)) });
        } else if is_head || line.starts_with("|---") {
            // The rows say in themselves what their columns are.
            page.flush();
        } else {
            page.take(line);
        }
    }
    page.flush();
    page.lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
    page.lines.join("\n")
}

struct Page {
    lines: Vec<String>,
    /// What is not wrapped yet, on one line.
    paragraph: String,
    style: Style,
    columns: usize,
}

impl Page {
    fn take(&mut self, line: &str) {
        if let Some(heading) = line.strip_prefix('#') {
            self.flush();
            self.lines.push(self.style.bold(heading.trim_start_matches('#').trim()));
            return;
        }
        if line.trim().is_empty() {
            self.flush();
            self.lines.push(String::new());
        } else if line.starts_with('|') {
            self.flush();
            self.paragraph = item(line);
        } else {
            if line.starts_with("- ") {
                self.flush();
            }
            self.paragraph.push(' ');
            self.paragraph.push_str(line.trim());
        }
    }

    /// Wraps what has come together.
    fn flush(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph);
        let indent = if paragraph.trim_start().starts_with("- ") { "  " } else { "" };
        let (mut wrapped, mut line, mut width) = (Vec::new(), String::new(), 0_usize);
        for word in paragraph.split_whitespace() {
            let length = word.chars().count();
            if width > 0 && width + 1 + length > self.columns {
                wrapped.push(std::mem::replace(&mut line, indent.to_owned()));
                width = indent.len();
            } else if width > 0 {
                line.push(' ');
                width += 1;
            }
            line.push_str(word);
            width += length;
        }
        if !line.is_empty() {
            wrapped.push(line);
        }
        self.lines.extend(wrapped.iter().map(|line| embolden(line, self.style)));
    }
}

/// `| a | b | c |` as `- a (b): c`.
fn item(row: &str) -> String {
    let cells: Vec<&str> = row.trim().trim_matches('|').split(" | ").map(str::trim).collect();
    match cells.as_slice() {
        [first, middle @ .., last] if !middle.is_empty() => format!("- {first} ({}): {last}", middle.join(", ")),
        [first, last] => format!("- {first}: {last}"),
        others => format!("- {}", others.join(" ")),
    }
}

/// `**word**` in bold; a pair that is not closed on its line stays as it is.
fn embolden(line: &str, style: Style) -> String {
    let parts: Vec<&str> = line.split("**").collect();
    if parts.len().is_multiple_of(2) {
        return line.to_owned();
    }
    let bold = |(index, part): (usize, &&str)| if index % 2 == 1 { style.bold(part) } else { (*part).to_owned() };
    parts.iter().enumerate().map(bold).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str, columns: usize) -> String {
        show(text, Style { coloured: false }, columns)
    }

    #[test]
    fn paragraphs_and_items_are_wrapped_and_fences_are_not() {
        let text =
            "# Title\n\none two\nthree four\n\n- five six seven\n- eight\n\n```kdl\na  b   c d e f g h i j\n```\n";
        assert_eq!(
            plain(text, 12),
            "Title\n\none two\nthree four\n\n- five six\n  seven\n- eight\n\n    a  b   c d e f g h i j"
        );
        assert_eq!(plain("a-word-that-is-longer-than-a-line", 5), "a-word-that-is-longer-than-a-line");
    }

    #[test]
    fn a_row_of_a_table_is_an_item() {
        assert_eq!(
            plain("| W | F | What |\n|---|---|---|\n| `a` | fact | It. |\n| `b` | x | y |", 80),
            "- `a` (fact): It.\n- `b` (x): y"
        );
    }

    #[test]
    fn emphasis_is_bold_or_nothing() {
        assert_eq!(plain("**Do.** this", 80), "Do. this");
        assert_eq!(show("**Do.** this", Style { coloured: true }, 80), "\u{1b}[1mDo.\u{1b}[0m this");
        assert_eq!(plain("2 ** 3", 80), "2 ** 3");
    }
}
