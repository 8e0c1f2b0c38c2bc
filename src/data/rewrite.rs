//! Replaces texts inside a JSON document and keeps everything else byte for byte.

use serde_json::Value;

use crate::diag::{Pointer, SourceFile};

/// Returns `text` with the string at each pointer replaced; `None` when one of them is not there.
pub fn replace_texts(text: &str, replacements: &[(Pointer, String)]) -> Option<String> {
    let source = SourceFile::new("", text);
    let mut spans = Vec::with_capacity(replacements.len());
    for (pointer, new) in replacements {
        let span = source.span(pointer, false)?;
        spans.push((span.start, span.end, Value::from(new.as_str()).to_string()));
    }
    spans.sort();
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for (start, end, new) in spans {
        out.push_str(text.get(at..start)?);
        out.push_str(&new);
        at = end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_texts_change() {
        let text = "{ \"b\":[ {\"v\" :\"1\"} ],\n\t\"a\": \"x\" }\n";
        let new =
            [(Pointer::from("/a"), "q\"".to_owned()), (Pointer::from("/b/0/v"), "2".to_owned())];
        let expected = "{ \"b\":[ {\"v\" :\"2\"} ],\n\t\"a\": \"q\\\"\" }\n";
        assert_eq!(replace_texts(text, &new).as_deref(), Some(expected));
        assert_eq!(replace_texts(text, &[(Pointer::from("/c"), String::new())]), None);
    }
}
