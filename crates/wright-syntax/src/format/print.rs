//! Print: a layout to text. Four spaces for each open block, one space between words, LF.

use super::layout::{Block, Entry, Item, mark};

const INDENT: &str = "    ";

pub(super) fn text(file: &Block<'_>) -> String {
    let mut text = String::new();
    items(file, 0, &mut text);
    text
}

fn items(block: &Block<'_>, depth: usize, text: &mut String) {
    for (at, item) in block.items.iter().enumerate() {
        if at > 0 && item.is_spaced() {
            text.push('\n');
        }
        match item {
            Item::Entry(found) => entry(found, depth, text),
            Item::Aside { comments, .. } => lines(comments, depth, text),
        }
    }
}

fn entry(entry: &Entry<'_>, depth: usize, text: &mut String) {
    lines(&entry.above, depth, text);
    indent(depth, text);
    text.push_str(&entry.head());
    for child in &entry.blocks {
        text.push(' ');
        text.push_str(mark(child.is_dropped));
        braces(&child.block, depth, text);
    }
    end_line(&entry.behind, text);
}

/// A block with nothing in it is `{}`.
fn braces(block: &Block<'_>, depth: usize, text: &mut String) {
    text.push('{');
    if !block.opening.is_empty() || !block.items.is_empty() {
        end_line(&block.opening, text);
        items(block, depth + 1, text);
        indent(depth, text);
    }
    text.push('}');
}

/// Comments, each on a line of its own. Those over several lines keep what their other lines begin with.
fn lines(comments: &[String], depth: usize, text: &mut String) {
    for comment in comments {
        indent(depth, text);
        text.push_str(comment);
        text.push('\n');
    }
}

fn end_line(comments: &[String], text: &mut String) {
    for comment in comments {
        text.push(' ');
        text.push_str(comment);
    }
    text.push('\n');
}

fn indent(depth: usize, text: &mut String) {
    text.extend(std::iter::repeat_n(INDENT, depth));
}
