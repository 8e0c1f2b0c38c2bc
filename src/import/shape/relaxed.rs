//! JSON with comments and with commas in front of closing brackets, as editors keep their settings.

use serde_json::Value;

/// Reads a text as JSON without its comments and superfluous commas, and returns it with that text; `None` when that is
/// not JSON either.
pub(super) fn read(text: &str) -> Option<(Value, String)> {
    let plain = plain(text);
    Some((serde_json::from_str(&plain).ok()?, plain))
}

/// Returns the text with spaces in the place of comments and superfluous commas.
fn plain(text: &str) -> String {
    let mut out: Vec<char> = Vec::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    // Where the last comma is, while only white space and comments followed it.
    let mut comma = None;
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('"', _) => {
                comma = None;
                out.push(c);
                while let Some(c) = chars.next() {
                    out.push(c);
                    match c {
                        '\\' => out.extend(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            ('/', Some('/')) => while chars.next_if(|c| *c != '\n').is_some() {},
            ('/', Some('*')) => {
                chars.next();
                while let Some(c) = chars.next() {
                    if c == '*' && chars.next_if_eq(&'/').is_some() {
                        break;
                    }
                }
                out.push(' ');
            }
            (',', _) => {
                comma = Some(out.len());
                out.push(c);
            }
            ('}' | ']', _) => {
                if let Some(at) = comma.take() {
                    out[at] = ' ';
                }
                out.push(c);
            }
            (c, _) => {
                if !c.is_whitespace() {
                    comma = None;
                }
                out.push(c);
            }
        }
    }
    out.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn comments_and_last_commas_are_ignored_outside_strings() {
        let text = "{ // why\n \"a\": [1, 2, /* none */ ], \"b\": \"// no, ] comment\\\"\", }";
        let expected = json!({"a": [1, 2], "b": "// no, ] comment\""});
        assert_eq!(read(text).map(|(value, _)| value), Some(expected));
        for broken in ["{\"a\": }", "{/*", "[1,,]", "{\"a", "\"\\"] {
            assert_eq!(read(broken), None, "{broken}");
        }
    }
}
